"""Records of one key are worked on in their order: the topic's last record of an article depends on it."""

import msgspec

from shared.attempts import by_key


class Kept(msgspec.Struct, kw_only=True):
    key: bytes | None
    offset: int
    topic: str = "articles.parsed"
    partition: int = 0
    value: bytes | None = None
    headers: object = ()


def test_a_keys_records_stay_together_and_in_order() -> None:
    keys = [b"a", b"b", None, b"a", None, b"b", b"a"]
    queues = by_key([Kept(key=key, offset=offset) for offset, key in enumerate(keys)])
    assert [[record.offset for record in queue] for queue in queues] == [[0, 3, 6], [1, 5], [2], [4]]
