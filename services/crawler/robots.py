"""robots.txt by RFC 9309: what an answer to `GET /robots.txt` means. Pure; matching is Protego's."""

import math
import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

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
MAX_SITEMAPS = 500
# The tokens by which sites keep their texts from being gathered for the training of language models.
AI_CRAWLERS = (
    "GPTBot", "CCBot", "Google-Extended", "anthropic-ai", "ClaudeBot", "Applebot-Extended", "meta-externalagent",
)  # fmt: skip
_UTF8_BOM = b"\xef\xbb\xbf"
# RFC 9309 2.2.1: a product token has letters, "_" and "-"; what follows it, such as a version, isn't compared.
_OWN_LINE = re.compile(
    rf"^([ \t]*+user[- ]?agent[ \t]*+:?[ \t]*+{PRODUCT_TOKEN})(?![A-Za-z_-])[^#\r\n]*", re.IGNORECASE | re.MULTILINE
)


class Robots(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one origin for us, good until `valid_until`. `size` is that of their text in bytes.

    The last `failures` tries brought no answer; the rules are those of the last one before them, if there was one.
    """

    valid_until: UtcTime
    parsed: Protego | None = None
    delay: timedelta = timedelta(0)
    failures: int = 0
    answered: bool = True
    size: int = 0

    @property
    def unreachable(self) -> bool:
        """Whether no try has brought an answer."""
        return not self.answered

    def allows(self, url: str, agent: str = PRODUCT_TOKEN) -> bool:
        """Whether `agent` may fetch `url`, which is of this origin; robots.txt itself always."""
        if self.unreachable:
            return False
        return self.parsed is None or self.parsed.can_fetch(url, agent)

    def keeps_ai_out(self, url: str) -> bool:
        """Whether `url` is closed to a crawler that gathers texts for language models."""
        return not all(self.allows(url, agent) for agent in AI_CRAWLERS)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that it names, as they stand there."""
        return tuple(self.parsed.sitemaps)[:MAX_SITEMAPS] if self.parsed is not None else ()


def is_robots(url: str) -> bool:
    """Whether `url` is an origin's robots.txt."""
    parts = urlsplit(url)
    return parts.path == "/robots.txt" and not parts.query


def read_robots(status: int, body: bytes, now: datetime, *, valid_for: timedelta = VALID_FOR) -> Robots | None:
    """The rules of a final answer: a 4xx allows all; a 5xx (or 429) is no answer at all, None."""
    if status == 429 or status >= 500:
        return None
    valid_until = now + min(valid_for, VALID_FOR)
    if not 200 <= status < 300:
        return Robots(valid_until=valid_until)
    text = body[:MAX_ROBOTS_BYTES].removeprefix(_UTF8_BOM).decode("utf-8", "ignore")
    parsed = Protego.parse(_OWN_LINE.sub(r"\1", text))
    return Robots(valid_until=valid_until, parsed=parsed, delay=delay_of(parsed), size=len(text))


def no_answer(before: Robots | None, *, again: datetime) -> Robots:
    """An unreachable robots.txt forbids all until it is asked `again`; a copy outlives its day then (RFC 9309 2.4)."""
    if before is None:
        return Robots(valid_until=again, failures=1, answered=False)
    return msgspec.structs.replace(before, valid_until=again, failures=before.failures + 1)


def delay_of(parsed: Protego, agent: str = PRODUCT_TOKEN) -> timedelta:
    """The time between two fetches that it asks of `agent`, by a delay or a rate."""
    asked = parsed.crawl_delay(agent) or 0.0
    rate = parsed.request_rate(agent)
    if rate is not None and rate.requests > 0:
        asked = max(asked, rate.seconds / rate.requests)
    if math.isnan(asked) or asked <= 0:
        return timedelta(0)
    return min(timedelta(seconds=min(asked, 1e6)), MAX_CRAWL_DELAY)
