"""Whether making a tree of a page would take too long: what its nesting and its attributes cost. Pure.

By the HTML standard a block's tag asks what is open around it, and an attribute whether its element has it already, so
the cost is the sum of the tags' depths, and the square of an element's attributes. Real pages are far below the limits.
Attributes whose values hold ">" are not counted: the worker's deadline is for what gets by.
"""

import re
from collections import Counter

from shared.errors import DeadLetter

MOST_STEPS = 150_000_000
MOST_ATTRIBUTES = 4_000
_MANY = 30_000  # tags: so many cost little however they are nested, unless most are never closed
_MANY_OPEN = 4_000
_STRETCH = 8_192  # so much of an element with too many attributes lies between two of its bytes
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})")
_OPEN = re.compile(rb"<[a-zA-Z][^\s>/]*+")
_ATTRIBUTE = re.compile(rb"[\s/]++[^\s=>/]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"']++))?")
_NEVER_OPEN = frozenset({
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source", b"track",
    b"wbr", b"li", b"p", b"dt", b"dd", b"tr", b"td", b"th", b"thead", b"tbody", b"tfoot", b"option", b"optgroup",
})  # fmt: skip
"""Empty elements, and those that end where the next one begins: nested deeply, others hold them."""
_ASKING = frozenset({
    b"address", b"article", b"aside", b"blockquote", b"center", b"dd", b"details", b"dialog", b"dir", b"div", b"dl",
    b"dt", b"fieldset", b"figcaption", b"figure", b"footer", b"form", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6",
    b"header", b"hgroup", b"hr", b"li", b"listing", b"main", b"menu", b"nav", b"ol", b"p", b"plaintext", b"pre",
    b"search", b"section", b"summary", b"table", b"ul", b"xmp",
})  # fmt: skip


def check_cost(html: str | bytes) -> None:
    """Raise `DeadLetter` for a page whose tree would keep the parser busy for long."""
    data = html if isinstance(html, bytes) else html.encode("utf-8", "replace")
    tags = data.count(b"<")
    is_suspect = tags >= _MANY_OPEN and (tags >= _MANY or tags - 2 * data.count(b"</") >= _MANY_OPEN)
    if is_suspect and steps_of(data) > MOST_STEPS:
        raise DeadLetter("undecodable_page", "its elements are nested too deeply")
    if most_attributes(data) > MOST_ATTRIBUTES:
        raise DeadLetter("undecodable_page", "an element has too many attributes")


def steps_of(html: bytes) -> int:
    """About how many open elements its tags meet in all; counted no further than `MOST_STEPS`."""
    opened: Counter[bytes] = Counter()
    depth = steps = 0
    for found in _TAG.finditer(html):
        name = found[2].lower()
        if found[1]:
            if opened[name]:
                opened[name] -= 1
                depth -= 1
            continue
        if name in _ASKING and (steps := steps + depth) > MOST_STEPS:
            break
        if name not in _NEVER_OPEN:
            opened[name] += 1
            depth += 1
    return steps


def most_attributes(html: bytes) -> int:
    """How many attributes its longest elements have, counted just beyond the limit; 0 where all are short."""
    most, place = 0, 0
    while place < len(html):
        if html.find(b">", place, place + _STRETCH) < 0:
            found = _OPEN.search(html, html.rfind(b">", 0, place) + 1, place + _STRETCH)
            after = html.find(b">", place)
            place = after if after >= 0 else len(html)
            if found is not None:
                count = _attributes(html, found.end())
                if count > MOST_ATTRIBUTES and not _is_script(html, found.start()):
                    return count
                most = max(most, min(count, MOST_ATTRIBUTES))
        place += _STRETCH
    return most


def _is_script(html: bytes, place: int) -> bool:
    """Whether what looks like an element stands in a script, as "i<n" does."""
    return html.rfind(b"<script", 0, place) > html.rfind(b"</script", 0, place)


def _attributes(html: bytes, place: int) -> int:
    count = 0
    while count <= MOST_ATTRIBUTES and (found := _ATTRIBUTE.match(html, place)) is not None:
        count, place = count + 1, found.end()
    return count
