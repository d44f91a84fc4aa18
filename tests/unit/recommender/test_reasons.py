"""The age in a reason is whole units, as news sites write them."""

from datetime import UTC, datetime, timedelta

import pytest

from services.recommender.reasons import reason

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "indonesian", "english"),
    [
        (timedelta(seconds=20), "baru saja", "just now"),
        (timedelta(minutes=1), "1 menit lalu", "1 minute ago"),
        (timedelta(hours=18, minutes=59), "18 jam lalu", "18 hours ago"),
        (timedelta(days=1), "1 hari lalu", "1 day ago"),
        (timedelta(days=13), "13 hari lalu", "13 days ago"),
        (timedelta(days=15), "2 minggu lalu", "2 weeks ago"),
        (timedelta(days=70), "2 bulan lalu", "2 months ago"),
        (timedelta(days=800), "2 tahun lalu", "2 years ago"),
    ],
)
def test_fresh(age: timedelta, indonesian: str, english: str) -> None:
    told = reason(["Samboja", "beras"], NOW - age, now=NOW, mode="fresh", article_at=None)
    assert told == {"id": f"topik: Samboja, beras · {indonesian}", "en": f"topics: Samboja, beras · {english}"}


def test_context_tells_the_distance_from_the_article() -> None:
    at = NOW - timedelta(days=40)
    before = reason(["Samboja"], at - timedelta(days=2), now=NOW, mode="context", article_at=at)
    assert before == {
        "id": "topik: Samboja · 2 hari sebelum artikel ini",
        "en": "topic: Samboja · 2 days before this article",
    }
    after = reason(["Samboja"], at + timedelta(hours=1), now=NOW, mode="context", article_at=at)
    assert after["id"].endswith("1 jam setelah artikel ini")
    assert after["en"].endswith("1 hour after this article")
    unknown = reason(["Samboja"], at, now=NOW, mode="context", article_at=None)
    assert unknown["id"] == "topik: Samboja"
