"""What a page is: an article, or a listing, a video, a gallery, a live blog, a page that asks not to be kept."""

import re
from urllib.parse import parse_qs, urlsplit

from services.parser.head import Head
from services.parser.json_ld import ARTICLE_TYPES, Node, types_of
from shared.errors import Skip
from shared.urls import BadUrlError, canonical_url, site_of

_FRONT = re.compile(r"/(?:index\.\w+|home|beranda|id|en)?/?")
_LISTING = re.compile(r"/(?:tags?|topik|topic|topics|indeks?|index|category|kategori|kanal|rubrik|archives?|arsip|author|penulis|page|terpopuler|populer)(?:/|$)", re.I)
_SEARCH = re.compile(r"/(?:search|cari|pencarian|hasil-pencarian)(?:/|$)", re.I)
_VIDEO = re.compile(r"/(?:videos?|watch|tv|live-?streaming)(?:/|$)", re.I)
_GALLERY = re.compile(r"/(?:foto|photos?|photo-?gallery|galler(?:y|ies)|galeri(?:-foto)?|fotoinet|in-?picture|beritafoto)(?:/|$)", re.I)
_VIDEO_TYPES = {"VideoObject", "Movie", "BroadcastEvent", "Clip"}
_GALLERY_TYPES = {"ImageGallery", "MediaGallery", "Photograph"}
_LISTING_TYPES = {"CollectionPage", "ItemList", "SearchResultsPage", "WebSite"}
_LONG = 600


def check_robots(head: Head, headers: dict[str, str]) -> bool:
    """Raise `Skip` for a page that asks not to be indexed; else say whether its links may be followed."""
    rules = [value for name in ("robots", "warta") for value in head.meta.get(name, ())]
    rules += [value for name, value in headers.items() if name.lower() == "x-robots-tag" and ":" not in value]
    said = {word.strip().lower() for rule in rules for word in rule.split(",")}
    if said & {"noindex", "none"}:
        raise Skip("noindex")
    return "nofollow" not in said


def check_canonical(head: Head, *, urls: set[str], front: str) -> str | None:
    """The page's own canonical URL where it names one; raise `Skip` where that is another page of the same site.

    A canonical link to the front page from elsewhere is a mistake of the site's, as is one that only changes
    http to https, "www." or a final slash: following those could lose the page.
    """
    if head.canonical is None:
        return None
    try:
        canonical = canonical_url(head.canonical)
    except BadUrlError:
        return None
    if site_of(canonical) != site_of(front) or urlsplit(canonical).path in {"", "/"}:
        return None
    if canonical in urls or _bare(canonical) in {_bare(url) for url in urls}:
        return canonical
    raise Skip("not_canonical", canonical_url=canonical)


def check_kind(url: str, head: Head, nodes: list[Node], article: Node | None, *, body_size: int, paragraphs: int, link_share: float) -> None:
    """Raise `Skip` for what is no article. `link_share`: how much of the page's text is links, 0 to 1."""
    parts = urlsplit(url)
    host = (parts.hostname or "").split(".")[0]
    kinds = set().union(*map(types_of, nodes)) if nodes else set[str]()
    says_article = article is not None or head.first("og:type").lower().startswith("article") or "article:published_time" in head.meta
    if _FRONT.fullmatch(parts.path) and not parse_qs(parts.query):
        raise Skip("listing", "the front page")
    if article is not None and "LiveBlogPosting" in types_of(article):
        raise Skip("live_blog")
    if _SEARCH.search(parts.path):
        raise Skip("listing", "a search page")
    is_text = article is not None and body_size >= _LONG
    says_video = head.first("og:type").lower().startswith("video") or host == "video" or (kinds & _VIDEO_TYPES and article is None)
    if not is_text and body_size < _LONG and (says_video or (_VIDEO.search(parts.path) and article is None)):
        raise Skip("video")
    says_gallery = (kinds & _GALLERY_TYPES and article is None) or host in {"foto", "photo"} or _GALLERY.search(parts.path)
    if not is_text and says_gallery and body_size < 200:
        raise Skip("gallery")
    if kinds & _LISTING_TYPES - {"WebSite", "ItemList"} and not kinds & ARTICLE_TYPES:
        raise Skip("listing", "its JSON-LD says so")
    if article is None and _LISTING.search(parts.path):
        raise Skip("listing", "its address says so")
    if article is not None or (says_article and paragraphs and (link_share < 0.6 or body_size >= _LONG)):
        return
    if paragraphs < 2 or body_size < 400 or link_share > 0.75:
        raise Skip("listing" if link_share > 0.4 else "not_an_article", "nothing says that it is an article")


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
