"""The echo service on the session's servers: what it is asked, what it did, how far it is."""

import asyncio

from aiokafka import TopicPartition

from shared import kafka
from shared.delivery import Outgoing
from shared.events import RelatedRequested
from shared.topics import ARTICLES_INDEXED, RELATED_REQUESTS, group_of
from tests.support.cluster import Cluster, Service

PARTITIONS = RELATED_REQUESTS.partitions


def requests(count: int, because_of: str, name: str) -> list[Outgoing]:
    return [
        Outgoing(
            topic=RELATED_REQUESTS,
            key=f"{name}{n}",
            event=RelatedRequested(article_id=f"{name}{n}", because_of=because_of),
        )
        for n in range(count)
    ]


def echo(cluster: Cluster, *modes: str, **environment: str) -> Service:
    return cluster.start(*modes, module="tests.support.echo_service", **environment)


async def done(cluster: Cluster) -> set[str]:
    return {envelope.event.article_id for envelope in await cluster.events(ARTICLES_INDEXED)}


async def committed(cluster: Cluster) -> int:
    return (await cluster.progress()).records[RELATED_REQUESTS.name] - await echo_lag(cluster)


async def echo_lag(cluster: Cluster, *modes: str) -> int:
    admin = kafka.admin(cluster.kafka)
    await admin.start()
    try:
        partitions = [TopicPartition(RELATED_REQUESTS.name, n) for n in range(PARTITIONS)]
        group = group_of("echo-plain" if "plain" in modes else "echo")
        offsets = await kafka.committed(admin, group, partitions)
    finally:
        await admin.close()
    ends = (await cluster.progress()).records[RELATED_REQUESTS.name]
    done: int = sum(max(0, offset.offset) for offset in offsets.values())
    return ends - done


async def all_done(cluster: Cluster, names: set[str]) -> bool:
    return names <= await done(cluster)


async def ended(service: Service, seconds: float = 60) -> int:
    return await asyncio.to_thread(service.process.wait, seconds)
