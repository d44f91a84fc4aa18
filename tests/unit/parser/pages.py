"""Pages for the parser's tests."""

from datetime import UTC, datetime

from services.parser.parse import Parsed, parse
from shared.events import FoundBy, PageFetched

NOW = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
URL = "https://kabar.example.id/read/12345/warga-lembah-perbaiki-irigasi"


def page(
    body: str | bytes,
    *,
    url: str = URL,
    content_type: str = "text/html; charset=utf-8",
    headers: dict[str, str] | None = None,
    found_by: FoundBy = "seed",
) -> PageFetched:
    data = body if isinstance(body, bytes) else body.encode()
    return PageFetched(
        url=url, fetched_at=NOW, content_type=content_type, body=data, http_headers=headers or {}, found_by=found_by
    )


def parse_html(
    head: str = "", body: str = "", *, url: str = URL, headers: dict[str, str] | None = None, found_by: FoundBy = "seed"
) -> Parsed:
    """Parse a page with this head and body."""
    html = f"<!doctype html><html lang='id'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return parse(page(html, url=url, headers=headers, found_by=found_by))
