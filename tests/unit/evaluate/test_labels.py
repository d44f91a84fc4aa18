"""Labelled files: what is read, what is counted, what is refused and how it is said."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from operations.evaluate.labels import LabelledArticle, LabelledSet, Labels, questions
from operations.evaluate.reading import read_set, write_set
from shared.errors import WartaError

A = {"id": "a", "title": "A", "body": "one\n\ntwo", "published_at": "2024-06-01T10:00:00+07:00"}
B = {"id": "b", "title": "B", "body": ["one", "two"], "published_at": "2024-06-02T10:00:00Z", "topics": ["t"]}
C = {"id": "c", "title": "C", "body": "", "published_at": "2024-06-03T10:00:00Z", "site": "s", "section": "x"}


def files(tmp_path: Path, articles: list[Any], labels: list[Any]) -> tuple[Path, Path]:
    paths = tmp_path / "articles.jsonl", tmp_path / "labels.jsonl"
    for path, lines in zip(paths, (articles, labels), strict=True):
        path.write_bytes(b"\n".join(x if isinstance(x, bytes) else msgspec.json.encode(x) for x in lines))
    return paths


def test_reads_both_forms_of_body_and_of_relevant(tmp_path: Path) -> None:
    labels = [{"query": "c", "relevant": {"a": 2, "b": 0}}, {"query": "b", "relevant": ["a", "c"], "mode": "context"}]
    found = read_set(*files(tmp_path, [A, B, C], labels))
    assert found.articles[0] == LabelledArticle(
        id="a", title="A", body="one\n\ntwo", published_at=datetime(2024, 6, 1, 3, tzinfo=UTC)
    )
    assert found.articles[1].body == ("one", "two")
    assert found.labels == (
        Labels(query="c", relevant={"a": 2.0}),
        Labels(query="b", relevant={"a": 1.0, "c": 1.0}, mode="context"),
    )
    assert found.warnings == ()


def test_gzip_is_told_by_content_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    articles, labels = files(tmp_path, [A, b"", B], [{"query": "b", "relevant": {"a": 1}}])
    for path in (articles, labels):
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert len(read_set(articles, labels).articles) == 2


@pytest.mark.parametrize(
    ("articles", "labels", "said"),
    [
        ([A, {**B, "title": 3}], [], r"articles.jsonl line 2: Expected `str \| null`, got `int` - at `\$.title`"),
        ([{"id": "a", "title": "A"}], [], "line 1: .*missing required field `body`"),
        ([b"{"], [], "articles.jsonl line 1: Input data was truncated"),
        ([b'{"id": "\xff"}'], [], "articles.jsonl line 1: "),
        ([{**A, "published_at": "yesterday"}], [], "line 1: `published_at` is 'yesterday'"),
        ([{**A, "published_at": "0001-01-01T00:00:00+07:00"}], [], "line 1: `published_at` is .*outside"),
        ([{**A, "id": ""}], [], "line 1: `id` must have 1 to 512 bytes"),
        ([A, {**A, "title": "other"}], [], "line 2: `id` 'a' is another article's, of .*line 1"),
        ([], [], "there are no articles"),
        ([A], [{"query": "a"}], "labels.jsonl line 1: .*`relevant`"),
        ([A, B], [{"query": "b", "relevant": {"a": -1}}], "line 1: `relevant`: the gain of 'a' is -1"),
        ([A, B], [{"query": "b", "relevant": {"a": "x"}}], r"line 1: .* - at `\$.relevant\[...\]`"),
        ([A, B], [{"query": "b", "relevant": {}, "mode": "new"}], r"line 1: .* - at `\$.mode`"),
        ([A, B], [{"query": "b", "relevant": {}, "now": 7}], r"line 1: .* - at `\$.now`"),
        ([A, B], [{"query": "b", "relevant": {"a": 1}}, {"query": "b", "relevant": {}}], "line 2: `query` 'b' has oth"),
        ([A, {**B, "published_at": None}], [{"query": "b", "relevant": {"a": 1}}], "line 1: `now` is needed"),
        ([A], [{"query": "z", "relevant": {"a": 1}}], "no line has a query that is an article"),
    ],
)
def test_an_error_names_file_line_and_field(tmp_path: Path, articles: list[Any], labels: list[Any], said: str) -> None:
    with pytest.raises(WartaError, match=said):
        read_set(*files(tmp_path, articles, labels))


def test_a_missing_and_a_broken_file_are_named(tmp_path: Path) -> None:
    articles, labels = files(tmp_path, [A], [])
    with pytest.raises(WartaError, match=r"nowhere can't be read: No such file"):
        read_set(tmp_path / "nowhere", labels)
    articles.write_bytes(gzip.compress(articles.read_bytes())[:-9])
    with pytest.raises(WartaError, match=r"articles.jsonl can't be read"):
        read_set(articles, labels)


def test_what_is_left_out_or_taken_for_granted_is_counted(tmp_path: Path) -> None:
    dateless = {"id": 7, "title": None, "body": None}
    naive = {**C, "published_at": "2024-06-03"}
    labels = [
        {"query": "b", "relevant": {"a": 1, "gone": 1, "7": 1}},
        {"query": "b", "relevant": {"a": 1, "7": 1}},
        {"query": "gone", "relevant": {}},
    ]
    found = read_set(*files(tmp_path, [A, A, B, dateless, naive], labels))
    assert [article.id for article in found.articles] == ["a", "b", "7", "c"]
    assert found.labels == (Labels(query="b", relevant={"a": 1.0, "7": 1.0}),)
    assert [line.partition(" (first")[0] for line in found.warnings] == [
        "1 × article that is there twice: taken once",
        "1 × article without published_at: a candidate only at the set's latest time",
        "1 × `published_at` without a zone: taken as UTC",
        "1 × relevant id that is no article: left out",
        "1 × labels that are there twice: taken once",
        "1 × query that is no article: left out",
    ]


def test_a_set_is_read_as_it_was_written(tmp_path: Path) -> None:
    labels = [{"query": "b", "relevant": {"a": 1.5}, "now": "2024-07-01T00:00:00Z", "mode": "fresh"}]
    found = read_set(*files(tmp_path, [A, B, C], labels))
    again = read_set(*write_set(found, tmp_path / "out"))
    assert (again.articles, again.labels) == (found.articles, found.labels)


def day(number: int) -> datetime:
    return datetime(2024, 6, number, tzinfo=UTC)


def test_a_question_counts_only_what_its_list_could_show() -> None:
    dated = [LabelledArticle(id=f"{n}", title="", body="", published_at=day(n)) for n in (1, 2, 3)]
    undated = LabelledArticle(id="undated", title="", body="")
    told = dict.fromkeys(["1", "2", "3", "undated"], 1.0)
    labelled = LabelledSet(
        name="", articles=(*dated, undated),
        labels=(Labels(query="2", relevant=told), Labels(query="2", relevant=told, now=day(3), mode="context")),
    )  # fmt: skip
    own, later = questions(labelled)
    assert (own.now, own.mode, set(own.relevant)) == (day(2), "context", {"1"})
    assert (later.now, later.mode, set(later.relevant)) == (day(3), "context", {"1", "3", "undated"})
    assert {one.mode for one in questions(labelled, mode="context")} == {"context"}


def test_a_set_without_any_time_is_refused() -> None:
    article = LabelledArticle(id="a", title="", body="")
    with pytest.raises(WartaError, match="no article has a published_at"):
        questions(LabelledSet(name="", articles=(article,), labels=()))
