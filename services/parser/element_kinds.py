"""What the elements' kinds say of a text that was chosen: what else belongs to it, and what in it stands in a box.

A template gives all parts of its text the same tag and classes, and what it puts between two paragraphs other ones.
"""

from collections import Counter
from collections.abc import Callable

from services.parser.blocks import Block, Blocks

Kind = tuple[str, frozenset[str]]  # tag and classes

_EVEN = 0.6
_SMALL = 0.3
_NEAR = 4
_CARDS = 2
_OF_TEXT = frozenset({"blockquote", "ul", "ol", "dl", "table", "td"})
_ITEMS = frozenset({"li", "p"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


def innermost(found: Blocks) -> list[int]:
    """For each block the number of the closest holder around it."""
    inner = [0] * len(found.blocks)
    for number, holder in enumerate(found.holders):  # from the outside in
        inner[holder.start : holder.end] = [number] * (holder.end - holder.start)
    return inner


def settle(
    found: Blocks, chosen: list[int], prose: list[bool], inner: list[int], *, is_links: Callable[[Block], bool]
) -> list[int]:
    """The places of the article's blocks, given those of its best holder; `inner` is `innermost(found)`.

    In come parts of the same kind beyond it, headings that are links, and last lines too short to be prose. Out goes
    what stands in boxes, if one kind holds most of the text.
    """
    page = _Page(found, prose, inner)
    cards = _cards(page, chosen, is_links)
    own = page.commonest([place for place in chosen if page.kind_of(place) not in cards])
    if own is None:
        return chosen
    chosen = [place for place in chosen if page.kind_of(place) == own or page.kind_of(place) not in cards]
    kept = sorted({*chosen, *_parts(page, chosen, own)})
    kept = _with_linked_headings(page, kept, own)
    kept += _last_lines(page, kept[-1] + 1, own)
    return _without_boxes(page, kept, own)


class _Page:
    """`inner` is the number of each block's innermost holder."""

    __slots__ = ("_articles", "_kinds", "blocks", "holders", "inner", "prose", "title")

    def __init__(self, found: Blocks, prose: list[bool], inner: list[int]) -> None:
        self.blocks, self.holders, self.title, self.prose = found.blocks, found.holders, found.title, prose
        self.inner = inner
        self._kinds: dict[int, Kind] = {}
        self._articles: dict[int, int] = {-1: -1}

    def kind(self, number: int) -> Kind:
        known = self._kinds.get(number)
        if known is None:
            holder = self.holders[number]
            known = self._kinds[number] = holder.tag, frozenset((holder.node.attributes.get("class") or "").split())
        return known

    def kind_of(self, place: int) -> Kind:
        return self.kind(self.inner[place])

    def size(self, place: int) -> int:
        """Of its prose."""
        return len(self.blocks[place].text) if self.prose[place] else 0

    def commonest(self, places: list[int]) -> Kind | None:
        """The kind of holder that has most of the prose; None without prose."""
        sizes = Counter[Kind]()
        for place in places:
            sizes[self.kind_of(place)] += self.size(place)
        return max(sizes, key=sizes.__getitem__) if sizes.total() else None

    def near(self, number: int) -> set[int]:
        """The holder and those closest around it."""
        found: set[int] = set()
        while number >= 0 and len(found) < _NEAR:
            found.add(number)
            number = self.holders[number].parent
        return found

    def article(self, number: int) -> int:
        """The closest `article` element, itself included; -1 without one."""
        path = []
        while number not in self._articles:
            path.append(number)
            if self.holders[number].tag == "article":
                self._articles[number] = number
                break
            number = self.holders[number].parent
        found = self._articles[number]
        self._articles.update(dict.fromkeys(path, found))
        return found


def _cards(page: _Page, chosen: list[int], is_links: Callable[[Block], bool]) -> set[Kind]:
    """Kinds of elements in which prose follows a link, again and again: teasers of other articles."""
    all_of, after_link = Counter[Kind](), Counter[Kind]()
    for place in chosen:
        if page.prose[place]:
            kind = page.kind_of(place)
            all_of[kind] += 1
            holder = page.holders[page.inner[place]]
            around = page.holders[max(holder.parent, 0)]
            after_link[kind] += min(holder.start, around.start) < place and is_links(page.blocks[place - 1])
    return {kind for kind, number in after_link.items() if number >= _CARDS and number * 2 > all_of[kind]}


def _is_like(kind: Kind, own: Kind) -> bool:
    return kind[0] == own[0] and (kind[1] == own[1] or not kind[1].isdisjoint(own[1]))


def _parts(page: _Page, chosen: list[int], own: Kind) -> list[int]:
    """What stands before and after the chosen in holders of prose of the very kind, near and under the same title."""
    if not own[1]:
        return []
    first, last, blocks = chosen[0], chosen[-1], page.blocks
    start = next((place + 1 for place in range(first - 1, -1, -1) if blocks[place].tag == "h1"), 0)
    end = next((place for place in range(last + 1, len(blocks)) if blocks[place].tag == "h1"), len(blocks))
    begun = next(page.inner[place] for place in reversed(chosen) if page.kind_of(place) == own)
    near, article = page.near(begun), page.article(begun)
    beyond = [*range(max(page.title, start), first), *range(last + 1, end)]
    found = {
        page.inner[place]
        for place in beyond
        if page.prose[place]
        and not blocks[place].apart
        and page.kind_of(place) == own
        and page.article(page.inner[place]) in {article, -1}
        and not near.isdisjoint(page.near(page.inner[place]))
    }
    return [place for place in beyond if page.inner[place] in found and _is_of_part(page, place)]


def _is_of_part(page: _Page, place: int) -> bool:
    block = page.blocks[place]
    return not block.apart and (page.prose[place] or (block.tag in _HEADINGS | _ITEMS and not block.links))


def _with_linked_headings(page: _Page, kept: list[int], own: Kind) -> list[int]:
    """A heading may be a link where prose of the text's own kind follows it; a card's stands in the card."""
    found: list[int] = []
    for place in kept:
        before = place - 1
        if (
            found
            and found[-1] != before
            and page.blocks[before].tag in _HEADINGS
            and not page.blocks[before].apart
            and page.prose[place]
            and _is_like(page.kind_of(before), own)
            and _is_like(page.kind_of(place), own)
        ):
            found.append(before)
        found.append(place)
    return found


def _last_lines(page: _Page, start: int, own: Kind) -> list[int]:
    lines: list[int] = []
    for place in range(start, len(page.blocks)):
        block = page.blocks[place]
        if block.tag != "p" or block.links or block.apart or not _is_like(page.kind_of(place), own):
            break
        lines.append(place)
    return lines


def _without_boxes(page: _Page, kept: list[int], own: Kind) -> list[int]:
    sizes = Counter[Kind]()
    for place in kept:
        sizes[page.kind_of(place)] += page.size(place)
    like = {kind for kind in sizes if _is_like(kind, own)}
    whole = sizes.total()
    if sum(sizes[kind] for kind in like) < _EVEN * whole:
        return kept
    places = [place for place in kept if page.prose[place] and page.kind_of(place) in like]
    first, last = places[0], places[-1]
    known: dict[int, tuple[int, bool] | None] = {-1: None}

    def is_boxed(place: int) -> bool:
        number = page.inner[place]
        kind = page.kind(number)
        if kind in like:
            return False
        stand = _stand(page, number, own, known)
        if stand is None:
            return place > last
        boxes, is_of_text = stand
        if boxes != 1 or is_of_text:
            return boxes > 1 and kind[0] != "blockquote"
        if page.prose[place]:
            return place > first and bool(kind[1]) and sizes[kind] < _SMALL * whole
        return page.blocks[place].tag not in _HEADINGS or 0 < sizes[kind] < _SMALL * whole

    return [place for place in kept if not is_boxed(place)]


def _stand(
    page: _Page, number: int, own: Kind, known: dict[int, tuple[int, bool] | None]
) -> tuple[int, bool] | None:  # fmt: skip
    """How many boxes are between the holder and the text's own kind, and whether one is a list or quote.

    None outside of the text's own kind.
    """
    if number not in known:
        holder = page.holders[number]
        if _is_like(page.kind(number), own):
            known[number] = 0, False
        elif (around := _stand(page, holder.parent, own, known)) is None:
            known[number] = None
        else:
            is_of_text = holder.tag in _OF_TEXT
            known[number] = around[0] + (not is_of_text and holder.tag not in _ITEMS), around[1] or is_of_text
    return known[number]
