"""Canonical URLs, version 1: what article ids are made of. Frozen by golden vectors in tests/unit/test_urls.py."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

import courlan
import w3lib.url
from tld import get_fld

MAX_URL_LENGTH = 2048
# A URL on its way is asked for its host a dozen times.
_AT_HAND = 4096
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9]{1,40}[.-]){1,5}[a-z]{2,20}(?:/[A-Za-z0-9_-][\w.,~-]{0,300}){1,8}/?", re.ASCII
)
_TRACKED = re.compile(
    r"(?P<bare>[^?#]+)(?:\?utm_(?:source|medium|campaign|content|term)=[\w-]*"
    r"(?:&utm_(?:source|medium|campaign|content|term)=[\w-]*)*)?(?:\#[\w-]*)?", re.ASCII
)  # fmt: skip
_FRONT = re.compile(r"/(?:index\.\w+|home|beranda|id|en)?/?")


class BadUrlError(ValueError):
    """Not an absolute http(s) URL that could be fetched."""


def canonical_url(url: str) -> str:
    """The one form of `url`: lower-case host, no default port, tracking or fragment, sorted query, %-escapes in place.

    Idempotent. Raises `BadUrlError` for anything but an absolute http or https URL of at most 2,048 characters.
    """
    if is_plain(url):
        return url
    tracked = _TRACKED.fullmatch(url)
    return tracked["bare"] if tracked is not None and is_plain(tracked["bare"]) else _long_way(url)


def is_plain(url: str) -> bool:
    """Whether `url` is canonical at first sight, as most are; not all that are canonical are plain."""
    return len(url) <= MAX_URL_LENGTH and _PLAIN.fullmatch(url) is not None


def _long_way(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        absolute = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        found = _canonical_twice(url.strip()) if absolute else ""
    except ValueError as error:
        raise BadUrlError(f"not a URL: {error}") from error
    if not absolute:
        raise BadUrlError("not an absolute http or https URL")
    if len(found) > MAX_URL_LENGTH:
        raise BadUrlError(f"longer than {MAX_URL_LENGTH} characters")
    return found


def _canonical_twice(url: str) -> str:
    once = _canonical_once(url)
    return once if once == url else _canonical_once(once)


def _canonical_once(url: str) -> str:
    return str(w3lib.url.canonicalize_url(courlan.normalize_url(url)))


@lru_cache(_AT_HAND)
def host_of(url: str) -> str:
    """The host, lower case, without port: what politeness and partitions go by; empty for no URL."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def site_of(url: str) -> str:
    """The registrable domain (`dunia.tempo.co` -> `tempo.co`), or the host itself where there is none."""
    try:
        return get_fld(url, fail_silently=True) or host_of(url)
    except ValueError:
        return host_of(url)


def front_of(host: str) -> str:
    """The front page of a host, in whose name what is decided or told of the host goes."""
    return f"https://[{host}]/" if ":" in host else f"https://{host}/"


def is_front(url: str) -> bool:
    """Whether a canonical URL is a site's front page."""
    parts = urlsplit(url)
    return _FRONT.fullmatch(parts.path or "/") is not None and not parts.query
