"""An HTML page to an article: JSON-LD, then meta, then the site's profile, then what the page shows."""

from dataclasses import dataclass
from datetime import UTC

from services.parser.access import read_access
from services.parser.body import Told, extract_body
from services.parser.confidence import found_in
from services.parser.dateline import split_dateline
from services.parser.head import Head, read_head
from services.parser.html_times import modified_times, published_times
from services.parser.images import captions_of, read_images
from services.parser.json_ld import Node, main_article, read_json_ld, string
from services.parser.kinds import check_address, check_canonical, check_content, check_front, check_robots
from services.parser.language import language_of
from services.parser.links import article_links
from services.parser.not_found import check_found
from services.parser.opt_outs import read_opt_outs
from services.parser.page_index import PageIndex, read_index
from services.parser.pager import Pager, article_of_whole, first_page, is_whole, read_pager
from services.parser.people import read_people
from services.parser.related_html import read_related_html
from services.parser.sites import find_profile
from services.parser.sites.profile import Profile
from services.parser.sponsored import sponsored_by_page
from services.parser.text import fold
from services.parser.times import choose
from services.parser.title import choose_title, is_same, squeezed
from services.parser.topics import read_section, read_topics
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, is_hidden, parse_tree, select, text_of
from services.parser.zones import WIB, zone_of_country
from shared.articles import Article, Provenance
from shared.errors import Skip
from shared.events import PageFetched
from shared.urls import site_of

NO_TITLE = "no title"
_MAX_HEADINGS = 40
_UNMARKED = "div, span, p, td, strong, b, font, big"
_NO_HEADING = frozenset({"nav", "aside", "footer", "ul", "ol", "a", "figure", "button"})
_BLANKS = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """What all readers of one page share."""

    tree: LexborHTMLParser
    index: PageIndex
    page: PageFetched
    url: str
    site: str
    head: Head
    profile: Profile | None
    nodes: list[Node]
    article: Node | None
    title: str
    title_node: LexborNode | None
    title_from: Provenance
    headings: list[str]


def parse_html(
    html: str | bytes, page: PageFetched, *, urls: tuple[str, ...]
) -> tuple[Article, tuple[str, ...], Pager]:
    """The article, its links, and where it goes on.

    `urls` are the canonical forms of the page's own addresses, the final one first.
    """
    tree = parse_tree(html)
    if tree.body is None:
        raise Skip("empty", "no element")
    index = read_index(tree)
    head = read_head(tree, index, url=page.final_url or page.url)
    may_follow = check_robots(head, page.http_headers)
    try:
        check_front(urls[0])
        url = _canonical(index, head, page, urls)
        article = _article(tree, index, head, page, url)
    except Skip as skip:
        if skip.reason == "listing":
            skip.links = article_links(index, url=urls[0], base=head.base, follow=may_follow)
        raise
    shows_all = is_whole(urls[0], of=url) or is_whole(urls[0], of=urls[-1])
    pager = Pager() if shows_all or not may_follow else read_pager(index, url=url, first=urls[-1], base=head.base)
    own = {pager.whole, *pager.numbered.values()}
    links = article_links(index, url=url, base=head.base, follow=may_follow)
    return article, tuple(link for link in links if link not in own), pager


def parse_later_page(html: str | bytes, page: PageFetched, *, url: str, first: str) -> tuple[Article, Pager]:
    """What a later page of the article at the canonical `url` has of it; `first` is the address of the first page.

    It was asked for as such, so nothing is asked of it that an article's page has to say.
    """
    tree = parse_tree(html)
    if tree.body is None:
        raise Skip("empty", "no element")
    index = read_index(tree)
    head = read_head(tree, index, url=page.final_url or page.url)
    return (
        _article(tree, index, head, page, url, is_later=True),
        read_pager(index, url=url, first=first, base=head.base, is_later=True),
    )


def _canonical(index: PageIndex, head: Head, page: PageFetched, urls: tuple[str, ...]) -> str:
    """The article's own address. Raises `Skip` for a page that leads elsewhere."""
    by_hand = page.found_by == "import"
    asked_for = is_whole(urls[0], of=urls[-1])
    whole_of = urls[-1] if asked_for else article_of_whole(urls[0])
    own = (whole_of, *urls) if whole_of else urls
    url = check_canonical(head, urls=own, by_hand=by_hand) or own[0]
    if not by_hand and (first := first_page(index, url=url, base=head.base)):
        raise Skip("not_canonical", "a later page of an article", canonical_url=first)
    # A template that calls any address canonical knows nothing of the article's.
    return urls[-1] if asked_for and url == urls[0] else url


def _article(
    tree: LexborHTMLParser, index: PageIndex, head: Head, page: PageFetched, url: str, *, is_later: bool = False
) -> Article:
    nodes = read_json_ld(index)
    site = site_of(url)
    profile = find_profile(tree, url=url, site=site, fetched_at=page.fetched_at)
    headings = _headings(tree, index, profile)
    article = main_article(nodes, url=url, headings=[text for text, _ in headings])
    if not is_later:
        check_address(url, head, article, nodes)
    headline = string((article or {}).get("headline"))
    title, source, sure = choose_title(shown=[text for text, _ in headings], headline=headline, head=head, site=site)
    if title and source != "heading" and (unmarked := _unmarked_heading(tree, title)) is not None:
        headings.insert(0, unmarked)
        title, source, sure = choose_title(shown=[unmarked[0]], headline=headline, head=head, site=site)
    if not title:
        raise Skip("empty" if tree.body is None or len(text_of(tree.body)) < 200 else "listing", NO_TITLE)
    shown = (node for text, node in headings if squeezed(text) == squeezed(title))
    title_node = next(shown, headings[0][1] if headings else None)
    facts = _Facts(
        tree=tree, index=index, page=page, url=url, site=site, head=head, profile=profile, nodes=nodes, article=article,
        title=title, title_node=title_node, title_from=Provenance(source=source, confidence=sure),
        headings=[text for text, _ in headings],
    )  # fmt: skip
    return _read(facts, is_later=is_later)


def _read(facts: _Facts, *, is_later: bool) -> Article:
    tree, head, profile, node, title = facts.tree, facts.head, facts.profile, facts.article, facts.title
    now = facts.page.fetched_at
    images, images_from, images_agree = read_images(
        tree, facts.nodes, node, head, profile, url=facts.url, title=title, title_node=facts.title_node
    )
    people = read_people(tree, facts.index, node, head, profile, site=facts.site, title_node=facts.title_node)
    authors, editors = people.authors, people.editors
    lead = _standfirst(facts)
    apart = captions_of(images) | {fold(name) for name in (*authors, *editors)} | ({fold(lead)} if lead else set())
    access, access_from = read_access(tree, node, head, profile)
    body = extract_body(
        tree,
        profile,
        title=title,
        title_node=facts.title_node,
        told=Told(
            description=head.first("og:description", "description", "twitter:description"),
            text=string((node or {}).get("articleBody")),
            may_stand=access != "paid",
        ),
        not_body=frozenset(apart),
        people=authors,
    )
    check_found(head, facts.headings, node, body)
    declared = (_declared_language(facts) or "").lower().replace("_", "-").split("-")[0]
    language = language_of(" ".join((title, *body.paragraphs)), declared=_declared_language(facts))
    language_from = "" if language is None else "declared" if declared == language else "text"
    is_indonesian = language == "id" or profile is not None or facts.site.endswith(".id")
    zone = WIB if is_indonesian else zone_of_country(facts.site.rpartition(".")[2]) or UTC
    utc_means_wib = profile is not None and profile.utc_means_wib
    stated = published_times(
        tree, facts.index, facts.nodes, node, head, profile, url=facts.url, title_node=facts.title_node, now=now,
        zone=zone,
    )  # fmt: skip
    if not is_later:
        is_dated = any(one.moment is not None and one.source not in {"age", "url"} for one in stated)
        check_content(facts.url, head, facts.nodes, node, body, tree, is_dated=is_dated)
    if not body.paragraphs:
        raise Skip("empty", "an article's page without text")
    dateline, first = split_dateline(body.paragraphs[0])
    published, published_from = choose(stated, now=now, utc_means_wib=utc_means_wib, may_be_wib=zone is WIB)
    modified, modified_from = choose(
        modified_times(tree, node, head, profile, title_node=facts.title_node, now=now, zone=zone),
        now=now,
        utc_means_wib=utc_means_wib,
        may_be_wib=zone is WIB,
    )
    section, section_from = read_section(tree, facts.nodes, node, head, profile, title=title)
    topics, topics_from, topics_agree = read_topics(
        tree, facts.index, node, head, profile, title=title, site=facts.site, text=" ".join(body.paragraphs),
        title_node=facts.title_node, people=(*authors, *editors),
    )  # fmt: skip
    sponsored_from = sponsored_by_page(
        facts.index, node, head, profile, url=facts.url, section=section, topics=topics,
        text=" ".join((title, *body.paragraphs)),
    )  # fmt: skip
    related, related_from = read_related_html(tree, profile, url=facts.url, base=head.base, now=now, zone=zone)
    return Article(
        title=title,
        canonical_url=facts.url,
        site=facts.site,
        body=tuple(text for text in (first, *body.paragraphs[1:]) if text),
        lead=lead or body.standfirst,
        dateline=dateline,
        authors=authors,
        editors=editors,
        published_at=published,
        modified_at=modified,
        section=section,
        topics=topics,
        images=images,
        language=language,
        access=access,
        related=related,
        provenance={"title": facts.title_from, "body": Provenance(source=body.source, confidence=body.confidence)}
        | ({"published_at": published_from} if published_from else {})
        | ({"modified_at": modified_from} if modified_from else {})
        | {
            field: found_in(field, source, agreeing=agreeing)
            for field, source, agreeing in (
                ("lead", "profile" if lead else body.source if body.standfirst else "", 0),
                ("dateline", "text" if dateline else "", 0),
                ("authors", people.source, people.agreeing),
                ("editors", people.editors_source, 0),
                ("section", section_from, 0),
                ("topics", topics_from, topics_agree),
                ("images", images_from, images_agree),
                ("language", language_from, 0),
                ("access", access_from, 0),
                ("related", related_from, 0),
                ("sponsored", sponsored_from, 0),
            )
            if source
        },
        sponsored=bool(sponsored_from),
        opt_outs=read_opt_outs(head, facts.page),
    )


def _headings(tree: LexborHTMLParser, index: PageIndex, profile: Profile | None) -> list[tuple[str, LexborNode]]:
    """Visible headings by rank: the profile's title, then h1, h2, h3."""
    nodes = list(select(tree, *profile.title)[:1]) if profile is not None and profile.title else []
    nodes += [*index.titles, *index.h2[:_MAX_HEADINGS], *index.h3[:_MAX_HEADINGS]]
    return [(text, node) for node in nodes[: _MAX_HEADINGS * 2] if node.tag != "meta" and (text := text_of(node))]


def _unmarked_heading(tree: LexborHTMLParser, title: str) -> tuple[str, LexborNode] | None:
    """The title where readers see it, if no heading is it: an element of its own, in no list, link or menu.

    Words may stand before it; where words follow, it is the beginning of a text.
    """
    for node in tree.css(_UNMARKED):
        text = node.text(deep=False)
        if (
            len(title) <= len(text) <= 2 * len(title) + _BLANKS
            and is_same(text, title)
            and fold(text).endswith(fold(title))
            and all(around.tag not in _NO_HEADING for around in ancestors(node))
            and not is_hidden(node)
        ):
            return text_of(node), node
    return None


def _standfirst(facts: _Facts) -> str | None:
    """Where the profile knows it. Else the body's readers find it: meta descriptions alone are for search engines."""
    if facts.profile is None or not facts.profile.standfirst:
        return None
    return next((text for node in select(facts.tree, *facts.profile.standfirst) if (text := text_of(node))), None)


def _declared_language(facts: _Facts) -> str | None:
    said = string((facts.article or {}).get("inLanguage")) or facts.head.language
    return said or facts.head.first("language", "content-language", "og:locale") or None
