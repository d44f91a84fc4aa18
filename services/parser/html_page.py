"""An HTML page to an article: JSON-LD, then meta, then the site's profile, then what the page shows."""

from datetime import UTC, datetime, timezone

from services.parser.access import read_access
from services.parser.body import Body, extract_body
from services.parser.dateline import split_dateline
from services.parser.head import Head, read_head
from services.parser.html_times import modified_times, published_times
from services.parser.images import captions_of, read_images
from services.parser.json_ld import Node, main_article, read_json_ld, string
from services.parser.kinds import check_canonical, check_kind, check_robots
from services.parser.language import language_of
from services.parser.links import article_links
from services.parser.people import read_people
from services.parser.related_html import read_related_html
from services.parser.sites import find_profile
from services.parser.sites.profile import Profile
from services.parser.text import fold
from services.parser.times import choose
from services.parser.title import choose_title
from services.parser.topics import read_section, read_topics
from services.parser.tree import LexborHTMLParser, LexborNode, parse_tree, select, text_of
from services.parser.zones import WIB
from shared.articles import Article, Provenance
from shared.errors import Skip
from shared.events import PageFetched
from shared.urls import site_of

_MAX_HEADINGS = 40


def parse_html(html: str, page: PageFetched, *, url: str, urls: set[str]) -> tuple[Article, tuple[str, ...]]:
    """The article and its links. `url` is canonical, `urls` are all canonical forms of the page's own addresses."""
    tree = parse_tree(html)
    if tree.body is None or tree.root is None:
        raise Skip("empty", "no element")
    head = read_head(tree, url=url)
    may_follow = check_robots(head, page.http_headers)
    url = check_canonical(head, urls=urls, front=url) or url
    site = site_of(url)
    profile = find_profile(tree, url=url, site=site, fetched_at=page.fetched_at)
    nodes = read_json_ld(tree)
    headings = _headings(tree, profile)
    article_node = main_article(nodes, url=url, headings=[text for text, _ in headings])
    title, title_source, title_sure = choose_title(
        shown=[text for text, _ in headings], headline=string((article_node or {}).get("headline")), head=head, site=site
    )
    title_node = next((node for text, node in headings if text == title), headings[0][1] if headings else None)
    links = article_links(tree, url=url, base=head.base, follow=may_follow)
    if not title:
        raise Skip("empty" if len(text_of(tree.body)) < 200 else "listing", "no title")
    facts = _Facts(tree=tree, html=html, page=page, url=url, site=site, head=head, profile=profile, nodes=nodes, article=article_node)
    article = _read(facts, title=title, title_node=title_node, title_from=Provenance(source=title_source, confidence=title_sure))
    return article, links


class _Facts:
    """What all readers of one page share."""

    def __init__(
        self, *, tree: LexborHTMLParser, html: str, page: PageFetched, url: str, site: str, head: Head,
        profile: Profile | None, nodes: list[Node], article: Node | None,
    ) -> None:  # fmt: skip
        self.tree, self.html, self.page, self.url, self.site = tree, html, page, url, site
        self.head, self.profile, self.nodes, self.article = head, profile, nodes, article
        self.declared_language = string((article or {}).get("inLanguage")) or head.language or head.first("language", "content-language")
        self.zone: timezone | type[UTC] = WIB if site.endswith(".id") or _is_indonesian(self.declared_language, profile) else UTC


def _is_indonesian(language: str, profile: Profile | None) -> bool:
    return profile is not None or language.lower().startswith(("id", "in"))
