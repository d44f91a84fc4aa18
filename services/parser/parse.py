"""A fetched page to a normalized article: pure, so that the same page gives the same article anywhere, at any time."""

import re

import msgspec

from services.parser.charset import decode, readable
from services.parser.html_page import parse_html
from services.parser.language import language_of
from services.parser.text_dump import parse_text
from shared.articles import Article
from shared.errors import DeadLetter, Instruction, Skip
from shared.events import PageFetched
from shared.urls import BadUrlError, canonical_url

_HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_TEXT = frozenset({"text/plain"})
_FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?xml-stylesheet[^>]*>\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = b" \t\r\n\f\0"


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """An article, and at most 50 canonical links of its own site that look like articles."""

    article: Article
    links: tuple[str, ...] = ()


def parse(page: PageFetched) -> Parsed:
    """Parse one page. Raises `Skip` for what is no article, `DeadLetter` for what can't be read; nothing else."""
    try:
        return _parse(page)
    except (Instruction, MemoryError):
        raise
    except Exception as error:
        raise DeadLetter("parser_failed", _where(error)) from error


def warm_up() -> None:
    """Import and load all that a first page would, while no page waits."""
    language_of("Kalimat pemanasan untuk pekerja. " * 20, declared=None)


def _parse(page: PageFetched) -> Parsed:
    try:
        urls = tuple(dict.fromkeys(canonical_url(url) for url in (page.final_url or page.url, page.url)))
    except BadUrlError as error:
        raise DeadLetter("parser_failed", f"the page's URL can't be used: {error}") from error
    media_type = page.content_type.split(";")[0].strip().lower()
    if not page.body.strip(_BLANK):
        raise Skip("empty", "no bytes")
    if media_type in _TEXT:
        return Parsed(article=parse_text(decode(page.body, page.content_type), url=urls[0], fetched_at=page.fetched_at))
    if _FEED.match(page.body[:2000]):
        raise Skip("listing", "a feed or a sitemap")
    if media_type in _HTML or (not media_type and page.body.lstrip(_BLANK)[:1] == b"<"):
        article, links = parse_html(readable(page.body, page.content_type), page, urls=urls)
        return Parsed(article=article, links=links)
    raise Skip("unsupported_type", media_type[:80])


def _where(error: Exception) -> str:
    """The error's type and place; its message may quote the page."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} in {place}"
