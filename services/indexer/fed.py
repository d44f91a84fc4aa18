"""Which indices are written to: the live one always, and a standby while `warta reindex` is under way.

DESIGN.md has a second consumer group fill the new index. Here the one indexer feeds both, in one bulk, so that the set
of indices fed is the same before and after a swap of the aliases, and no document can fall between two readers.
"""

import time

from elasticsearch import AsyncElasticsearch

from shared.documents import ARTICLES_STANDBY, ARTICLES_WRITE

# How long an indexer may go without noticing that there is a standby. `warta reindex` waits twice as long before it
# notes how far the topic is: whatever is appended later is fed to both.
FED_SECONDS = 2.0


class Fed:
    """The aliases to write to, the live one first; looked up when what is known is `FED_SECONDS` old.

    Aliases, not indices: Elasticsearch resolves all of a bulk's at one moment, and `require_alias` makes sure that
    none is created by a write.
    """

    def __init__(self, client: AsyncElasticsearch) -> None:
        self._client = client
        self._standby = False
        self._known_at: float | None = None

    async def aliases(self) -> tuple[str, ...]:
        """What to write to now. Raises the client's errors."""
        now = time.monotonic()
        if self._known_at is None or now - self._known_at >= FED_SECONDS:
            self._standby = bool(await self._client.indices.exists_alias(name=ARTICLES_STANDBY))
            self._known_at = now
        return (ARTICLES_WRITE, ARTICLES_STANDBY) if self._standby else (ARTICLES_WRITE,)

    def forget(self) -> None:
        """Look it up before the next write: an alias was missing."""
        self._known_at = None
