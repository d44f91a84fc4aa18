"""The article's pictures: the one that the head names, with the caption that the page shows, then those of the body."""

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from services.parser.dates import names_a_day
from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string, types_of
from services.parser.sites.profile import Profile
from services.parser.text import fold
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, select, text_of, web_url
from shared.articles import Image

_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SETS = ("data-srcset", "srcset")
_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_LOGO = re.compile(
    r"logo|placeholder|default[-_.]?(?:image|img|og|share)|/assets/|/static/|favicon|fallback", re.IGNORECASE
)
_CAPTION_CLASS = re.compile(r"caption", re.IGNORECASE)
_MAX_IMAGES = 20
_FEW = 5
_LEVELS = 5
_PROSE = 200
_SHORTEST = 12
_MOST = 200
_LONGEST = 400
_DATED = 60


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
    merged: dict[str, Image] = {}
    for image in [*shown, *named, *figures]:
        key = _key(image)
        known = merged.get(key)
        merged[key] = image if known is None else Image(url=known.url, caption=known.caption or image.caption)
    images = list(merged.values())
    if images and images[0].url is not None and images[0].caption is None:
        caption = _told_caption(images[0], nodes, title=title) or _lead_caption(title_node, title=title)
        if caption is not None:
            lead = Image(url=images[0].url, caption=caption)
            images = [lead, *(image for image in images[1:] if image.url is not None or image.caption != caption)]
    told = [_key(image) for image in (*_of_json_ld(article, head)[:1], *_of_meta(head))]
    agreeing = max(told.count(_key(images[0])) - (0 if shown else 1), 0) if images else 0
    return (
        tuple(images)[:_MAX_IMAGES],
        "profile" if shown else source if named else "figure" if images else "",
        agreeing,
    )


def captions_of(images: tuple[Image, ...]) -> frozenset[str]:
    return frozenset(fold(image.caption) for image in images if image.caption)


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
    caption = _caption(text_of(captions[0]) if captions else "", title=title)
    url = _source(pictures[0], head.base) if pictures else None
    return [Image(url=url, caption=caption)] if url or caption else []


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


def _told_caption(image: Image, nodes: list[Node], *, title: str) -> str | None:
    """What another object of the page's JSON-LD says about the same picture."""
    for node in nodes:
        if types_of(node) & {"ImageObject", "Photograph"} and (said := string(node.get("caption"))):
            addresses = (string(node.get("url")), string(node.get("contentUrl")))
            if any(_key(Image(url=address)) == _key(image) for address in addresses if address):
                return _caption(said, title=title)
    return None


def _lead_caption(title_node: LexborNode | None, *, title: str) -> str | None:
    """The caption between the title and the text, before or after it: that picture leads the article."""
    around = list(islice(ancestors(title_node), _LEVELS)) if title_node is not None else []
    for scope in around:
        if scope.tag == "body":
            break
        for node in scope.css("figcaption, [class*='caption' i], p")[:_MOST]:
            if node.tag == "p" and not _CAPTION_CLASS.search(attribute(node, "class")):
                if len(node.text()) > _PROSE and all(up.tag not in {"figure", "figcaption"} for up in ancestors(node)):
                    return None
                continue
            text = _caption(text_of(node), title=title)
            if text and _SHORTEST <= len(text) <= _LONGEST and not (len(text) < _DATED and names_a_day(text)):
                return text
    return None


def _from_ld(value: Any, base: str) -> Image | None:
    if isinstance(value, dict):
        address, caption = (
            string(value.get("url")) or string(value.get("contentUrl")) or string(value.get("@id")),
            string(value.get("caption")),
        )
    else:
        address, caption = string(value), ""
    url = web_url(address, base=base) if address else None
    return Image(url=url, caption=caption or None) if url else None


def _scope(title_node: LexborNode | None) -> LexborNode | None:
    return (
        next((node for node in ancestors(title_node) if node.tag in {"article", "main"}), None) if title_node else None
    )


def _figures(scope: LexborHTMLParser | LexborNode, head: Head, *, title: str, is_own: bool) -> list[Image]:
    """Figures with a caption; `is_own`: the scope is the part of the page that the title heads."""
    images: list[Image] = []
    for figure in scope.css("figure")[: _MAX_IMAGES * 2]:
        caption_node, picture = figure.css_first("figcaption"), figure.css_first("img")
        caption = _caption(text_of(caption_node) if caption_node is not None else "", title=title)
        url = _source(picture, head.base) if picture is not None else None
        if caption and url:
            images.append(Image(url=url, caption=caption))
        elif caption and is_own:
            images.append(Image(caption=caption))
    return images


def _caption(text: str, *, title: str) -> str | None:
    return text if text and fold(text) != fold(title) and len(text) <= 1000 else None


def _source(picture: LexborNode, base: str) -> str | None:
    """Where the picture is: scripts that load it late leave a stand-in, often one of "data:", in "src"."""
    told = [attribute(picture, name) for name in _SOURCES]
    told += [first.rstrip(",") for name in _SETS for first in attribute(picture, name).split()[:1]]
    return next((url for address in told if address and (url := web_url(address, base=base))), None)
