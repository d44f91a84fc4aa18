"""The ledger: how every request, page, article and list ended, from the topics and the indices alone."""

from operations.audit.report import AuditReport, ExpiredUnread, Stage, Unexplained
from operations.audit.run import audit

__all__ = ["AuditReport", "ExpiredUnread", "Stage", "Unexplained", "audit"]
