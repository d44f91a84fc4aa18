"""The article's pictures: the one that the head names, with the caption that the page shows, then those of the body."""

import re
from typing import Any
from urllib.parse import urlsplit

from services.parser.captions import (
    NONE,
    Caption,
    caption_beside,
    caption_of,
    is_caption,
    lead_caption,
    shown_caption,
    told_caption,
)
from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string
from services.parser.sites.profile import Profile
from services.parser.text import fold
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, select, web_url
from shared.articles import Image

_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SETS = ("data-srcset", "srcset")
_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_LOGO = re.compile(
    r"logo|placeholder|default[-_.]?(?:image|img|og|share)|/assets/|/static/|favicon|fallback", re.IGNORECASE
)
_MAX_IMAGES = 20
_FEW = 5
_MOST = 400
_ADDRESS = 2000
_TELLING = 6  # characters of a file's name


def read_images(
    tree: LexborHTMLParser,
    nodes: list[Node],
    article: Node | None,
    head: Head,
    profile: Profile | None,
    *,
    title: str,
    title_node: LexborNode | None,
) -> tuple[tuple[Image, ...], str, int]:
    """(distinct pictures, at most 20; where the first came from; how many others name it too).

    http(s) URLs only, and a caption only where one is told.
    """
    scope = _scope(title_node)
    shown = _profile_picture(tree, head, profile, title=title) if profile is not None else []
    figures = _figures(scope or tree, head, title=title, is_own=scope is not None)
    named, source = _named(article, head)
    source = source if named else "figure"
    merged: dict[str, Image] = {}
    if named and _leads(figures) and not _is_shown(scope, named[0]):
        figures, named, source = [figures[0], *named, *figures[1:]], [], "figure"
    for image in [*shown, *named, *figures]:
        key = _key(image)
        known = merged.get(key)
        if known is None or (known.caption is None and known.url is None):
            merged[key] = image
        elif known.caption is None:
            merged[key] = Image(url=known.url, caption=image.caption, credit=image.credit or known.credit)
    images = list(merged.values())
    if images and images[0].url is not None and images[0].caption is None:
        caption, credit = _caption_of_lead(tree, scope, nodes, images[0], title=title, title_node=title_node)
        if caption is not None:
            lead = Image(url=images[0].url, caption=caption, credit=credit)
            images = [lead, *(image for image in images[1:] if image.url is not None or image.caption != caption)]
    told = [_key(image) for image in (*_of_json_ld(article, head)[:1], *_of_meta(head))]
    agreeing = max(told.count(_key(images[0])) - (0 if shown else 1), 0) if images else 0
    return (
        tuple(images)[:_MAX_IMAGES],
        "profile" if shown else source if images else "",
        agreeing,
    )


def _leads(figures: list[Image]) -> bool:
    return bool(figures) and figures[0].url is not None and is_caption(figures[0].caption)


def _is_shown(scope: LexborNode | None, image: Image) -> bool:
    """Whether the head's picture is in the title's part of the page; if not, a figure there leads, not one for sharing.

    True too where there is no such part: what else is on the page may be of other articles.
    """
    name = _key(image)
    return scope is None or any(
        value and name in value[:_ADDRESS].lower()
        for node in scope.css("img, source, a")[:_MOST]
        for value in node.attributes.values()
    )


def captions_of(images: tuple[Image, ...]) -> frozenset[str]:
    """Folded, as the page shows them: with the credit."""
    return frozenset(fold(f"{image.caption} {image.credit or ''}") for image in images if image.caption)


def _caption_of_lead(
    tree: LexborHTMLParser, scope: LexborNode | None, nodes: list[Node], lead: Image, *, title: str,
    title_node: LexborNode | None,
) -> Caption:  # fmt: skip
    """What JSON-LD says elsewhere, then what is shown before the text, then what is shown at the picture itself."""
    name = _key(lead)
    told = told_caption(nodes, title=title, is_same=lambda address: _key(Image(url=address)) == name)
    if told[0] is None:
        told = lead_caption(title_node, title=title)
    if told[0] is None and len(name) >= _TELLING:
        told = caption_beside(scope or tree, name, title=title)
    return told


_NAMES_OF_MANY = frozenset({"image", "images", "index", "thumb", "thumbnail", "download"})
_SHORTEST_NAME = 4


def _key(image: Image) -> str:
    """Sizes of one picture differ in the query and in a suffix of the file's name; many are named "1.jpg"."""
    if image.url is None:
        return f"caption:{fold(image.caption or '')}"
    name = _SIZE.sub("", urlsplit(image.url).path.rsplit("/", 1)[-1].split(".")[0].lower())
    return image.url if len(name) < _SHORTEST_NAME or name in _NAMES_OF_MANY else name


def _profile_picture(tree: LexborHTMLParser, head: Head, profile: Profile, *, title: str) -> list[Image]:
    pictures = select(tree, *profile.picture)[:1] if profile.picture else []
    captions = select(tree, *profile.caption)[:1] if profile.caption else []
    caption, credit = shown_caption(captions[0], title=title) if captions else NONE
    url = _source(pictures[0], head.base) if pictures else None
    return [Image(url=url, caption=caption, credit=credit)] if url or caption else []


def _named(article: Node | None, head: Head) -> tuple[list[Image], str]:
    """The picture that the head names: JSON-LD's, which may have a caption, unless it is the site's logo."""
    found, said = _of_json_ld(article, head), _of_meta(head)
    own = [image for image in found if not _LOGO.search(image.url or "")]
    if own:
        return own[:1], "json-ld"
    if said and not (_LOGO.search(said[0].url or "") and found):
        return said, "meta"
    return found[:1], "json-ld"


def _of_json_ld(article: Node | None, head: Head) -> list[Image]:
    told = as_list((article or {}).get("image")) or as_list((article or {}).get("thumbnailUrl"))
    return [image for value in told[:_FEW] if (image := _from_ld(value, head.base)) is not None]


def _of_meta(head: Head) -> list[Image]:
    said = head.first("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
    url = web_url(said, base=head.base) if said else None
    return [Image(url=url)] if url else []


def _from_ld(value: Any, base: str) -> Image | None:
    if isinstance(value, dict):
        address, caption = (
            string(value.get("url")) or string(value.get("contentUrl")) or string(value.get("@id")),
            string(value.get("caption")),
        )
    else:
        address, caption = string(value), ""
    url = web_url(address, base=base) if address else None
    said, credit = caption_of(caption, title="")
    return Image(url=url, caption=said, credit=credit) if url else None


def _scope(title_node: LexborNode | None) -> LexborNode | None:
    return (
        next((node for node in ancestors(title_node) if node.tag in {"article", "main"}), None) if title_node else None
    )


def _figures(scope: LexborHTMLParser | LexborNode, head: Head, *, title: str, is_own: bool) -> list[Image]:
    """Figures with a caption; `is_own`: the scope is the part of the page that the title heads."""
    images: list[Image] = []
    for figure in scope.css("figure")[: _MAX_IMAGES * 2]:
        caption_node, picture = figure.css_first("figcaption"), figure.css_first("img")
        caption, credit = shown_caption(caption_node, title=title) if caption_node is not None else NONE
        url = _source(picture, head.base) if picture is not None else None
        if caption and (url or is_own):
            images.append(Image(url=url, caption=caption, credit=credit))
    return images


def _source(picture: LexborNode, base: str) -> str | None:
    """Where the picture is: scripts that load it late leave a stand-in, often one of "data:", in "src"."""
    told = [attribute(picture, name) for name in _SOURCES]
    told += [first.rstrip(",") for name in _SETS for first in attribute(picture, name).split()[:1]]
    return next((url for address in told if address and (url := web_url(address, base=base))), None)
