"""A page's links, read once for all readers of addresses."""

import msgspec

from services.parser.tree import LexborHTMLParser, LexborNode

END = "\0"  # is in no attribute's value: the HTML standard replaces it
_LINKS = "a[href], a[rel], link[rel]"


class PageLink(msgspec.Struct, frozen=True):
    """A link as the page writes it, "" where it has no address; `rel` are its kinds in lower case.

    `is_head` for a `link` element, which readers don't see.
    """

    href: str
    rel: tuple[str, ...]
    node: LexborNode
    is_head: bool


class PageLinks(msgspec.Struct, frozen=True, kw_only=True):
    """All in page order, and what readers may follow (`a[href]`) once more.

    `joined` are the addresses of the latter, each before and after an `END`: one search for all.
    """

    every: list[PageLink]
    shown: list[PageLink]
    joined: str


def read_page_links(tree: LexborHTMLParser) -> PageLinks:
    every, shown = list[PageLink](), list[PageLink]()
    for node in tree.css(_LINKS):
        attributes = node.attributes
        rel = attributes.get("rel")
        link = PageLink(attributes.get("href") or "", tuple(rel.lower().split()) if rel else (), node, node.tag == "link")
        every.append(link)
        if "href" in attributes and not link.is_head:
            shown.append(link)
    return PageLinks(every=every, shown=shown, joined=END.join(["", *(link.href for link in shown), ""]))
