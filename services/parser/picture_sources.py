"""Where a picture is: pages that load it late leave a stand-in in "src", and the address in some other attribute."""

import re

from services.parser.tree import LexborNode, attribute, web_url

PICTURES = "img, amp-img"
_KNOWN = ("data-src", "data-original", "data-lazy-src")
_SETS = ("data-srcset", "srcset", "data-lazy-srcset")
_FILE = re.compile(r"^(?:https?:)?/?/?[^\s\"'<>{}]+\.(?:jpe?g|png|webp|avif)(?:[?#/][^\s\"'<>{}]*)?$", re.IGNORECASE)
_STAND_IN = re.compile(
    r"placeholder|(?:^|[/_-])(?:blank|spacer|transparent|pixel|1x1|lazy-?load\w*|loading|loader|grey|gray)\.\w{3,4}",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"\.svg(?:$|\?)", re.IGNORECASE)  # often a stand-in, but a picture where there is no other
_LONGEST, _LONGEST_LATE = 2000, 400
_MOST = 20


def source_of(picture: LexborNode, *, base: str) -> str | None:
    """The absolute address of an `img` or `amp-img`; None where there is no more than a stand-in."""
    own = attribute(picture, "src")
    told = [attribute(picture, name) for name in _KNOWN]
    is_own = not _STAND_IN.search(own[:_LONGEST])
    told += [own] if is_own and not _DRAWN.search(own[:_LONGEST]) else []
    told += [_first_of_set(attribute(picture, name)) for name in _SETS]
    if (found := _first_address(told, base)) is not None:
        return found
    late = [_first_of_set(value or "") for name, value in picture.attributes.items() if name.startswith("data-")]
    told = [value for value in late[:_MOST] if len(value) <= _LONGEST_LATE and _FILE.match(value)]
    return _first_address(told, base) or _of_sources(picture, base) or _first_address([own] if is_own else [], base)


def _of_sources(picture: LexborNode, base: str) -> str | None:
    """Of the `picture` element around it."""
    holder = picture.parent
    if holder is None or holder.tag != "picture":
        return None
    told = [_first_of_set(attribute(node, name)) for node in holder.css("source") for name in _SETS]
    return _first_address(told, base)


def _first_of_set(said: str) -> str:
    return next(iter(said[:_LONGEST].split()), "").rstrip(",")


def _first_address(told: list[str], base: str) -> str | None:
    return next((url for address in told if address and (url := web_url(address, base=base))), None)
