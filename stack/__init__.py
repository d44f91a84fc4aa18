"""A real Kafka and a real Elasticsearch from pip alone, for development and tests, never for production."""

from stack.errors import StackError
from stack.local import ServerName, ServerStatus, Stack

__all__ = ["ServerName", "ServerStatus", "Stack", "StackError"]
