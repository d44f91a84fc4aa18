"""One folder, one test: our own page in a real site's structure, how it came, and the article it must give."""

import json
from pathlib import Path

import msgspec
import pytest

from services.parser.parse import parse
from shared.errors import Skip
from shared.events import PageFetched
from tests.support.shared_data import ROOT

FOLDERS = sorted(path.parent for path in (ROOT / "tests" / "pages").glob("*/meta.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_page(folder: Path) -> None:
    body = next(folder.glob("page.*")).read_bytes()
    page = msgspec.convert({**json.loads((folder / "meta.json").read_text()), "body": body}, PageFetched)
    try:
        found = json.loads(msgspec.json.encode(parse(page).article))
        del found["provenance"]
    except Skip as skip:
        found = {"skip": skip.reason}
    assert found == json.loads((folder / "expected.json").read_text())
