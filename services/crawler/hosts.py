"""What is told of hosts in crawl.outcomes, for whoever fetches next, and told again before Kafka forgets it."""

from datetime import datetime, timedelta

from services.crawler.outages import Outage, origin_of
from services.crawler.partition import Partition
from shared.delivery import Outgoing, Publisher
from shared.events import FetchSettled
from shared.logs import get_logger
from shared.topics import CRAWL_OUTCOMES
from shared.urls import front_of, host_of

SAY_AGAIN_AFTER = timedelta(milliseconds=CRAWL_OUTCOMES.retention_ms or 0) / 5
log = get_logger()


async def tell_unreachable(
    partition: Partition, url: str, outage: Outage, publisher: Publisher, *, waiting: timedelta
) -> None:
    """Tell, once, that the URL's origin doesn't answer, and that its URLs wait up to `waiting` for it."""
    origin = origin_of(url)
    if origin in partition.known.unreachable:
        return
    partition.known.unreachable[origin] = outage.since
    event = FetchSettled(url=f"{origin}/", outcome="unreachable", settled_at=outage.since, why=outage.reason)
    await _publish(event, publisher)
    log.warning(
        "host.unreachable",
        **{
            "url.full": event.url, "url.domain": host_of(url), "event.reason": outage.reason,
            "error.message": f"{'no such name: ' if outage.absent_since else ''}its URLs wait, and it is asked at most"
            f" once an hour; after {waiting} they end as failed",
        },
    )  # fmt: skip


async def tell_reached(partition: Partition, url: str, publisher: Publisher, now: datetime) -> None:
    """Tell that it answers again, if anybody was told that it doesn't."""
    origin = origin_of(url)
    since = partition.known.unreachable.pop(origin, None)
    if since is None:
        return
    event = FetchSettled(url=f"{origin}/", outcome="reachable", settled_at=now)
    await _publish(event, publisher)
    log.info("host.reachable", **{"url.full": event.url, "url.domain": host_of(url), "labels.since": since.isoformat()})


async def say_pauses_again(partition: Partition, publisher: Publisher, now: datetime) -> None:
    """A pause lasts until it is ended, however long that takes."""
    due = [host for host, said in partition.known.paused.items() if now - said >= SAY_AGAIN_AFTER]
    for host in due:
        if partition.frontier.is_paused(host):
            partition.known.paused[host] = now
            await _publish(FetchSettled(url=front_of(host), outcome="paused", settled_at=now), publisher)


async def _publish(event: FetchSettled, publisher: Publisher) -> None:
    root = f"{event.outcome} {event.url} {event.settled_at.isoformat()}"
    await publisher.publish(Outgoing(topic=CRAWL_OUTCOMES, key=host_of(event.url), event=event, root=root))
