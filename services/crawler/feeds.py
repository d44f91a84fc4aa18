"""The item URLs of an RSS or Atom feed. Pure: feedparser gets bytes, and fetches nothing."""

import io
from urllib.parse import urljoin

import feedparser

from shared.urls import BadUrlError, canonical_url

MAX_ITEMS = 1000


def feed_items(body: bytes, *, url: str, content_type: str) -> tuple[str, ...]:
    """Canonical URLs of the items, in the feed's order, each once; nothing for a body that isn't a feed."""
    # A stream, because feedparser would open a string that looks like a URL or a file's name.
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type, "content-location": url},
        sanitize_html=False,
    )
    return canonical_all([_link(entry) for entry in parsed.entries[:MAX_ITEMS]], base=url)


def canonical_all(links: list[str], *, base: str) -> tuple[str, ...]:
    """Those of `links` that are URLs, made absolute and canonical, each once."""
    found: dict[str, None] = {}
    for link in links:
        if not link:
            continue
        try:
            found[canonical_url(urljoin(base, link.strip()))] = None
        except (BadUrlError, ValueError):
            continue
    return tuple(found)


def _link(entry: object) -> str:
    get = getattr(entry, "get")  # noqa: B009 - feedparser's entries are untyped dictionaries
    return str(get("feedburner_origlink") or get("link") or "")
