"""Real pages and corpora beside the repository; tests that need them skip where they are missing."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from operations.evaluate import corpora

ROOT = Path(__file__).resolve().parents[2]
FOLDER = corpora.shared_data()


def shared_data(*parts: str) -> Path:
    """The path of a folder or file of the real data, or a skip that says what is missing."""
    path = FOLDER.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real data is not here: {'/'.join(parts)} (WARTA_SHARED_DATA names its folder)")
    return path


def corpus_id() -> list[dict[str, Any]]:
    """Indonesian articles: title, body, published_at."""
    with gzip.open(shared_data("corpus-id/detik-2026-05.jsonl.gz")) as lines:
        return [msgspec.json.decode(line) for line in lines]
