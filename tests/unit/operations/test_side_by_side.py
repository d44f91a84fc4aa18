"""The merge of two indices, and what counts as lacking."""

from collections.abc import AsyncIterator

from hypothesis import given
from hypothesis import strategies as st

from operations.reindex.reconcile import is_behind, side_by_side
from operations.reindex.rows import Row, Sum

rows = st.builds(Row, version=st.integers(0, 3), content_hash=st.sampled_from([None, "x"]), status=st.just("published"))
indices = st.dictionaries(st.text(max_size=3), rows, max_size=12)


async def in_order(index: dict[str, Row]) -> AsyncIterator[tuple[str, Row]]:
    for one in sorted(index):
        yield one, index[one]


@given(indices, indices)
async def test_every_id_of_either_once(ours: dict[str, Row], theirs: dict[str, Row]) -> None:
    found = [pair async for pair in side_by_side(in_order(ours), in_order(theirs))]
    assert found == [(one, (ours.get(one), theirs.get(one))) for one in sorted({*ours, *theirs})]


def row(version: int, content_hash: str = "x") -> Row:
    return Row(version=version, content_hash=content_hash, status="published")


def test_lacking_is_absent_older_or_another_content_of_the_same_version() -> None:
    assert is_behind((row(1), None))
    assert is_behind((row(2), row(1)))
    assert is_behind((row(1), row(1, "y")))
    assert not is_behind((row(1), row(1)))
    assert not is_behind((row(1), row(2)))
    assert not is_behind((None, row(1)))


@given(st.permutations([("a", row(1)), ("b", row(2)), ("c", Row(version=3, content_hash=None, status="removed"))]))
def test_the_checksum_knows_no_order(order: list[tuple[str, Row]]) -> None:
    one, other = Sum(), Sum()
    for item in order:
        one.count_in(*item)
    for item in sorted(order, key=lambda each: each[0]):
        other.count_in(*item)
    assert one.hash == other.hash
    other.count_in(*order[0])
    assert one.hash != other.hash
