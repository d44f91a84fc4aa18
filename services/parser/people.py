"""Authors and editors: from JSON-LD, microdata, meta tags, and the labels that readers see."""

import re
from typing import Any

from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string, types_of
from services.parser.sites.profile import Profile
from services.parser.text import clean, fold, unique
from services.parser.text_header import read_role, split_names
from services.parser.tree import LexborHTMLParser, LexborNode, lines_of, select, text_of

_BY = re.compile(r"^(?:by|oleh|von|par|por|di|door|penulis|reporter|editor|pewarta)\s*[:\s]\s*", re.IGNORECASE)
_JUNK = re.compile(
    r"https?:|^\(|getty images|www\.|@|\d{3}|^(?:admin|redaksi|editor|author|null|undefined|none)$", re.IGNORECASE
)
_META = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "content_author",
)


def read_people(
    tree: LexborHTMLParser,
    article: Node | None,
    head: Head,
    profile: Profile | None,
    *,
    site: str,
    title_node: LexborNode | None,
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """(authors, editors, where the authors came from)."""
    shown = _labelled(tree, profile, title_node)
    outlets = _outlets(article, head, site=site)
    editors = _names(_ld_names((article or {}).get("editor")), outlets) or _names(shown["editor"], outlets)
    for source, found in (
        ("json-ld", _ld_names((article or {}).get("author") or (article or {}).get("creator"))),
        ("profile", shown["author"]),
        ("microdata", _microdata(tree)),
        ("meta", [value for name in _META for value in head.meta.get(name, ())]),
    ):
        if authors := _names(found, outlets):
            return authors, editors, source
    return (), editors, ""


def _labelled(tree: LexborHTMLParser, profile: Profile | None, title_node: LexborNode | None) -> dict[str, list[str]]:
    """Names beside a label ("Reporter", "Editor"): in the profile's boxes, else around the title."""
    people: dict[str, list[str]] = {"author": [], "editor": []}
    boxes: list[tuple[LexborNode, str | None]] = []
    if profile is not None:
        boxes += [(node, "author") for node in select(tree, *profile.authors)] if profile.authors else []
        boxes += [(node, "editor") for node in select(tree, *profile.editors)] if profile.editors else []
    if not boxes and title_node is not None and title_node.parent is not None:
        boxes = [(title_node.parent, None)]
    for box, default in boxes:
        role: str | None = None
        for line in lines_of(box)[:40]:
            if (labelled := read_role(line)) is not None:
                role, names = labelled
                people[role] += split_names(names or "")
                role = None if names else role
            elif role is not None:
                people[role] += split_names(line) if role != default or default is None else [line]
                role = role if default is not None else None
            elif default is not None and not any(read_role(other) for other in lines_of(box)):
                people[default].append(line)
    return people


def _microdata(tree: LexborHTMLParser) -> list[str]:
    """Pictures have authors too."""
    found = tree.css("[itemprop~='author'] [itemprop~='name'], span[itemprop~='author']")
    pictures = {
        node.mem_id for node in tree.css("figure [itemprop], [itemprop~='image'] [itemprop], figcaption [itemprop]")
    }
    return [text_of(node) for node in found if node.mem_id not in pictures][:5]


def _ld_names(value: Any) -> list[str]:
    names: list[str] = []
    for item in as_list(value):
        if (
            isinstance(item, dict)
            and types_of(item) & {"Organization", "NewsMediaOrganization", "Corporation"}
            and names
        ):
            continue
        names += [string(name) for name in as_list(item.get("name"))] if isinstance(item, dict) else [string(item)]
    return names


def _names(found: list[str], outlets: frozenset[str]) -> tuple[str, ...]:
    names: list[str] = []
    for text in found:
        for part in re.split(r"\s*[,;|]\s+|\s+(?:dan|and|und|et|y|og|&)\s+", clean(text)):
            name = _BY.sub("", part).strip(" -–,.")
            if 2 <= len(name) <= 80 and not _JUNK.search(name) and fold(name) not in outlets:
                names.append(name)
    return unique(names)


def _outlets(article: Node | None, head: Head, *, site: str) -> frozenset[str]:
    """The outlet's own names: it isn't a person, and it's said elsewhere."""
    names = [head.first("og:site_name"), string((article or {}).get("publisher")), site, site.split(".", maxsplit=1)[0]]
    return frozenset(fold(name) for name in names if name)
