from datetime import timedelta

import pytest

from services.parser.parse import parse
from shared.articles import Article
from shared.events import PageFetched
from tests.support.shared_data import shared_data
from tests.unit.parser.pages import NOW


def lines() -> list[str]:
    """The lines of the page that have text."""
    path = next(iter(shared_data("seed").glob("*.txt")))
    return [" ".join(line.split()) for line in path.read_text().splitlines() if line.strip()]


@pytest.fixture
def seed() -> Article:
    path = next(iter(shared_data("seed").glob("*.txt")))
    url = "https://dunia.tempo.co/read/1881655/korea-utara-dan-rusia-makin-akrab"
    return parse(PageFetched(url=url, fetched_at=NOW, content_type="text/plain", body=path.read_bytes())).article


def test_the_seed_is_read_whole(seed: Article) -> None:
    assert seed.title == "Korea Utara dan Rusia Makin Akrab, Begini Sejarah di Balik Hubungan Keduanya"
    assert seed.editors == (lines()[lines().index("Editor") + 1],)
    assert seed.dateline == "TEMPO.CO, Jakarta"
    assert len(seed.images) == 1
    assert seed.images[0].url is None
    assert seed.images[0].caption == lines()[lines().index("image-gnews") + 1]
    assert len(seed.body) == 13
    first = next(line for line in lines() if line.startswith("TEMPO.CO"))
    assert first == f"{seed.dateline} - {seed.body[0]}"
    assert seed.body[-1].endswith("kebun binatang dan budaya.")
    assert [text for text in seed.body if text.endswith("?")] == [seed.body[1], seed.body[8]]
    assert seed.language == "id"


def test_the_seed_has_nothing_invented(seed: Article) -> None:
    absent = (seed.published_at, seed.modified_at, seed.section, seed.lead, seed.access, seed.authors, seed.topics)
    assert absent == (None, None, None, None, None, (), ())


def test_the_seeds_related_list_is_in_order_with_times_and_teasers(seed: Article) -> None:
    ages = [item.published_at and NOW - item.published_at for item in seed.related]
    assert ages == [timedelta(hours=18), *(timedelta(days=days) for days in (1, 2, 3, 4, 4, 5, 5, 6, 7))]
    titles = [item.title for item in seed.related]
    shown = [line for line in lines() if line in titles]
    assert list(dict.fromkeys(shown)) == titles
    assert all(item.teaser and len(item.teaser) > 60 and not item.sponsored for item in seed.related)
    assert not any("REUTERS" in (item.teaser or "") or "Dok. " in (item.teaser or "") for item in seed.related)
