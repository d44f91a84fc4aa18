"""A record that kills the process each time is isolated, and a dead letter after three deaths; its neighbours go on."""

import signal
from itertools import count, islice
from typing import Any

import pytest
from aiokafka import TopicPartition

from shared import codec
from shared.delivery import Outgoing
from shared.events import RelatedRequested
from shared.logs import EXIT_UNKNOWN_ERROR
from shared.partitions import partition_of
from shared.topics import RELATED_REQUESTS
from tests.support.cluster import Cluster, Service, until
from tests.support.echo import all_done, done, echo, echo_lag, ended, requests

DEATHS = 3


async def dead_letters(cluster: Cluster) -> list[codec.Envelope[Any]]:
    return [codec.decode(record.headers, record.value) for record in await cluster.records(RELATED_REQUESTS.dlq)]


class Orchestrator:
    """Starts the service again whenever it ends, as an operator's does, and keeps its exit codes."""

    def __init__(self, cluster: Cluster, *modes: str) -> None:
        self.codes: list[int] = []
        self._cluster = cluster
        self._modes = modes
        self.service: Service = echo(cluster, *modes)

    async def tend(self) -> None:
        code = self.service.process.poll()
        if code is not None:
            self.codes.append(code)
            self.service = echo(self._cluster, *self._modes)


@pytest.mark.parametrize(
    ("mode", "fault", "code"),
    [("faust", "die", -signal.SIGKILL), ("plain", "die", -signal.SIGKILL), ("plain", "unknown", EXIT_UNKNOWN_ERROR)],
)
async def test_three_deaths_make_a_dead_letter(cluster: Cluster, mode: str, fault: str, code: int) -> None:
    await cluster.publish([*requests(30, "x", "a"), *requests(1, fault, "k"), *requests(30, "x", "b")])
    orchestrator = Orchestrator(cluster, mode)
    neighbours = {f"{name}{n}" for name in "ab" for n in range(30)}

    async def settled() -> bool:
        await orchestrator.tend()
        rejected = len(await dead_letters(cluster)) > 0
        return rejected and await all_done(cluster, neighbours) and await echo_lag(cluster, mode) == 0

    await until(settled, seconds=150, every=0.5, why=orchestrator.service.text)
    (letter,) = await dead_letters(cluster)
    assert letter.event.reason == "crashed_worker"
    assert orchestrator.codes == [code] * DEATHS
    assert await done(cluster) == neighbours
    assert orchestrator.service.stop() == 0
    assert await echo_lag(cluster, mode) == 0


async def test_kills_while_a_record_waits_for_a_dependency_do_not_count(cluster: Cluster) -> None:
    await cluster.publish([*requests(1, "await something", "w")])
    for _ in range(DEATHS + 1):
        service = echo(cluster, "plain")

        async def waits(service: Service = service) -> bool:
            return "dependency.awaited" in service.text().rpartition("service.started")[2]

        await until(waits, why=service.text)
        service.kill()
        service.log.unlink()
    assert not await dead_letters(cluster)


async def test_a_row_of_dead_letters_stops_the_service_and_a_restart_does_not_drain_the_topic(cluster: Cluster) -> None:
    await cluster.publish(requests(60, "poison", "p"))
    limit = {"WARTA_DELIVERY_MAX_CONSECUTIVE_DEAD_LETTERS": "10"}
    counts = []
    for _ in range(3):
        service = echo(cluster, "plain", **limit)
        assert await ended(service) == EXIT_UNKNOWN_ERROR
        assert "dead letters in a row" in service.text()
        counts.append(len(await dead_letters(cluster)))
    assert counts[0] >= 10
    assert counts[2] == counts[0] < 60, "every restart stops at once"
    assert {letter.event.reason for letter in await dead_letters(cluster)} == {"processing_failed"}
    patient = echo(cluster, "plain", WARTA_DELIVERY_MAX_CONSECUTIVE_DEAD_LETTERS="1000")

    async def all_there() -> bool:
        return await echo_lag(cluster, "plain") == 0

    await until(all_there, why=patient.text)
    assert len({(x.event.source_partition, x.event.source_offset) for x in await dead_letters(cluster)}) == 60


def requests_of(partition: int, because_of: str, *, most: int) -> list[Outgoing]:
    names = (f"{because_of}{n}" for n in count())
    ours = (name for name in names if partition_of(name, RELATED_REQUESTS) == partition)
    return [
        Outgoing(topic=RELATED_REQUESTS, key=name, event=RelatedRequested(article_id=name, because_of=because_of))
        for name in islice(ours, most)
    ]


@pytest.mark.parametrize("mode", ["faust", "plain"])
async def test_a_row_stops_a_restart_that_begins_with_other_partitions_until_a_success(
    cluster: Cluster, mode: str
) -> None:
    limit = {"WARTA_DELIVERY_MAX_CONSECUTIVE_DEAD_LETTERS": "10"}

    async def skip(partition: int, records: int) -> None:
        where = TopicPartition(RELATED_REQUESTS.name, partition)
        await cluster.commit("echo-plain" if mode == "plain" else "echo", {where: records})

    await cluster.publish(requests_of(0, "poison", most=30))
    service = echo(cluster, mode, **limit)
    assert await ended(service) == EXIT_UNKNOWN_ERROR
    drained = len(await dead_letters(cluster))
    await skip(0, 30)
    await cluster.publish(requests_of(5, "poison", most=30))
    service = echo(cluster, mode, **limit)
    assert await ended(service) == EXIT_UNKNOWN_ERROR
    assert len(await dead_letters(cluster)) == drained >= 10
    await skip(5, 30)
    good = requests_of(2, "x", most=1)
    await cluster.publish(good)
    service = echo(cluster, mode, **limit)
    await until(lambda: all_done(cluster, {good[0].key}), why=service.text)
    assert service.stop() == 0
    await cluster.publish(requests_of(4, "poison", most=1))
    service = echo(cluster, mode, **limit)

    async def one_more() -> bool:
        return len(await dead_letters(cluster)) == drained + 1

    await until(one_more, why=service.text)
    assert service.stop() == 0
