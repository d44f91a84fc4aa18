"""A stream of records that is the same every time: pages of some articles in several versions, pages that are no
articles, removals, duplicates, and poison.

The pages are of fixed times, so their articles' versions are known beforehand: `Stream.ends` is what must become of
each, computed from the stream alone.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from shared import codec
from shared.articles import article_id, article_version
from shared.codec import Headers
from shared.events import ArticleRemoved, Event, PageFetched
from shared.topics import (
    ARTICLES_INDEXED,
    ARTICLES_PARSED,
    CRAWL_REQUESTS,
    PAGES_FETCHED,
    RELATED_REQUESTS,
    Topic,
)  # fmt: skip
from shared.urls import canonical_url

BASE = datetime(2025, 3, 1, 6, tzinfo=UTC)
HOST = "https://berita.contoh.id"
SYLLABLES = tuple(first + second for first in "bdgklmnprstw" for second in "aiou")
NAMES = ("Sukabumi", "Ternate", "Wamena", "Bontang", "Kupang", "Palu", "Ende", "Sorong", "Tarakan", "Bima", "Ambon")
POISON_TOPICS = (PAGES_FETCHED, ARTICLES_PARSED, ARTICLES_INDEXED, RELATED_REQUESTS, CRAWL_REQUESTS)

Status = Literal["published", "removed"]


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One record to be published."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers


class End(msgspec.Struct, frozen=True, kw_only=True):
    """What must become of an article: its highest version, whatever the order in which the versions come."""

    version: int
    status: Status


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """`records` in the order of their publication, the `ends` by article id, and the keys of the `poison`."""

    records: tuple[Sent, ...]
    ends: dict[str, End]
    poison: frozenset[bytes]


def stream(seed: int, *, articles: int = 60, others: int = 12, poison: int = 15) -> Stream:
    """The stream of `seed`."""
    rng = random.Random(seed)
    records: list[Sent] = []
    ends: dict[str, End] = {}
    for number in range(articles):
        for event, key in _life(rng, number):
            removed = isinstance(event, ArticleRemoved)
            known = article_id(canonical_url(event.url))
            version = event.version if isinstance(event, ArticleRemoved) else article_version(event.fetched_at)
            if known not in ends or version > ends[known].version:
                ends[known] = End(version=version, status="removed" if removed else "published")
            records.append(_sent(ARTICLES_PARSED if removed else PAGES_FETCHED, key, event))
    records += [_sent(PAGES_FETCHED, page.url, page) for page in _no_articles(others)]
    records += rng.sample(records, len(records) // 20)  # delivered twice by whoever fetched them
    bad = [_poison(number) for number in range(poison)]
    records += bad
    rng.shuffle(records)
    return Stream(records=tuple(records), ends=ends, poison=frozenset(sent.key for sent in bad))


def _life(rng: random.Random, number: int) -> Iterator[tuple[PageFetched | ArticleRemoved, str]]:
    """The versions of one article; some are taken down, and some of those come back."""
    url = f"{HOST}/kabar/{number}/berita-{number}-{rng.choice(NAMES).lower()}"
    at = BASE + timedelta(minutes=number)
    words = _words(number % len(NAMES))
    text = _text(rng, number, words)
    for edition in range(rng.choice((1, 1, 2, 3))):
        if edition and rng.random() < 0.6:
            text = [*text, f"Pembaruan {edition}: {_sentence(rng, words)}"]
        at += timedelta(seconds=rng.randint(1, 3600))
        yield _page(url, at, number, text), url
    if rng.random() < 0.15:
        gone = at + timedelta(seconds=30)
        removal = ArticleRemoved(
            article_id=article_id(canonical_url(url)), version=article_version(gone), url=url, reason="gone"
        )
        yield removal, removal.article_id
        if rng.random() < 0.3:
            yield _page(url, gone + timedelta(hours=1), number, text), url


def _words(theme: int) -> list[str]:
    """A theme's own words, so that few articles are related and their lists are quick to compute."""
    rng = random.Random(theme)
    return ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(60)]


def _text(rng: random.Random, number: int, words: list[str]) -> list[str]:
    place = NAMES[number % len(NAMES)]
    return [
        f"Kabar ke-{number} dari {place}. " + " ".join(_sentence(rng, words) for _ in range(4))
        for _ in range(rng.randint(3, 7))
    ]


def _sentence(rng: random.Random, words: list[str]) -> str:
    return " ".join(rng.choices(words, k=rng.randint(8, 14))).capitalize() + "."


def _page(url: str, at: datetime, number: int, text: list[str]) -> PageFetched:
    title = f"Berita {number}: {NAMES[number % len(NAMES)]} hari ini"
    facts = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "mainEntityOfPage": url,
        "datePublished": (BASE + timedelta(minutes=number)).isoformat(), "keywords": [NAMES[number % len(NAMES)]],
        "author": {"@type": "Person", "name": "Redaksi Contoh"},
    }  # fmt: skip
    paragraphs = "\n".join(f"<p>{paragraph}</p>" for paragraph in text)
    body = f"""<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{url}"><meta property="og:type" content="article">
<script type="application/ld+json">{json.dumps(facts)}</script></head>
<body><article><h1>{title}</h1>
{paragraphs}
</article></body></html>"""
    return PageFetched(
        url=url, fetched_at=at, content_type="text/html; charset=utf-8", body=body.encode(), found_by="import"
    )


def _no_articles(count: int) -> Iterator[PageFetched]:
    kinds = (
        ("text/html", b""),
        ("application/pdf", b"%PDF-1.7 contoh"),
        ("text/html", b'<html><head><meta name="robots" content="noindex"></head><body><p>Arsip</p></body></html>'),
        ("application/rss+xml", b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>'),
    )
    for number in range(count):
        media_type, body = kinds[number % len(kinds)]
        yield PageFetched(
            url=f"{HOST}/lain/{number}", fetched_at=BASE, content_type=media_type, body=body, found_by="import"
        )


def _poison(number: int) -> Sent:
    topic = POISON_TOPICS[number % len(POISON_TOPICS)]
    key = f"poison-{number}".encode()
    removal = ArticleRemoved(article_id="f" * 32, version=1, url=HOST, reason="gone")
    headers, value = codec.encode(codec.wrap(removal, source="/test", time=BASE, root=key.decode()))
    match number // len(POISON_TOPICS) % 3:
        case 0:
            return Sent(topic=topic.name, key=key, value=b"no event at all", headers=[])
        case 1:
            renamed = [(name, b"warta.unheard.of.v9" if name == "ce_type" else raw) for name, raw in headers]
            return Sent(topic=topic.name, key=key, value=value, headers=renamed)
        case _:
            return Sent(topic=topic.name, key=key, value=b'{"version": "\xff"', headers=headers)


def _sent(topic: Topic, key: str, event: Event) -> Sent:
    envelope = codec.wrap(event, source="/test", time=BASE, root=f"{topic.name} {key} {getattr(event, 'version', '')}"
                          f"{getattr(event, 'fetched_at', '')}")  # fmt: skip
    headers, value = codec.encode(envelope)
    return Sent(topic=topic.name, key=key.encode(), value=value, headers=headers)
