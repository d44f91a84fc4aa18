"""The body: the site's profile first, then what the page marks as the article's body, then the general extractor."""

import msgspec

from services.parser.general import after_title, densest_paragraphs, general_paragraphs, near_title
from services.parser.paragraphs import own_paragraphs, paragraphs_of
from services.parser.sites.profile import Profile
from services.parser.text import clean, fold
from services.parser.text_lines import is_paragraph
from services.parser.tree import LexborHTMLParser, LexborNode, select

_MARKED = ("[itemprop~='articleBody']", "[property~='articleBody']")
_ENOUGH = 300
_SHORT = 150
_ELSEWHERE = 0.3


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The paragraphs, who found them (`profile`, `microdata`, `general`, ...) and how sure we are, 0 to 1."""

    paragraphs: tuple[str, ...] = ()
    source: str = "none"
    confidence: float = 0.0


def extract_body(
    tree: LexborHTMLParser, html: str, profile: Profile | None, *, title: str,
    title_node: LexborNode | None = None, told: str = "", not_body: frozenset[str] = frozenset(),
) -> Body:  # fmt: skip
    """The body's paragraphs as the page shows them, near `title_node` if in doubt.

    `told` is JSON-LD's text, for pages that show none; `not_body` are folded texts that belong elsewhere.
    """
    if profile is not None and (lines := _longest(select(tree, *profile.body), profile.drop)):
        lines = own_paragraphs(lines, title=title, not_body=not_body)
        if lines:
            return Body(paragraphs=tuple(lines), source="profile", confidence=0.97)
    marked = own_paragraphs(_longest(select(tree, *_MARKED), ()), title=title, not_body=not_body)
    if _size(marked) >= _ENOUGH:
        return Body(paragraphs=tuple(marked), source="microdata", confidence=0.9)
    general = own_paragraphs(general_paragraphs(html), title=title, not_body=not_body)
    if title_node is not None:
        headed = own_paragraphs(near_title(title_node), title=title, not_body=not_body)
        if _size(headed) >= _ENOUGH and _shared(general, headed) < _ELSEWHERE and _outweighs(headed, general):
            return Body(paragraphs=tuple(headed), source="title", confidence=0.6)
    if _size(general) >= _SHORT and not _is_lump(general, title=title):
        return Body(paragraphs=tuple(general), source="general", confidence=0.8)
    dense = densest_paragraphs(tree)
    candidates = (
        ("title", after_title(title_node) if title_node is not None else []),
        ("microdata", marked),
        ("density", paragraphs_of(dense) if dense is not None else []),
        ("json-ld", [clean(line) for line in told.splitlines()]),
        ("general", [] if _is_lump(general, title=title) else general),
    )
    for source, lines in candidates:
        if found := own_paragraphs(lines, title=title, not_body=not_body):
            return Body(paragraphs=tuple(found), source=source, confidence=0.5)
    return Body()


def _is_lump(lines: list[str], *, title: str) -> bool:
    """Whether this is the extractor's last resort: all of the page's text as one."""
    return len(lines) == 1 and fold(title) in fold(lines[0])


def _outweighs(headed: list[str], general: list[str]) -> bool:
    """Whether the text under the title is too much to be a mere introduction to the general extractor's choice."""
    sentences = [line for line in general if is_paragraph(line)]
    return _size(headed) >= _size(sentences) or len(headed) > 3 * len(sentences)


def _shared(lines: list[str], headed: list[str]) -> float:
    """How much of `lines` the title heads, 0 to 1."""
    text = fold(" ".join(headed))
    return sum(len(line) for line in lines if fold(line) in text) / max(_size(lines), 1)


def _longest(containers: list[LexborNode], drop: tuple[str, ...]) -> list[str]:
    return max((paragraphs_of(container, drop=drop) for container in containers[:5]), key=_size, default=[])


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))
