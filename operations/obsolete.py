"""Which article a record is about and how new it is: what is older than what is there isn't worth publishing again."""

from operations.dead_letters import Original
from shared import codec
from shared.articles import article_id, article_version
from shared.errors import DeadLetter
from shared.events import ArticleParsed, ArticleRemoved, PageFetched
from shared.urls import BadUrlError, canonical_url

LAST_REVISION = 999


def article_in(record: Original) -> tuple[str, int] | None:
    """The article's id, and the highest version that may come of `record`; None where the record doesn't say."""
    try:
        event = codec.decode(record.headers, record.value).event
        if isinstance(event, ArticleParsed | ArticleRemoved):
            return event.article_id, event.version
        if isinstance(event, PageFetched):
            return article_id(canonical_url(event.url)), article_version(event.fetched_at, LAST_REVISION)
    except (DeadLetter, BadUrlError):
        pass
    return None
