"""robots.txt by RFC 9309: what an answer to `GET /robots.txt` means. Pure; matching is Protego's."""

import math
from datetime import datetime, timedelta

import msgspec
from protego import Protego

from shared.articles import UtcTime

PRODUCT_TOKEN = "WartaBot"  # noqa: S105 - RFC 9309's name for what a User-agent line matches
MAX_ROBOTS_BYTES = 500 * 1024
MAX_ROBOTS_HOPS = 5
# RFC 9309 2.4: no cached copy beyond 24 hours.
VALID_FOR = timedelta(hours=24)
# Crawl-delay isn't in the RFC; a host can ask for much, not for never.
MAX_CRAWL_DELAY = timedelta(hours=1)
_UTF8_BOM = b"\xef\xbb\xbf"


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one origin for us, good until `valid_until`."""

    valid_until: UtcTime
    parsed: Protego | None = None
    delay: timedelta = timedelta(0)
    failures: int = 0

    @property
    def unreachable(self) -> bool:
        """Whether the last `failures` tries brought no answer."""
        return self.failures > 0

    def allows(self, url: str) -> bool:
        """Whether `url`, of this origin, may be fetched."""
        if self.unreachable:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, PRODUCT_TOKEN)


def read_robots(status: int, body: bytes, now: datetime) -> Robots | None:
    """The rules of a final answer: a 4xx allows all; a 5xx (or 429) is no answer at all, None."""
    if status == 429 or status >= 500:
        return None
    valid_until = now + VALID_FOR
    if not 200 <= status < 300:
        return Robots(valid_until=valid_until)
    text = body[:MAX_ROBOTS_BYTES].removeprefix(_UTF8_BOM).decode("utf-8", "ignore")
    parsed = Protego.parse(text)
    return Robots(valid_until=valid_until, parsed=parsed, delay=_delay(parsed))


def no_answer(before: Robots | None, *, again: datetime) -> Robots:
    """An unreachable robots.txt forbids all until it is asked `again`."""
    return Robots(valid_until=again, failures=(before.failures if before else 0) + 1)


def _delay(parsed: Protego) -> timedelta:
    asked = parsed.crawl_delay(PRODUCT_TOKEN) or 0.0
    rate = parsed.request_rate(PRODUCT_TOKEN)
    if rate is not None and rate.requests > 0:
        asked = max(asked, rate.seconds / rate.requests)
    if math.isnan(asked) or asked <= 0:
        return timedelta(0)
    return min(timedelta(seconds=min(asked, 1e6)), MAX_CRAWL_DELAY)
