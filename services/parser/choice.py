"""Which of a page's blocks are the article's text: those of the holder that is worth most, less what stands apart."""

import re
from collections import Counter
from itertools import accumulate

import msgspec

from services.parser.blocks import MARKED, Block, Blocks
from services.parser.element_kinds import innermost, settle
from services.parser.marks import TEASER
from services.parser.text import ends_a_sentence, fold, fold_start, letters

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MOSTLY = 0.5
_MOST = 0.7
_ENOUGH = 400
_BEGINNING = 40
_LONG = 80
_LEAST = 25
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")
_DATE_LINE = 120
_SOON = 6
_MUCH = 0.15
_HEADING = 60
_MOST_ENDINGS = 20
_ENDINGS = (
    r"related( (articles?|stories|news|content|topics|posts|links|reading))?|recommended\b.{0,30}|read (more|next)",
    r"more|more (from|on|stories|news|in|about|coverage|great)\b.{0,40}|around the web|newsletters?|topics?|tags?",
    r"about the (author|writer)s?|(\d+ )?comments?( \(\d+\))?|leave a (reply|comment)|(share this|follow us)\b.{0,30}",
    r"you (may|might) (also )?like\b.{0,20}|trending\b.{0,20}|most (read|popular|viewed)|latest (news|stories)",
    r"(berita|artikel) (terkait|lainnya|terpopuler|pilihan)|terpopuler|komentar|rekomendasi\b.{0,30}|jangan lewatkan",
    r"mehr zum thema|lesen sie auch|das könnte sie auch interessieren|kommentare?|weitere artikel|mehr von\b.{0,40}",
    r"auch interessant|(à )?lire aussi|sur le même sujet|commentaires|leggi anche|commenti|sobre la firma",
    r"relacionados?|más información|lee también|comentarios?|leia (também|mais)",
)
_END = re.compile(rf"(?:{'|'.join(_ENDINGS)})\s*:?", re.IGNORECASE)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The article's blocks, and what the page shows between the title and them of its own description.

    `is_marked` where microdata says so; `share` of the page's prose, 0 to 1; `stretch` is how much of them, in letters,
    stands together with no list of links between, and `follows_title` whether they begin soon after the title.
    """

    blocks: tuple[Block, ...] = ()
    standfirst: str | None = None
    is_marked: bool = False
    share: float = 0.0
    stretch: int = 0
    follows_title: bool = False


def choose_blocks(found: Blocks, *, description: str = "", told: str = "") -> Choice:
    """The blocks of the article in order; none where no holder has running text.

    `description` is the head's; `told` is the text as JSON-LD has it: what it lacks at the ends or as a paragraph goes.
    """
    blocks = found.blocks
    lengths = [letters(block.text) for block in blocks]
    prose = [_is_prose(block, length) for block, length in zip(blocks, lengths, strict=True)]
    sizes = [0, *accumulate(length if good else 0 for length, good in zip(lengths, prose, strict=True))]
    _set_apart(found, sizes)
    start, end, mark = _best(found, [0.0, *accumulate(_worth(found, prose, sizes, lengths))])
    if start < found.title < end and sizes[end] - sizes[found.title] > (sizes[end] - sizes[start]) / 3:
        start = found.title
    kept = [place for place in range(start, end) if not blocks[place].apart and not _is_links(blocks[place])]
    inner = innermost(found)
    kept = _trimmed(_before_end(found, kept, prose, sizes, inner), prose)
    if not kept:
        return Choice()
    kept = settle(found, kept, prose, inner, is_links=_is_links)
    kept = _confirmed([*kept], blocks, prose, fold(told)) if len(told) >= _ENOUGH else kept
    introduction = blocks[found.title : kept[0] + 1] if 0 <= found.title <= kept[0] else []
    return Choice(
        blocks=tuple(blocks[place] for place in kept),
        standfirst=_standfirst(introduction, fold(description)),
        is_marked=mark == MARKED,
        share=(sizes[end] - sizes[start]) / max(sizes[-1], 1),
        stretch=_stretch(blocks, range(kept[0], kept[-1] + 1), prose),
        follows_title=0 <= kept[0] - found.title <= _SOON,
    )


def _stretch(blocks: list[Block], places: range, prose: list[bool]) -> int:
    longest = letters = 0
    for place in places:
        block = blocks[place]
        if block.apart:
            continue
        if _is_links(block) or (block.links and block.tag in _HEADINGS):
            letters = 0
        elif prose[place]:
            letters += _size(block)
            longest = max(longest, letters)
    return longest


def _set_apart(found: Blocks, sizes: list[int]) -> None:
    """Mark what the holders' names say, unless they hold most of the page's prose: then the name means the page."""
    for holder in found.holders:
        if holder.mark >= 0 or (
            holder.mark == TEASER and not any(b.links for b in found.blocks[holder.start : holder.end])
        ):
            continue
        if sizes[holder.end] - sizes[holder.start] > _MOSTLY * sizes[-1]:
            continue
        for place in range(holder.start, holder.end):
            found.blocks[place].apart = True


def _best(found: Blocks, totals: list[float]) -> tuple[int, int, int]:
    """The range of the holder that is worth most; of equals the inner one."""
    best, chosen = 0.0, (0, 0, 0)
    for holder in found.holders:
        value = totals[holder.end] - totals[holder.start]
        if holder.mark > 0 or holder.tag == "article":
            value *= 1.5 if holder.mark == MARKED else 1.1
        if value > 0 and value >= best:
            best, chosen = value, (holder.start, holder.end, holder.mark)
    return chosen


def _worth(found: Blocks, prose: list[bool], sizes: list[int], lengths: list[int]) -> list[float]:
    """For each block what it adds to its holders: prose its length, more among prose; links and labels a loss."""
    worth: list[float] = []
    before_title = found.title if found.title >= 0 and sizes[-1] - sizes[found.title] > sizes[-1] * 0.3 else 0
    last = len(prose) - 1
    for place, (block, size) in enumerate(zip(found.blocks, lengths, strict=True)):
        if block.apart:
            worth.append(-0.1 * min(size, 300))
        elif prose[place]:
            beside = (place > 0 and prose[place - 1]) or (place < last and prose[place + 1])
            if not beside and _is_card(found.blocks, place):
                worth.append(-0.5 * min(size, 300))
                continue
            worth.append((size if beside or size > 300 else size * 0.4) * (0.2 if place < before_title else 1.0))
        elif block.links * 2 > len(block.text):
            worth.append(-min(block.links, 100))
        else:
            worth.append(-0.3 * min(size, 60))
    return worth


def _is_card(blocks: list[Block], place: int) -> bool:
    """Whether this prose stands between links, as the teasers of a list do."""
    before, after = blocks[max(place - 2, 0) : place], blocks[place + 1 : place + 3]
    return any(map(_is_links, before)) and (not after or any(map(_is_links, after)))


def _size(block: Block) -> int:
    return letters(block.text)


def _is_prose(block: Block, size: int) -> bool:
    """`size` in letters."""
    if block.tag in _HEADINGS or block.links * (1.6 if block.tag == "p" else 2.5) > len(block.text):
        return False
    if size < _LEAST or block.tag == "time" or (len(block.text) < _DATE_LINE and _DATE.match(block.text)):
        return False
    return size >= _LONG or (size >= _LEAST and ends_a_sentence(block.text))


def _is_links(block: Block) -> bool:
    size = len(block.text)
    return block.links > 0 and block.links >= size * (0.85 if block.tag != "p" or size < 100 else 0.95)


def _before_end(
    found: Blocks, kept: list[int], prose: list[bool], sizes: list[int], inner: list[int]
) -> list[int]:  # fmt: skip
    """Up to a heading such as "More from …" in the second half, unless the text goes on after it."""
    if not kept:
        return kept
    third = sizes[kept[0]] + (sizes[kept[-1] + 1] - sizes[kept[0]]) / 3
    endings = [
        number
        for number, place in enumerate(kept)
        if len(text := found.blocks[place].text) < _HEADING and sizes[place] > third and _END.fullmatch(text)
    ]
    for number in endings[:_MOST_ENDINGS]:
        if not _goes_on(found, kept[number:], prose) and not _stays(kept, number, prose, sizes, inner):
            return kept[:number]
    return kept


def _goes_on(found: Blocks, kept: list[int], prose: list[bool]) -> bool:
    """Whether there are two whole paragraphs that are no teasers."""
    blocks = found.blocks
    whole = [place for place in kept if prose[place] and _size(blocks[place]) >= _LONG and not _is_card(blocks, place)]
    return len(whole) > 1


def _stays(kept: list[int], number: int, prose: list[bool], sizes: list[int], inner: list[int]) -> bool:
    """Whether much of the prose follows in the very element that holds the text so far."""
    before, after = Counter[int](), Counter[int]()
    for place in kept:
        if prose[place]:
            (before if place < kept[number] else after)[inner[place]] += sizes[place + 1] - sizes[place]
    return bool(before) and after[max(before, key=before.__getitem__)] > _MUCH * before.total()


def _trimmed(kept: list[int], prose: list[bool]) -> list[int]:
    """Without labels before the first prose and after the last."""
    places = [number for number, place in enumerate(kept) if prose[place]]
    return kept[places[0] : places[-1] + 1] if places else []


def _confirmed(kept: list[int], blocks: list[Block], prose: list[bool], told: str) -> list[int]:
    """Without the prose that `told` lacks, where it has most of it; all of `kept` where it is another text."""
    same = {place for place in kept if prose[place] and fold_start(blocks[place].text, _BEGINNING) in told}
    agreed = sum(len(blocks[place].text) for place in same)
    if agreed < _MOST * max(len(told), sum(len(blocks[place].text) for place in kept)):
        return kept
    first, last = min(same), max(same)
    return [place for place in kept if place in same or (not prose[place] and first < place < last)]


def _standfirst(blocks: list[Block], description: str) -> str | None:
    """What the page shows of the head's description before its text."""
    if len(description) < _BEGINNING:
        return None
    begins = description[:_BEGINNING]
    return next((block.text for block in blocks[:-1] if fold_start(block.text, _BEGINNING) == begins), None)
