"""An article on several pages: the addresses that it goes on at, and the one that shows it whole. Pure.

What counts is the address, because site templates name their links in a hundred ways: it must be the article's own with
a page's number, or the wish for all pages, and nothing else. A pager of comments or of related articles is none.
"""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

import msgspec

from services.parser.page_index import END, PageIndex, PageLink
from services.parser.tree import LexborNode, ancestors, names_of, web_url
from shared.parts import MAX_PARTS
from shared.urls import BadUrlError, canonical_url, host_of

_NUMBERS = frozenset({"page", "halaman", "hal", "p", "pg", "paged", "part"})
_ALL = frozenset({"all", "semua", "full", "single", "lengkap"})
_SHOW = _NUMBERS | {"show", "view", "display", "showpage", "mode"}
_SWITCHES = frozenset(
    {"single", "singlepage", "onepage", "fullpage", "full", "all", "viewall", "view_all", "showall", "show_all"}
)
_ON = frozenset({"", "1", "true", "yes"})
_NUMBER = re.compile(r"[1-9]\d?")
_NUMBERED_PATH = re.compile(r"(?P<stem>/.+?)(?P<word>/(?:(?:page|halaman|hal)[/-]?)?)(?P<number>[1-9]\d?)")
_ARTICLE = re.compile(r"\d{5}|[a-z0-9](?:-[a-z0-9]+){2}", re.IGNORECASE)
_LEADING = ("=2", f"/2{END}", f"/2/{END}", "=semua", "single", "full", f"/all{END}", f"all=1{END}")
_NAMED = re.compile(rf"[?&](?:{'|'.join(sorted(_SHOW | _SWITCHES))})\b", re.IGNORECASE)
_LAST = re.compile(rf"/(?:(?:(?:page|halaman|hal)[/-]?)?\d{{1,2}}/?|(?:{'|'.join(sorted(_ALL))})/?)$", re.IGNORECASE)
_ENDS = frozenset({*"0123456789/\n", *(word[-1] for word in _ALL), *(word[-1].upper() for word in _ALL)})
_APART = re.compile(r"komentar|comment|disqus|related|terkait|populer|sidebar|indeks", re.IGNORECASE)


class Pager(msgspec.Struct, frozen=True, kw_only=True):
    """`whole` shows all; `numbered` are the pages by number, from 2."""

    whole: str | None = None
    numbered: dict[int, str] = {}

    def parts(self, first: str, *, whole_page: str = "") -> tuple[str, ...]:
        """What to fetch so that the article is whole, at most `MAX_PARTS` addresses; `whole_page` is the site's way."""
        if self.whole:
            return (self.whole,)
        if not self.numbered:
            return ()
        if whole_page:
            return (first + (whole_page.replace("?", "&") if "?" in first else whole_page),)
        last = min(max(self.numbered), MAX_PARTS)
        return (first, *(self.numbered.get(number) or self._made(number) for number in range(2, last + 1)))

    def _made(self, number: int) -> str:
        """The address of a page that isn't linked, like one that is."""
        like, url = next(iter(self.numbered.items()))
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if (
            like_pair := next((pair for pair in query if pair[0].lower() in _NUMBERS and pair[1] == str(like)), None)
        ) is None:
            end = "/" if parts.path.endswith("/") else ""
            return parts._replace(path=parts.path.rstrip("/").removesuffix(str(like)) + str(number) + end).geturl()
        named = [(name, str(number) if (name, value) == like_pair else value) for name, value in query]
        return parts._replace(query=urlencode(named)).geturl()


def read_pager(index: PageIndex, *, url: str, first: str, base: str, is_later: bool = False) -> Pager:
    """The pages that the article at the canonical `url` goes on at, on the host of its own address `first`.

    `is_later`: this is not the first of them, so the second need not be linked.
    """
    if not is_later and not _leads_on(index):
        return Pager()
    whole: str | None = None
    numbered: dict[int, str] = {}
    for link in index.links:
        if (link.is_head and "next" not in link.rel) or not _is_hint(link.href):
            continue  # to make an address canonical is slow, and a page has hundreds
        target = _target(link, base=base)
        if target is None or host_of(target) != host_of(first):
            continue
        shows_all, number = is_whole(target, of=url), part_number(target, of=url) or 0
        if not (shows_all or number > 1) or _is_apart(link.node):
            continue
        if shows_all:
            whole = whole or target
        else:
            numbered.setdefault(number, target)
    return Pager(whole=whole, numbered=dict(sorted(numbered.items())))


def _is_hint(href: str) -> bool:
    return (("?" in href or "&" in href) and _NAMED.search(href) is not None) or (
        href[-1:] in _ENDS and _LAST.search(href) is not None
    )


def _leads_on(index: PageIndex) -> bool:
    """Whether there may be a second page, or all on one, by what addresses contain and end in."""
    return any(part in index.joined for part in _LEADING) or "=all" in index.joined.lower() or "next" in index.rel


def is_whole(url: str, *, of: str) -> bool:
    """Whether `url` is the one-page view of the article at `of`, by its address."""
    target, own = urlsplit(url), urlsplit(of)
    if _host(target) != _host(own):
        return False
    pair = _added(target, own)
    if pair is not None:
        return _asks_for_all(*pair)
    stem = own.path.rstrip("/")
    return bool(stem) and target.query == own.query and target.path.rstrip("/") in {f"{stem}/{word}" for word in _ALL}


def article_of_whole(url: str) -> str | None:
    """The address of the article whose one-page view `url` is, as far as its query says so."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    rest = [pair for pair in pairs if not _asks_for_all(pair[0].lower(), pair[1].lower())]
    if len(rest) != len(pairs) - 1 or not _ARTICLE.search(parts.path):
        return None
    return parts._replace(query=urlencode(rest)).geturl()


def part_number(url: str, *, of: str) -> int | None:
    """Which page of the article at `of` the address is, if it is one by number."""
    target, own = urlsplit(url), urlsplit(of)
    if _host(target) != _host(own):
        return None
    pair = _added(target, own)
    if pair is not None:
        return int(pair[1]) if pair[0] in _NUMBERS and _NUMBER.fullmatch(pair[1]) else None
    found = _NUMBERED_PATH.fullmatch(target.path.rstrip("/"))
    if found is None or target.query != own.query or found["stem"] != own.path.rstrip("/"):
        return None
    return int(found["number"])


def first_page(index: PageIndex, *, url: str, base: str) -> str | None:
    """The address of the article's first page, if `url` is a later one by number and the page leads back there."""
    stem = _without_number(url)
    if stem is None:
        return None
    for link in index.links:
        if link.is_head and "prev" not in link.rel:
            continue
        target = _target(link, base=base)
        if target is None or not (_same(target, stem) or part_number(target, of=stem) == 1):
            continue
        if not _is_apart(link.node):
            return stem
    return None


def _without_number(url: str) -> str | None:
    parts = urlsplit(url)
    if not _ARTICLE.search(parts.path):
        return None
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    rest = [pair for pair in pairs if not (pair[0].lower() in _NUMBERS and _NUMBER.fullmatch(pair[1]))]
    if len(rest) == len(pairs) - 1:
        stem = parts._replace(query=urlencode(rest))
    elif (found := _NUMBERED_PATH.fullmatch(parts.path.rstrip("/"))) and _ARTICLE.search(
        found["stem"].rpartition("/")[2]
    ):
        stem = parts._replace(path=found["stem"])
    else:
        return None
    return stem.geturl() if (part_number(url, of=stem.geturl()) or 0) > 1 else None


def _target(link: PageLink, *, base: str) -> str | None:
    if "nofollow" in link.rel:
        return None
    found = web_url(link.href, base=base)
    try:
        return canonical_url(found) if found else None
    except BadUrlError:
        return None


def _is_apart(node: LexborNode) -> bool:
    return any(_APART.search(names_of(one)) for one in (node, *ancestors(node)) if one.tag not in {"body", "html"})


def _asks_for_all(name: str, value: str) -> bool:
    return (name in _SHOW and value in _ALL) or (name in _SWITCHES and value in _ON | _ALL)


def _added(target: SplitResult, own: SplitResult) -> tuple[str, str] | None:
    """The one pair, in lower case, that the target's query has and the other hasn't; the paths being the same."""
    if target.path.rstrip("/") != own.path.rstrip("/"):
        return None
    more, less = (parse_qsl(one.query, keep_blank_values=True) for one in (target, own))
    rest = [pair for pair in more if pair not in less]
    if len(rest) != 1 or len(more) != len(less) + 1:
        return None
    return rest[0][0].lower(), rest[0][1].lower()


def _same(url: str, other: str) -> bool:
    one, two = urlsplit(url), urlsplit(other)
    return (_host(one), one.path.rstrip("/"), one.query) == (_host(two), two.path.rstrip("/"), two.query)


def _host(parts: SplitResult) -> str:
    return parts.netloc.removeprefix("www.")
