"""What a crawler holds of a partition before it has read anything of it."""

from services.crawler.partition import Partition


def test_a_partition_of_which_nothing_was_read_has_nothing_to_commit() -> None:
    """Else each assignment would set the group's offset back to 0."""
    partition = Partition(3)
    assert not partition.gaps.committable > partition.committed
    partition.gaps.opened(7)
    assert not partition.gaps.committable > 7
    partition.gaps.ended(7)
    assert partition.gaps.committable == 8
