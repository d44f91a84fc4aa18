"""JSON-LD: every object of every script, `@graph` and arrays opened; broken scripts repaired where that is safe."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from services.parser.text import clean, fold
from services.parser.tree import LexborHTMLParser

Node = dict[str, Any]

ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "BlogPosting", "TechArticle",
    "SatiricalArticle", "AdvertiserContentArticle", "LiveBlogPosting", "Report",
})  # fmt: skip
_MAX_SCRIPT = 1_000_000
_MAX_NODES = 2_000
_OPEN = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement")
_COMMENT = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')


def read_json_ld(tree: LexborHTMLParser) -> list[Node]:
    """All objects in page order, outer before inner."""
    nodes: list[Node] = []
    for script in tree.css("script[type*='ld+json' i]"):
        nodes.extend(_open(_read(script.text() or ""), 0))
    return nodes[:_MAX_NODES]


def types_of(node: Node) -> set[str]:
    return {str(name).rsplit("/", 1)[-1] for name in as_list(node.get("@type"))}


def main_article(nodes: list[Node], *, url: str, headings: list[str]) -> Node | None:
    """The page's own article among those that it names: by its address, by its headline, else the first."""
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    if len(articles) < 2:
        return articles[0] if articles else None
    shown = {fold(heading) for heading in headings}
    path = url.split("?", maxsplit=1)[0].rstrip("/")
    return max(
        articles,
        key=lambda node: (_address_of(node) == path, fold(string(node.get("headline"))) in shown, len(node) > 4),
    )


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def string(value: Any) -> str:
    """The text of a value: a string, the first string of a list, or an object's name, value or address."""
    for item in as_list(value):
        if isinstance(item, dict):
            item = item.get("name") or item.get("@value") or item.get("url") or item.get("@id")  # noqa: PLW2901
        if isinstance(item, str) and (text := clean(item)):
            return text
    return ""


def _address_of(node: Node) -> str:
    address = string(node.get("url")) or string(node.get("mainEntityOfPage")) or string(node.get("@id"))
    return address.split("?")[0].split("#")[0].rstrip("/")


def _read(text: str) -> Any:
    if len(text) > _MAX_SCRIPT:
        return None
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        pass
    repaired = _TRAILING_COMMA.sub(r"\1", _COMMENT.sub("", _COMMENT.sub("", text.strip())))
    for candidate in (repaired, _BAD_ESCAPE.sub(r"\\\\", repaired)):
        try:
            return json.loads(candidate, strict=False)  # line breaks inside strings are the commonest fault
        except (ValueError, RecursionError):
            continue
    return _first_object(repaired)


def _first_object(text: str) -> Any:
    """What stands before the fault, where that is a whole object."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text[text.index("{") :])[0]
    except (ValueError, RecursionError):
        return None


def _open(value: Any, depth: int) -> Iterator[Node]:
    if depth > 6:
        return
    for item in as_list(value):
        if isinstance(item, list):
            yield from _open(item, depth + 1)
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
            for key in _OPEN:
                if isinstance(item.get(key), dict | list):
                    yield from _open(item[key], depth + 1)
