"""JSON-LD: every object of every script, `@graph` and arrays opened; broken scripts repaired where that is safe."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from services.parser.json_repair import read_json
from services.parser.page_index import PageIndex
from services.parser.text import clean, fold, unescaped

Node = dict[str, Any]

ARTICLE_TYPES = frozenset({
    "NewsArticle", "Article", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "AskPublicNewsArticle", "BlogPosting", "TechArticle",
    "SatiricalArticle", "AdvertiserContentArticle", "LiveBlogPosting", "Report",
})  # fmt: skip
_MAX_SCRIPTS = 100
_MAX_CHARACTERS = 3_000_000
_MAX_NODES = 2_000
_BARE = 2  # a reference is an "@id", perhaps with a "@type"
_OPEN = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement")


def read_json_ld(index: PageIndex) -> list[Node]:
    """All objects in page order, outer before inner."""
    nodes: list[Node] = []
    left = _MAX_CHARACTERS
    scripts = [node for kind, node in index.scripts if "ld+json" in kind.lower()]
    for script in scripts[:_MAX_SCRIPTS]:
        text = script.text() or ""
        left -= len(text)
        if left < 0 or len(nodes) >= _MAX_NODES:
            break
        nodes.extend(islice(_open(read_json(text), 0), _MAX_NODES - len(nodes)))
    return nodes


def types_of(node: Node) -> set[str]:
    return {str(name).rsplit("/", 1)[-1] for name in as_list(node.get("@type"))}


def main_article(nodes: list[Node], *, url: str, headings: list[str]) -> Node | None:
    """The page's own article among those that it names: by its address, by its headline, else the first.

    What it only refers to by `@id` is filled in, and what it leaves out but another node says of the same article.
    """
    articles = [node for node in nodes if types_of(node) & ARTICLE_TYPES]
    if not articles:
        return None
    shown = {fold(heading) for heading in headings}
    path = url.split("?", maxsplit=1)[0].rstrip("/")
    best = max(
        articles,
        key=lambda node: (_address_of(node) == path, fold(string(node.get("headline"))) in shown, len(node) > 4),
    )
    headline = fold(string(best.get("headline")))
    same = [
        node for node in articles if node is not best and headline and fold(string(node.get("headline"))) == headline
    ]
    named = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > _BARE}
    return {key: _resolved(value, named) for node in (*reversed(same), best) for key, value in node.items()}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def string(value: Any) -> str:
    """The text of a value: a string, the first string of a list, or an object's name, value or address."""
    for item in as_list(value):
        if isinstance(item, dict):
            item = item.get("name") or item.get("@value") or item.get("url") or item.get("@id")  # noqa: PLW2901
        if isinstance(item, str) and (text := clean(unescaped(item))):
            return text
    return ""


def _resolved(value: Any, named: dict[str, Node]) -> Any:
    """References, as `{"@id": …}`, are replaced by what they refer to; the whole of a graph is never copied."""
    if isinstance(value, list):
        return [_resolved(item, named) for item in value]
    if isinstance(value, dict) and len(value) <= _BARE and (node := named.get(str(value.get("@id")))) is not None:
        return {**node, **value}
    return value


def _address_of(node: Node) -> str:
    address = string(node.get("url")) or string(node.get("mainEntityOfPage")) or string(node.get("@id"))
    return address.split("?")[0].split("#")[0].rstrip("/")


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
