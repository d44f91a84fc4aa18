"""Our parser and its peers, each as a function from a page to what it reads; none is installed for this alone."""

import importlib.util
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from bench._scores import Read
from services.parser import html_page
from services.parser.body import extract_body
from services.parser.charset import readable
from services.parser.parse import parse, warm_up
from services.parser.sites import find_profile
from services.parser.tree import parse_tree, text_of
from shared.errors import Instruction
from shared.events import PageFetched

Reader = Callable[[PageFetched], Read]


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """`make` imports what `module` brings; `package` is its name for pip."""

    name: str
    make: Callable[[], Reader]
    module: str = ""
    package: str = ""

    @property
    def is_installed(self) -> bool:
        return not self.module or importlib.util.find_spec(self.module) is not None


def _ours() -> Reader:
    warm_up()

    def read(page: PageFetched) -> Read:
        html_page.find_profile = find_profile
        return _read_ours(page)

    return read


def _ours_bare() -> Reader:
    warm_up()

    def read(page: PageFetched) -> Read:
        html_page.find_profile = lambda *_, **__: None
        return _read_ours(page)

    return read


def _ours_text_only() -> Reader:
    def read(page: PageFetched) -> Read:
        tree = parse_tree(readable(page.body, page.content_type))
        heading = tree.css_first("h1")
        title = text_of(heading) if heading is not None else ""
        return Read(body="\n".join(extract_body(tree, None, title=title, title_node=heading).paragraphs))

    return read


def _read_ours(page: PageFetched) -> Read:
    try:
        article = parse(page).article
    except Instruction:
        return Read()
    return Read(
        body="\n".join([f"{article.dateline} -"] * bool(article.dateline) + list(article.body)),
        title=article.title,
        related_urls=tuple(link.url for link in article.related if link.url),
        published_at=article.published_at,
        authors=article.authors,
        topics=article.topics,
        related=tuple(link.title for link in article.related),
        image=article.images[0].url if article.images else None,
        caption=article.images[0].caption if article.images else None,
    )


def _trafilatura(*, fast: bool) -> Reader:
    from trafilatura import bare_extraction  # noqa: PLC0415

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

    def read(page: PageFetched) -> Read:
        found = bare_extraction(
            page.body, url=page.url, include_comments=False, include_tables=False, with_metadata=not fast, fast=fast
        )
        if found is None:
            return Read()
        return Read(
            body=found.text, title=found.title, published_at=_time(found.date),
            authors=tuple((found.author or "").split("; ")) if found.author else (), topics=tuple(found.tags or ()),
            image=found.image,
        )  # fmt: skip

    return read


def _readability() -> Reader:
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    def read(page: PageFetched) -> Read:
        document = Document(page.body.decode("utf-8", "replace"))
        return Read(body=fromstring(document.summary()).text_content(), title=document.short_title())

    return read


def _newspaper() -> Reader:
    import newspaper  # noqa: PLC0415

    def read(page: PageFetched) -> Read:
        article = newspaper.Article(page.url)
        article.download(input_html=page.body.decode("utf-8", "replace"))
        article.parse()
        return Read(
            body=article.text, title=article.title, published_at=_time(article.publish_date),
            authors=tuple(article.authors or ()), topics=tuple(article.tags or ()),
            image=article.top_image,
        )  # fmt: skip

    return read


def _news_please() -> Reader:
    from newsplease import NewsPlease  # noqa: PLC0415

    def read(page: PageFetched) -> Read:
        article = NewsPlease.from_html(page.body.decode("utf-8", "replace"), url=page.url)
        return Read(
            body=article.maintext, title=article.title, published_at=_time(article.date_publish),
            authors=tuple(article.authors or ()), image=article.image_url,
        )  # fmt: skip

    return read


def _resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    return lambda page: Read(body=extract_plain_text(page.body.decode("utf-8", "replace"), main_content=True))


def _lxml() -> Reader:
    from lxml.html import fromstring  # noqa: PLC0415

    def read(page: PageFetched) -> Read:
        fromstring(page.body)
        return Read()

    return read


def _lexbor() -> Reader:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415

    def read(page: PageFetched) -> Read:
        LexborHTMLParser(page.body)
        return Read()

    return read


def _time(value: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
    return at.astimezone() if isinstance(at, datetime) else None


CONTENDERS = (
    Contender(name="warta", make=_ours),
    Contender(name="warta, no profiles", make=_ours_bare),
    Contender(name="warta, text only", make=_ours_text_only),
    Contender(name="trafilatura, fast", make=lambda: _trafilatura(fast=True), module="trafilatura"),
    Contender(name="trafilatura", make=lambda: _trafilatura(fast=False), module="trafilatura"),
    Contender(name="readability-lxml", make=_readability, module="readability", package="readability-lxml"),
    Contender(name="newspaper4k", make=_newspaper, module="newspaper", package="newspaper4k"),
    Contender(name="news-please", make=_news_please, module="newsplease", package="news-please"),
    Contender(name="resiliparse", make=_resiliparse, module="resiliparse", package="resiliparse"),
    Contender(name="lxml, parse only", make=_lxml, module="lxml"),
    Contender(name="Lexbor, parse only", make=_lexbor, module="selectolax"),
)
