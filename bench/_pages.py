"""Labelled real pages from the shared data, as if fetched, split into those to tune on and those held out."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from operations.evaluate.corpora import shared_data
from shared.events import PageFetched
from shared.urls import site_of

Split = Literal["tune", "holdout"]
_JAKARTA = timezone(timedelta(hours=7))
_PICTURES = frozenset({"jpg", "jpeg", "png", "webp"})  # an address without its file's name was cut off
_DAY = re.compile(r"_(\d{4})_(\d\d)_(\d\d)\.")


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """A page and what is known of it; None where its source tells nothing of the field.

    `is_timed`: `published_at` is right to the minute. `image` holds the addresses of all sizes of the lead picture.
    """

    source: str
    page: PageFetched
    split: Split
    body: str
    related_urls: tuple[str, ...] | None = None
    title: str | None = None
    published_at: datetime | None = None
    authors: tuple[str, ...] | None = None
    topics: tuple[str, ...] | None = None
    related: tuple[str, ...] | None = None
    is_timed: bool = False
    image: tuple[str, ...] | None = None
    caption: str | None = None


def labelled_pages(*, every: int = 1) -> list[Labelled]:
    """All labelled articles of the shared data, or every n-th of each source."""
    shared = shared_data()
    return [
        page
        for folder, read in _SOURCES.items()
        if (shared / folder).exists()
        for place, page in enumerate(read(shared / folder))
        if place % every == 0
    ]


def split_of(url: str) -> Split:
    """By site, so that no site is in both."""
    return "tune" if hashlib.sha256(site_of(url).encode()).digest()[0] % 2 else "holdout"


def _indonesian(folder: Path) -> Iterator[Labelled]:
    truth: dict[str, dict[str, Any]] = _json(folder / "ground-truth.json")
    extras: dict[str, dict[str, Any]] = _json(folder / "extras.json")
    for name, gold in truth.items():
        if not gold.get("content") or not (folder / name).exists():
            continue
        at = datetime.fromisoformat(gold["date_iso"])
        lists = extras.get(name, {}).get("related", ())
        yield Labelled(
            source="indonesian",
            page=_page(gold["url"], (folder / name).read_bytes(), at + timedelta(hours=5)),
            split=split_of(gold["url"]),
            related_urls=tuple(item["url"] for found in lists for item in found["items"]) if lists else None,
            body=gold["content"],
            title=gold["title"],
            published_at=at.astimezone(_JAKARTA),
            related=tuple(item["title"] for found in lists for item in found["items"]) if lists else None,
            is_timed=True,
            image=(gold["img"],) if urlsplit(gold["img"]).path.rpartition(".")[2] in _PICTURES else None,
        )


def _fundus(folder: Path) -> Iterator[Labelled]:
    for entry in _json(folder / "index.json"):
        path = folder / "test_data" / entry["file"]
        gold = _json(path.parent / f"{entry['publisher']}.json")[entry["version"]]
        parts = [*gold["body"].get("summary", ())]
        for section in gold["body"].get("sections", ()):
            parts += [*section.get("headline", ()), *section.get("paragraphs", ())]
        day = datetime(*map(int, _DAY.findall(path.name)[0]), hour=23, tzinfo=UTC)  # type: ignore[arg-type,misc]
        at = datetime.fromisoformat(gold["publishing_date"]) if gold.get("publishing_date") else None
        covers = sorted(gold.get("images", ()), key=lambda image: not image["is_cover"])[:1]
        yield Labelled(
            source="fundus",
            page=_page(entry["url"], gzip.decompress(path.read_bytes()), day),
            split=split_of(entry["url"]),
            body="\n".join(parts),
            title=gold["title"],
            published_at=at if at is None or at.tzinfo else at.replace(tzinfo=UTC),
            authors=tuple(gold["authors"]) if "authors" in gold else None,
            topics=tuple(gold["topics"]) if "topics" in gold else None,
            is_timed=at is not None and at.tzinfo is not None and (at.hour, at.minute, at.second) != (0, 0, 0),
            image=tuple(size["url"] for size in covers[0]["versions"]) if covers else None,
            caption=covers[0]["caption"] if covers else None,
        )


def _benchmark(folder: Path) -> Iterator[Labelled]:
    truth = _json(folder / "ground-truth.json")
    for path in sorted((folder / "html").glob("*.html.gz")):
        gold = truth[path.name.removesuffix(".html.gz")]
        url = gold["url"]
        yield Labelled(
            source="aeb",
            page=_page(url, gzip.decompress(path.read_bytes()), datetime(2019, 12, 1, tzinfo=UTC)),
            split=split_of(url),
            body=gold["articleBody"],
        )


_SOURCES = {"id-news-html": _indonesian, "fundus": _fundus, "article-extraction-benchmark": _benchmark}


def _page(url: str, body: bytes, fetched_at: datetime) -> PageFetched:
    return PageFetched(url=url, fetched_at=fetched_at, content_type="text/html", body=body, found_by="import")


def _json(path: Path) -> Any:
    return json.loads(path.read_text())
