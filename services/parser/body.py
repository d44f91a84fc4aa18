"""The body: the site's profile first, then what the page itself marks as the article's body, then the general extractor."""

import msgspec

from services.parser.general import densest_paragraphs, general_paragraphs
from services.parser.paragraphs import own_paragraphs, paragraphs_of
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser, LexborNode, select

_MARKED = ("[itemprop~='articleBody']", "[property~='articleBody']")
_ENOUGH = 300
_SHORT = 150


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The article's paragraphs, and who found them (`profile`, `microdata`, `general`, `density`), 0 to 1 sure."""

    paragraphs: tuple[str, ...] = ()
    source: str = "none"
    confidence: float = 0.0


def extract_body(
    tree: LexborHTMLParser, html: str, profile: Profile | None, *, title: str, not_body: frozenset[str] = frozenset()
) -> Body:
    """The body's paragraphs as the page shows them. `not_body` are folded texts that belong elsewhere."""
    if profile is not None and (lines := _longest(select(tree, *profile.body), profile.drop)):
        lines = own_paragraphs(lines, title=title, not_body=not_body)
        if lines:
            return Body(paragraphs=tuple(lines), source="profile", confidence=0.97)
    marked = own_paragraphs(_longest(select(tree, *_MARKED), ()), title=title, not_body=not_body)
    if _size(marked) >= _ENOUGH:
        return Body(paragraphs=tuple(marked), source="microdata", confidence=0.9)
    general = own_paragraphs(general_paragraphs(html), title=title, not_body=not_body)
    if _size(general) >= _SHORT:
        return Body(paragraphs=tuple(general), source="general", confidence=0.8)
    return _short_body(tree, [*([marked] if marked else []), general], title=title, not_body=not_body)


def _short_body(tree: LexborHTMLParser, found: list[list[str]], *, title: str, not_body: frozenset[str]) -> Body:
    container = densest_paragraphs(tree)
    dense = own_paragraphs(paragraphs_of(container), title=title, not_body=not_body) if container is not None else []
    best = max((dense, *found), key=_size)
    if not best:
        return Body()
    return Body(paragraphs=tuple(best), source="density" if best is dense else "general", confidence=0.5)


def _longest(containers: list[LexborNode], drop: tuple[str, ...]) -> list[str]:
    return max((paragraphs_of(container, drop=drop) for container in containers[:5]), key=_size, default=[])


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))
