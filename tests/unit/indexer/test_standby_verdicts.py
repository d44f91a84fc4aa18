"""The live index decides a message's end; the standby must have it too, unless it can't."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.indexer.bulk import BulkWriter
from shared.documents import ARTICLES_STANDBY, ARTICLES_WRITE, ArticleDocument
from shared.errors import DeadLetter, Retry

WRITTEN = {"status": 201}
NEWER = {"status": 409, "error": {"type": "version_conflict_engine_exception"}}
BUSY = {"status": 429, "error": {"type": "es_rejected_execution_exception"}}
REFUSED = {"status": 400, "error": {"type": "document_parsing_exception", "reason": "field [language] of ..."}}
GONE = {"status": 404, "error": {"type": "index_not_found_exception"}}
DOCUMENT = ArticleDocument(
    article_id="a", version=1, status="published", url="u", site="s", indexed_at=datetime(2025, 1, 1, tzinfo=UTC)
)


class Search:
    """As much of Elasticsearch's client as a write needs: an answer for each alias."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        self.answers = answers
        self.indices = self
        self.refreshed: list[str] = []
        self.looked_up = 0

    async def exists_alias(self, *, name: str) -> bool:
        self.looked_up += 1
        return name in self.answers

    async def refresh(self, *, index: str, ignore_unavailable: bool = False) -> None:
        assert ignore_unavailable == (index == ARTICLES_STANDBY)
        self.refreshed.append(index)

    async def bulk(self, *, operations: Sequence[bytes], require_alias: bool, filter_path: str) -> dict[str, Any]:
        assert require_alias, "a write must never create an index"
        assert "status" in filter_path
        aliases = [msgspec.json.decode(line)["index"]["_index"] for line in operations[::2]]
        return {"items": [{"index": self.answers.get(alias, GONE)} for alias in aliases]}


def writer(client: Search) -> BulkWriter:
    return BulkWriter(client)  # type: ignore[arg-type]


async def test_without_a_standby_only_the_live_index_is_written() -> None:
    client = Search({ARTICLES_WRITE: WRITTEN})
    assert await writer(client).write(DOCUMENT) == "indexed"
    assert client.refreshed == [ARTICLES_WRITE]


@pytest.mark.parametrize(("live", "result"), [(WRITTEN, "indexed"), (NEWER, "superseded")])
@pytest.mark.parametrize("standby", [WRITTEN, NEWER, REFUSED], ids=["written", "newer", "refused"])
async def test_the_live_indexs_verdict_counts(live: dict[str, Any], result: str, standby: dict[str, Any]) -> None:
    client = Search({ARTICLES_WRITE: live, ARTICLES_STANDBY: standby})
    assert await writer(client).write(DOCUMENT) == result
    assert client.refreshed == [ARTICLES_STANDBY, ARTICLES_WRITE]


async def test_a_standby_that_is_busy_delays_the_message() -> None:
    with pytest.raises(Retry):
        await writer(Search({ARTICLES_WRITE: WRITTEN, ARTICLES_STANDBY: BUSY})).write(DOCUMENT)


async def test_what_the_live_index_refuses_is_a_dead_letter_whatever_the_standby_says() -> None:
    with pytest.raises(DeadLetter, match="field language"):
        await writer(Search({ARTICLES_WRITE: REFUSED, ARTICLES_STANDBY: WRITTEN})).write(DOCUMENT)


async def test_a_standby_that_has_gone_is_written_no_more_and_one_that_comes_is_noticed() -> None:
    client = Search({ARTICLES_WRITE: WRITTEN, ARTICLES_STANDBY: WRITTEN})
    write = writer(client).write
    await write(DOCUMENT)
    await write(DOCUMENT)
    assert client.looked_up == 1, "what is known is good for a while"
    del client.answers[ARTICLES_STANDBY]
    assert await write(DOCUMENT) == "indexed"
    client.refreshed.clear()
    assert await write(DOCUMENT) == "indexed"
    assert client.refreshed == [ARTICLES_WRITE]


async def test_without_the_live_index_a_message_waits() -> None:
    with pytest.raises(Retry, match="warta bootstrap"):
        await writer(Search({})).write(DOCUMENT)
