"""Hosts that answer 200 for what isn't there: the same bytes at many addresses, or a title that says so. Pure."""

import html
import re
import zlib
from collections import OrderedDict

from shared.not_found import says_not_found

# A page may have a few addresses; what has more says nothing of any of them.
MOST_ADDRESSES = 3
MOST_BODIES = 20_000
_HEAD_BYTES = 64 * 1024
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,600})</title", re.IGNORECASE)
_BEGINNINGS = (b"<title", b"<TITLE")
# An article has a time, also one about pages that aren't there.
_TIMES = (b"article:published_time", b"datePublished")


def says_missing(body: bytes) -> bool:
    """Whether the page's title is nothing but that it wasn't found, and the page no article.

    Enough of pages that were there before: what is new the parser judges, by more than this.
    """
    places = (body.find(beginning, 0, _HEAD_BYTES) for beginning in _BEGINNINGS)
    found = next((_TITLE.match(body, at) for at in places if at >= 0), None)
    if found is None or any(time in body for time in _TIMES):
        return False
    return says_not_found(html.unescape(found[1].decode("utf-8", "ignore")))


class SameBodies:
    """The addresses of the bodies that came last, by host. What falls out is counted anew."""

    def __init__(self, most: int = MOST_BODIES) -> None:
        self._most = most
        self._addresses: OrderedDict[tuple[str, int, int], tuple[str, ...]] = OrderedDict()

    def is_elsewhere(self, host: str, url: str, body: bytes) -> bool:
        """Whether the host gave this very body at `MOST_ADDRESSES` other addresses; if not, `url` is one of them.

        Length and CRC tell bodies apart: by chance no four of a host's agree, and on purpose it only harms itself.
        """
        key = (host, len(body), zlib.crc32(body))
        before = self._addresses.get(key, ())
        is_elsewhere = url not in before and len(before) >= MOST_ADDRESSES
        self._addresses[key] = before if url in before or is_elsewhere else (*before, url)
        self._addresses.move_to_end(key)
        if len(self._addresses) > self._most:
            self._addresses.popitem(last=False)
        return is_elsewhere
