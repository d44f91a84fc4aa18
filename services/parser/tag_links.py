"""The list of links under an article that leads to its topics: by `rel`, by address, by the name of its box."""

import re
from collections.abc import Iterator
from itertools import islice

from services.parser.text import fold
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, marked_part, names_of, short_text, text_of

_MAX_TAGS = 30
_MOST = 200
_DEEPEST = 60
_LONGEST = 60
_STEPS = 4
_ADDRESS = re.compile(
    r"/(?:tags?|topi[ck]s?|topik-?\w*|tema|temas|th[eè]mes?|themen?|sujets?|dossiers?|keywords?|etiquetas?|noticias-de|stichwort"
    r"|schlagwort|schlagworte|emner?|amnen?|argomenti|tagi?)(?:/|-|\?|$)",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:tag|tags|taglist|tag-?cloud|keywords?|topics?|topik|themen|labels?|post-tags|tagging)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"popul|trend|hot|most|footer|header|menu|nav|sidebar|widget|breadcrumb", re.IGNORECASE)
_OUTSIDE = frozenset({"nav", "aside"})
_OUTSIDE_OF_PAGE = _OUTSIDE | {"header", "footer"}  # an article's own may hold its tags
_LISTS = frozenset({"ul", "ol", "p", "div", "section", "dl", "dd"})
_PROSE = 0.6
_LABEL = re.compile(
    r"^(?:(?:related )?(?:tags?|topics?|keywords?)|topik(?: terkait)?|kata kunci|tag terkait"
    r"|themen|schlagw[oö]rter|sujets|temas|etiquetas|argomenti"
    r"|(?:関連)?(?:キーワード|タグ)|关键[词字]|标签|標籤|키워드|태그)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_BOXES = "[class*='tag' i], [class*='keyword' i], [class*='topi' i], [class*='themen' i], [class*='label' i]"
_LABELS = "h2, h3, h4, h5, h6, dt, strong, b, span"
_NAMED_STEPS = 5


def tag_links(tree: LexborHTMLParser, title_node: LexborNode | None, *, text: str) -> list[str]:
    """The texts of the first such list in the title's part of the page that names something that `text` has."""
    scope = marked_part(title_node)
    said = ""
    groups = _groups(tree, _OUTSIDE_OF_PAGE) if scope is None else _groups(scope, _OUTSIDE)
    for group in groups:
        names = [name for name in (text_of(link).strip("#, ") for link in group) if 1 < len(name) <= _LONGEST]
        names = [name for name in names if not _LABEL.match(name)]
        said = said or f" {fold(text)} "
        if any(_is_said(name, said) for name in names):
            return names[:_MAX_TAGS]
    return []


def _groups(scope: LexborHTMLParser | LexborNode, outside: frozenset[str]) -> Iterator[list[LexborNode]]:
    """Links to topics by the list that they are in: those with `rel=tag` first, those under a label last."""
    rel: dict[int, list[LexborNode]] = {}
    other: dict[int, list[LexborNode]] = {}
    boxed, left = _boxed(scope), _MOST
    for link in scope.css("a[href]"):
        attributes = link.attributes
        named = attributes.get("rel")
        said = named.lower().split() if named else []
        if "tag" in said or link.mem_id in boxed or _ADDRESS.search(attributes["href"] or ""):
            if (left := left - 1) < 0:
                break
            box = _box(link, outside) if "author" not in said else None
            if box is not None:
                (rel if "tag" in said else other).setdefault(box.mem_id, []).append(link)
    yield from rel.values()
    yield from other.values()
    labelled = [*_under_labels(scope, outside)]
    yield from labelled or _in_labelled(scope, outside)


def _boxed(scope: LexborHTMLParser | LexborNode) -> set[int]:
    """The links that are, hold, or are in what is named for tags; a whole page may be named for its topic."""
    found: set[int] = set()
    for box in scope.css(_BOXES)[:_MOST]:
        if _BOX.search(names_of(box)):
            around = box if box.tag == "a" else box.parent
            links = [around] if around is not None and around.tag == "a" else box.css("a[href]")
            found.update(link.mem_id for link in links if len(links) <= _MAX_TAGS)
    return found


def _under_labels(scope: LexborHTMLParser | LexborNode, outside: frozenset[str]) -> Iterator[list[LexborNode]]:
    """The links beside "Tags:" and in the element after it."""
    for label in scope.css(_LABELS)[: _MOST * 10]:
        text = short_text(label, longest=_LONGEST)
        if text is None or not _LABEL.match(text.strip(" \n■#")):
            continue
        beside: list[LexborNode] = []
        for after in islice(_after(label), 2 * _MAX_TAGS):
            beside += [after] if after.tag == "a" else after.css("a[href]") if after.tag in _LISTS else []
            if len(beside) >= _MAX_TAGS or (beside and after.tag not in {"a", "-text"}):
                break
        if beside and _box(beside[0], outside) is not None:
            yield beside


def _in_labelled(scope: LexborHTMLParser | LexborNode, outside: frozenset[str]) -> Iterator[list[LexborNode]]:
    """The links of an element whose own words are the label: "Tag: <a>…</a>, <a>…</a>"."""
    for box in scope.css("p, div, li, td")[: _MOST * 10]:
        own = box.text(deep=False)
        if len(own) <= _LONGEST and not own.isspace() and _LABEL.match(own.strip(" \n\t,|;·•#")):
            links = box.css("a[href]")[:_MAX_TAGS]
            if links and _box(links[0], outside) is not None:
                yield links


def _after(node: LexborNode) -> Iterator[LexborNode]:
    sibling = node.next
    while sibling is not None:
        yield sibling
        sibling = sibling.next


def _box(link: LexborNode, outside: frozenset[str]) -> LexborNode | None:
    """The list around the link; None in running text, in menus, and where others' topics are."""
    box: LexborNode | None = None
    for steps, node in enumerate(islice(ancestors(link), _DEEPEST), start=1):
        if node.tag in outside or (steps <= _NAMED_STEPS and _OTHERS.search(names_of(node))):
            return None
        if node.tag == "p" and len(text_of(link)) < _PROSE * len(text_of(node)) and not _is_list(node):
            return None
        if box is None and steps <= _STEPS and node.tag in _LISTS and len(node.css("a[href]")) > 1:
            box = node
    return box or link.parent


def _is_list(paragraph: LexborNode) -> bool:
    links = sum(len(text_of(link)) for link in paragraph.css("a[href]"))
    return links >= _PROSE * len(text_of(paragraph))


def _is_said(name: str, text: str) -> bool:
    folded = fold(name)
    return bool(folded) and (folded in text if not folded.isascii() else f" {folded} " in text)
