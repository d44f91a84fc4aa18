"""Whether somebody paid for the article: what the page declares, never what its text talks about."""

from urllib.parse import unquote, urlsplit

from services.parser.head import Head
from services.parser.json_ld import Node, string, types_of
from services.parser.page_index import PageIndex
from services.parser.sites.profile import Profile
from services.parser.text import fold

# Whole names of sections, kinds and tags, folded. "Konten berbayar" is not among them: its readers pay for it.
LABELS = frozenset({
    "advertorial", "advertorials", "infotorial", "inforial", "pariwara", "adv", "advertisement feature",
    "advertiser content", "konten sponsor", "konten bersponsor", "artikel sponsor", "artikel bersponsor", "bersponsor",
    "disponsori", "konten promosi", "konten iklan", "sponsored", "sponsored content", "sponsored article",
    "sponsored post", "sponsored story", "paid post", "paid content", "paid partnership", "promoted content",
    "branded content", "brand content", "native ad", "native ads", "native advertising", "partner content",
})  # fmt: skip
_KINDS = (
    "article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section",
    "article:content_tier", "og:article:content_tier", "content_tier", "article:content_type", "content_type",
    "contenttype", "content-category", "article_type", "articletype", "page_type", "pagetype", "dtk:contenttype",
)  # fmt: skip
_PAID_LINK = frozenset({"canonical", "sponsored"})


def sponsored_by_page(
    index: PageIndex, article: Node | None, head: Head, profile: Profile | None, *, url: str,
    section: str | None, topics: tuple[str, ...], text: str,
) -> str:  # fmt: skip
    """Where the page says that it is paid for, as a provenance's source; "" where it doesn't.

    A tag is no declaration where `text`, the title and the body, has its words: that may be the article's subject.
    """
    if article is not None and ("AdvertiserContentArticle" in types_of(article) or string(article.get("sponsor"))):
        return "json-ld"
    if any(fold(value) in LABELS for name in _KINDS for value in head.meta.get(name, ())):
        return "meta"
    if index.rel >= _PAID_LINK and any(link.is_head and _PAID_LINK.issubset(link.rel) for link in index.links):
        return "links"
    if profile is not None and section and fold(section) in map(fold, profile.paid_sections):
        return "profile"
    if section and fold(section) in LABELS:
        return "section"
    if (named := LABELS.intersection(map(fold, topics))) and any(
        f" {name} " not in f" {fold(text)} " for name in named
    ):
        return "topics"
    return sponsored_by_address(url)


def sponsored_by_address(url: str) -> str:
    """`url` if a folder of the path, or the host's first label, is the name of a paid section; else ""."""
    parts = urlsplit(url)
    folders = [fold(unquote(part).replace("-", " ").replace("_", " ")) for part in parts.path.split("/")[:-1]]
    first = (parts.hostname or "").split(".")[0]
    return "url" if any(name in LABELS for name in (first, *folders)) else ""
