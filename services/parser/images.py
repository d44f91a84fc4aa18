"""The article's pictures: the one that the head names, with the caption that the page shows, then those of the body."""

import re
from itertools import islice, takewhile
from urllib.parse import urlsplit

from services.parser.captions import (
    NONE,
    Caption,
    caption_beside,
    is_caption,
    lead_caption,
    shown_caption,
    told_caption,
)
from services.parser.head import Head
from services.parser.json_ld import Node
from services.parser.lead_picture import LOGO, is_page, lead_picture
from services.parser.picture_sources import PICTURES, source_of
from services.parser.sites.profile import Profile
from services.parser.text import fold
from services.parser.told_pictures import (
    picture_named,
    picture_named_elsewhere,
    picture_of_meta,
    pictures_of_json_ld,
)
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, attribute, marked_part, select
from shared.articles import Image

_SIZE = re.compile(r"[-_]\d{2,4}(?:x\d{2,4})?$")
_MAX_IMAGES = 20
_FEW = 5
_LEVELS = 4
_DEEP = 3  # folders
_MOST = 400
_PROSE = 200  # characters of a paragraph of the text
_ADDRESS = 2000
_TELLING = 6  # characters of a file's name


def read_images(
    tree: LexborHTMLParser,
    nodes: list[Node],
    article: Node | None,
    head: Head,
    profile: Profile | None,
    *,
    url: str,
    title: str,
    title_node: LexborNode | None,
) -> tuple[tuple[Image, ...], str, int]:
    """(distinct pictures, at most 20; where the first came from; how many others name it too).

    http(s) URLs only, and a caption only where one is told.
    """
    scope = marked_part(title_node)
    around = scope or _around(title_node)
    shown = _profile_picture(tree, head, profile, title=title) if profile is not None else []
    figures = _figures(scope or tree, head, title=title, is_own=scope is not None)
    named, source = picture_named(article, head)
    if not named:
        named, source = picture_named_elsewhere(tree, nodes, head)
    source = source if named else "figure"
    merged: dict[str, Image] = {}
    is_named = bool(named) and not LOGO.search(named[0].url or "")
    if named and _leads(figures) and not _is_shown(scope, named[0]):
        figures, named, source = [figures[0], *named, *figures[1:]], [], "figure"
    elif not shown and not (is_named and _is_shown(around, named[0])):
        lead = lead_picture(title_node, base=head.base, url=url)
        if lead is not None and (not is_named or lead.is_large or _is_kin(lead.url, named[0].url or "")):
            first = [image for image in figures if image.url == lead.url] or [Image(url=lead.url)]
            named, source = [first[0], *(named if is_named else ())], "figure"
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
            first = [Image(url=images[0].url, caption=caption, credit=credit)]
            images = [*first, *(image for image in images[1:] if image.url is not None or image.caption != caption)]
    told = [_key(image) for image in (*pictures_of_json_ld(article, head)[:1], *picture_of_meta(head))]
    agreeing = max(told.count(_key(images[0])) - (0 if shown else 1), 0) if images else 0
    return (
        tuple(images)[:_MAX_IMAGES],
        "profile" if shown else source if images else "",
        agreeing,
    )


def _leads(figures: list[Image]) -> bool:
    return bool(figures) and figures[0].url is not None and is_caption(figures[0].caption)


def _is_shown(scope: LexborNode | None, image: Image) -> bool:
    """Whether the head's picture is in the title's part of the page, before the text; if not, what is there leads.

    True too where there is no such part: what else is on the page may be of other articles.
    """
    name = _key(image)
    if scope is None:
        return True
    for node in scope.css(f"{PICTURES}, source, a, p")[:_MOST]:
        if node.tag == "p":
            if len(node.text()) > _PROSE:
                return False
            continue
        said = [attribute(node, "href").partition("?")[0]] if node.tag == "a" else node.attributes.values()
        if any(value and name in value[:_ADDRESS].lower() for value in said):
            return True
    return False


def _is_kin(one: str, other: str) -> bool:
    """Whether both are in one folder, deep enough to be an article's: the same picture, cut in two ways."""
    folder, other_folder = (urlsplit(address).path.rpartition("/")[0] for address in (one, other))
    return folder == other_folder and folder.count("/") >= _DEEP


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
    url = source_of(pictures[0], base=head.base) if pictures else None
    return [Image(url=url, caption=caption, credit=credit)] if url or caption else []


def _is_of_another(pictures: list[LexborNode]) -> bool:
    """Whether a link around the picture leads to a page: a card's, then."""
    links = (up for picture in pictures for up in islice(ancestors(picture), _LEVELS) if up.tag == "a")
    return any(is_page(attribute(link, "href")) for link in links)


def _around(title_node: LexborNode | None) -> LexborNode | None:
    """A wider part of the page, where none is marked as the article's."""
    within = takewhile(lambda node: node.tag != "body", ancestors(title_node) if title_node is not None else ())
    return next(reversed(list(islice(within, _LEVELS + 1))), None)


def _figures(scope: LexborHTMLParser | LexborNode, head: Head, *, title: str, is_own: bool) -> list[Image]:
    """Figures with a caption; `is_own`: the scope is the part of the page that the title heads."""
    images: list[Image] = []
    for figure in scope.css("figure")[: _MAX_IMAGES * 2]:
        caption_node = figure.css_first("figcaption")
        caption, credit = shown_caption(caption_node, title=title) if caption_node is not None else NONE
        pictures = figure.css(PICTURES)[:_FEW]
        url = next((url for picture in pictures if (url := source_of(picture, base=head.base))), None)
        if caption and (is_own or (url and not _is_of_another(pictures))):
            images.append(Image(url=url, caption=caption, credit=credit))
    return images
