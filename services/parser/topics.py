"""Topics and section: the publisher's own tags, without the words that it puts on every page."""

import re
from typing import Any

from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string, types_of
from services.parser.sites.profile import Profile
from services.parser.text import clean, fold, unique
from services.parser.tree import LexborHTMLParser, attribute, select, text_of

_MAX_TOPICS = 30
_SITE_WORDS = re.compile(
    r"(?:berita|news|kabar|portal|info(?:rmasi)?|situs|media)"
    r"(?: (?:berita|news|terkini|terbaru|terpopuler|terhangat|hari ini|harian|online|indonesia|nasional|dunia|ekonomi"
    r"|bisnis|olahraga|politik|populer|update|utama|daerah|hot|today|latest|breaking|portal|media))*",
    re.IGNORECASE,
)
_HOME = re.compile(r"home|beranda|depan|news|berita|index|indeks|startseite|accueil|inicio", re.IGNORECASE)
_TAG_LINKS = ("a[rel~='tag']",)
_KEY_VALUE = re.compile(
    r"(?P<key>\w+)\s?:\s?(?P<value>\S.*)"
)  # "Topic: Rusia", "Editor:Nama", and sections as "Bola:Liga"
_TAG_KEYS = {"topic", "topik", "tag", "tags", "keyword"}
_OTHER_KEYS = {"editor", "reporter", "author", "penulis", "type", "section", "channel", "kanal", "source"}


def read_topics(
    tree: LexborHTMLParser, article: Node | None, head: Head, profile: Profile | None, *, title: str, site: str
) -> tuple[tuple[str, ...], str]:
    """(topics, where they came from): the first source that has any."""
    shown = [text_of(node) for node in select(tree, *profile.topics)] if profile is not None and profile.topics else []
    for source, found in (
        ("profile", shown),
        ("json-ld", _keywords((article or {}).get("keywords"))),
        ("meta", [value for name in ("article:tag", "og:article:tag") for value in head.meta.get(name, ())]),
        ("meta", _keywords(head.meta.get("news_keywords"))),
        (
            "microdata",
            _keywords([text_of(node) or attribute(node, "content") for node in tree.css("[itemprop~='keywords']")[:3]]),
        ),
        ("links", [text_of(node) for node in select(tree, *_TAG_LINKS)[:_MAX_TOPICS]]),
        ("meta", _keywords(head.meta.get("keywords"))),
    ):
        if topics := _own(found, article, head=head, title=title, site=site):
            return topics, source
    return (), ""


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
        if section and len(section) <= 60 and not _HOME.fullmatch(section):
            return section, source
    return None, ""


def _keywords(value: Any) -> list[str]:
    words: list[str] = []
    for item in as_list(value):
        text = string(item)
        words += re.split(r"\s*[,;]\s*", text) if text else []
    return words


def _own(found: list[str], article: Node | None, *, head: Head, title: str, site: str) -> tuple[str, ...]:
    names = {fold(name) for name in (head.first("og:site_name"), site, site.split(".", maxsplit=1)[0], title) if name}
    section = fold(string((article or {}).get("articleSection")) or head.first("article:section"))
    topics = unique([_value(word.strip(" #\"'"), section) for word in found])
    kept = [
        word
        for word in topics
        if 1 < len(word) <= 60 and fold(word) not in names and not _SITE_WORDS.fullmatch(fold(word))
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
