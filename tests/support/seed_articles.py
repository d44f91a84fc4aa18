"""The seed and its ten related items as articles, among others of the Indonesian corpus moved to its time."""

import re
from datetime import UTC, datetime, timedelta

from services.parser.parse import parse
from shared.articles import Article
from shared.events import PageFetched
from tests.support.shared_data import corpus_id, shared_data

FETCHED_AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
SEED_URL = "https://dunia.tempo.co/read/seed"
CORPUS_SPAN = timedelta(days=14)


def seed() -> Article:
    """The seed's article, as the parser reads it."""
    body = shared_data("seed/000_7fce7a6306edd035.txt").read_bytes()
    page = PageFetched(url=SEED_URL, fetched_at=FETCHED_AT, content_type="text/plain; charset=utf-8", body=body)
    return parse(page).article


def related_articles(article: Article) -> list[Article]:
    """The publisher's related items as articles of their own: title, teaser and time are all that is known."""
    return [
        Article(
            title=item.title, canonical_url=f"https://dunia.tempo.co/read/{number}", site="tempo.co",
            body=(item.teaser,) if item.teaser else (), published_at=item.published_at, language="id",
        )
        for number, item in enumerate(article.related)
    ]  # fmt: skip


def corpus() -> list[Article]:
    """The Indonesian corpus, its times moved into the two weeks before the fetch, in proportion."""
    rows = [(row, datetime.fromisoformat(row["published_at"])) for row in corpus_id() if row["published_at"]]
    times = [at for _, at in rows]
    first, last = min(times), max(times)

    def moved(at: datetime) -> datetime:
        return FETCHED_AT - timedelta(minutes=1) - CORPUS_SPAN * ((last - at) / (last - first))

    return [
        Article(
            title=row["title"], canonical_url=row["url"], site="detik.com", language="id", published_at=moved(at),
            body=tuple(re.split(r"(?<=[.!?]) (?=[A-Z])", row["body"])),
        )
        for row, at in rows
    ]  # fmt: skip


def mentions(article: Article, names: tuple[str, ...]) -> bool:
    """Whether title or first paragraph has one of the names."""
    text = f"{article.title} {article.body[0] if article.body else ''}"
    return any(name in text for name in names)
