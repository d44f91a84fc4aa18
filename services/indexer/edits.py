"""What a new version of an article changed. Pure.

For those who read articles.indexed, never stored: what the version before was depends on the order in which they came.
A version that is there already may have been written by a process that died before it told: nobody knows what it
changed, and whoever has to react must hear of it, so it is `indexed` and never `unchanged`.
"""

from services.indexer.reassert import article_of
from shared.articles import VOLATILE, Article
from shared.documents import ArticleDocument
from shared.events import ArticleParsed, IndexResult

_TOLD = tuple(field for field in Article.__struct_fields__ if field not in VOLATILE)


def changed_fields(before: Article, now: Article) -> tuple[str, ...]:
    """The names of the fields that differ, in the order of `Article`, but for what every fetch may change.

    A time that the page tells as an age ("3 jam lalu") moves with the fetch.
    """
    moves = {"published_at"} if _is_by_age(before) and _is_by_age(now) else set()
    return tuple(field for field in _TOLD if field not in moves and getattr(before, field) != getattr(now, field))


def _is_by_age(article: Article) -> bool:
    found = article.provenance.get("published_at")
    return found is not None and found.source == "age"


def told(
    event: ArticleParsed, before: ArticleDocument | None, result: IndexResult
) -> tuple[IndexResult, tuple[str, ...]]:
    """The result to tell of a write that came to `result` where `before` was, and the fields that it changed."""
    if result != "indexed" or before is None or before.status != "published" or before.version >= event.version:
        return result, ()
    try:
        changed = changed_fields(article_of(before), event.article)
    except ValueError:  # not a document of ours: it is no version that this one could be an edit of
        return result, ()
    return ("indexed", changed) if changed else ("unchanged", ())
