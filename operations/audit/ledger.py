"""The account itself: rows in, report out. It knows no server; operations/audit/run.py feeds it.

Topics come against the flow, each once: what explains a message has been read before the message is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import structs

from operations.audit.database import FILLED_BY
from operations.audit.evidence import Evidence
from operations.audit.judge import Judge, Open
from operations.audit.report import MOST_NAMED, AuditReport, ExpiredUnread, Stage, Unexplained
from operations.audit.rows import Consumed, Document, ListRequest, Outcome, Page, Row, Unreadable
from shared.articles import article_id
from shared.documents import ARTICLES_WRITE
from shared.topics import (
    ARTICLES_INDEXED,
    ARTICLES_PARSED,
    CRAWL_OUTCOMES,
    CRAWL_REQUESTS,
    PAGES_FETCHED,
    PAGES_OUTCOMES,
    RELATED_DECISIONS,
    RELATED_REQUESTS,
    SOURCES,
)
from shared.urls import host_of

DEAD_LETTERS = tuple(topic.dlq for topic in SOURCES)
AGAINST_THE_FLOW = tuple(topic.name for topic in (
    RELATED_REQUESTS, RELATED_DECISIONS, ARTICLES_INDEXED, ARTICLES_PARSED, PAGES_OUTCOMES, PAGES_FETCHED,
    CRAWL_OUTCOMES, CRAWL_REQUESTS,
))  # fmt: skip
STAGES = {
    "requests": CRAWL_REQUESTS.name,
    "fetched": CRAWL_OUTCOMES.name,
    "pages": PAGES_FETCHED.name,
    "articles": ARTICLES_PARSED.name,
    "documents": ARTICLES_WRITE,
    "changes": ARTICLES_INDEXED.name,
    "lists": RELATED_REQUESTS.name,
    "decisions": RELATED_DECISIONS.name,
}
_STAGE_OF = {reads: name for name, reads in STAGES.items()}
UNEXPLAINED = "unexplained"
AT_ONCE = 1000


class Ledger:
    """Counts and judges. `committed` gives each group's offset by topic and partition, 0 where it has none.

    With `sites` only messages on these hosts, or hosts below them, count; what a message's URL doesn't tell (a list
    request has none) its document does. Those that tell neither are left out if unreadable, else counted.
    """

    def __init__(
        self,
        evidence: Evidence,
        *,
        committed: Mapping[tuple[str, int], int],
        since: Mapping[str, int],
        sites: Sequence[str] = (),
    ) -> None:
        self._evidence = evidence
        self._committed = committed
        self._judge = Judge(evidence, since)
        self._sites = tuple(sites)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)

    def take_documents(self, rows: Sequence[Document]) -> None:
        """Documents, before any topic but the dead letters; they are judged once all events are known."""
        self._evidence.add(rows)

    def take_lists(self, articles: Iterable[str]) -> None:
        """The ids of the articles with stored lists."""
        self._evidence.add_lists(articles)

    def take_decisions(self, kept: Iterable[tuple[str, int]]) -> None:
        """The pairs that editors have decided on, with the version that is kept; what is given again is newer."""
        self._evidence.add_decisions(kept)

    def close_indices(self) -> None:
        """Dead letters, documents, lists and decisions are complete."""
        self._evidence.index("rejected", "settled", "documents", "lists", "decisions")

    def take(self, rows: Sequence[Row]) -> None:
        """Records of one topic: what they explain, and their own ends."""
        self._evidence.add(rows)
        self._settle(row for row in rows if isinstance(row, Consumed) and _ends(row))

    def close(self, topic: str) -> None:
        """All of `topic` has been taken."""
        self._evidence.index(*FILLED_BY.get(topic, ()))
        if topic == ARTICLES_PARSED.name:
            for documents in self._evidence.documents(AT_ONCE):
                self._settle(documents)

    def _settle(self, rows: Iterable[Consumed]) -> None:
        left: list[tuple[Consumed, str]] = []
        for row in rows:
            if self._sites and not self._wanted(row):
                continue
            counts = self._counts[stage_of(row)]
            if self._is_pending(row):
                counts["pending"] += 1
                continue
            verdict = self._judge(row)
            if isinstance(verdict, Open):
                left.append((row, verdict.why))
            else:
                counts[verdict] += 1
        if left:
            self._evidence.leave_open(left)

    def _is_pending(self, row: Consumed) -> bool:
        """An outcome and a document have no group that is to read them."""
        if isinstance(row, Document):
            return False
        at = self._committed.get((row.topic, row.partition))
        return at is not None and row.offset >= at

    @property
    def has_open(self) -> bool:
        """Whether a second look is needed."""
        return next(self._evidence.opened(1), None) is not None

    def open_articles(self) -> Iterable[list[str]]:
        """The articles that the rows left open are about, at most 1,000 at once."""
        for rows in self._evidence.opened(AT_ONCE):
            yield list(dict.fromkeys(article for row, _ in rows if (article := article_of(row))))

    def look_again(self, rows: Sequence[Row]) -> None:
        """What has come since: it may explain what is open, and isn't judged itself."""
        self._evidence.add(rows)

    def refresh(self, articles: list[str], documents: Iterable[Document], listed: Iterable[str]) -> None:
        """What the indices have of `articles` now."""
        self._evidence.refresh(articles, documents, listed)

    def report(
        self, *, cut_at: datetime, since: Mapping[str, int], expired_unread: Sequence[ExpiredUnread] = ()
    ) -> AuditReport:
        """Judge what is open once more, with what topics retain now, and name what stays unexplained. Once."""
        judge = Judge(self._evidence, since)
        named: dict[tuple[str, str], Unexplained] = {}
        more = 0
        for rows in self._evidence.opened(AT_ONCE):
            for row, _ in rows:
                verdict = judge(row)
                stage = stage_of(row)
                if not isinstance(verdict, Open):
                    self._counts[stage][verdict] += 1
                    continue
                self._counts[stage][UNEXPLAINED] += 1
                key = (stage, _key(row))
                if key in named:
                    named[key] = structs.replace(named[key], records=named[key].records + 1)
                elif len(named) < MOST_NAMED:
                    named[key] = _named(row, stage, verdict.why)
                else:
                    more += 1
        return AuditReport(
            cut_at=cut_at,
            stages=tuple(
                Stage(name=name, reads=reads, classes=dict(sorted(self._counts[name].items())))
                for name, reads in STAGES.items()
            ),
            unexplained=tuple(named.values()),
            expired_unread=tuple(expired_unread),
            more_unexplained=more,
        )

    def _wanted(self, row: Consumed) -> bool:
        if isinstance(row, Unreadable):
            return False
        url = url_of(row)
        if url is None:
            article = article_of(row)
            document = self._evidence.document(article) if article else None
            url = document.url if document else None
        return url is None or _is_on(host_of(url), self._sites)


def stage_of(row: Consumed) -> str:
    """The stage that a row is a message of."""
    return _STAGE_OF[ARTICLES_WRITE if isinstance(row, Document) else row.topic]


def url_of(row: Consumed) -> str | None:
    """The URL that a row tells itself."""
    return getattr(row, "url", None)


def article_of(row: Consumed) -> str | None:
    """The id of the article that a row is about, as far as it tells: a page's is that of its URL."""
    return article_id(row.url) if isinstance(row, Page) else getattr(row, "article", None)


def _ends(row: Consumed) -> bool:
    return not isinstance(row, Outcome) or row.outcome == "published"


def _is_on(host: str, sites: tuple[str, ...]) -> bool:
    return any(host == site or host.endswith("." + site) for site in sites)


def _key(row: Consumed) -> str:
    """What is one and the same message, however often it is in its topic; requests for one list are one as well."""
    if isinstance(row, Document | ListRequest):
        return row.article
    return row.id or f"{row.partition}/{row.offset}"


def _named(row: Consumed, stage: str, why: str) -> Unexplained:
    if isinstance(row, Document):
        return Unexplained(stage=stage, why=why, id=row.article, url=row.url, article_id=row.article)
    return Unexplained(
        stage=stage, why=why, id=row.id, topic=row.topic, partition=row.partition, offset=row.offset,
        url=url_of(row), article_id=article_of(row),
    )  # fmt: skip
