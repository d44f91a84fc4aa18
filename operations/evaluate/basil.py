"""BASIL as a labelled set: 47 events, each told by three outlets; the other two belong on an article's list."""

import tarfile
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from operations.evaluate.labels import LabelledArticle, LabelledSet, Labels

SITES = {"nyt": "nytimes.com", "fox": "foxnews.com", "hpo": "huffpost.com"}


def basil(folder: Path) -> LabelledSet:
    """Every article asks, in `context` mode and at the end of all, so that every other one is a candidate."""
    events: defaultdict[str, list[LabelledArticle]] = defaultdict(list)
    for told in _read(folder / "articles.tar.gz"):
        events[told["triplet-uuid"]].append(_article(told))
    articles = sorted((one for event in events.values() for one in event), key=lambda one: one.id)
    end = max(article.published_at for article in articles if article.published_at)
    siblings = {one.id: [other.id for other in event if other is not one] for event in events.values() for one in event}
    labels = [
        Labels(query=one.id, relevant=dict.fromkeys(siblings[one.id], 1.0), now=end, mode="context") for one in articles
    ]
    return LabelledSet(name="basil", articles=tuple(articles), labels=tuple(labels))


def _read(path: Path) -> list[dict[str, Any]]:
    with tarfile.open(path) as archive:
        files = [archive.extractfile(member) for member in archive if member.name.endswith(".json")]
        return [msgspec.json.decode(file.read()) for file in files if file]


def _article(told: dict[str, Any]) -> LabelledArticle:
    source = told["source"].lower()
    return LabelledArticle(
        id=f"basil-{told['triplet-uuid']}-{source}",
        title=told["title"],
        body=tuple(" ".join(sentences) for sentences in told["body-paragraphs"]),
        published_at=datetime.fromisoformat(told["date"]).replace(tzinfo=UTC),
        site=SITES[source],
        url=told["url"],
        language="en",
    )
