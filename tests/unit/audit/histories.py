"""Histories of a system as the audit's rows: consistent ones, each fact with what its loss leaves unexplained."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from operations.audit.evidence import Evidence
from operations.audit.ledger import AGAINST_THE_FLOW, DEAD_LETTERS, Ledger
from operations.audit.report import AuditReport
from operations.audit.rows import (
    Change,
    Document,
    Drop,
    ListRequest,
    Outcome,
    Page,
    Rejected,
    Request,
    Row,
    Settled,
    Version,
)
from shared.articles import article_id
from shared.clock import utcnow
from shared.codec import event_id
from shared.events import ArticleParsed
from shared.topics import CONSUMERS

Named = frozenset[tuple[str, str]]
NOTHING: Named = frozenset()
CONSUMED = {topic.name for reads in CONSUMERS.values() for topic in reads}
REQUEST_ENDS = ("published", "unchanged", "failed", "refused", "dead-lettered", "forwarded")
PAGE_ENDS = ("parsed", "parsed twice", "compacted", "removed", "dropped", "dropped twice", "dead-lettered")
VERSION_ENDS = ("listed", "dead-lettered", "change dead-lettered", "list dead-lettered")


@dataclass
class Fact:
    """A record, a document or (a string) a stored list; `lost` is what its loss leaves unexplained."""

    what: Row | Document | str
    lost: Named = NOTHING


@dataclass
class History:
    """All facts, in the order in which they came."""

    facts: list[Fact] = field(default_factory=list)
    offsets: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def place(self, topic: str, story: int) -> dict[str, Any]:
        partition = story % 2
        offset = self.offsets[topic, partition]
        self.offsets[topic, partition] += 1
        return {"topic": topic, "partition": partition, "offset": offset, "at": 1_000_000 + len(self.facts)}

    def add(self, what: Row | Document | str, *lost: tuple[str, str]) -> None:
        self.facts.append(Fact(what, frozenset(lost)))

    def rows(self, topic: str) -> list[Row]:
        return [fact.what for fact in self.facts if isinstance(fact.what, Row) and fact.what.topic == topic]

    def without(self, fact: Fact) -> "History":
        return History([one for one in self.facts if one is not fact], self.offsets)

    def twice(self) -> "History":
        """Every record again, with its id: as after a crash, or a replay."""
        again = History(list(self.facts), defaultdict(int, self.offsets))
        for fact in self.facts:
            if isinstance(fact.what, Row) and not isinstance(fact.what, Rejected | Settled):
                place = again.place(fact.what.topic, fact.what.partition)
                fields = {name: getattr(fact.what, name) for name in fact.what.__struct_fields__}
                again.facts.append(Fact(type(fact.what)(**{**fields, **place}), fact.lost))
        return again


def audited(
    history: History, folder: Path, *, committed: dict[tuple[str, int], int] | None = None,
    since: dict[str, int] | None = None, since_then: dict[str, int] | None = None, sites: tuple[str, ...] = (),
    later: History | None = None, kept: Sequence[tuple[str, int]] = (),
) -> AuditReport:  # fmt: skip
    """The audit of a history; what comes `later` is there for the second look. By default all is committed."""
    evidence = Evidence(folder)
    try:
        offsets = {place: at for place, at in history.offsets.items() if place[0] in CONSUMED}
        ledger = Ledger(evidence, committed=offsets if committed is None else committed, since=since or {}, sites=sites)
        for topic in DEAD_LETTERS:
            ledger.take(history.rows(topic))
        ledger.take_documents([fact.what for fact in history.facts if isinstance(fact.what, Document)])
        ledger.take_lists([fact.what for fact in history.facts if isinstance(fact.what, str)])
        ledger.take_decisions(kept)
        ledger.close_indices()
        for topic in AGAINST_THE_FLOW:
            ledger.take(history.rows(topic))
            ledger.close(topic)
        if later is not None:
            whats = [fact.what for fact in later.facts]
            for articles in ledger.open_articles():
                documents = [one for one in whats if isinstance(one, Document) and one.article in articles]
                ledger.refresh(articles, documents, [one for one in whats if isinstance(one, str) and one in articles])
            for topic in (*DEAD_LETTERS, *AGAINST_THE_FLOW):
                ledger.look_again(later.rows(topic))
        return ledger.report(cut_at=utcnow(), since=since_then or since or {})
    finally:
        evidence.close()
        (folder / "audit.sqlite").unlink()


def named(report: AuditReport) -> Named:
    return frozenset((one.stage, one.id or one.article_id or "") if one.stage != "lists" else
                     (one.stage, one.article_id or "") for one in report.unexplained)  # fmt: skip


def an_id(*parts: object) -> str:
    return event_id("test", "/".join(map(str, parts)), 0)


class Story:
    """What became of one URL."""

    def __init__(self, history: History, number: int) -> None:
        self.history = history
        self.number = number
        self.url = f"https://situs{number % 3}.contoh.id/baca/{number}"
        self.article = article_id(self.url)

    def reject(self, row: Row, stage: str, key: str | None = None, *, action: str | None = None) -> None:
        place = self.history.place(f"{row.topic}.dlq", 0)
        letter = Rejected(
            **place, id=an_id("letter", row.topic, row.offset, row.partition), source_topic=row.topic,
            source_partition=row.partition, source_offset=row.offset, reason="processing_failed", cause=row.id,
        )  # fmt: skip
        self.history.add(letter, (stage, key or row.id))
        if action:
            place = self.history.place(f"{row.topic}.dlq", 0)
            self.history.add(Settled(**place, id=an_id(place), letter=letter.offset, action=action))

    def request(self, end: str, *, duplicate: bool) -> Outcome | None:
        history, number = self.history, self.number
        row = Request(**history.place("crawl.requests", number), id=an_id("request", number), url=self.url)
        history.add(row)
        lost = [("requests", row.id)]
        if end == "dead-lettered":
            self.reject(row, "requests", action="discarded" if number % 2 else None)
            return None
        if end == "forwarded":
            place = history.place("crawl.requests", number)
            copy = Request(**place, id=an_id("copy", number), url=self.url, cause=row.id, from_crawler=True)
            # Its own outcome is one of the same URL, so the loss of the copy loses nothing.
            history.add(copy)
            row, lost = copy, [("requests", copy.id)]
        if duplicate:
            again = Request(**history.place("crawl.requests", number), id=an_id("again", number), url=self.url)
            history.add(again)
            lost.append(("requests", again.id))
        outcome = Outcome(
            **history.place("crawl.outcomes", number), id=an_id("outcome", number), cause=row.id, url=self.url,
            outcome="published" if end == "forwarded" else end, reason="dns" if end == "failed" else None,
            settled_at=1_000_000 + len(history.facts),
            page=an_id("page", number, 1) if end in {"published", "forwarded"} else None,
        )  # fmt: skip
        history.add(outcome, *lost)
        return outcome if outcome.outcome == "published" else None

    def page(self, time: int, *, lost: tuple[tuple[str, str], ...] = ()) -> Page:
        place = self.history.place("pages.fetched", self.number)
        row = Page(**place, id=an_id("page", self.number, time), url=self.url, version=time * 1000)
        self.history.add(row, *lost)
        return row

    def drop(self, page: Page, *lost: tuple[str, str]) -> None:
        place = self.history.place("pages.outcomes", self.number)
        row = Drop(
            **place, id=an_id("drop", page.id), cause=page.id, url=self.url, version=page.version, reason="listing"
        )
        self.history.add(row, *lost)

    def version(
        self, page: Page, *lost: tuple[str, str], removed: bool = False, kept: bool = True
    ) -> Version:  # fmt: skip
        place = self.history.place("articles.parsed", self.number)
        kind = "removal" if removed else ArticleParsed.TYPE
        row = Version(
            **place, id=event_id(kind, page.id, 0), cause=page.id, article=self.article, version=page.version + 1,
            url=self.url, content_hash=None if removed else an_id("content", page.id), removed=removed,
        )  # fmt: skip
        if kept:
            self.history.add(row, *lost)
        return row

    def document(self, version: Version, *lost: tuple[str, str]) -> None:
        self.history.add(
            Document(
                article=self.article, version=version.version, url=self.url, content_hash=version.content_hash,
                removed=version.removed,
            ),
            *lost,
        )  # fmt: skip

    def change(self, version: Version, *lost: tuple[str, str]) -> Change:
        place = self.history.place("articles.indexed", self.number)
        row = Change(**place, id=an_id("change", version.id), cause=version.id, article=self.article)
        self.history.add(row, *lost)
        return row

    def ask(self, change: Change) -> ListRequest:
        place = self.history.place("related.requests", self.number)
        row = ListRequest(**place, id=an_id("ask", change.id), cause=change.id, article=self.article, own=True)
        self.history.add(row, ("changes", change.id))
        return row

    def listed(self, version: Version, end: str, *lost: tuple[str, str], list_lost: bool = True) -> None:
        """From an indexed version to its list."""
        change = self.change(version, *lost)
        if end == "change dead-lettered":
            self.reject(change, "changes", action="discarded")
            return
        asked = self.ask(change)
        if end == "list dead-lettered":
            self.reject(asked, "lists", self.article)
        elif list_lost:
            self.history.add(self.article, ("lists", self.article))
        else:
            self.history.add(self.article)


def tell(history: History, number: int, request_end: str, page_end: str, version_end: str, *, duplicate: bool) -> None:
    """One URL's whole story."""
    story = Story(history, number)
    outcome = story.request(request_end, duplicate=duplicate)
    if outcome is None:
        return
    first = story.page(1, lost=(("fetched", outcome.id),))
    if page_end == "dead-lettered":
        story.reject(first, "pages")
    elif page_end == "dropped":
        story.drop(first, ("pages", first.id))
    elif page_end == "dropped twice":  # the first outcome is compacted away
        second = story.page(2)
        story.drop(second, ("pages", first.id), ("pages", second.id))
    elif version_end == "dead-lettered":
        version = story.version(first, ("pages", first.id))
        story.reject(version, "articles")
    elif page_end == "parsed":
        version = story.version(first, ("documents", story.article))
        story.document(version, ("articles", version.id))
        story.listed(version, version_end, ("articles", version.id))
    elif page_end in {"parsed twice", "compacted"}:
        kept = page_end == "parsed twice"
        old = story.version(first, kept=kept)
        second = story.page(2)
        new = story.version(second, ("documents", story.article))
        still = [("articles", version.id) for version in ([old, new] if kept else [new])]
        story.document(new, *still)
        asked = story.ask(story.change(old, *([("articles", old.id)] if kept else [])))
        if version_end == "list dead-lettered":
            story.reject(asked, "lists", story.article)
        story.listed(new, version_end, ("articles", new.id), list_lost=True)
        if version_end == "change dead-lettered":  # the older change asked for the list
            history.add(story.article, ("lists", story.article))
    else:
        old = story.version(first)
        second = story.page(2)
        new = story.version(second, ("documents", story.article), removed=True)
        story.document(new, ("articles", old.id), ("articles", new.id))
        story.ask(story.change(old, ("articles", old.id)))
        story.listed(new, "listed", ("articles", new.id), list_lost=False)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Some URLs with any ends."""
    history = History()
    for number in range(draw(st.integers(1, 6))):
        tell(
            history, number, draw(st.sampled_from(REQUEST_ENDS)), draw(st.sampled_from(PAGE_ENDS)),
            draw(st.sampled_from(VERSION_ENDS)), duplicate=draw(st.booleans()),
        )  # fmt: skip
    return history
