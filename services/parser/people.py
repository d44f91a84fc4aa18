"""Authors and editors: from JSON-LD, microdata, meta tags, and the labels that readers see."""

import re
from itertools import chain, islice
from typing import Any

import msgspec

from services.parser.bylines import read_byline, split_people, without_label
from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string
from services.parser.page_index import PageIndex
from services.parser.sites.profile import Profile
from services.parser.text import clean, fold, unique
from services.parser.text_header import read_role, split_names, split_roles
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, lines_of, select, text_of

_JUNK = re.compile(
    r"https?:|^\(|getty images|www\.|@|\d{3}"
    r"|^(?:admin(?:istrator)?|(?:tim )?redaksi|editor|author|null|undefined|none|unknown|staff|guest|anonymous)$",
    re.IGNORECASE,
)
_HOST = re.compile(r"\w\.(?:com|id|net|org)$", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:https?:)?//|^/\w|^\S+@\S+$")
_ROLES = (  # what `read_role` looks for
    "editor", "penyunting", "redaktur", "red", "edited by", "rep", "reporter", "penulis", "pewarta", "jurnalis",
    "wartawan", "kontributor", "oleh", "by", "author", "redaksi",
)  # fmt: skip
_MOST = 20
_MOST_NODES, _DEEPEST = 200, 60
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$|\s+기자$")
_META = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "content_author",
    "dcterms.creator",
    "article.author",
    "article:author_name",
    "og:article:author",
    "creator",
    "authors",
    "dtk:author",
    "dable:author",
    "mrf:authors",
    "vr:author",
)


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote and edited; `source` is where the authors were found, `agreeing` how many others name one of them."""

    authors: tuple[str, ...]
    editors: tuple[str, ...]
    source: str
    agreeing: int = 0
    editors_source: str = ""


def read_people(
    tree: LexborHTMLParser,
    index: PageIndex,
    article: Node | None,
    head: Head,
    profile: Profile | None,
    *,
    site: str,
    title_node: LexborNode | None,
) -> People:
    """People first, from the surest source; the outlet itself where nobody else is said to be the author."""
    node = article or {}
    shown = _labelled(tree, profile, title_node)
    outlets = _outlets(article, head, site=site)
    told_editors = _names(_ld_names(node.get("editor")), outlets)
    editors = told_editors or _names(shown["editor"], outlets)
    editors_source = "json-ld" if told_editors else "byline" if editors else ""
    told = _ld_names(node.get("author") or node.get("creator"))
    metas = [head.meta.get(name, []) for name in _META]
    sources = [
        ("json-ld", told),
        ("profile", shown["author"]),
        ("microdata", _microdata(index)),
    ]
    lists = [(source, names) for source, found in sources if found and (names := _names(found, outlets))]
    if lists and lists[0][0] == "json-ld":
        # Beside a person, the outlet was named on purpose; but not behind one, as in "Ayu Lestari | Kabar".
        apart = [_people_of(text, outlets) or _names([text], frozenset()) for text in told]
        lists[0] = ("json-ld", unique([name for names in apart for name in names])[:_MOST])
    if not lists and (names := _names(read_byline(title_node), outlets)):
        lists.append(("byline", names))
    lists += [("meta", names) for values in metas if (names := _names(values, outlets))]
    if not lists:
        outlet = _names(told, frozenset()) or next(
            (names for value in metas if (names := _names(value, frozenset()))), ()
        )
        return People(
            authors=outlet[:1], editors=editors, source="publisher" if outlet else "", editors_source=editors_source
        )
    source, authors = lists[0]
    for other, more in lists[1:]:
        if set(map(fold, authors)) < set(map(fold, more)):
            source, authors = other, more
    agreeing = {other for other, names in lists if other != source and set(map(fold, names)) & set(map(fold, authors))}
    return People(
        authors=authors, editors=editors, source=source, agreeing=len(agreeing), editors_source=editors_source
    )


def _labelled(tree: LexborHTMLParser, profile: Profile | None, title_node: LexborNode | None) -> dict[str, list[str]]:
    """Names beside a label ("Reporter", "Editor"): in the profile's boxes, else around the title."""
    people: dict[str, list[str]] = {"author": [], "editor": []}
    boxes: list[tuple[LexborNode, str | None]] = []
    if profile is not None:
        boxes += [(node, "author") for node in select(tree, *profile.authors)] if profile.authors else []
        boxes += [(node, "editor") for node in select(tree, *profile.editors)] if profile.editors else []
    if not boxes and title_node is not None and title_node.parent is not None:
        around = title_node.parent
        boxes = [(around, None)] if _may_have_roles(around.text(separator="\n")) else []
    for box, default in boxes:
        role: str | None = None
        for line in chain.from_iterable(map(split_roles, lines_of(box)[:40])):
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


def _may_have_roles(text: str) -> bool:
    """Whether a line or what stands before a colon ends with a role: far cheaper than the lines that readers see."""
    parts = text.casefold().replace("：", "\n").replace(":", "\n").split("\n")
    return any(part.rstrip().endswith(_ROLES) for part in parts)


def _microdata(index: PageIndex) -> list[str]:
    """Pictures have authors too."""
    found = [node for names, node in index.properties if "name" in names or ("author" in names and node.tag == "span")]
    return [text_of(node) for node in islice(filter(_is_author, found[:_MOST_NODES]), 5)]


def _is_author(node: LexborNode) -> bool:
    """Whether the node, or what it names, is the article's author. Selectors for what is in what take too long."""
    is_author = "author" in attribute(node, "itemprop").split()
    for around in islice(ancestors(node), _DEEPEST):
        said = attribute(around, "itemprop").split()
        if around.tag in {"figure", "figcaption"} or "image" in said:
            return False
        is_author = is_author or "author" in said
    return is_author


def _ld_names(value: Any) -> list[str]:
    """People and agencies; a name may be a list, and a list may be in a name."""
    names: list[str] = []
    for item in as_list(value):
        if isinstance(item, list):
            names += _ld_names(item)
        elif isinstance(item, dict):
            said = item.get("name") or item.get("alternateName") or item.get("@list") or _full_name(item)
            names += _ld_names(said) if isinstance(said, list) else [string(said)]
        else:
            names.append(string(item))
    return [name for name in names if name]


def _full_name(person: Node) -> str:
    return f"{string(person.get('givenName'))} {string(person.get('familyName'))}".strip()


def _names(found: list[str], outlets: frozenset[str]) -> tuple[str, ...]:
    names: list[str] = []
    for text in found:
        if _ADDRESS.search(text):
            continue
        for part in split_people(without_label(clean(text))):
            name = _BRACKETS.sub("", without_label(part)).strip(" -–,.:")
            if 2 <= len(name) <= 80 and not _JUNK.search(name) and fold(name) not in outlets:
                names.append(name)
    return unique(names)[:_MOST]


def _people_of(text: str, outlets: frozenset[str]) -> list[str]:
    return [name for name in _names([text], outlets) if not _HOST.search(name)]


def _outlets(article: Node | None, head: Head, *, site: str) -> frozenset[str]:
    """The outlet's own names: it isn't a person, and it's said elsewhere."""
    names = [string((article or {}).get("publisher")), site, site.split(".", maxsplit=1)[0]]
    names += [
        head.first(name) for name in ("og:site_name", "application-name", "publisher", "dc.publisher", "copyright")
    ]
    return frozenset(fold(name) for name in names if name)
