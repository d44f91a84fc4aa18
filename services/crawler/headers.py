"""Which response headers travel with a page: an allow-list, bounded. Pure."""

from collections.abc import Iterable

# What later steps judge by; no Set-Cookie, nothing that names the visitor.
ALLOWED = frozenset(
    (
        "age", "cache-control", "content-encoding", "content-language", "date", "etag", "expires", "last-modified",
        "link", "location", "server", "tdm-policy", "tdm-reservation", "vary", "x-robots-tag",
    )
)  # fmt: skip
MAX_VALUE = 1024
MAX_TOTAL = 16 * 1024


def allowed_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The allowed ones by lower-case name, repeated ones joined; values cut at 1 KiB, 16 KiB in all as JSON."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key in ALLOWED:
            found[key] = f"{found[key]}, {value}" if key in found else value
    kept: dict[str, str] = {}
    room = MAX_TOTAL
    for key, value in sorted(found.items()):
        cut = value.encode("ascii", "ignore").decode()[:MAX_VALUE]
        # A character takes six bytes of JSON at worst (\\u0000).
        room -= len(key) + 6 * len(cut) + 6
        if room < 0:
            break
        kept[key] = cut
    return kept
