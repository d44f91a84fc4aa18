"""Topics and section: the publisher's own tags, without the words that it puts on every page."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string, types_of
from services.parser.page_index import PageIndex
from services.parser.sites.profile import Profile
from services.parser.tag_links import tag_links
from services.parser.text import clean, fold, unique
from services.parser.tree import LexborHTMLParser, LexborNode, attribute, select, text_of

_MAX_TOPICS = 30
_SITE_WORDS = re.compile(
    r"(?:berita|news|kabar|portal|info(?:rmasi)?|situs|media)"
    r"(?: (?:berita|news|terkini|terbaru|terpopuler|terhangat|hari ini|harian|online|indonesia|nasional|dunia|ekonomi"
    r"|bisnis|olahraga|politik|populer|update|utama|daerah|hot|today|latest|breaking|portal|media))*",
    re.IGNORECASE,
)
_HOME = re.compile(r"home|beranda|depan|news|berita|index|indeks|startseite|accueil|inicio", re.IGNORECASE)
_TAG_NAMES = (
    "parsely-tags", "sailthru.tags", "dc.subject", "dcterms.subject", "tags", "content_tags", "article:tags",
    "article.tags", "cxenseparse:keywords", "dtk:keywords", "keyword",
)  # fmt: skip
_SEPARATOR = re.compile(r"\s*[,;،，、；|]\s*|\s+(?=#\w)")
_NOTHING = re.compile(r"null|undefined|none|nan|n/a|uncategori[sz]ed|tak berkategori|tanpa kategori", re.IGNORECASE)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_MACHINE_WORD = re.compile(
    r"\d{5,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}|[0-9a-f]{24,}|[a-z0-9]+(?:_[a-z0-9]+)+|(?:\w+\.)+(?:com|net|org)",
    re.IGNORECASE,
)
_AGREEING = 0.5
_KEY_VALUE = re.compile(
    r"(?P<key>\w+(?i: category)?)\s?:\s?(?P<value>\S.*)"
)  # "Topic: Rusia", "Editor:Nama", and sections as "Bola:Liga"
_TAG_KEYS = {"topic", "topik", "tag", "tags", "keyword", "category"}
_OTHER_KEYS = {
    "nlp category",
    "editor",
    "reporter",
    "author",
    "penulis",
    "type",
    "section",
    "channel",
    "kanal",
    "source",
}


def read_topics(
    tree: LexborHTMLParser, index: PageIndex, article: Node | None, head: Head, profile: Profile | None, *, title: str,
    site: str, text: str, title_node: LexborNode | None, people: tuple[str, ...],
) -> tuple[tuple[str, ...], str, int]:  # fmt: skip
    """(topics, where they came from, how many other sources have most of them too): the first source that has any.

    A later source that has all of these and more is the fuller list. `text`, the body's, is for lists of links, which
    are no topics of the article where it has none of them.
    """
    node = article or {}
    shown = [text_of(node) for node in select(tree, *profile.topics)] if profile is not None and profile.topics else []
    own = partial(_own, article=article, head=head, apart=(site, title, *people))
    lists = _lists(
        (
            ("profile", shown),
            ("json-ld", _keywords(node.get("keywords"))),
            ("meta", _keywords(_tags(head, "article:tag", "og:article:tag"))),
            ("meta", _keywords(_tags(head, "news_keywords"))),
            ("meta", _keywords(_tags(head, *_TAG_NAMES))),
            ("microdata", _microdata(index)),
        ),
        own,
    )
    if not lists:
        lists = _lists((("links", tag_links(tree, title_node, text=f"{title} {text}")),), own)
    lists += _lists(
        (
            ("json-ld", [string(thing) for thing in as_list(node.get("about"))]),
            ("meta", _keywords(_tags(head, "keywords"))),
            ("json-ld", [string(thing) for thing in as_list(node.get("mentions"))]),
        ),
        own,
    )
    if not lists:
        return (), "", 0
    lists.sort(key=lambda found: _are_slugs(found[1]))
    source, topics = lists[0]
    for other, more in lists[1:]:
        if len(topics) < len(more) and not _are_slugs(more) and set(map(fold, topics)) < set(map(fold, more)):
            source, topics = other, more
    names = set(map(fold, topics))
    agreeing = {other for other, more in lists if other != source and _share(names, set(map(fold, more))) > _AGREEING}
    return topics, source, len(agreeing)


def read_section(
    tree: LexborHTMLParser, nodes: list[Node], article: Node | None, head: Head, profile: Profile | None, *, title: str
) -> tuple[str | None, str]:
    """(section, where it came from)."""
    shown = (
        [text_of(node) for node in select(tree, *profile.section)[-1:]]
        if profile is not None and profile.section
        else []
    )
    candidates = [
        ("json-ld", string((article or {}).get("articleSection"))),
        (
            "meta",
            head.first("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section"),
        ),
        *(("profile", text) for text in shown),
        *(("json-ld", name) for name in _crumbs(nodes, title=title)[-1:]),
    ]
    for source, text in candidates:
        section = clean(text)
        if section and len(section) <= 60 and not (_HOME.fullmatch(section) or _NOTHING.fullmatch(section)):
            return section, source
    return None, ""


def _keywords(value: Any) -> list[str]:
    """The words of a list, or of one string with commas, or, in scripts that have no blanks, with blanks."""
    items = [text for text in map(string, as_list(value)) if text]
    if len(items) > 1 and not any(_SEPARATOR.search(item) for item in items[:1]):
        return items  # a comma in one of many is its own: "Trump, Donald"
    words = [word for item in items for word in _SEPARATOR.split(item)]
    return words[0].split(" ") if len(words) == 1 and _UNSPACED.search(words[0]) else words


def _tags(head: Head, *names: str) -> list[str]:
    return [value for name in names for value in head.meta.get(name, ())]


def _microdata(index: PageIndex) -> list[str]:
    nodes = index.with_property("keywords")[:_MAX_TOPICS]
    return _keywords([text_of(node) or attribute(node, "content") for node in nodes if node.tag != "meta"])


def _are_slugs(topics: tuple[str, ...]) -> bool:
    """Names as addresses write them, "climate-change": another list, if there is one, has them as readers do."""
    return any("-" in word for word in topics) and all(word.islower() and " " not in word for word in topics)


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other))


def _lists(
    sources: Iterable[tuple[str, list[str]]], own: Callable[[list[str]], tuple[str, ...]]
) -> list[tuple[str, tuple[str, ...]]]:
    return [(source, topics) for source, found in sources if found and (topics := own(found))]


def _own(found: list[str], *, article: Node | None, head: Head, apart: tuple[str, ...]) -> tuple[str, ...]:
    site = apart[0].split(".", maxsplit=1)[0]
    names = {fold(name) for name in (head.first("og:site_name"), site, *apart) if name}
    section = fold(string((article or {}).get("articleSection")) or head.first("article:section"))
    topics = unique([_value(word.strip(" #\"'[]"), section) for word in found])
    kept = [
        word
        for word in topics
        if 1 < len(word) <= 60
        and fold(word) not in names
        and not _SITE_WORDS.fullmatch(fold(word))
        and not _MACHINE_WORD.fullmatch(word)
        and not _NOTHING.fullmatch(word)
    ]
    return tuple(kept[:_MAX_TOPICS]) if not _is_a_split_sentence(kept) else ()


def _value(word: str, section: str) -> str:
    """The topic in "key: value" where the key says so; nothing where the key is a section or a role."""
    if (found := _KEY_VALUE.fullmatch(word)) is None:
        return word
    key = found["key"].casefold()
    return found["value"] if key in _TAG_KEYS else "" if key in _OTHER_KEYS or key == section else word


def _is_a_split_sentence(words: list[str]) -> bool:
    """Some sites make keywords by cutting the description at its spaces."""
    return (
        len(words) >= 8
        and not any(map(_UNSPACED.search, words))
        and sum(" " not in word for word in words) > len(words) * 0.9
        and any(len(word) <= 3 for word in words)
    )


def _crumbs(nodes: list[Node], *, title: str) -> list[str]:
    for node in nodes:
        if "BreadcrumbList" in types_of(node):
            steps = [item for item in as_list(node.get("itemListElement")) if isinstance(item, dict)]
            names = [string(step.get("name")) or string(step.get("item")) for step in steps]
            return [name for name in names if name and fold(name) != fold(title) and not name.startswith("http")]
    return []
