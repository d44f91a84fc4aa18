"""The state of one partition in a file that only this process sees: a table may be larger than memory.

The file has no name once it is open, so a crash leaves nothing behind: Kafka is what remembers, and the next owner
reads it from there. So nothing here is ever synced or rolled back.
"""

import functools
import hashlib
import operator
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from shared.errors import WartaError

CACHE_KIB = 16 * 1024
# To write after each statement takes as long as the statements; to write seldom tells late of a full disk.
WRITTEN_AT_ONCE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# A URL on its way is looked up a dozen times.
_KEYS_AT_HAND = 4096

T = TypeVar("T")


@functools.lru_cache(_KEYS_AT_HAND)
def key_of(text: str) -> bytes:
    """What a row of `text` goes by."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def microseconds(time: datetime) -> int:
    """A time as it is kept: since 1970."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(kept: int) -> datetime:
    """The time that was kept."""
    return _EPOCH + kept * _MICROSECOND


_ROW_COUNT: Callable[[sqlite3.Cursor], int] = operator.attrgetter("rowcount")


class StateError(WartaError):
    """The file can't be made or written: the disk is full, say."""


class Store:
    """A SQLite database in `directory`; in memory without one. May be read from several threads.

    It is closed when nothing refers to it any more: what is in flight when a partition is lost may still end.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._written = 0
        try:
            self._connection = self._open()
        except (OSError, sqlite3.Error) as error:
            raise self._broken(error) from None
        for setting in ("journal_mode=OFF", "synchronous=OFF", "temp_store=MEMORY", f"cache_size=-{CACHE_KIB}"):
            self._run(f"PRAGMA {setting}", (), _ROW_COUNT)
        self._run("BEGIN", (), _ROW_COUNT)

    def _open(self) -> sqlite3.Connection:
        if self._directory is None:
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        handle, name = tempfile.mkstemp(prefix="warta-crawler-", dir=self._directory)
        os.close(handle)
        try:
            connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE").execute("COMMIT")  # takes hold of the file before its name goes
        finally:
            Path(name).unlink()
        return connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run one statement: how many rows it changed. Raises `StateError`."""
        changed = self._run(statement, values, _ROW_COUNT)
        self._written += 1
        if self._written % WRITTEN_AT_ONCE == 0:
            self._run("COMMIT", (), _ROW_COUNT)
            self._run("BEGIN", (), _ROW_COUNT)
        return changed

    def row(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a query, a tuple, or None. Raises `StateError`."""
        return self._run(statement, values, sqlite3.Cursor.fetchone)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises `StateError`."""
        return self._run(statement, values, sqlite3.Cursor.fetchall)

    def _run(self, statement: str, values: Sequence[Any], read: Callable[[sqlite3.Cursor], T]) -> T:
        """A statement from its start to its end under the lock.

        Since Python 3.12 two threads with the same text share one prepared statement: each gets the other's rows.
        """
        with self._lock:
            try:
                cursor = self._connection.execute(statement, values)
                try:
                    return read(cursor)
                finally:
                    cursor.close()
            except sqlite3.OperationalError as error:
                raise self._broken(error) from None

    def _broken(self, error: Exception) -> StateError:
        return StateError(
            f"the crawler's state in {self._directory} can't be kept ({error}): make room there, or name another "
            "directory by WARTA_CRAWLER_STATE_DIRECTORY; nothing is lost, it is read from Kafka again"
        )
