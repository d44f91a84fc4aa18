"""What several readers look for all over a page, found once: one walk of the tree costs little more than each alone."""

import msgspec

from services.parser.tree import LexborHTMLParser, LexborNode

END = "\0"  # is in no attribute's value: the HTML standard replaces it
_ELEMENTS = "meta[content], base[href], a, link[rel], script[type], h1, h2, h3, [itemprop]"

Attributes = dict[str, str | None]


class PageLink(msgspec.Struct, frozen=True, gc=False):
    """A link as the page writes it, "" where it has no address; `rel` are its kinds in lower case.

    `is_head` for a `link` element, which readers don't see.
    """

    href: str
    rel: tuple[str, ...]
    node: LexborNode
    is_head: bool


class PageIndex(msgspec.Struct, frozen=True, kw_only=True):
    """Elements of a page, all in page order.

    `links` are all, `rel` their kinds, `shown` those that readers may follow (`a[href]`). `joined` are the addresses of
    the latter, each before and after an `END`: one search for all. `titles` are `h1` and what microdata calls the
    headline.
    """

    metas: list[Attributes]
    base: str | None
    links: list[PageLink]
    shown: list[PageLink]
    joined: str
    rel: frozenset[str]
    scripts: list[tuple[str, LexborNode]]
    titles: list[LexborNode]
    h2: list[LexborNode]
    h3: list[LexborNode]
    properties: list[tuple[list[str], LexborNode]]

    def with_property(self, name: str) -> list[LexborNode]:
        """The elements whose `itemprop` names it."""
        return [node for names, node in self.properties if name in names]


def read_index(tree: LexborHTMLParser) -> PageIndex:
    metas: list[Attributes] = []
    links: list[PageLink] = []
    shown: list[PageLink] = []
    scripts: list[tuple[str, LexborNode]] = []
    titles: list[LexborNode] = []
    properties: list[tuple[list[str], LexborNode]] = []
    headings: dict[str, list[LexborNode]] = {"h2": [], "h3": []}
    base: str | None = None
    rel: set[str] = set()
    last = 0
    for node in tree.css(_ELEMENTS):
        tag, attributes = node.tag, node.attributes
        if "itemprop" in attributes:
            if node.mem_id == last:
                continue  # found by two of the selectors
            last = node.mem_id
        if tag in {"a", "link"}:
            said = attributes.get("rel")
            kinds = tuple(said.lower().split()) if said else ()
            rel.update(kinds)
            link = PageLink(attributes.get("href") or "", kinds, node, tag == "link")
            links.append(link)
            if tag == "a" and "href" in attributes:
                shown.append(link)
        elif tag == "meta":
            if "content" in attributes:
                metas.append(attributes)
        elif tag == "script":
            if "type" in attributes:
                scripts.append((attributes["type"] or "", node))
        elif tag == "h1":
            titles.append(node)
        elif tag in headings:
            headings[tag].append(node)
        elif tag == "base" and base is None and "href" in attributes:
            base = attributes["href"] or ""
        if "itemprop" in attributes:
            named = attributes["itemprop"] or ""
            properties.append((named.split(), node))
            if named == "headline":
                titles.append(node)
    return PageIndex(
        metas=metas, base=base, links=links, shown=shown, joined=END.join(["", *(link.href for link in shown), ""]),
        rel=frozenset(rel), scripts=scripts, titles=titles, h2=headings["h2"], h3=headings["h3"], properties=properties,
    )  # fmt: skip
