"""The page's head as a value: meta tags by name, links, titles."""

import msgspec

from services.parser.page_index import PageIndex
from services.parser.text import clean, unescaped
from services.parser.tree import LexborHTMLParser, attribute, web_url


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """`meta` maps each lower-case name, property or itemprop to its values in page order."""

    meta: dict[str, list[str]]
    title: str
    language: str | None
    canonical: str | None
    base: str

    def first(self, *names: str) -> str:
        """The first non-empty value of the first name that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), "")


def read_head(tree: LexborHTMLParser, index: PageIndex, *, url: str) -> Head:
    meta: dict[str, list[str]] = {}
    for said in index.metas:
        name = said.get("property") or said.get("name") or said.get("itemprop") or said.get("http-equiv")
        if name and (value := clean(unescaped(said["content"] or ""))):
            meta.setdefault(name.strip().lower(), []).append(value)
    base = (web_url(index.base, base=url) if index.base is not None else None) or url
    canonical = tree.css_first("link[rel~='canonical' i][href]")
    title = tree.css_first("head title") or tree.css_first("title")
    html = tree.css_first("html")
    declared = attribute(html, "lang") or attribute(html, "xml:lang") if html is not None else ""
    return Head(
        meta=meta,
        title=clean(unescaped(title.text())) if title is not None else "",
        language=declared or None,
        canonical=web_url(attribute(canonical, "href"), base=base)
        if canonical is not None and attribute(canonical, "href")
        else None,
        base=base,
    )
