"""The conformance vectors of other URL libraries: whatever they hold, the canonical form is one, or our own error."""

import json
from typing import Any

import pytest

from shared.urls import BadUrlError, canonical_url
from tests.support.shared_data import shared_data


def texts(value: Any) -> set[str]:
    """All texts in a vector: inputs and results alike."""
    if isinstance(value, str):
        return {value}
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for item in items for text in texts(item)}


@pytest.mark.parametrize(
    ("file", "least"),
    [
        ("url-wpt/urltestdata.json", 100), ("url-w3lib/w3lib-url-vectors.json", 100),
        ("url-normalize/url-normalize-vectors.json", 20),
    ],
)  # fmt: skip
def test_the_canonical_form_of_every_vector_is_its_own(file: str, least: int) -> None:
    canonical = 0
    for text in sorted(texts(json.loads(shared_data(*file.split("/")).read_text("utf-8")))):
        try:
            once = canonical_url(text)
        except BadUrlError:
            continue
        assert canonical_url(once) == once, text
        assert once.startswith(("http://", "https://"))
        canonical += 1
    assert canonical > least
