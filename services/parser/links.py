"""Links for the crawler: canonical, of the page's own site, and with the look of an article's address."""

import re
from urllib.parse import urlsplit

from services.parser.page_index import PageIndex
from services.parser.tree import web_url
from shared.urls import BadUrlError, canonical_url, host_of, is_plain, site_of

MAX_LINKS = 50
_REFUSED = frozenset({"nofollow", "sponsored", "ugc"})
# Patterns that begin with one certain character are several times as fast.
_NAMED = re.compile(r"/(?:\d{4}/\d{1,2}|read|berita|artikel|article|news|story)/", re.IGNORECASE)
_NUMBERED = re.compile(r"\d\d\d\d\d")
_SIGN = r"[a-zA-Z0-9\u0130\u0131\u017f\u212a]"  # [a-z0-9] without regard to case
_WORDY = re.compile(rf"-(?<={_SIGN}-){_SIGN}+-{_SIGN}+-{_SIGN}")
_NOT_ARTICLE = re.compile(
    r"/(?:tag|topik|topic|indeks?|index|search|cari|login|masuk|daftar|register|account|akun|admin|author|penulis|category|kategori"
    r"|page|amp|feed|rss|share|print|cetak|komentar|comments?|video|foto|photo|gallery|galeri)(?:/|$)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json|ico|apk)$", re.IGNORECASE)


def article_links(index: PageIndex, *, url: str, base: str, follow: bool) -> tuple[str, ...]:
    """At most 50 in page order, never `url` itself; none where the page says nofollow."""
    if not follow:
        return ()
    site = site_of(url)
    own: dict[str, bool] = {}
    found: dict[str, None] = {}
    root = _root_of(base)
    for href in _targets(index):
        target = _article(href, site=site, base=base, root=root, own=own)
        if target is not None and target != url:
            found[target] = None
            if len(found) == MAX_LINKS:
                break
    return tuple(found)


def _article(href: str, *, site: str, base: str, root: str, own: dict[str, bool]) -> str | None:
    """The canonical target, or None. Cheap tests first, and a short way for plain addresses: a page has hundreds."""
    if ("://" in href and site not in href) or not _is_article(href):
        return None
    whole = root + href if href[:1] == "/" else href
    bare = whole.partition("#")[0].partition("?")[0]
    if is_plain(bare):
        _, _, host, path = bare.split("/", 3)
        if not _fits(host, f"/{path}", site):
            return None
        if bare == whole:
            return bare if _is_own(bare, host, site, own) else None
    if (target := web_url(href, base=base)) is None or not _fits(host_of(target), urlsplit(target).path, site):
        return None
    try:
        target = canonical_url(target)
    except BadUrlError:
        return None
    return target if _is_own(target, host_of(target), site, own) else None


def _fits(host: str, path: str, site: str) -> bool:
    return (
        host.endswith(site) and _is_article(path) and _NOT_ARTICLE.search(path) is None and _FILE.search(path) is None
    )


def _is_article(path: str) -> bool:
    return (
        (path.count("-") > 2 and _WORDY.search(path) is not None)
        or _NAMED.search(path) is not None
        or _NUMBERED.search(path) is not None
    )


def _is_own(target: str, host: str, site: str, own: dict[str, bool]) -> bool:
    if host not in own:
        own[host] = site_of(target) == site
    return own[host]


def _root_of(base: str) -> str:
    """What stands before a path, such that both are what joining `base` and the path gives."""
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"


def _targets(index: PageIndex) -> dict[str, None]:
    """The addresses of all links that the page vouches for, each once, in page order."""
    return {link.href: None for link in index.shown if not link.rel or _REFUSED.isdisjoint(link.rel)}
