"""A short CSS selector that finds an element again on the site's other pages: by its id or a class that tells."""

import re
from collections.abc import Iterator

from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute

_NAME = re.compile(r"[A-Za-z][A-Za-z_-]+[A-Za-z0-9_-]*")
# numbers of articles, and what build tools make up anew with every release
_UNSTABLE = re.compile(r"\d{3}|^(?:css|sc|jsx|svelte|emotion)-|__[A-Za-z0-9]{5,}$|-[0-9a-f]{6,}$|active|hidden|lazy")
_LEVELS = 4


def short_selector(tree: LexborHTMLParser, node: LexborNode) -> str | None:
    """One that finds `node` first, through an element around it where the node has no name; None without one."""
    return next((selector for selector in _candidates(tree, node) if _finds(tree, selector, node)), None)


def selector_of_all(tree: LexborHTMLParser, nodes: list[LexborNode], *, tag: str) -> str | None:
    """Finds all `nodes` and no other: a selector for the element that holds them all, and `tag` within it."""
    ids = {node.mem_id for node in nodes}
    for holder in ancestors(nodes[0]):
        inside = {found.mem_id for found in holder.css(tag)}
        if not ids <= inside:
            continue
        base = short_selector(tree, holder)
        if base is not None and {found.mem_id for found in tree.css(f"{base} {tag}")} == ids:
            return f"{base} {tag}"
        if inside != ids:
            return None
    return None


def named(tree: LexborHTMLParser, node: LexborNode) -> list[str]:
    """`tag#id`, then `tag.class` of each stable class, the rarest on the page first."""
    tag, found = node.tag or "*", []
    own = attribute(node, "id")
    if _is_stable(own):
        found.append(f"{tag}#{own}")
    classes = [f"{tag}.{name}" for name in attribute(node, "class").split() if _is_stable(name)]
    return found + sorted(classes, key=lambda selector: (len(tree.css(selector)), len(selector)))


def _candidates(tree: LexborHTMLParser, node: LexborNode) -> Iterator[str]:
    own = named(tree, node)
    yield from own
    ends = [node.tag or "*", *own]
    for level, holder in enumerate(ancestors(node)):
        if level == _LEVELS or holder.tag == "body":
            break
        yield from (f"{name} {end}" for name in named(tree, holder) for end in ends)
    yield node.tag or "*"


def _finds(tree: LexborHTMLParser, selector: str, node: LexborNode) -> bool:
    first = tree.css_first(selector)
    return first is not None and first.mem_id == node.mem_id


def _is_stable(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and _UNSTABLE.search(name) is None
