"""Huge and tricky pages through real workers: each ends as an article, a `Skip` or a `DeadLetter`, others unharmed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from services.parser.parse import Parsed
from services.parser.pool import ParserPool, PoolSettings
from shared.errors import DeadLetter, Skip
from tests.unit.parser.pages import page

_MB = 1024 * 1024
_TITLE = "Warga lembah perbaiki irigasi"
_HEAD = f"<title>{_TITLE}</title><meta property='og:type' content='article'>"
_TEXT = "<p>Warga desa itu memperbaiki saluran irigasi yang rusak setelah hujan deras turun tiga hari.</p>"
_GOOD = f"{_HEAD}<h1>{_TITLE}</h1>{_TEXT}"
_DEAD = {"undecodable_page", "parser_timed_out", "parser_out_of_memory", "parser_failed"}
_PARTS = 3
_HUGE: dict[str, Callable[[], str]] = {
    "50 MB of text": lambda: f"{_HEAD}<h1>{_TITLE}</h1><p>" + "kata " * (10 * _MB),
    "50 MB of paragraphs": lambda: f"{_HEAD}<h1>{_TITLE}</h1>" + _TEXT * (50 * _MB // len(_TEXT)),
    "50 MB of zeros": lambda: "\0" * (50 * _MB),
    "50 MB of one tag's name": lambda: f"{_GOOD}<" + "a" * (50 * _MB),
    "50 MB of a comment": lambda: f"{_GOOD}<!--" + "-" * (50 * _MB),
    "a million nested elements": lambda: f"{_GOOD}" + "<div>" * 1_000_000,
    "a million nested inline elements": lambda: f"{_GOOD}" + "<span>" * 1_000_000,
    "a million nested lists": lambda: f"{_GOOD}" + "<ul><li>" * 500_000,
    "a million open formats": lambda: f"{_GOOD}" + "<p><b><i>" * 333_333,
    "an attribute of 50 MB": lambda: f"{_GOOD}<div class='{'a ' * (25 * _MB)}'>x</div>",
    "a million attributes": lambda: f"{_GOOD}<div " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">x</div>",
    "a link of 20 MB": lambda: f"{_GOOD}<a href='/read/12345/{'a-' * (10 * _MB)}'>x</a>",
    "entities in entities": lambda: f"{_GOOD}<p>" + "&amp;lt;&#0;&#x110000;&#xD800;&bogus;&" * 500_000,
    "declared entities": lambda: "<!DOCTYPE a [" + "<!ENTITY y '&x;&x;'>" * 100_000 + f"]>{_GOOD}<p>" + "&y;" * 100_000,
    "JSON of a million arrays": lambda: told("[" * 1_000_000),
    "JSON of a million graphs": lambda: told('{"@graph":' * 1_000_000),
    "JSON of 100,000 articles": lambda: told("[" + ",".join(['{"@type":"NewsArticle","k":"a"}'] * 100_000) + "]"),
    "JSON of a long number": lambda: told('{"@type":"NewsArticle","wordCount":' + "9" * 900_000 + "}"),
    "JSON of a long string": lambda: told('{"@type":"NewsArticle","headline":"' + "a" * (20 * _MB) + '"}'),
    "JSON that refers to itself": lambda: told('{"@type":"NewsArticle","@id":"#a","author":{"@id":"#a"}}'),
    "20,000 scripts": lambda: _GOOD + "<script type='application/ld+json'>{</script>" * 20_000,
}  # fmt: skip


def told(json: str) -> str:
    return f"{_HEAD}<script type='application/ld+json'>{json}</script><h1>{_TITLE}</h1>{_TEXT}"


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[ParserPool]:
    pool = ParserPool(PoolSettings(workers=2, deadline_seconds=3.0, memory_limit_bytes=512 * _MB))
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def end_of(pool: ParserPool, body: str) -> str:
    """How the page ends: "article", or the reason why it is none."""
    try:
        parsed = await pool.parse(page(body))
    except Skip:
        return "skip"
    except DeadLetter as dead:
        return dead.reason
    assert isinstance(parsed, Parsed)
    assert parsed.article.body
    return "article"


@pytest.mark.parametrize("part", range(_PARTS))
async def test_a_huge_page_ends_and_the_pages_beside_it_are_unharmed(part: int) -> None:
    async with running() as pool:
        for name, make in list(_HUGE.items())[part::_PARTS]:
            bad = asyncio.create_task(end_of(pool, make()))
            beside = [await end_of(pool, _GOOD) for _ in range(3)]
            assert beside == ["article"] * 3, name
            assert await bad in {"article", "skip", *_DEAD}, name
        assert await asyncio.gather(*(end_of(pool, _GOOD) for _ in range(4))) == ["article"] * 4


async def test_what_costs_too_much_is_refused_and_takes_no_worker_with_it() -> None:
    async with running() as pool:
        for name in ("a million nested elements", "a million nested lists", "a million attributes"):
            assert await end_of(pool, _HUGE[name]()) == "undecodable_page", name
        assert pool.replaced == 0
