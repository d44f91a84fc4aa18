"""The audit: a cut, the indices and topics up to it, and a second look at what is open then."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from elasticsearch import AsyncElasticsearch

from operations.audit import indices
from operations.audit.cut import Cut, Scout
from operations.audit.database import NoRoomError, room
from operations.audit.evidence import Evidence
from operations.audit.ledger import AGAINST_THE_FLOW, DEAD_LETTERS, Ledger
from operations.audit.report import AuditReport
from operations.audit.topics import TopicReader
from shared import search
from shared.settings import ElasticsearchSettings, KafkaSettings

CONFIRM_AFTER = 1.0


async def audit(
    kafka: KafkaSettings, elasticsearch: ElasticsearchSettings, *, report: Callable[[str], None],
    confirm_after: float = CONFIRM_AFTER, sites: Sequence[str] = (),
) -> AuditReport:  # fmt: skip
    """Account for every message up to now, on a running system too. `report` is given lines of progress.

    What seems unexplained is looked at again after `confirm_after` seconds: compaction and retention go on meanwhile.
    `sites` are hosts: only messages on these, or on hosts below them, count. Raises `WartaError` for a server that
    doesn't answer, and when the temporary directory has no room.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="warta-audit-", ignore_cleanup_errors=True)
    except OSError as error:
        raise NoRoomError(f"no temporary directory for the audit ({error}): set TMPDIR to one with room") from None
    with folder as path, room(Path(path)):
        evidence = Evidence(Path(path))
        try:
            async with (
                Scout(kafka) as scout, TopicReader(kafka, report) as reader, search.client(elasticsearch) as client,
            ):  # fmt: skip
                account = _Account(scout, reader, client, evidence, report)
                return await account.run(sites, confirm_after)
        finally:
            evidence.close()


class _Account:
    def __init__(
        self, scout: Scout, reader: TopicReader, client: AsyncElasticsearch, evidence: Evidence,
        report: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._scout = scout
        self._reader = reader
        self._client = client
        self._evidence = evidence
        self._report = report

    async def run(self, sites: Sequence[str], confirm_after: float) -> AuditReport:
        cut = await self._scout.cut()
        ledger = Ledger(self._evidence, committed=cut.committed, since=cut.since, sites=sites)
        for topic in DEAD_LETTERS:
            async for rows in self._reader.rows(topic, cut):
                ledger.take(rows)
        await self._read_indices(ledger)
        for topic in AGAINST_THE_FLOW:
            async for rows in self._reader.rows(topic, cut):
                ledger.take(rows)
            await asyncio.to_thread(ledger.close, topic)
        since = await self._second_look(ledger, cut, confirm_after)
        return ledger.report(cut_at=cut.at, since=since, expired_unread=cut.expired_unread)

    async def _read_indices(self, ledger: Ledger) -> None:
        count = 0
        async for documents in indices.documents(self._client):
            ledger.take_documents(documents)
            count += len(documents)
        async for articles in indices.lists(self._client):
            ledger.take_lists(articles)
        async for kept in indices.decisions(self._client):
            ledger.take_decisions(kept)
        await asyncio.to_thread(ledger.close_indices)
        self._report(f"read the indices: {count:,} documents")

    async def _second_look(self, ledger: Ledger, cut: Cut, confirm_after: float) -> dict[str, int]:
        """Read what has come since, and what the indices have now of the articles in question."""
        if not ledger.has_open:
            return cut.since
        await asyncio.sleep(confirm_after)
        for articles in ledger.open_articles():
            documents = await indices.documents_now(self._client, articles)
            listed = await indices.listed_now(self._client, articles)
            ledger.refresh(articles, documents, listed)
        async for kept in indices.decisions(self._client):
            ledger.take_decisions(kept)
        again = await self._scout.cut()
        for topic in (*DEAD_LETTERS, *AGAINST_THE_FLOW):
            async for rows in self._reader.rows(topic, again, after=cut):
                ledger.look_again(rows)
        return again.since
