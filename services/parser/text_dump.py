"""Pages that came as plain text: `text/plain` dumps and WET records, whose markup is gone and whose menus are not."""

from datetime import datetime

from services.parser.language import language_of
from services.parser.related_text import first_item, read_related
from services.parser.sponsored import sponsored_by_address
from services.parser.text_body import TextBody, is_related_heading, read_body
from services.parser.text_header import Header, distinct_captions, read_header, with_roles_apart
from services.parser.text_lines import Line, is_paragraph, read_lines
from services.parser.text_title import find_title, without_suffix
from services.parser.times import Stated, choose
from shared.articles import Article, Image, Provenance
from shared.errors import Skip
from shared.urls import site_of

_LISTING_LINES = 15


def parse_text(text: str, *, url: str, fetched_at: datetime) -> Article:
    """The article of a text dump. `url` is canonical. Raises `Skip` where there is none."""
    lines = read_lines(text)
    if not lines:
        raise Skip("empty", "no text")
    place = find_title(lines, url=url, now=fetched_at)
    if place is None:
        raise Skip("not_an_article", "no line looks like a title")
    title = without_suffix(lines[place].text, lines)
    rest = with_roles_apart(lines[place + 1 :])
    header = read_header(rest, title=title, now=fetched_at)
    rest = rest[header.end :]
    list_at = first_item(rest, now=fetched_at)
    body = read_body(rest[:list_at], title=title)
    if not any(map(is_paragraph, body.paragraphs)):
        raise Skip("listing" if len(lines) >= _LISTING_LINES else "empty", "a title without a paragraph")
    return _article(title, header, body, rest, url=url, fetched_at=fetched_at)


def _article(
    title: str, header: Header, body: TextBody, rest: list[Line], *, url: str, fetched_at: datetime
) -> Article:
    published, published_from = choose(_stated(header, "published"), now=fetched_at)
    modified, modified_from = choose(_stated(header, "modified"), now=fetched_at)
    paragraphs = (*header.standfirst, *body.paragraphs)
    captions = distinct_captions([*header.captions, *body.captions], title=title)
    provenance = {"title": _from_text(0.8), "body": _from_text(0.8)}
    return Article(
        title=title,
        canonical_url=url,
        site=site_of(url),
        body=paragraphs,
        dateline=body.dateline,
        authors=header.authors,
        editors=header.editors,
        published_at=published,
        modified_at=modified,
        topics=body.topics,
        images=tuple(Image(caption=caption) for caption in captions),
        language=language_of(" ".join((title, *paragraphs)), declared=None),
        related=read_related(_after_heading(rest[body.end :]), now=fetched_at),
        provenance=provenance
        | ({"published_at": published_from} if published_from else {})
        | ({"modified_at": modified_from} if modified_from else {}),
        sponsored=bool(sponsored_by_address(url)),
    )


def _stated(header: Header, field: str) -> list[Stated]:
    moment = header.published if field == "published" else header.modified
    return [Stated(moment=moment, source="text", confidence=0.8)] if moment is not None else []


def _after_heading(lines: list[Line]) -> list[Line]:
    return [line for line in lines if not is_related_heading(line.text)]


def _from_text(confidence: float) -> Provenance:
    return Provenance(source="text", confidence=confidence)
