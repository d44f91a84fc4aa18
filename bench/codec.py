"""Our codec against the `cloudevents` package, on a small JSON event; and on a page, which theirs can't carry."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, from_binary, to_binary

from shared import codec
from shared.events import CrawlRequested, PageFetched

ROUNDS, TIMES = 7, 2000
AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)


def run() -> list[dict[str, object]]:
    """Microseconds of one event's way out and in; the best of alternating rounds, with the ratio to the peer's."""
    request = CrawlRequested(url="https://contoh.id/baca/1", found_by="feed", depth=1)
    page = PageFetched(
        url="https://contoh.id/baca/1", fetched_at=AT, content_type="text/html", body=b"<p>isi</p>" * 6000
    )

    def ours(event: CrawlRequested | PageFetched) -> Callable[[], object]:
        return lambda: codec.decode(*codec.encode(codec.wrap(event, source="/bench", time=AT)))

    def theirs() -> object:
        attributes = {"type": request.TYPE, "source": "/bench", "datacontenttype": "application/json"}
        message = to_binary(CloudEvent(attributes, msgspec.to_builtins(request)))
        return from_binary(KafkaMessage(headers=message.headers, key=None, value=message.value))

    contenders = {
        "json event, ours": ours(request),
        "json event, cloudevents": theirs,
        "page of 60 KB, ours": ours(page),
    }
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(ROUNDS):
        for name, once in contenders.items():
            began = time.process_time()
            for _ in range(TIMES):
                once()
            best[name] = min(best[name], (time.process_time() - began) / TIMES * 1e6)
    peer = best["json event, cloudevents"]
    return [{"what": name, "microseconds": took, "ratio to cloudevents": took / peer} for name, took in best.items()]
