"""The same page gives the same article in any process: nothing depends on the order of sets."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from services.parser.parse import parse
from tests.unit.parser.pages import page

ROOT = Path(__file__).resolve().parents[3]


def parsed_pages() -> bytes:
    """All sample pages, parsed, as bytes."""
    files = sorted((ROOT / "tests/pages").glob("*/page.html"))
    return msgspec.json.encode([ended(file) for file in files])


def ended(file: Path) -> object:
    try:
        return parse(page(file.read_bytes(), url=f"https://kabar.example.id/read/12345/{file.parent.name}"))
    except Exception as error:  # noqa: BLE001 - how it ends is what is compared
        return [repr(error), getattr(error, "links", None)]


def test_another_hash_seed_changes_nothing() -> None:
    module = "tests.unit.parser.test_same_in_any_process"
    script = f"import sys; from {module} import parsed_pages; sys.stdout.buffer.write(parsed_pages())"
    said = [
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "4242")
    ]  # fmt: skip
    assert said[0] == said[1] == parsed_pages()
    assert said[0].count(b'"canonical_url"') >= 2
