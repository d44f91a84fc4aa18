"""The picture that readers see at the title: before the text, large, and no link to something else."""

import re
from itertools import islice

import msgspec

from services.parser.picture_sources import PICTURES, source_of
from services.parser.tree import LexborNode, ancestors, attribute, names_of

_LEVELS = 5
_CLOSE = 3
_AROUND = 4
_PROSE = 120
_SMALL = 200  # pixels
_MOST = 200
_NUMBER = re.compile(r"\d+")
_FILE = re.compile(r"\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#])", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:^|[\s_-])(?:avatar|gravatar|author|byline|penulis|profile|logo|icon|emoji|ads?|adv|iklan|banner|sponsor\w*|share|sharing"
    r"|social|sosmed|related|terkait|rekomendasi|recommend\w*|popular|populer|terpopuler|trending|newsletter|promo)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
LOGO = re.compile(
    r"logo|placeholder|default[-_.]?(?:image|img|og|share|thumb\w*)|(?:og|share|social)[-_.]?default|no[-_]?image"
    r"|/assets/|/static/|favicon|fallback",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"logo|avatar|/icons?/|icon[-_.]|[-_]icon|/pixel\.|/banners?/|sprite|/ads?/|\.(?:svg|gif)(?:$|\?)"
    r"|/(?:more|btn|button|arrow|bg|line|dot|qr\w*|wx|app)\d*\.\w+",
    re.IGNORECASE,
)
_APART = frozenset({"nav", "aside", "footer", "button"})
_HEADINGS = frozenset({"h2", "h3", "h4"})


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """`is_large`: the page declares it: a width, several sizes, the itemprop, or that it is to be loaded first."""

    url: str
    is_large: bool


def lead_picture(title_node: LexborNode | None, *, base: str, url: str) -> Lead | None:
    """The first such picture after the title; where close by there is none, the last before it."""
    for steps, around in enumerate(islice(ancestors(title_node), _LEVELS) if title_node is not None else ()):
        if around.tag == "body":
            break
        past_title = False
        before: Lead | None = None
        for node in around.css(f"h1, h2, h3, h4, p, {PICTURES}")[:_MOST]:
            if title_node is not None and node.mem_id == title_node.mem_id:
                past_title = True
            elif node.tag in {"img", "amp-img"}:
                if (source := _source_of_lead(node, base=base, url=url)) is not None:
                    lead = Lead(url=source, is_large=_is_large(node))
                    if past_title:
                        return lead
                    before = lead
            elif past_title and (
                (node.tag == "p" and len(node.text()) > _PROSE)
                or (node.tag in _HEADINGS and node.css_first("a[href]") is not None)
            ):
                break
        if before is not None and steps < _CLOSE:
            return before
    return None


def _source_of_lead(picture: LexborNode, *, base: str, url: str) -> str | None:
    if any(_is_small(attribute(picture, name)) for name in ("width", "height")) or _OTHER.search(names_of(picture)):
        return None
    for holder in islice(ancestors(picture), _AROUND):
        if holder.tag in _APART or _OTHER.search(names_of(holder)):
            return None
        if holder.tag == "a" and is_page(href := attribute(holder, "href")) and href.split("?")[0] != url:
            return None
    source = source_of(picture, base=base)
    return source if source is not None and not _NEVER.search(source) and not LOGO.search(source) else None


def _is_large(picture: LexborNode) -> bool:
    width = _NUMBER.match(attribute(picture, "width"))
    return (
        (width is not None and int(width[0][:6]) >= 2 * _SMALL)
        or any(attribute(picture, name) for name in ("srcset", "data-srcset", "sizes"))
        or "image" in attribute(picture, "itemprop")
        or attribute(picture, "fetchpriority") == "high"
        or attribute(picture, "loading") == "eager"
        or (picture.parent is not None and picture.parent.tag == "picture")
    )


def _is_small(size: str) -> bool:
    found = _NUMBER.match(size)
    return found is not None and "%" not in size and int(found[0][:6]) < _SMALL


def is_page(href: str) -> bool:
    """Whether a link around a picture leads somewhere else than to the picture in another size."""
    return bool(href) and not href.startswith(("#", "javascript:")) and _FILE.search(href) is None
