"""Of copies one, the newest; and as much diversity as is asked for."""

from datetime import UTC, datetime, timedelta

from services.recommender.candidate import Candidate
from services.recommender.choice import Ranked, choose
from services.recommender.similarity import Vectors
from services.recommender.statistics import counted
from shared.terms import packed_marks
from shared.terms.profile import packed

NOW = datetime(2024, 5, 2, 8, tzinfo=UTC)
ASKS = Candidate(article_id="0", title="Asal", url="https://contoh.id/0", site="contoh.id",
                 profile=packed({"rudal": 1.0}, ()))  # fmt: skip


def made(number: int, *, story: str, hours: float = 1, site: str = "contoh.id", copy: str = "") -> Candidate:
    return Candidate(
        article_id=str(number), title=f"Judul {number}", url=f"https://contoh.id/{number}", site=site,
        profile=packed({"rudal": 1.0, story: 3.0}, ()), published_at=NOW - timedelta(hours=hours),
        signature=packed_marks(f"b{band:02d}{copy}" for band in range(20)) if copy else b"",
    )  # fmt: skip


def chosen(*candidates: Candidate, size: int = 10, diversity: float = 0.0, asks: Candidate = ASKS,
           unrelated: tuple[str, ...] = ()) -> list[str]:  # fmt: skip
    """The ids of the list, the candidates being given in score order."""
    profiles = [asks.profile, *(one.profile for one in candidates)]
    vectors = Vectors(profiles, counted(profiles).rarity(1.0, 0.0), saturation=3.0, length=0.8)
    ranked = [
        Ranked(candidate=one, row=row, topic=1.0 - row / 100, time=1.0) for row, one in enumerate(candidates, 1)
    ]  # fmt: skip
    found = choose(ranked, asks, vectors, size=size, diversity=diversity,
                   related=lambda one: one.article_id not in unrelated)  # fmt: skip
    return [one.candidate.article_id for one in found]


def test_of_copies_the_newest_stands_for_all() -> None:
    old, new = made(1, story="a", hours=30, copy="x"), made(2, story="a", hours=2, copy="x")
    assert chosen(old, made(3, story="b"), new) == ["3", "2"]


def test_a_newer_copy_beyond_the_list_is_found_too() -> None:
    assert chosen(made(1, story="a", hours=30, copy="x"), made(2, story="b"), made(3, story="a", copy="x"), size=1) == [
        "3"
    ]


def test_a_copy_of_the_article_itself_is_left_out() -> None:
    asks = Candidate(article_id="0", title="Asal", url="https://contoh.id/0", site="contoh.id", profile=ASKS.profile,
                     signature=made(9, story="a", copy="x").signature)  # fmt: skip
    assert chosen(made(1, story="a", copy="x"), made(2, story="b"), asks=asks) == ["2"]


def test_what_is_not_related_takes_no_place() -> None:
    assert chosen(made(1, story="a"), made(2, story="b"), size=1, unrelated=("1",)) == ["2"]


def test_diversity_brings_another_story_and_another_site() -> None:
    first, same = made(1, story="a"), made(2, story="a")
    other, elsewhere = made(3, story="b"), made(4, story="c", site="lain.id")
    assert chosen(first, same, other, elsewhere, size=2) == ["1", "2"]
    assert chosen(first, same, other, elsewhere, size=2, diversity=0.5) == ["1", "4"]


def test_no_place_is_filled_with_nothing() -> None:
    assert chosen(size=3) == []
    assert chosen(made(1, story="a"), size=0) == []
