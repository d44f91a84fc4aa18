"""The body: the site's profile first, then the general extractor, then what serves for short pages."""

import msgspec

from services.parser.blocks import read_blocks
from services.parser.choice import Choice, choose_blocks
from services.parser.paragraphs import own_paragraphs, paragraphs_of
from services.parser.short_pages import after_title, densest_paragraphs
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser, LexborNode, select

_MARKED = ("[itemprop~='articleBody']", "[property~='articleBody']")
_SHORT = 150


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The paragraphs, who found them (`profile`, `microdata`, `general`, ...) and how sure we are, 0 to 1.

    `share`, `stretch` and `follows_title` are the choice's, where the general extractor made it.
    """

    paragraphs: tuple[str, ...] = ()
    source: str = "none"
    confidence: float = 0.0
    standfirst: str | None = None
    share: float = 0.0
    stretch: int = 0
    follows_title: bool = False


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the head and JSON-LD say: the description, and the text, which may stand for one that the page hides."""

    description: str = ""
    text: str = ""
    may_stand: bool = True


def extract_body(
    tree: LexborHTMLParser, profile: Profile | None, *, title: str, title_node: LexborNode | None = None,
    told: Told | None = None, not_body: frozenset[str] = frozenset(), people: tuple[str, ...] = (),
) -> Body:  # fmt: skip
    """The body's paragraphs as the page shows them. `not_body` are folded texts that belong elsewhere."""
    told = told or Told()
    if profile is not None and (lines := _longest(select(tree, *profile.body), profile.drop)):
        lines = own_paragraphs(lines, title=title, not_body=not_body, people=people)
        if lines:
            return Body(paragraphs=tuple(lines), source="profile", confidence=0.97)
    choice = Choice()
    if tree.body is not None:
        blocks = read_blocks(tree.body, title_id=title_node.mem_id if title_node is not None else 0)
        if blocks.title < 0:
            blocks.title = next((n for n, block in enumerate(blocks.blocks) if block.text == title), -1)
        choice = choose_blocks(blocks, description=told.description, told=told.text)
    general = own_paragraphs([block.text for block in choice.blocks], title=title, not_body=not_body, people=people)
    if _size(general) >= _SHORT:
        source, confidence = ("microdata", 0.9) if choice.is_marked else ("general", round(0.6 + 0.3 * choice.share, 2))
        return Body(
            paragraphs=tuple(general), source=source, confidence=confidence, standfirst=choice.standfirst,
            share=choice.share, stretch=choice.stretch, follows_title=choice.follows_title,
        )  # fmt: skip
    marked = own_paragraphs(_longest(select(tree, *_MARKED), ()), title=title, not_body=not_body, people=people)
    dense = densest_paragraphs(tree)
    candidates = (
        ("title", after_title(title_node) if title_node is not None else []),
        ("microdata", marked),
        ("density", paragraphs_of(dense) if dense is not None else []),
        ("json-ld", told.text.splitlines() if told.may_stand else []),
        ("general", general),
    )
    for source, lines in candidates:
        if found := own_paragraphs(lines, title=title, not_body=not_body, people=people):
            return Body(paragraphs=tuple(found), source=source, confidence=0.5)
    return Body()


def _longest(containers: list[LexborNode], drop: tuple[str, ...]) -> list[str]:
    return max((paragraphs_of(container, drop=drop) for container in containers[:5]), key=_size, default=[])


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))
