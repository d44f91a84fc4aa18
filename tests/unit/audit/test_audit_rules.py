"""The rules that explain a message, one at a time."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from operations.audit.database import pack, unpack
from operations.audit.report import MOST_NAMED, AuditReport
from operations.audit.rows import (
    Change,
    Decided,
    Document,
    ListRequest,
    Outcome,
    Page,
    Rejected,
    Request,
    Settled,
    Unreadable,
    Version,
)
from shared.articles import article_id
from tests.unit.audit.histories import History, audited, named

URL = "https://contoh.id/baca/1"
ARTICLE = article_id(URL)


class Told:
    """A history told record by record."""

    def __init__(self, folder: Path) -> None:
        self.history = History()
        self.folder = folder

    def add(self, kind: type[Any], topic: str, **fields: Any) -> Any:
        row = kind(**{**self.history.place(topic, 0), **fields})
        self.history.add(row)
        return row

    def document(self, version: int, *, content_hash: str | None = "h", removed: bool = False) -> None:
        self.history.add(
            Document(article=ARTICLE, version=version, url=URL, content_hash=content_hash, removed=removed)
        )

    def version(self, version: int, *, id: str = "v", content_hash: str = "h", **fields: Any) -> None:  # noqa: A002
        self.add(
            Version, "articles.parsed", id=id, article=ARTICLE, version=version, url=URL, content_hash=content_hash,
            **fields,
        )  # fmt: skip

    def audit(self, **options: Any) -> AuditReport:
        return audited(self.history, self.folder, **options)

    def classes(self, stage: str, **options: Any) -> dict[str, int]:
        return next(one.classes for one in self.audit(**options).stages if one.name == stage)


def test_polls_have_outcomes_without_a_cause(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Outcome, "crawl.outcomes", id="o", url=URL, outcome="read", settled_at=1)
    assert told.audit().clean


def test_a_request_for_a_known_url_is_a_duplicate_in_any_spelling(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Outcome, "crawl.outcomes", id="o", url=URL, outcome="refused", reason="robots", settled_at=1, cause="gone")
    told.add(Request, "crawl.requests", id="a", url=URL)
    told.add(Request, "crawl.requests", id="b", url="HTTPS://contoh.id:443/baca/1?utm_source=x#y")
    told.add(Request, "crawl.requests", id="c", url="https://contoh.id/baca/2")
    told.add(Request, "crawl.requests", id="d", url="no url at all")
    assert named(told.audit()) == {("requests", "c"), ("requests", "d")}
    assert told.classes("requests") == {"duplicate": 2, "unexplained": 2}


def test_what_is_said_of_a_host_explains_no_request_for_its_front_page(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Request, "crawl.requests", id="pause", url=URL)
    told.add(Outcome, "crawl.outcomes", id="o", url=URL, outcome="paused", settled_at=1, cause="pause")
    told.add(Outcome, "crawl.outcomes", id="u", url=URL, outcome="unreachable", settled_at=1)
    told.add(Request, "crawl.requests", id="front", url=URL)
    assert named(told.audit()) == {("requests", "front")}


def test_a_renewed_request_is_forwarded_until_its_copy_has_its_end(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Request, "crawl.requests", id="a", url=URL)
    told.add(Request, "crawl.requests", id="b", url=URL, cause="a", from_crawler=True)
    assert named(told.audit()) == {("requests", "b")}
    assert told.classes("requests")["forwarded"] == 1
    told.add(Outcome, "crawl.outcomes", id="o", url=URL, outcome="unchanged", settled_at=1, cause="b")
    assert told.audit().clean


def test_a_redirect_s_request_is_no_forwarded_copy(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Request, "crawl.requests", id="a", url=URL)
    told.add(Request, "crawl.requests", id="b", url=f"{URL}/to", cause="a", from_crawler=True)
    told.add(Outcome, "crawl.outcomes", id="o", url=f"{URL}/to", outcome="unchanged", settled_at=1, cause="b")
    assert named(told.audit()) == {("requests", "a")}


def test_an_imported_page_needs_no_request(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Page, "pages.fetched", id="p", url=URL, version=5000, found_by="import")
    assert named(told.audit()) == {("pages", "p")}
    told.version(5001, cause="p")
    told.document(5001)
    told.add(Change, "articles.indexed", id="c", cause="v", article=ARTICLE)
    told.add(ListRequest, "related.requests", id="l", cause="c", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    assert told.audit().clean


def test_nothing_follows_from_a_version_that_says_the_same(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.version(7)
    told.document(7)
    told.add(Change, "articles.indexed", id="c", cause="v", article=ARTICLE, unchanged=True)
    assert told.audit().clean
    assert told.classes("changes") == {"unchanged": 1}
    told.add(Change, "articles.indexed", id="d", cause="v", article=ARTICLE)
    assert named(told.audit()) == {("changes", "d")}


def test_what_topics_no_longer_hold_is_expired_not_unexplained(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Outcome, "crawl.outcomes", id="o", url=URL, outcome="published", settled_at=100, page="p")
    told.add(Change, "articles.indexed", id="c", article=ARTICLE, at=100)
    told.add(Page, "pages.fetched", id="q", url=f"{URL}/hand", version=1, found_by="import", at=100)
    told.version(7, at=100)
    gone = {"pages.fetched": 101, "related.requests": 101, "articles.indexed": 101, "articles.parsed.dlq": 101}
    assert named(told.audit()) == {("fetched", "o"), ("changes", "c"), ("pages", "q"), ("articles", "v")}
    assert told.audit(since=gone).clean
    assert told.audit(since_then=gone).clean  # it expired while the audit read
    assert not told.audit(since=dict.fromkeys(gone, 100)).clean


def test_a_lost_crawled_page_never_expires(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.add(Page, "pages.fetched", id="q", url=URL, version=1, found_by="link", at=100)
    assert not told.audit(since={"articles.indexed": 101}).clean


def test_the_index_must_say_what_the_event_says(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.version(7)
    told.add(Change, "articles.indexed", id="c", cause="v", article=ARTICLE)
    told.add(ListRequest, "related.requests", id="l", cause="c", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    told.document(7, content_hash="other")
    (one,) = told.audit().unexplained
    assert (one.stage, one.id, one.topic, one.partition, one.offset) == ("articles", "v", "articles.parsed", 0, 0)
    assert "differs" in one.why
    assert one.url == URL
    told.history.facts.pop()
    told.document(7, content_hash=None, removed=True)
    assert "removed" in told.audit().unexplained[0].why
    told.history.facts.pop()
    told.document(6)
    assert "older version 6" in told.audit().unexplained[0].why


def test_of_two_events_of_one_version_the_later_stands(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.version(7, id="first", content_hash="h1")
    told.version(7, id="second", content_hash="h2")
    for number, cause in enumerate(("first", "second")):
        told.add(Change, "articles.indexed", id=f"c{number}", cause=cause, article=ARTICLE)
        told.add(ListRequest, "related.requests", id=f"l{number}", cause=f"c{number}", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    told.document(7, content_hash="h2")
    assert told.classes("articles") == {"indexed": 1, "superseded": 1}
    told.history.facts.pop()
    told.document(7, content_hash="h1")
    assert named(told.audit()) == {("articles", "second")}


def test_an_event_that_is_said_again_is_accounted_for_each_time(tmp_path: Path) -> None:
    told = Told(tmp_path)
    for identity in ("v", "v", "again"):
        told.version(7, id=identity)
    for number, cause in enumerate(("v", "again")):
        told.add(Change, "articles.indexed", id=f"c{number}", cause=cause, article=ARTICLE)
        told.add(ListRequest, "related.requests", id=f"l{number}", cause=f"c{number}", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    told.document(7)
    assert told.classes("articles") == {"indexed": 3}
    assert told.audit().clean


def test_a_document_needs_an_event_as_new(tmp_path: Path) -> None:
    told = Told(tmp_path)
    told.document(7)
    (alone,) = told.audit().unexplained
    assert (alone.stage, alone.id, alone.url, alone.topic) == ("documents", ARTICLE, URL, None)
    told.version(6)
    told.add(Change, "articles.indexed", id="c", cause="v", article=ARTICLE)
    told.add(ListRequest, "related.requests", id="l", cause="c", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    (older,) = told.audit().unexplained
    assert (older.stage, "newer than every event" in older.why) == ("documents", True)


def test_a_document_written_while_the_audit_ran_is_explained_by_what_came_since(tmp_path: Path) -> None:
    told, later = Told(tmp_path), Told(tmp_path)
    told.document(7)
    later.version(8)
    later.document(8)
    assert told.audit(later=later.history).clean


def test_dead_letters_count_by_what_became_of_them(tmp_path: Path) -> None:
    told = Told(tmp_path)
    letters = []
    for number in range(3):
        row = told.add(Unreadable, "pages.fetched")
        letters.append(
            told.add(
                Rejected, "pages.fetched.dlq", id=f"r{number}", source_topic="pages.fetched", reason="not_an_event",
                source_partition=row.partition, source_offset=row.offset,
            )
        )  # fmt: skip
    told.add(Settled, "pages.fetched.dlq", letter=letters[0].offset, action="retried")
    told.add(Settled, "pages.fetched.dlq", letter=letters[1].offset, action="discarded")
    assert told.classes("pages") == {
        f"dead-lettered: not_an_event ({status})": 1 for status in ("waiting", "retried", "discarded")
    }
    told.add(Unreadable, "pages.fetched", id="mine")
    (one,) = told.audit().unexplained
    assert (one.id, one.offset) == ("mine", 3)


def test_a_retried_dead_letter_doesn_t_excuse_the_loss_of_what_was_sent_again(tmp_path: Path) -> None:
    told = Told(tmp_path)
    row = told.add(Page, "pages.fetched", id="p", url=URL, version=1000)
    letter = told.add(
        Rejected, "pages.fetched.dlq", id="r", source_topic="pages.fetched", reason="parser_failed", cause="p",
        source_partition=row.partition, source_offset=row.offset,
    )  # fmt: skip
    told.add(Page, "pages.fetched", id="p", url=URL, version=1000)
    assert told.classes("pages") == {"dead-lettered: parser_failed (waiting)": 2}
    told.add(Settled, "pages.fetched.dlq", letter=letter.offset, action="retried")
    assert told.classes("pages") == {"dead-lettered: parser_failed (retried)": 1, "unexplained": 1}
    assert told.audit().unexplained[0].offset == 1
    told.version(1001, cause="p")
    told.document(1001)
    told.add(Change, "articles.indexed", id="c", cause="v", article=ARTICLE)
    told.add(ListRequest, "related.requests", id="l", cause="c", article=ARTICLE, own=True)
    told.history.add(ARTICLE)
    assert told.classes("pages") == {"parsed": 2}
    assert told.audit().clean


def test_only_the_chosen_sites_count(tmp_path: Path) -> None:
    told = Told(tmp_path)
    for number, host in enumerate(("contoh.id", "dunia.contoh.id", "lain.id", "bukancontoh.id")):
        told.add(Request, "crawl.requests", id=f"r{number}", url=f"https://{host}/")
    told.add(Unreadable, "crawl.requests")
    told.document(7)
    told.add(Change, "articles.indexed", id="c", article=ARTICLE)
    assert named(told.audit(sites=("contoh.id",))) == {
        ("requests", "r0"), ("requests", "r1"), ("documents", ARTICLE), ("changes", "c"),
    }  # fmt: skip
    assert named(told.audit(sites=("lain.id",))) == {("requests", "r2")}


def test_what_is_too_much_to_name_is_counted(tmp_path: Path) -> None:
    told = Told(tmp_path)
    for number in range(MOST_NAMED + 3):
        told.add(Unreadable, "crawl.requests", id=str(number))
    report = told.audit()
    assert (len(report.unexplained), report.more_unexplained) == (MOST_NAMED, 3)
    assert next(one.classes for one in report.stages if one.name == "requests") == {"unexplained": MOST_NAMED + 3}


@given(st.text() | st.binary(min_size=16, max_size=16).map(bytes.hex))
def test_an_id_survives_its_packing(name: str) -> None:
    assert unpack(pack(name)) == name


def decision(told: Told, name: str = "d", *, version: int = 5) -> None:
    told.add(Decided, "related.decisions", id=name, pair="a|b", version=version, article="b")


def test_a_decision_is_kept_and_asks_for_a_list(tmp_path: Path) -> None:
    told = Told(tmp_path)
    decision(told)
    assert named(told.audit()) == {("decisions", "d")}, "neither"
    told.add(ListRequest, "related.requests", id="l", cause="d", article=ARTICLE, own=True)
    assert named(told.audit()) == {("decisions", "d")}, "not in the index"
    assert told.audit(kept=[("a|b", 4)]).unexplained[0].why.startswith("not in the index")
    assert told.classes("decisions", kept=[("a|b", 6)]) == {"kept": 1}, "a later one took its place"
    decision(told, "e")
    (lacking,) = told.audit(kept=[("a|b", 5)]).unexplained
    assert (lacking.id, lacking.why) == ("e", "in the index, but nothing in related.requests asks for a list")
    since = {"related.requests": 10**12}
    assert told.classes("decisions", kept=[("a|b", 5)], since=since) == {"kept": 1, "expired": 1}
