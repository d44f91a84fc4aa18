import json
import re
import tarfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.robots import (
    AI_CRAWLERS,
    MAX_CRAWL_DELAY,
    MAX_ROBOTS_BYTES,
    VALID_FOR,
    Robots,
    delay_of,
    is_robots,
    no_answer,
    read_robots,
)
from tests.support import shared_data

FOLDER = shared_data.FOLDER / "robots-protego"
NOW = datetime(2024, 10, 8, tzinfo=UTC)
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the shared robots data isn't at {FOLDER}")


def rules_of(text: str | bytes) -> Robots:
    rules = read_robots(200, text.encode() if isinstance(text, str) else text, NOW)
    assert rules is not None
    return rules


def allows(text: str | bytes, path: str) -> bool:
    return rules_of(text).allows(f"https://contoh.example{path}")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_4xx_allows_all(status: int) -> None:
    rules = read_robots(status, b"User-agent: *\nDisallow: /", NOW)
    assert rules is not None
    assert rules.allows("https://contoh.example/a")
    assert rules.valid_until == NOW + VALID_FOR


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 599])
def test_a_5xx_is_no_answer(status: int) -> None:
    assert read_robots(status, b"", NOW) is None


def test_no_answer_forbids_all_until_it_is_asked_again() -> None:
    rules = no_answer(None, again=NOW + timedelta(seconds=5))
    assert rules.unreachable
    assert not rules.allows("https://contoh.example/")
    assert no_answer(rules, again=NOW).failures == 2


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: WartaBot\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: wartabot\nDisallow: /", "/a", False),
        ("User-agent: BotRakus\nDisallow: /", "/a", True),
        ("User-agent: WartaBot\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", True),
        ("User-agent: *\r\nDisallow: /privat # catatan\r\n", "/privat/1", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        (b"User-agent: *\nDisallow: /\xff\xfe\nDisallow: /b", "/b", False),
        ("<html><body>bukan robots</body></html>", "/a", True),
        ("User-agent: WartaBot/2.0\nDisallow: /", "/a", False),
        ("User-agent: WartaBot/2.0 (bukan kami) # ?\nDisallow: /\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: WartaBot-Foto\nDisallow: /", "/a", True),
        ("User-agent: FotoWartaBot\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: a\nUser-agent: wartabot\n\nDisallow: /", "/a", False),
        (
            "User-agent: wartabot\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: WartaBot\nDisallow: /b",
            "/b",
            False,
        ),
    ],
)
def test_rules(text: str | bytes, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


def test_what_it_names_as_sitemaps_belongs_to_no_group() -> None:
    text = "Sitemap: https://contoh.example/a.xml\nUser-agent: x\nDisallow: /\nsitemap: /b.xml # lagi\n"
    assert rules_of(text).sitemaps == ("https://contoh.example/a.xml", "/b.xml")
    assert len(rules_of("Sitemap: /a\n" * 9999).sitemaps) == 500
    absent = read_robots(404, text.encode(), NOW)
    assert absent is not None
    assert absent.sitemaps == ()


@pytest.mark.parametrize("agent", AI_CRAWLERS)
def test_one_ai_crawler_kept_out_is_an_opt_out(agent: str) -> None:
    url = "https://contoh.example/read/1"
    assert rules_of(f"User-agent: {agent.lower()}\nDisallow: /").keeps_ai_out(url)
    assert not rules_of(f"User-agent: {agent}\nDisallow: /video").keeps_ai_out(url)
    assert not rules_of("User-agent: BotRakus\nDisallow: /").keeps_ai_out(url)


def test_a_copy_is_good_for_as_long_as_it_is_said_and_never_beyond_a_day() -> None:
    for asked, granted in ((timedelta(hours=1), timedelta(hours=1)), (timedelta(days=9), VALID_FOR)):
        rules = read_robots(200, b"", NOW, valid_for=asked)
        assert rules is not None
        assert rules.valid_until == NOW + granted


def test_which_url_is_robots() -> None:
    assert is_robots("https://contoh.example/robots.txt")
    assert not is_robots("https://contoh.example/a/robots.txt")
    assert not is_robots("https://contoh.example/robots.txt?a=1")


def test_what_stands_beyond_500_kib_does_not_count() -> None:
    filler = "# x\n" * (MAX_ROBOTS_BYTES // 4)
    assert allows(f"User-agent: *\n{filler}Disallow: /", "/a")


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("Crawl-delay: 10", 10), ("Crawl-delay: 0.5", 0.5), ("Crawl-delay: -1", 0), ("Crawl-delay: banyak", 0),
        ("Crawl-delay: nan", 0), ("Crawl-delay: inf", 0), ("Crawl-delay: 1e9", 3600), ("Request-rate: 1/20s", 20),
        ("Crawl-delay: 5\nRequest-rate: 2/1m", 30),
    ],
)  # fmt: skip
def test_delay(line: str, seconds: float) -> None:
    rules = read_robots(200, f"User-agent: *\n{line}".encode(), NOW)
    assert rules is not None
    assert rules.delay == timedelta(seconds=seconds) <= MAX_CRAWL_DELAY


@given(st.binary(max_size=500), st.sampled_from([200, 203, 301, 404]))
def test_arbitrary_bytes_are_rules(body: bytes, status: int) -> None:
    rules = read_robots(status, body, NOW)
    assert rules is not None
    rules.allows("https://contoh.example/a?b=c")


@needs_data
def test_all_labelled_calls() -> None:
    """Visit-time, of which two calls are, is in no standard and isn't heeded."""
    judged = Counter[str]()
    for case in json.loads((FOLDER / "robots-vectors.json").read_text()):
        rules = read_robots(200, case["robots"].encode(), NOW)
        assert rules is not None
        if case["call"] == "can_fetch":
            url, agent = case["args"]
            assert rules.allows(url, agent) is case["result"], case
        elif case["call"] in {"crawl_delay", "request_rate"}:
            assert rules.parsed is not None
            assert delay_of(rules.parsed, *case["args"]) == labelled_delay(case["result"]), case
        judged[case["call"]] += 1
    assert judged["can_fetch"] > 300
    assert judged["crawl_delay"] + judged["request_rate"] > 10


def labelled_delay(result: Any) -> timedelta:
    """The vectors have a rate as the text of its tuple."""
    if isinstance(result, str):
        requests, seconds = re.findall(r"(?:requests|seconds)=([0-9]+)", result)
        result = int(seconds) / int(requests)
    return timedelta(seconds=result or 0)


@needs_data
def test_real_files_never_fail() -> None:
    named = 0
    with tarfile.open(FOLDER / "test_data.tar.gz") as archive:
        members = [member for member in archive if member.isfile()][::5]
        for member in members:
            file = archive.extractfile(member)
            assert file is not None
            rules = read_robots(200, file.read(), NOW)
            assert rules is not None
            rules.allows("https://contoh.example/read/1/judul")
            assert rules.delay <= MAX_CRAWL_DELAY
            named += bool(rules.sitemaps)
    assert named > len(members) / 4 > 100


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["User-agent", "User-agent:", "User-agent: WartaBot", ""])
def test_endless_blanks_hold_nobody_up(piece: str) -> None:
    assert allows(piece + " \t" * (MAX_ROBOTS_BYTES // 2), "/a")
