import json
import tarfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.robots import MAX_CRAWL_DELAY, MAX_ROBOTS_BYTES, VALID_FOR, no_answer, read_robots
from tests.support import shared_data

FOLDER = shared_data.FOLDER / "robots-protego"
NOW = datetime(2024, 10, 8, tzinfo=UTC)
needs_data = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the shared robots data isn't at {FOLDER}")


def allows(text: str | bytes, path: str) -> bool:
    rules = read_robots(200, text.encode() if isinstance(text, str) else text, NOW)
    assert rules is not None
    return rules.allows(f"https://contoh.example{path}")


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
    ],
)
def test_rules(text: str | bytes, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


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


def _for_anyone(case: dict[str, Any]) -> bool:
    agents = {
        line.partition(":")[2].strip() for line in case["robots"].splitlines() if line.lower().startswith("user-a")
    }
    return (case["call"] == "can_fetch" and case["args"][1] == "*") or agents == {"*"}


@needs_data
def test_labelled_calls() -> None:
    cases = json.loads((FOLDER / "robots-vectors.json").read_text())
    judged = 0
    for case in cases:
        if not _for_anyone(case):
            continue
        rules = read_robots(200, case["robots"].encode(), NOW)
        assert rules is not None
        if case["call"] == "can_fetch":
            assert rules.allows(case["args"][0]) is case["result"], case
            judged += 1
    assert judged > 50


@needs_data
def test_real_files_never_fail() -> None:
    with tarfile.open(FOLDER / "test_data.tar.gz") as archive:
        members = [member for member in archive if member.isfile()][::20]
        for member in members:
            file = archive.extractfile(member)
            assert file is not None
            rules = read_robots(200, file.read(), NOW)
            assert rules is not None
            rules.allows("https://contoh.example/read/1/judul")
    assert len(members) > 100
