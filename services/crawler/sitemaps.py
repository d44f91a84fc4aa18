"""Sitemaps: url sets, news sitemaps, indexes, gzip, and plain lists. Pure; XML without entities, DTD or network."""

import io
from collections.abc import Iterator

import msgspec
from lxml import etree

from services.crawler.decoding import decode_body
from services.crawler.feeds import canonical_all

# The protocol's own limits: sitemaps.org/protocol.html.
MAX_ENTRIES = 50_000
MAX_SITEMAP_BYTES = 50 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_Entry = tuple[str, str, str | None]


class ChildSitemap(msgspec.Struct, frozen=True, kw_only=True):
    """A sitemap that an index names; `lastmod` as it stands there."""

    url: str
    lastmod: str | None = None


class Sitemap(msgspec.Struct, frozen=True, kw_only=True):
    """What one sitemap file lists: canonical page URLs, and child sitemaps."""

    pages: tuple[str, ...] = ()
    children: tuple[ChildSitemap, ...] = ()


def read_sitemap(body: bytes, *, url: str) -> Sitemap:
    """The entries of a sitemap; what can be read of a broken one. Raises `decoding.DecodingError` for broken gzip."""
    if body.startswith(_GZIP):
        body = decode_body(body, "gzip", limit=MAX_SITEMAP_BYTES)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Sitemap(pages=canonical_all(_lines(body), base=url))
    pages: list[str] = []
    children: dict[str, ChildSitemap] = {}
    for kind, location, lastmod in _entries(body):
        if kind == "url":
            pages.append(location)
        else:
            for child in canonical_all([location], base=url):
                children[child] = ChildSitemap(url=child, lastmod=lastmod)
        if len(pages) + len(children) >= MAX_ENTRIES:
            break
    return Sitemap(pages=canonical_all(pages, base=url), children=tuple(children.values()))


def _entries(body: bytes) -> Iterator[_Entry]:
    parsing = etree.iterparse(
        io.BytesIO(body), events=("end",), resolve_entities=False, load_dtd=False, no_network=True, recover=True,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for _event, element in parsing:
            kind = _local(element)
            if kind not in {"url", "sitemap"}:
                continue
            # Only direct children: an image's or a video's own <loc> is deeper or of another name space.
            fields = {_local(child): (child.text or "").strip() for child in reversed(element)}
            if location := fields.get("loc"):
                yield kind, location, fields.get("lastmod") or None
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _lines(body: bytes) -> list[str]:
    lines = body.decode("utf-8", "ignore").removeprefix("\ufeff").splitlines()[:MAX_ENTRIES]
    return [line.strip() for line in lines if line.strip().startswith(("http://", "https://"))]
