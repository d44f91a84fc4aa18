"""The article's pictures: the one that the head names, with the caption that the page shows, then those of the body."""

import re
from typing import Any
from urllib.parse import urlsplit

from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string
from services.parser.sites.profile import Profile
from services.parser.text import fold
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, select, text_of, web_url
from shared.articles import Image

_SOURCES = ("data-src", "data-original", "data-lazy-src", "src")
_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_MAX_IMAGES = 20


def read_images(
    tree: LexborHTMLParser,
    article: Node | None,
    head: Head,
    profile: Profile | None,
    *,
    title: str,
    title_node: LexborNode | None,
) -> tuple[Image, ...]:
    """Distinct pictures, at most 20; http(s) URLs only, a caption only where the page shows one."""
    shown = _profile_picture(tree, head, profile, title=title) if profile is not None else []
    figures = _figures(tree, head, title=title, title_node=title_node)
    named = _named(article, head)
    images = [*shown, *named, *figures] if shown else [*named, *figures]
    merged: dict[str, Image] = {}
    for image in images:
        key = _key(image)
        known = merged.get(key)
        merged[key] = image if known is None else Image(url=known.url, caption=known.caption or image.caption)
    return tuple(merged.values())[:_MAX_IMAGES]


def captions_of(images: tuple[Image, ...]) -> frozenset[str]:
    return frozenset(fold(image.caption) for image in images if image.caption)


def _key(image: Image) -> str:
    """Sizes of one picture differ in the query and in a suffix of the file's name."""
    if image.url is None:
        return f"caption:{fold(image.caption or '')}"
    name = urlsplit(image.url).path.rsplit("/", 1)[-1].split(".")[0].lower()
    return _SIZE.sub("", name) or image.url


def _profile_picture(tree: LexborHTMLParser, head: Head, profile: Profile, *, title: str) -> list[Image]:
    pictures = select(tree, *profile.picture)[:1] if profile.picture else []
    captions = select(tree, *profile.caption)[:1] if profile.caption else []
    caption = _caption(text_of(captions[0]) if captions else "", title=title)
    url = _source(pictures[0], head.base) if pictures else None
    return [Image(url=url, caption=caption)] if url or caption else []


def _named(article: Node | None, head: Head) -> list[Image]:
    found = [_from_ld(value, head.base) for value in as_list((article or {}).get("image"))[:1]]
    url = web_url(head.first("og:image", "og:image:url", "twitter:image", "twitter:image:src"), base=head.base)
    named = [image for image in found if image is not None]
    return named or ([Image(url=url)] if url and head.first("og:image", "twitter:image", "twitter:image:src") else [])


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


def _figures(tree: LexborHTMLParser, head: Head, *, title: str, title_node: LexborNode | None) -> list[Image]:
    """Figures with a caption in the part of the page that the title heads."""
    scope: LexborNode | None = (
        next((node for node in ancestors(title_node) if node.tag in {"article", "main"}), None) if title_node else None
    )
    images: list[Image] = []
    for figure in (scope or tree).css("figure")[: _MAX_IMAGES * 2]:
        caption_node, picture = figure.css_first("figcaption"), figure.css_first("img")
        caption = _caption(text_of(caption_node) if caption_node is not None else "", title=title)
        url = _source(picture, head.base) if picture is not None else None
        if caption and url:
            images.append(Image(url=url, caption=caption))
        elif caption and scope is not None:
            images.append(Image(caption=caption))
    return images


def _caption(text: str, *, title: str) -> str | None:
    return text if text and fold(text) != fold(title) and len(text) <= 1000 else None


def _source(picture: LexborNode, base: str) -> str | None:
    return next(
        (url for name in _SOURCES if (value := attribute(picture, name)) and (url := web_url(value, base=base))), None
    )
