"""The articles: read from `articles/*.toml`, placed in time relative to the run.

A file is one section; a story's `age` is its distance from the run, and `{hari}`, `{kemarin}` and `{besok}` in its
paragraphs become the publication's date and its neighbours. `## ` begins a heading, `*…*` is italic.
"""

import re
import tomllib
import unicodedata
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sample.dates import day, parse_age

BRAND = "WARTA CONTOH"
DEMO_SLUG = "mengapa-pyongyang-dan-moskow-kembali-mesra-lima-babak-hubungan-korea-utara-rusia"

_FOLDER = Path(__file__).parent / "articles"


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """One published article; times are aware, to the minute, because the page shows no seconds."""

    slug: str
    title: str
    teaser: str
    section: str
    tags: tuple[str, ...]
    city: str
    authors: tuple[str, ...]
    editor: str | None
    caption: str | None
    layout: str
    published_at: datetime
    modified_at: datetime | None = None
    blocks: tuple[str, ...]

    @property
    def path(self) -> str:
        """The canonical path: a number that follows from the slug, then the slug."""
        return f"/read/{1_700_000 + zlib.crc32(self.slug.encode()) % 100_000}/{self.slug}"

    @property
    def image_path(self) -> str:
        return f"/img/{self.slug}.svg"

    @property
    def changed_at(self) -> datetime:
        return self.modified_at or self.published_at

    @property
    def dateline(self) -> str:
        """What the page prints before the first paragraph."""
        return f"{BRAND}, {self.city} - "

    @property
    def body(self) -> tuple[str, ...]:
        """The paragraphs and headings as plain text, without the dateline."""
        return tuple(plain(block) for block in self.blocks)


def plain(block: str) -> str:
    """Take the markup out of a stored paragraph."""
    return block.removeprefix("## ").replace("*", "")


def slugify(text: str) -> str:
    """Make a title the last part of an address: ASCII letters, digits and hyphens."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


def load_articles(now: datetime) -> list[Article]:
    """Read every article, newest first, as if the site stood at `now`."""
    articles = [
        _article(story, section=data["section"], now=now)
        for data in (tomllib.loads(file.read_text("utf-8")) for file in sorted(_FOLDER.glob("*.toml")))
        for story in data["article"]
    ]
    return sorted(articles, key=lambda article: (article.published_at, article.slug), reverse=True)


def _article(story: dict[str, Any], *, section: str, now: datetime) -> Article:
    slug = slugify(story["title"])
    published_at = (now - _age(story["age"], slug)).replace(second=0, microsecond=0)
    return Article(
        slug=slug,
        title=story["title"],
        teaser=dated(story["teaser"], published_at),
        section=section,
        tags=tuple(story["tags"]),
        city=story.get("city", "Jakarta"),
        authors=tuple(story.get("authors", ())),
        editor=story.get("editor"),
        caption=story.get("caption"),
        layout=story.get("layout", "full"),
        published_at=published_at,
        blocks=tuple(dated(block, published_at) for block in story["body"]),
    )


def _age(text: str, slug: str) -> timedelta:
    """Read the age and add up to ten hours or fifty minutes that follow from the slug, so that no two coincide."""
    spread = 600 if text.endswith("hari") else 50
    return parse_age(text) + timedelta(minutes=zlib.crc32(slug.encode()) % spread)


def dated(text: str, published_at: datetime) -> str:
    """Put the publication's day and its neighbours in place of `{hari}`, `{kemarin}` and `{besok}`."""
    for name, shift in (("{hari}", 0), ("{kemarin}", -1), ("{besok}", 1)):
        text = text.replace(name, day(published_at + timedelta(days=shift)))
    return text
