"""Which index is behind which alias, and what that says of a reindex under way."""

import re
from typing import Any

import msgspec
from elasticsearch import ApiError, AsyncElasticsearch

from operations.indices import ARTICLES, FORM, template
from shared.documents import ARTICLES_READ, ARTICLES_STANDBY, ARTICLES_WRITE
from shared.errors import WartaError
from shared.settings import ElasticsearchSettings

PATTERN = "articles-0*"
_NAME = re.compile(r"articles-0\d{5}")


class Indices(msgspec.Struct, frozen=True, kw_only=True):
    """`live` is read and written, `standby` only written; `unused` are behind no alias, left by a crash."""

    live: str
    standby: str | None = None
    unused: tuple[str, ...] = ()

    @property
    def next(self) -> str | None:
        """The standby that is to replace the live index: being built, or rolled back."""
        return self.standby if self.standby and self.standby > self.live else None

    @property
    def previous(self) -> str | None:
        """The standby that the live index has replaced."""
        return self.standby if self.standby and self.standby < self.live else None


async def look(client: AsyncElasticsearch) -> Indices:
    """What there is. Raises `WartaError` when the aliases aren't as Warta makes them."""
    found: dict[str, Any] = (await client.indices.get_alias(index=PATTERN)).body
    behind = {
        alias: sorted(name for name, index in found.items() if alias in index["aliases"])
        for alias in (ARTICLES_READ, ARTICLES_WRITE, ARTICLES_STANDBY)
    }
    live, standby = behind[ARTICLES_WRITE], behind[ARTICLES_STANDBY]
    if not live and not behind[ARTICLES_READ]:
        raise WartaError("there is no index yet: run `./warta bootstrap`")
    if len(live) != 1 or live != behind[ARTICLES_READ] or len(standby) > 1 or standby == live:
        said = ", ".join(f"{alias} -> {' and '.join(names) or 'nothing'}" for alias, names in behind.items())
        raise WartaError(
            f"the aliases aren't as Warta makes them: {said}. `{ARTICLES_READ}` and `{ARTICLES_WRITE}` belong on one "
            f"index, `{ARTICLES_STANDBY}` on another or none: set them right through Elasticsearch's _aliases first"
        )
    unused = sorted(name for name, index in found.items() if not index["aliases"] and _NAME.fullmatch(name))
    return Indices(live=live[0], standby=standby[0] if standby else None, unused=tuple(unused))


async def create_standby(client: AsyncElasticsearch, settings: ElasticsearchSettings, indices: Indices) -> None:
    """Create the next index with the current mappings, behind `articles-standby` from its first moment."""
    await client.indices.put_index_template(name=ARTICLES.name, **template(ARTICLES, settings))
    last = max(indices.live, *indices.unused, key=_number) if indices.unused else indices.live
    name = f"articles-{_number(last) + 1:06}"
    try:
        await client.indices.create(index=name, aliases={ARTICLES_STANDBY: {"is_write_index": True}})
    except ApiError as error:
        if error.error != "resource_already_exists_exception":
            raise
        raise WartaError(f"somebody else has just created {name}: look at `./warta reindex status`") from None


async def is_current(client: AsyncElasticsearch, index: str, settings: ElasticsearchSettings) -> bool:
    """Whether `index` was made with the mappings and settings of the code at hand."""
    wanted = template(ARTICLES, settings)["template"]["mappings"]["_meta"][FORM]
    found = (await client.indices.get_mapping(index=index))[index]["mappings"]
    return bool(found.get("_meta", {}).get(FORM) == wanted)


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])
