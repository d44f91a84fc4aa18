"""The removal of an article, as an event. Pure."""

from datetime import datetime

from shared.articles import article_id, article_version
from shared.events import ArticleRemoved, RemovalReason

# Nothing has a higher version: whatever is written afterwards is older, in any order, in this index and the next.
LAST_VERSION = 2**53 - 1
LAST_REVISION = 999
FOR_GOOD: frozenset[RemovalReason] = frozenset(("takedown",))


def removal(url: str, reason: RemovalReason, *, now: datetime) -> ArticleRemoved:
    """The removal of the article at a canonical URL: of all that was fetched up to `now`, or for good."""
    version = LAST_VERSION if reason in FOR_GOOD else article_version(now, LAST_REVISION)
    return ArticleRemoved(article_id=article_id(url), version=version, url=url, reason=reason)
