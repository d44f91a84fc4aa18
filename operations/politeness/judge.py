"""Every breach of politeness in a log of requests."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from operations.politeness.robots import RobotsSeen, is_stale
from operations.politeness.seen import Seen
from services.crawler import backoff
from services.crawler.outages import origin_of
from services.crawler.robots import PRODUCT_TOKEN, delay_of
from shared.urls import host_of

Rule = Literal[
    "concurrency", "delay", "crawl_delay", "retry_after", "back_off", "robots_unread", "robots_stale",
    "robots_unreachable", "robots_disallowed", "user_agent",
]  # fmt: skip


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """What the crawler was set to keep; `slack` is what a server's clock and buffers may hide."""

    delay: timedelta = timedelta(seconds=1)
    first_back_off: timedelta = timedelta(seconds=2)
    contact: str = ""
    slack: timedelta = timedelta(milliseconds=50)


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, broken by one request."""

    rule: Rule
    url: str
    at: datetime
    detail: str


def breaches(log: Iterable[Seen], promise: Promise) -> list[Breach]:
    """All breaches, in the order of the requests. The log may be of many hosts and in any order."""
    judge = _Judge(promise)
    for seen in sorted(log, key=lambda one: one.began):
        judge.see(seen)
    return judge.found


class _Host:
    """What one host has been asked, and what it said."""

    def __init__(self) -> None:
        self.last: Seen | None = None
        self.last_of_origin: dict[str, datetime] = {}
        self.left_alone_until: datetime | None = None
        self.busy = 0
        self.busy_until: datetime | None = None


class _Judge:
    def __init__(self, promise: Promise) -> None:
        self.found: list[Breach] = []
        self._promise = promise
        self._robots = RobotsSeen()
        self._hosts: dict[str, _Host] = {}
        self._unread: list[Seen] = []

    def see(self, seen: Seen) -> None:
        """Judge a request by what was answered before it began."""
        self._read_until(seen.began)
        host = self._hosts.setdefault(host_of(seen.url), _Host())
        self._judge_agent(seen)
        self._judge_time(seen, host)
        if not self._robots.is_asked_for(seen.url):
            self._judge_robots(seen, host)
        host.last = seen if host.last is None or _end(seen) >= _end(host.last) else host.last
        self._unread.append(seen)

    def _read_until(self, now: datetime) -> None:
        """Hear all answers that had ended by then. What never ended, or later, tells the crawler nothing yet."""
        ready = sorted((one for one in self._unread if _end(one) <= now), key=_end)
        self._unread = [one for one in self._unread if _end(one) > now]
        for seen in ready:
            self._robots.note(seen)
            host = self._hosts[host_of(seen.url)]
            host.last_of_origin[origin_of(seen.url)] = _end(seen)
            self._hear(seen, host)

    def _hear(self, seen: Seen, host: _Host) -> None:
        status, at = seen.status or 0, _end(seen)
        if status >= 300 and status != 304 and (asked := backoff.retry_after(seen.retry_after, at)):
            host.left_alone_until = max(host.left_alone_until or at, at + asked)
        is_busy = status in backoff.BUSY_STATUS
        host.busy = host.busy + 1 if is_busy else 0
        host.busy_until = at + backoff.pause(host.busy, self._promise.first_back_off) if is_busy else None

    def _judge_agent(self, seen: Seen) -> None:
        about = rf" \(\+{re.escape(self._promise.contact)}\)" if self._promise.contact else r"( \(\+[^()]+\))?"
        if not re.fullmatch(rf"{PRODUCT_TOKEN}/[0-9][\w.]*{about}", seen.user_agent):
            self._breach("user_agent", seen, f"it calls itself {seen.user_agent[:100]!r}")

    def _judge_time(self, seen: Seen, host: _Host) -> None:
        if host.last is not None and seen.began + self._promise.slack < _end(host.last):
            self._breach("concurrency", seen, f"{host.last.url} was still being answered")
        elif host.last is not None:
            self._judge_gap("delay", seen, _end(host.last) + self._promise.delay, "the delay between two fetches")
        self._judge_gap("retry_after", seen, host.left_alone_until, "Retry-After")
        self._judge_gap("back_off", seen, host.busy_until, f"the back-off of {host.busy} busy answers in a row")

    def _judge_robots(self, seen: Seen, host: _Host) -> None:
        known = self._robots.of(seen.url)
        if known is None:
            self._breach("robots_unread", seen, "robots.txt wasn't read before")
            return
        if is_stale(known, seen.began, self._promise.slack):
            self._breach("robots_stale", seen, f"robots.txt was read at {known.read.isoformat()}")
        if known.rules.unreachable:
            self._breach("robots_unreachable", seen, "robots.txt had brought no answer")
        elif not known.rules.allows(seen.url):
            self._breach("robots_disallowed", seen, "robots.txt forbids it")
        before = host.last_of_origin.get(origin_of(seen.url))
        if before is not None and known.rules.parsed is not None:
            self._judge_gap("crawl_delay", seen, before + delay_of(known.rules.parsed), "Crawl-delay")

    def _judge_gap(self, rule: Rule, seen: Seen, earliest: datetime | None, what: str) -> None:
        if earliest is not None and seen.began + self._promise.slack < earliest:
            self._breach(rule, seen, f"{(earliest - seen.began).total_seconds():.2f} s too early for {what}")

    def _breach(self, rule: Rule, seen: Seen, detail: str) -> None:
        self.found.append(Breach(rule=rule, url=seen.url, at=seen.began, detail=detail))


def _end(seen: Seen) -> datetime:
    return seen.ended or seen.began
