"""One hash over many rows, in any order."""

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

_MODULUS = 2**256


class Multiset:
    """The sum of the rows' hashes: bounded memory, no order, and unlike XOR it sees a row that is there twice."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0

    def add(self, row: Iterable[Any]) -> None:
        """Count a row of JSON values in."""
        digest = hashlib.sha256(msgspec.json.encode(list(row))).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % _MODULUS
        self.count += 1

    @property
    def hash(self) -> str:
        """64 hex digits."""
        return f"{self._sum:064x}"
