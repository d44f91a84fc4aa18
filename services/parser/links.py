"""Links for the crawler: canonical, of the page's own site, and with the look of an article's address."""

import re
from urllib.parse import urlsplit

from services.parser.tree import LexborHTMLParser, web_url
from shared.urls import BadUrlError, canonical_url, host_of, is_plain, site_of

MAX_LINKS = 50
_REFUSED = frozenset({"nofollow", "sponsored", "ugc"})
_ARTICLE = re.compile(
    r"/\d{4}/\d{1,2}/|/(?:read|berita|artikel|article|news|story)/|\d{5}|[a-z0-9](?:-[a-z0-9]+){3}", re.IGNORECASE
)
_NOT_ARTICLE = re.compile(
    r"/(?:tag|topik|topic|indeks?|index|search|cari|login|masuk|daftar|register|account|akun|admin|author|penulis|category|kategori"
    r"|page|amp|feed|rss|share|print|cetak|komentar|comments?|video|foto|photo|gallery|galeri)(?:/|$)"
    r"|\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|json|ico|apk)$",
    re.IGNORECASE,
)


def article_links(tree: LexborHTMLParser, *, url: str, base: str, follow: bool) -> tuple[str, ...]:
    """At most 50 in page order, never `url` itself; none where the page says nofollow."""
    if not follow:
        return ()
    site = site_of(url)
    found: dict[str, None] = {}
    is_own: dict[str, bool] = {}
    for href in _targets(tree):
        if ("://" in href and site not in href) or not _ARTICLE.search(href):
            continue  # cheap tests first: a page has hundreds of links
        target = href if is_plain(href) else web_url(href, base=base)
        if target is None or not host_of(target).endswith(site):
            continue
        path = urlsplit(target).path
        if not _ARTICLE.search(path) or _NOT_ARTICLE.search(path):
            continue
        try:
            target = canonical_url(target)
        except BadUrlError:
            continue
        host = host_of(target)
        if host not in is_own:
            is_own[host] = site_of(target) == site
        if target != url and is_own[host]:
            found[target] = None
            if len(found) == MAX_LINKS:
                break
    return tuple(found)


def _targets(tree: LexborHTMLParser) -> dict[str, None]:
    """The addresses of all links that the page vouches for, each once, in page order."""
    targets: dict[str, None] = {}
    for link in tree.css("a[href]"):
        attributes = link.attributes
        if not (rel := attributes.get("rel")) or _REFUSED.isdisjoint(rel.lower().split()):
            targets[attributes["href"] or ""] = None
    return targets
