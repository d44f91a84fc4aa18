"""Records of one key are worked on in their order; the topic's last record of an article depends on it."""

import msgspec

from shared.consume import _by_key


class Record(msgspec.Struct, frozen=True):
    key: bytes | None
    offset: int


def test_a_keys_records_stay_together_and_in_order() -> None:
    batches = [[Record(b"a", 1), Record(b"b", 2), Record(b"a", 3)], [Record(b"c", 1), Record(b"c", 2)]]
    assert [[(r.key, r.offset) for r in records] for records in _by_key(batches)] == [
        [(b"a", 1), (b"a", 3)],
        [(b"b", 2)],
        [(b"c", 1), (b"c", 2)],
    ]
