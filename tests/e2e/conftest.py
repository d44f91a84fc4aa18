"""The whole system on the real servers."""

from tests.support.fixtures import cluster, site

__all__ = ["cluster", "site"]
