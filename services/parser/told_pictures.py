"""The pictures that a page names for machines: in JSON-LD, meta tags, links and microdata."""

from typing import Any

from services.parser.captions import caption_of
from services.parser.head import Head
from services.parser.json_ld import Node, as_list, string
from services.parser.lead_picture import LOGO
from services.parser.picture_sources import source_of
from services.parser.tree import LexborHTMLParser, attribute, web_url
from shared.articles import Image

_OLDER = (
    "image",
    "thumbnail",
    "thumbnailurl",
    "thumbnail_url",
    "parsely-image-url",
    "sailthru.image.full",
    "image_src",
)
_FEW = 5


def picture_named(article: Node | None, head: Head) -> tuple[list[Image], str]:
    """The picture that the head names: JSON-LD's, which may have a caption, unless it is the site's logo."""
    found, said = pictures_of_json_ld(article, head), picture_of_meta(head)
    own = [image for image in found if not LOGO.search(image.url or "")]
    if own:
        return own[:1], "json-ld"
    if said and not (LOGO.search(said[0].url or "") and found):
        return said, "meta"
    return found[:1], "json-ld"


def picture_named_elsewhere(tree: LexborHTMLParser, nodes: list[Node], head: Head) -> tuple[list[Image], str]:
    """Where pages that share nothing name it: the page's own node of JSON-LD, older meta tags, microdata."""
    known = {str(node["@id"]): node for node in nodes if "@id" in node}
    for node in nodes:
        for value in as_list(node.get("primaryImageOfPage"))[:1]:
            told = {**known.get(str(value.get("@id")), {}), **value} if isinstance(value, dict) else value
            found = _from_ld(told, head.base)
            if found is not None and not LOGO.search(found.url or ""):
                return [found], "json-ld"
    link, picture = tree.css_first("link[rel~='image_src' i][href]"), tree.css_first("img[itemprop~='image']")
    told = [head.first(*_OLDER), attribute(link, "href") if link is not None else ""]
    urls = [url for address in told if address and (url := web_url(address, base=head.base))]
    if not urls and picture is not None and (url := source_of(picture, base=head.base)):
        return [Image(url=url)], "microdata"
    return [Image(url=url) for url in urls[:1] if not LOGO.search(url)], "meta"


def pictures_of_json_ld(article: Node | None, head: Head) -> list[Image]:
    told = as_list((article or {}).get("image")) or as_list((article or {}).get("thumbnailUrl"))
    told = [one for value in told for one in (as_list(value["@list"]) if _is_list(value) else [value])]
    return [image for value in told[:_FEW] if (image := _from_ld(value, head.base)) is not None]


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and "@list" in value


def picture_of_meta(head: Head) -> list[Image]:
    said = head.first("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")
    url = web_url(said, base=head.base) if said else None
    return [Image(url=url)] if url else []


def _from_ld(value: Any, base: str) -> Image | None:
    if isinstance(value, dict):
        address, caption = (
            string(value.get("url")) or string(value.get("contentUrl")) or string(value.get("@id")).partition("#")[0],
            string(value.get("caption")),
        )
    else:
        address, caption = string(value), ""
    url = web_url(address, base=base) if address else None
    said, credit = caption_of(caption, title="")
    return Image(url=url, caption=said, credit=credit) if url else None
