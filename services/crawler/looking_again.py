"""Which pages are looked at again now: one a host at a time, after all that is new."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.crawler.job import Job
from services.crawler.partition import Partition
from shared.events import CrawlRequested
from shared.urls import host_of

AT_ONCE = 200
PAUSE = timedelta(seconds=5)
PAUSED_PAUSE = timedelta(hours=1)


def due_again(held: Partition, now: datetime, *, apart: timedelta) -> Iterator[Job]:
    """The pages that are due, in hand from now on; the others of their hosts wait, `apart` is between two of a host."""
    hosts: set[str] = set()
    for page in held.known.due(now, AT_ONCE):
        host = host_of(page.url)
        if held.frontier.is_paused(host):
            held.known.postpone(page.url, now + PAUSED_PAUSE)
            continue
        if host in hosts or held.is_pending("page", page.url):
            held.known.postpone(page.url, now + apart + PAUSE)
            continue
        hosts.add(host)
        held.known.postpone(page.url, None)
        held.take_in_hand("page", page.url)
        yield Job(url=page.url, host=host, request=CrawlRequested(url=page.url, found_by="refetch"), partition=held)
