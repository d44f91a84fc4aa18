"""What services have yet to read, on a real broker."""

import os
import shutil
from datetime import UTC, datetime, timedelta

from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from shared import kafka
from shared.backlog import Backlog, BacklogReader
from shared.delivery import Outgoing
from shared.events import PageFetched
from shared.topics import ARTICLES_PARSED, PAGES_FETCHED
from tests.support.backlog import patiently
from tests.support.cluster import Cluster, until

TOPIC = PAGES_FETCHED.name


def page(number: int, size: int) -> Outgoing:
    event = PageFetched(
        url=f"https://contoh.id/{number}", fetched_at=datetime.now(UTC), content_type="text/html", body=os.urandom(size)
    )
    return Outgoing(topic=PAGES_FETCHED, key=event.url, event=event)


def parser_part(backlog: Backlog) -> dict[int, tuple[int, int]]:
    return {one.partition: (one.lag, one.expired) for one in backlog.of("parser").partitions}


async def test_lag_age_and_expiry_of_each_partition(cluster: Cluster) -> None:
    began = datetime.now(UTC) - timedelta(milliseconds=1)
    # Twelve too large for a small fetch, in all likelihood some in every partition; then many in one batch.
    await cluster.publish(page(number, 4_000_000) for number in range(12))
    await cluster.publish(page(number, 100) for number in range(12, 100))
    published = datetime.now(UTC)
    async with BacklogReader(cluster.kafka) as reader:
        found = await patiently(reader, "parser", "indexer")
        assert found.of("parser").lag == found.lag == 100
        assert sum(found.of("parser").lag_by_partition.values()) == 100
        firsts = [one for one in found.partitions if one.lag]
        assert len(firsts) > 1
        for one in firsts:
            assert one.first == 0
            assert one.oldest is not None
            assert began <= one.oldest <= published
        assert set(found.ages) == {("parser", TOPIC)}
        again = await reader.read(["parser", "indexer"])
        assert [one.oldest for one in again.partitions] == [one.oldest for one in found.partitions]
        assert again.ages["parser", TOPIC] > found.ages["parser", TOPIC]

        # The parser commits one partition to its end, another to its third record; five expire of the second.
        ends = {one.partition: one.end for one in firsts}
        whole, part = sorted(ends, key=lambda number: ends[number])[-2:]
        await cluster.commit("parser", {TopicPartition(TOPIC, whole): ends[whole], TopicPartition(TOPIC, part): 3})
        committed = await reader.read(["parser"])
        assert parser_part(committed)[whole] == (0, 0)
        assert parser_part(committed)[part] == (ends[part] - 3, 0)
        admin = kafka.admin(cluster.kafka)
        await admin.start()
        await admin.delete_records({TopicPartition(TOPIC, part): RecordsToDelete(before_offset=8)})
        await admin.close()
        expired = await reader.read(["parser"])
        assert parser_part(expired)[part] == (ends[part] - 8, 5)
        first = next(one for one in expired.partitions if one.partition == part)
        assert (first.begin, first.committed, first.first) == (8, 3, 8)


async def test_topics_and_groups_that_do_not_exist_have_no_backlog(cluster: Cluster) -> None:
    async with BacklogReader(cluster.kafka) as reader:
        assert (await patiently(reader, "parser", "recommender")).lag == 0
        admin = kafka.admin(cluster.kafka)
        await admin.start()
        await admin.delete_topics([TOPIC])
        await admin.close()

        async def only_articles_are_left() -> bool:
            left = await patiently(reader, "parser", "indexer")
            return {one.topic for one in left.partitions} == {ARTICLES_PARSED.name}

        await until(only_articles_are_left)


async def test_the_broker_says_how_full_its_disk_is(cluster: Cluster) -> None:
    async with BacklogReader(cluster.kafka) as reader:
        disk = await reader.fullest_disk()
    assert disk is not None
    assert disk.total == shutil.disk_usage(cluster.stack.directory).total
    assert 0 < disk.free_percent < 100
