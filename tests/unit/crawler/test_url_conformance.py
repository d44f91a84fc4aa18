"""The URL standard's and w3lib's vectors: which host an address leads to is never a matter of opinion."""

import json
from typing import Any
from urllib.parse import urljoin

import yarl

from services.crawler.guard import BlockedError, Guard, UnfetchableError
from shared.urls import BadUrlError, canonical_url, host_of
from tests.support.shared_data import shared_data

GUARD = Guard(ports=range(1, 65_536))
# IDNA 2003 and 2008 read it differently; canonical form v1 is frozen with the first.
DEVIATING = "ß"


def web_vectors(*, failing: bool) -> list[dict[str, Any]]:
    """The standard's cases that it refuses, or those that lead to http or https."""
    vectors = json.loads(shared_data("url-wpt", "urltestdata.json").read_text("utf-8"))
    cases = [one for one in vectors if isinstance(one, dict)]
    if failing:
        return [one for one in cases if one.get("failure")]
    return [one for one in cases if not one.get("failure") and one["protocol"] in {"http:", "https:"}]


def fetched(vector: dict[str, Any]) -> str | None:
    """The canonical URL that a link or redirect to the input leads to, or None if it is never fetched."""
    try:
        url = canonical_url(urljoin(vector["base"] or "", vector["input"]))
        GUARD.check_url(url)
        yarl.URL(url)  # the client's own reading; its ValueError ends the fetch as bad_url
    except (BadUrlError, BlockedError, UnfetchableError, ValueError):
        return None
    return url


def test_what_is_fetched_is_on_the_host_that_the_standard_says_or_that_linked_to_it() -> None:
    same = 0
    vectors = web_vectors(failing=False)
    for vector in vectors:
        url = fetched(vector)
        if url is None or DEVIATING in vector["input"]:
            continue
        assert host_of(url) in {vector["hostname"], host_of(vector["base"] or "")}, vector
        same += url == canonical_url(vector["href"])
    assert same >= 0.65 * len(vectors)


def test_what_the_standard_refuses_is_hardly_ever_fetched() -> None:
    vectors = web_vectors(failing=True)
    accepted = [vector["input"] for vector in vectors if fetched(vector)]
    # Malformed punycode, which no name server knows.
    assert [text for text in accepted if "xn--" not in text.lower()] == []
    assert len(accepted) <= 0.05 * len(vectors)


def test_the_guard_and_the_client_read_the_same_host() -> None:
    seen = 0
    for vector in (*web_vectors(failing=False), *web_vectors(failing=True)):
        if url := fetched(vector):
            assert yarl.URL(url).raw_host == host_of(url), vector
            seen += 1
    assert seen > 150


def test_what_is_the_same_to_w3lib_has_one_canonical_form() -> None:
    vectors = json.loads(shared_data("url-w3lib", "w3lib-url-vectors.json").read_text("utf-8"))
    different, same = [], 0
    for vector in vectors:
        # Another encoding or separator of a query would be another address.
        if vector["fn"] not in {"canonicalize_url", "safe_url_string"} or vector["kw"] or len(vector["args"]) > 1:
            continue
        try:
            one, other = canonical_url(vector["args"][0]), canonical_url(vector["result"])
        except (BadUrlError, TypeError, AttributeError):
            continue
        same += one == other
        if one != other:
            different.append(vector["args"][0])
    assert same > 200
    # A backslash stays one here; what has credentials is never fetched.
    assert all("\\" in url or "@" in url for url in different), different
