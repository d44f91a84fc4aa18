"""Confidence means something: on labelled pages, what is surer is right more often."""

from bench._pages import Labelled, labelled_pages
from bench._scores import is_picture, is_same_minute, overlap_of_names
from services.parser.confidence import found_in, raised
from services.parser.parse import parse
from shared.articles import Article
from shared.errors import Instruction
from tests.support.shared_data import shared_data


def test_agreement_raises_and_never_to_certainty() -> None:
    assert 0.8 == raised(0.8, 0) < raised(0.8, 1) < raised(0.8, 2) == raised(0.8, 9) < 1


def test_what_machines_are_told_is_surer_than_what_is_shown() -> None:
    sure = [found_in("authors", source).confidence for source in ("json-ld", "meta", "byline", "publisher")]
    assert sure == sorted(sure, reverse=True)


def judged(page: Labelled, article: Article) -> list[tuple[float, bool]]:
    """(confidence, whether it is right) of each field that is labelled and found."""
    right = {"title": article.title.split() == (page.title or "").split()} if page.title else {}
    if page.authors is not None and article.authors:
        right["authors"] = overlap_of_names(article.authors, page.authors) == 1
    if page.topics is not None and article.topics:
        right["topics"] = overlap_of_names(article.topics, page.topics) >= 0.7
    if page.is_timed and article.published_at:
        right["published_at"] = is_same_minute(article.published_at, page.published_at)
    if page.image and article.images:
        right["images"] = is_picture(article.images[0].url, page.image)
    return [(article.provenance[field].confidence, is_right) for field, is_right in right.items()]


def test_confidence_orders_correctness() -> None:
    shared_data("fundus")
    found: list[tuple[float, bool]] = []
    for page in labelled_pages():
        if page.source != "aeb":
            try:
                found += judged(page, parse(page.page).article)
            except Instruction:
                continue
    assert len(found) > 100
    right, wrong = ([sure for sure, is_right in found if is_right is wanted] for wanted in (True, False))
    pairs = [(one > other) + (one == other) / 2 for one in right for other in wrong]
    assert sum(pairs) / len(pairs) > 0.6  # .72; a half is chance
    surest = [is_right for sure, is_right in found if sure >= 0.95]
    assert sum(surest) / len(surest) > 0.93
