"""What a page is: an article, or a listing, a video, a gallery, a live blog, a page that asks not to be kept."""

import re
from urllib.parse import urljoin, urlsplit

from services.parser.body import Body
from services.parser.head import Head
from services.parser.json_ld import Node, types_of
from services.parser.opt_outs import said_to_us
from services.parser.text import letters
from services.parser.text_lines import is_paragraph
from services.parser.tree import LexborHTMLParser, link_share
from shared.errors import Skip
from shared.urls import BadUrlError, canonical_url, is_front, site_of

_PART = re.compile(r"[/.?&](?:amp|page|halaman|hal|p)(?:[=/.?]|$)", re.IGNORECASE)
_LISTING = re.compile(
    r"/(?:tags?|topik|topics?|indeks|author|penulis)(?:/|$)"
    r"|/(?:index|category|kategori|kanal|rubrik|archives?|arsip|page|terpopuler|populer)(?:/[a-z]{0,20}\d{0,4}){0,2}/?$",
    re.IGNORECASE,
)
_SEARCH = re.compile(r"/(?:search|cari|pencarian|hasil-pencarian)(?:/|$)", re.IGNORECASE)
_VIDEO = re.compile(r"/(?:videos?|watch|tv|live-?streaming)(?:/|$)", re.IGNORECASE)
_GALLERY = re.compile(
    r"/(?:foto|photos?|photo-?gallery|galler(?:y|ies)|galeri(?:-foto)?|fotoinet|in-?picture|beritafoto)(?:/|$)",
    re.IGNORECASE,
)
_VIDEO_TYPES = {"VideoObject", "Movie", "BroadcastEvent", "Clip"}
_GALLERY_TYPES = {"ImageGallery", "MediaGallery", "Photograph"}
_LISTING_TYPES = {"CollectionPage", "SearchResultsPage"}
_LISTING_HOSTS = {"indeks", "index", "search", "cari", "tag", "tags", "topik", "topic"}
_LISTING_TITLE = re.compile(
    r"(?:indeks|index|kumpulan|arsip|hasil pencarian|search results|berita (?:terbaru|terkini|terpopuler))\b",
    re.IGNORECASE,
)
_PHOTO_HOSTS = {"foto", "photo", "photos"}
_LONG = 600
_CAPTION = 250
_MANY = 20
_CARDS = 6
_MANY_LINKS = 0.4
_MOSTLY_LINKS = 0.7
_STRETCH = 550  # letters, times the share of the page's prose
_SHARE = 0.4
_LEAST_SHARE = 0.25
_SLUG = re.compile(r"/(?:[^/-]+-){4,}[^/]+/?$")


def check_robots(head: Head, headers: dict[str, str]) -> bool:
    """Raise `Skip` for a page that asks not to be indexed; else say whether its links may be followed."""
    said = said_to_us(head, headers)
    if said & {"noindex", "none"}:
        raise Skip("noindex")
    return "nofollow" not in said


def check_canonical(head: Head, *, urls: tuple[str, ...], by_hand: bool = False) -> str | None:
    """The page's own canonical URL where it names one; raise `Skip` where that is another page of the site, or a list.

    A canonical link to the front page from elsewhere is a mistake of the site's, as is one that only changes http to
    https, "www." or a final slash, or whose path lacks its first slash: following those could lose the page. Nobody
    fetches the canonical page for one that came `by_hand`: it stands for it, unless it is only its AMP form or a part
    of it.
    """
    if head.canonical is None:
        return None
    try:
        canonical = canonical_url(head.canonical)
    except BadUrlError:
        return None
    parts = urlsplit(canonical)
    if site_of(canonical) != site_of(urls[0]) or is_front(canonical):
        return None
    if canonical in urls or _bare(canonical) in {_bare(url) for url in urls}:
        return canonical
    if any(canonical == urljoin(url, urlsplit(url).path.removeprefix("/")) for url in urls):
        return None
    check_front(canonical)
    if _LISTING.search(parts.path):
        raise Skip("listing", "its canonical address says so")
    if by_hand and not any(_PART.search(url) and not _PART.search(canonical) for url in urls):
        return canonical
    raise Skip("not_canonical", canonical_url=canonical)


def says_article(head: Head, article: Node | None) -> bool:
    """Whether the page itself says that it is an article."""
    return (
        article is not None
        or head.first("og:type").lower().startswith("article")
        or "article:published_time" in head.meta
    )


def check_front(url: str) -> None:
    """Raise `Skip` for a front page or a search page."""
    if is_front(url):
        raise Skip("listing", "the front page")
    if _SEARCH.search(urlsplit(url).path):
        raise Skip("listing", "a search page")


def check_address(url: str, head: Head, article: Node | None, nodes: list[Node]) -> None:
    """Raise `Skip` for what the address and JSON-LD tell together."""
    if article is not None and "LiveBlogPosting" in types_of(article):
        raise Skip("live_blog")
    if article is None and any(types_of(node) & _LISTING_TYPES for node in nodes):
        raise Skip("listing", "its JSON-LD says so")
    if article is None and (urlsplit(url).hostname or "").split(".")[0] in _LISTING_HOSTS:
        raise Skip("listing", "its host says so")
    path = urlsplit(url).path
    is_told = "article:published_time" in head.meta and _SLUG.search(path) is not None
    if article is None and not is_told and _LISTING.search(path):
        raise Skip("listing", "its address says so")


def check_content(
    url: str,
    head: Head,
    nodes: list[Node],
    article: Node | None,
    body: Body,
    tree: LexborHTMLParser,
    *,
    is_dated: bool,
) -> None:
    """Raise `Skip` for what the page's content tells. `is_dated`: it states a time of its own."""
    path, host = urlsplit(url).path, (urlsplit(url).hostname or "").split(".")[0]
    kinds = {name for node in nodes for name in types_of(node)}
    size = sum(map(len, body.paragraphs))
    is_marked = body.source in {"profile", "microdata"}
    if size < _LONG and (article is None or host == "video"):
        if (
            head.first("og:type").lower().startswith("video")
            or host == "video"
            or kinds & _VIDEO_TYPES
            or _VIDEO.search(path)
        ):
            raise Skip("video")
        if size < _CAPTION and (kinds & _GALLERY_TYPES or host in _PHOTO_HOSTS or _GALLERY.search(path)):
            raise Skip("gallery")
    if article is not None:
        return
    sentences = [text for text in body.paragraphs if is_paragraph(text)]
    is_prose = sum(map(len, sentences)) >= min(_LONG, size / 2)
    is_long = len(sentences) * 2 >= len(body.paragraphs) and sum(map(len, sentences)) >= 2 * _LONG
    if (
        not is_marked
        and "article:published_time" not in head.meta
        and not (says_article(head, article) and _SLUG.search(path))
        and _LISTING_TITLE.match(head.first("og:title") or head.title)
    ):
        raise Skip("listing", "its title says so")
    if (is_marked or says_article(head, article)) and sentences and is_prose:
        return
    if _stands_together(body, is_named=is_dated or _SLUG.search(path) is not None):
        return
    cards = len(tree.css("h2 a[href], h3 a[href], h4 a[href], a[href] h2, a[href] h3, a[href] h4"))
    if not is_dated and cards >= _CARDS and cards >= len(sentences) * 0.6:
        raise Skip("listing", "as many linked headings as paragraphs")
    has_many_links = len(tree.css("body a[href]")) >= _MANY
    share = link_share(tree) if has_many_links else 0.0
    is_site = head.first("og:type").lower() in {"website", "blog"}
    if has_many_links and (size < _LONG or share > (_MANY_LINKS if is_site or not is_long else _MOSTLY_LINKS)):
        raise Skip("listing", "more links than text")
    if len(sentences) < 2 or size < _CAPTION:
        raise Skip("not_an_article" if body.paragraphs else "empty", "nothing says that it is an article")


def _stands_together(body: Body, *, is_named: bool) -> bool:
    """Whether the text is one piece: lists put links between their teasers. `is_named`: it has a time or a slug."""
    if body.stretch * 2 < sum(map(letters, body.paragraphs)):
        return False
    if body.share >= _LEAST_SHARE and body.stretch * body.share >= _STRETCH:
        return True
    return is_named and body.follows_title and body.stretch >= _CAPTION and body.share >= _SHARE


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
