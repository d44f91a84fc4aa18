"""Real pages, measured. The floors are what was reached, less a margin; no code is written for a page of these."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import msgspec
import pytest

from bench._scores import body_f1
from services.parser.parse import parse
from shared.articles import Article
from shared.errors import Skip
from shared.events import PageFetched
from tests.support.shared_data import shared_data

HALF_A_DAY = timedelta(hours=12)
SAMPLE = 4  # every fourth page of the large sets: the whole is for a benchmark


class Scores(msgspec.Struct):
    bodies: list[float] = []
    titles: list[bool] = []
    days: list[bool] = []

    def add(self, article: Article | None, *, body: str, title: str | None = None, at: datetime | None = None) -> None:
        said = " ".join((f"{article.dateline} -" if article.dateline else "", *article.body)) if article else ""
        self.bodies.append(body_f1(said, body))
        if title is not None:
            self.titles.append(article is not None and article.title.split() == title.split())
        if at is not None:
            found = article.published_at if article else None
            self.days.append(found is not None and abs(found - at) < HALF_A_DAY)


def read(body: bytes, *, url: str, fetched_at: datetime) -> Article | None:
    page = PageFetched(url=url, fetched_at=fetched_at, content_type="text/html", body=body)
    try:
        return parse(page).article
    except Skip:
        return None


def test_indonesian_articles() -> None:
    folder, scores = shared_data("id-news-html"), Scores()
    truth: dict[str, dict[str, Any]] = json.loads((folder / "ground-truth.json").read_text())
    for name, gold in truth.items():
        if not gold.get("content") or not (folder / name).exists():
            continue
        at = datetime.fromisoformat(gold["date_iso"])
        article = read((folder / name).read_bytes(), url=gold["url"], fetched_at=at + timedelta(hours=5))
        scores.add(article, body=gold["content"], title=gold["title"], at=at)
    assert len(scores.bodies) >= 15
    assert mean(scores.bodies) > 0.97  # 0.993
    assert all(scores.titles)
    assert all(scores.days)


def front_pages() -> list[Path]:
    return sorted(shared_data("id-news-html").glob("*/*-mainpage.html"))


@pytest.mark.parametrize(
    "url", ["https://www.situs.example/", "https://www.situs.example/halaman", "https://indeks.situs.example/x?d=1"]
)
def test_front_pages_are_listings(url: str) -> None:
    for path in front_pages():
        page = PageFetched(
            url=url, fetched_at=datetime(2017, 6, 1, tzinfo=UTC), content_type="text/html", body=path.read_bytes()
        )
        with pytest.raises(Skip) as skip:
            parse(page)
        assert skip.value.reason == "listing", path.name


def test_articles_of_many_countries() -> None:
    folder, scores = shared_data("fundus"), Scores()
    for entry in json.loads((folder / "index.json").read_text())[::SAMPLE]:
        path = folder / "test_data" / entry["file"]
        gold = json.loads((path.parent / f"{entry['publisher']}.json").read_text())[entry["version"]]
        day = datetime(*map(int, re.findall(r"_(\d{4})_(\d\d)_(\d\d)", path.name)[0]), hour=23, tzinfo=UTC)  # type: ignore[arg-type,misc]
        parts = [*gold["body"].get("summary", ())]
        for section in gold["body"].get("sections", ()):
            parts += [*section.get("headline", ()), *section.get("paragraphs", ())]
        at = datetime.fromisoformat(gold["publishing_date"]) if gold.get("publishing_date") else None
        article = read(gzip.decompress(path.read_bytes()), url=entry["url"], fetched_at=day)
        scores.add(
            article, body=" ".join(parts), title=gold["title"], at=at and (at if at.tzinfo else at.replace(tzinfo=UTC))
        )
    assert len(scores.bodies) >= 20
    assert mean(scores.bodies) > 0.84
    assert mean(scores.titles) > 0.7
    assert mean(scores.days) > 0.9


def test_bodies_of_an_independent_benchmark() -> None:
    folder, scores = shared_data("article-extraction-benchmark"), Scores()
    truth = json.loads((folder / "ground-truth.json").read_text())
    for path in sorted((folder / "html").glob("*.html.gz"))[::SAMPLE]:
        gold = truth[path.name.removesuffix(".html.gz")]
        article = read(
            gzip.decompress(path.read_bytes()), url=gold["url"], fetched_at=datetime(2019, 12, 1, tzinfo=UTC)
        )
        scores.add(article, body=gold["articleBody"])
    assert len(scores.bodies) >= 20
    assert mean(scores.bodies) > 0.87
