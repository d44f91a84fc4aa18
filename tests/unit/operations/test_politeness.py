"""Each rule catches what breaks it, and lets what keeps it pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.politeness import Promise, Seen, breaches
from shared.urls import host_of

AT = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)
BASE = "https://contoh.example"
AGENT = "WartaBot/0.1.0 (+redaksi@contoh.example)"
PROMISE = Promise(contact="redaksi@contoh.example")
ALLOW = "User-agent: *\nAllow: /"


def seen(at: float, path: str = "/a", status: int = 200, *, took: float = 0.1, **fields: Any) -> Seen:
    url = path if path.startswith("http") else BASE + path
    began = AT + timedelta(seconds=at)
    values: dict[str, Any] = {"user_agent": AGENT, "ended": began + timedelta(seconds=took), **fields}
    return Seen(url=url, began=began, status=status, **values)


def robots(at: float, body: str = ALLOW, status: int = 200, **fields: Any) -> Seen:
    return seen(at, "/robots.txt", status, body=body, **fields)


def broken(*log: Seen, promise: Promise = PROMISE) -> list[str]:
    return [breach.rule for breach in breaches(reversed(log), promise)]


def test_a_polite_crawl_breaks_nothing() -> None:
    assert broken(robots(0), *(seen(number * 1.2) for number in range(1, 20))) == []


@pytest.mark.parametrize(
    ("log", "rule"),
    [
        ([robots(0), seen(2, took=5), seen(4)], "concurrency"),
        ([robots(0), seen(2), seen(2.9)], "delay"),
        ([robots(0), seen(0.5)], "delay"),
        ([robots(0, "User-agent: *\nCrawl-delay: 10"), seen(9)], "crawl_delay"),
        ([robots(0, "User-agent: WartaBot\nRequest-rate: 1/10s"), seen(11), seen(20)], "crawl_delay"),
        ([robots(0), seen(2, status=429, retry_after="60"), seen(61)], "retry_after"),
        ([robots(0), seen(2, status=503, retry_after="Tue, 08 Oct 2024 12:01:00 GMT"), seen(59)], "retry_after"),
        ([robots(0), seen(2, status=301, retry_after="60"), seen(61)], "retry_after"),
        ([robots(0, status=503, retry_after="60"), robots(50)], "retry_after"),
        ([robots(0), seen(2, status=503), seen(3.5)], "back_off"),
        ([robots(0), seen(2, status=503), seen(5, status=503), seen(12)], "back_off"),
        ([seen(0)], "robots_unread"),
        ([robots(0), seen(2, "http://contoh.example/a")], "robots_unread"),
        ([robots(0), seen(24 * 3600 + 5)], "robots_stale"),
        ([robots(0, status=503), robots(10, status=500), seen(20)], "robots_unreachable"),
        ([robots(0, status=0), seen(20)], "robots_unreachable"),
        ([robots(0, "User-agent: *\nDisallow: /a"), seen(2)], "robots_disallowed"),
        ([robots(0, "User-agent: wartabot\nDisallow: /\nUser-agent: *\nAllow: /"), seen(2)], "robots_disallowed"),
        ([robots(0, "User-agent: *\nDisallow: /a"), robots(9, status=500), seen(20)], "robots_disallowed"),
        ([robots(0), seen(2), robots(4, "User-agent: *\nDisallow: /a"), seen(6)], "robots_disallowed"),
        ([robots(0, user_agent="Mozilla/5.0")], "user_agent"),
        ([robots(0, user_agent="WartaBot/0.1.0")], "user_agent"),
        ([robots(0, user_agent="WartaBot/0.1.0 (+lain@contoh.example)")], "user_agent"),
    ],
)
def test_each_breach_is_named(log: list[Seen], rule: str) -> None:
    assert broken(*log) == [rule]


@pytest.mark.parametrize(
    "log",
    [
        [robots(0, status=404), seen(2)],
        [robots(0), seen(2, status=503, retry_after="60"), seen(62.2)],
        [robots(0), seen(2, status=503), seen(5, status=503), seen(14), seen(16)],
        [robots(0, "User-agent: *\nDisallow: /b"), seen(2), robots(4, "User-agent: *\nDisallow: /a"), seen(6, "/b")],
        [robots(0), seen(2, took=0.1), robots(24 * 3600 + 5), seen(24 * 3600 + 7)],
        [robots(0, "User-agent: *\nCrawl-delay: 10"), seen(10.2), robots(12), seen(14)],
        [robots(0), seen(2), robots(24 * 3600, status=500), seen(24 * 3600 + 4)],
        [robots(0, status=200, retry_after="60"), seen(2)],
    ],
)
def test_what_keeps_the_rules_passes(log: list[Seen]) -> None:
    assert broken(*log) == []


def test_robots_is_followed_over_redirects_and_no_further_than_five() -> None:
    there = "https://lain.example/aturan"
    forbids = "User-agent: *\nDisallow: /a"
    led = [robots(0, status=301, location=there), seen(1, there, body=forbids)]
    assert broken(*led, seen(3)) == ["robots_disallowed"]
    assert broken(*led, seen(3, "/b")) == []
    assert broken(led[0], seen(3)) == ["robots_unread"]
    hops = [seen(2 * hop, f"/{hop}", 302, location=f"/{hop + 1}") for hop in range(1, 6)]
    assert broken(robots(0, status=302, location="/1"), *hops, seen(12)) == []
    assert broken(robots(0, status=302, location="/1"), *hops[:4], seen(12)) == ["robots_unread"]


def test_hosts_are_judged_apart_and_origins_of_a_host_together() -> None:
    other = "https://lain.example"
    both = [seen(0, f"{site}/robots.txt") for site in (BASE, other)]
    assert broken(*both, seen(2), seen(2, f"{other}/a")) == []
    assert {host_of(one.url) for one in both} == {"contoh.example", "lain.example"}
    assert broken(robots(0), seen(0.5, "http://contoh.example/robots.txt")) == ["delay"]


def test_the_detail_says_by_how_much() -> None:
    (breach,) = breaches([robots(0), seen(2), seen(2.6)], PROMISE)
    assert breach.detail == "0.50 s too early for the delay between two fetches"
    assert (breach.url, breach.at) == (f"{BASE}/a", AT + timedelta(seconds=2.6))
