"""A first profile for a site, from what the general readers found on one of its pages."""

from datetime import datetime, timedelta

import msgspec

from services.parser.date_lines import read_date_line
from services.parser.related_lists import find_lists
from services.parser.short_selectors import named, selector_of_all, short_selector
from services.parser.text import fold
from services.parser.tree import LexborHTMLParser, LexborNode, attribute, select, text_of
from shared.articles import Article

FIELDS = ("title", "body", "date", "authors", "topics", "picture", "caption", "related_item")
_HOLDERS = "div, article, section, main, td"
_A_DAY = timedelta(days=1)
_START = 60  # characters of a paragraph that tell it from others


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """A selector for a field, and why it is believed; `selector` is None where the page gives none."""

    field: str
    selector: str | None
    why: str


def guess_selectors(tree: LexborHTMLParser, article: Article, *, now: datetime) -> list[Guess]:
    """One guess for each of `FIELDS`, from the elements that show what `article` says."""
    return [
        _of_node(tree, "title", _by_text(tree, "h1, h2, h3", article.title), "the element with the article's title"),
        _body(tree, article),
        _of_node(tree, "date", _date(tree, article.published_at, now=now), "reads as the article's time"),
        _of_node(tree, "authors", _author(tree, article), f"names {article.authors[0]}" if article.authors else ""),
        _topics(tree, article),
        _of_node(tree, "picture", _picture(tree, article), "the picture that the page declares"),
        _of_node(tree, "caption", _caption(tree, article), "the picture's caption"),
        _related(tree),
    ]


def skeleton(site: str, guesses: list[Guess], *, now: datetime, confidence: float | None = None) -> str:
    """A file for `services/parser/sites/`; `confidence` is the body's, as it was found."""
    lines = [
        f'"""{site}: the pages since {now.year}."""', "", "from datetime import date", "",
        "from services.parser.sites.profile import Profile", "", "PROFILES = (", "    Profile(",
        f'        site="{site}",', f"        since=date({now.year}, {now.month}, {now.day}),",
    ]  # fmt: skip
    for guess in guesses:
        if guess.selector is None:
            lines.append(f"        # {guess.field}: {guess.why}")
        else:
            lines.append(f"        {guess.field}=({_quoted(guess.selector)},),  # {guess.why}")
    sure = "" if confidence is None else f", as found without it with confidence {confidence:.2f}"
    lines.append(f"        drop=(),  # what stands within the body and isn't the article's{sure}")
    return "\n".join([*lines, "    ),", ")", ""])


def _quoted(selector: str) -> str:
    return '"' + selector.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _of_node(tree: LexborHTMLParser, field: str, node: LexborNode | None, why: str) -> Guess:
    if node is None:
        return Guess(field=field, selector=None, why="not found on this page")
    selector = short_selector(tree, node)
    if selector is None:
        return Guess(field=field, selector=None, why="found, but no id or class leads to it")
    count = len(tree.css(selector))
    return Guess(
        field=field, selector=selector, why=why + ("" if count == 1 else f"; the first of {count}: look again")
    )


def _by_text(tree: LexborHTMLParser, selector: str, text: str) -> LexborNode | None:
    return next((node for node in tree.css(selector) if fold(text_of(node)) == fold(text)), None)


def _body(tree: LexborHTMLParser, article: Article) -> Guess:
    starts = [fold(paragraph)[:_START] for paragraph in article.body]
    held = [(sum(start in text for start in starts), len(text), node) for node, text in _texts(tree, _HOLDERS)]
    most = max((count for count, _, _ in held), default=0)
    if most == 0:
        return Guess(field="body", selector=None, why="not found on this page")
    count, size, node = min((one for one in held if one[0] >= 0.9 * most), key=lambda one: one[1])
    guess = _of_node(tree, "body", node, "")
    own = len(fold(" ".join(article.body)))
    said = f"holds {count} of {len(starts)} paragraphs; {min(own / max(size, 1), 1):.0%} of its text is the article's"
    return msgspec.structs.replace(guess, why=said + guess.why if guess.selector else guess.why)


def _texts(tree: LexborHTMLParser, selector: str) -> list[tuple[LexborNode, str]]:
    return [(node, fold(text_of(node))) for node in tree.css(selector)]


def _date(tree: LexborHTMLParser, at: datetime | None, *, now: datetime) -> LexborNode | None:
    if at is None:
        return None
    for node in select(tree, "time") + tree.css("[class*='date'], [class*='time'], [class*='tanggal'], span, p, div"):
        text = text_of(node)
        if 8 <= len(text) <= 80 and (found := read_date_line(text, now=now)) and abs(found.at - at) <= _A_DAY:
            return node
    return None


def _author(tree: LexborHTMLParser, article: Article) -> LexborNode | None:
    if not article.authors:
        return None
    name = fold(article.authors[0])
    found = [(len(text), node) for node, text in _texts(tree, "a, span, div, p, strong, li, b") if name in text]
    return min(found, key=lambda one: one[0])[1] if found else None


def _topics(tree: LexborHTMLParser, article: Article) -> Guess:
    said = {fold(topic) for topic in article.topics}
    links = [link for link in tree.css("a[href]") if fold(text_of(link).lstrip("#")) in said]
    holders = [node for node, _ in _texts(tree, "ul, div, p, section, nav") if _holds_only(node, links)]
    for holder in holders:
        if (base := short_selector(tree, holder)) is not None:
            return Guess(field="topics", selector=f"{base} a", why=f"shows {len(links)} of {len(said)} topics")
    return Guess(field="topics", selector=None, why="not shown on this page as links of their own")


def _holds_only(node: LexborNode, links: list[LexborNode]) -> bool:
    ids = {link.mem_id for link in links}
    inside = [link.mem_id for link in node.css("a[href]")]
    return bool(inside) and sum(link in ids for link in inside) * 2 > len(inside)


def _picture(tree: LexborHTMLParser, article: Article) -> LexborNode | None:
    url = next((image.url for image in article.images if image.url), None)
    if url is None:
        return None
    name = url.split("?")[0].rsplit("/", 1)[-1]
    sources = ("src", "data-src", "data-original", "srcset")
    return next((node for node in tree.css("img") if any(name in attribute(node, key) for key in sources)), None)


def _caption(tree: LexborHTMLParser, article: Article) -> LexborNode | None:
    text = next((image.caption for image in article.images if image.caption), None)
    return _by_text(tree, "figcaption, [class*='caption'], p, span, div", text) if text else None


def _related(tree: LexborHTMLParser) -> Guess:
    items = find_lists(tree)
    if not items:
        return Guess(field="related_item", selector=None, why="no list found on this page")
    tag = items[0].tag or "*"
    selector = selector_of_all(tree, items, tag=tag) or next(
        (name for name in named(tree, items[0]) if len(tree.css(name)) == len(items)), None
    )
    if selector is None:
        return Guess(field="related_item", selector=None, why=f"{len(items)} items are found without it")
    return Guess(field="related_item", selector=selector, why=f"finds the {len(items)} items that are under a heading")
