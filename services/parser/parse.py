"""A fetched page to a normalized article: pure, so that the same page gives the same article anywhere, at any time."""

import re

import msgspec
from msgspec import structs

from services.parser.charset import decode, readable
from services.parser.html_page import parse_html, parse_later_page
from services.parser.joined import joined, marked
from services.parser.language import language_of
from services.parser.pager import Pager
from services.parser.text_dump import parse_text
from services.parser.whole_pages import whole_page_of
from shared.articles import Article
from shared.errors import DeadLetter, Instruction, Skip
from shared.events import PageFetched
from shared.parts import PARTS_TYPE, PagePart, unpack
from shared.urls import BadUrlError, canonical_url

_HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_TEXT = frozenset({"text/plain"})
_FEED = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?xml-stylesheet[^>]*>\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_BLANK = b" \t\r\n\f\0"


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """An article, and at most 50 canonical links of its own site that look like articles.

    `parts` are the addresses to fetch so that it is whole, where this page has only the first part of it.
    """

    article: Article
    links: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


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
    if media_type == PARTS_TYPE:
        return _of_parts(page, urls)
    if media_type in _TEXT:
        return Parsed(article=parse_text(decode(page.body, page.content_type), url=urls[0], fetched_at=page.fetched_at))
    if _FEED.match(page.body[:2000]):
        raise Skip("listing", "a feed or a sitemap")
    if media_type in _HTML or (not media_type and page.body.lstrip(_BLANK)[:1] == b"<"):
        article, links, pager = parse_html(readable(page.body, page.content_type), page, urls=urls)
        parts = pager.parts(urls[-1], whole_page=whole_page_of(article.site))
        return Parsed(article=marked(article, is_part=bool(parts)), links=links, parts=parts)
    raise Skip("unsupported_type", media_type[:80])


def _of_parts(page: PageFetched, urls: tuple[str, ...]) -> Parsed:
    """The article that the crawler fetched in parts; a part that can't be read ends it. More parts may have come up."""
    parts = _unpacked(page.body)
    if not parts:
        raise DeadLetter("undecodable_page", "no parts")
    first, links, pager = parse_html(
        readable(parts[0].body, parts[0].content_type), structs.replace(page, body=b""), urls=urls
    )  # fmt: skip
    found, numbered = [first], dict(pager.numbered)
    for part in parts[1:]:
        later = structs.replace(page, body=b"", final_url=part.url)
        try:
            article, more = parse_later_page(
                readable(part.body, part.content_type), later, url=first.canonical_url, first=urls[-1]
            )
        except (Skip, DeadLetter):
            break  # what was read so far stands, and says that it goes on
        found.append(article)
        numbered = dict(more.numbered) | numbered
    wanted = Pager(numbered=numbered).parts(urls[-1])
    has_all = len(found) == len(parts) >= max(numbered, default=1)
    article = joined(found, is_whole=has_all)
    return Parsed(article=article, links=links, parts=wanted if len(wanted) > len(parts) else ())


def _unpacked(body: bytes) -> tuple[PagePart, ...]:
    try:
        return unpack(body)
    except msgspec.DecodeError:
        raise DeadLetter("undecodable_page", "its parts can't be told apart") from None


def _where(error: Exception) -> str:
    """The error's type and place; its message may quote the page."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} in {place}"
