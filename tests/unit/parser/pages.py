"""Pages for the parser's tests."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.parser.parse import Parsed, parse
from shared.events import PageFetched

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
URL = "https://kabar.example.id/read/12345/warga-lembah-perbaiki-irigasi"


def shared_data(*parts: str) -> Path:
    """A path in the shared data; skips the test where that isn't at hand."""
    root = Path(os.environ.get("WARTA_SHARED_DATA", ROOT.parent / "shared" / "data"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is missing: set WARTA_SHARED_DATA to the folder of real data")
    return path


def page(
    body: str | bytes,
    *,
    url: str = URL,
    content_type: str = "text/html; charset=utf-8",
    headers: dict[str, str] | None = None,
) -> PageFetched:
    data = body if isinstance(body, bytes) else body.encode()
    return PageFetched(url=url, fetched_at=NOW, content_type=content_type, body=data, http_headers=headers or {})


def parse_html(head: str = "", body: str = "", *, url: str = URL, headers: dict[str, str] | None = None) -> Parsed:
    """Parse a page with this head and body."""
    html = f"<!doctype html><html lang='id'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return parse(page(html, url=url, headers=headers))
