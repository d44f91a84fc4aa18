"""The demo page's files as they are served; tests/integration/test_page_in_browser.py shows what they do."""

import re

import pytest

from services.recommender.api import pages
from tests.support.api import ID, Api
from tests.support.cluster import ROOT

FILES = sorted(path.name for path in pages.WEB.iterdir())
SCRIPTS = [name for name in FILES if name.endswith(".js")]


@pytest.mark.parametrize("path", ["/", "/?q=korea", f"/a/{ID}", f"/a/{ID}?mode=context&size=5"])
async def test_the_page_is_served_under_a_strict_policy(path: str) -> None:
    answer = await Api().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", FILES)
async def test_every_file_is_served_and_not_sent_twice(name: str) -> None:
    api = Api()
    first = await api.get(f"/web/{name}")
    assert first.status_code == 200
    assert first.content == (pages.WEB / name).read_bytes()
    assert first.headers["content-type"] == pages.KINDS[f".{name.rsplit('.', 1)[1]}"]
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-security-policy"] == pages.POLICY
    again = await api.get(f"/web/{name}", If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (await api.request("HEAD", f"/web/{name}")).headers["etag"] == first.headers["etag"]


async def test_what_is_not_there() -> None:
    api = Api()
    for path in ("/web/nothing.js", "/web/..%2Fapi%2Fpages.py", "/web/%2e%2e/settings.py", "/web/", "/a/", "/a/b/c"):
        answer = await api.get(path)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json"
    nonsense = await api.get("/a/nonsense")
    assert nonsense.status_code == 404
    assert nonsense.headers["content-type"].startswith("text/html"), "the page says it in the reader's language"
    assert (await api.request("POST", "/")).status_code == 405


async def test_the_page_needs_no_key_since_it_holds_no_data() -> None:
    api = Api(keys="sebuah-kunci-yang-panjang")
    assert (await api.get("/")).status_code == 200
    assert (await api.get("/web/page.js")).status_code == 200
    assert (await api.get("/newest")).status_code == 401


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    html = (pages.WEB / pages.PAGE).read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", html) == []
    for address in re.findall(r"(?:src|href|action)=\"([^\"]*)\"", html):
        assert re.fullmatch(r"/|#content|/openapi\.json|/web/[\w.]+", address), address
    served = set(re.findall(r"/web/([\w.]+)", html))
    for name in SCRIPTS:
        script = (pages.WEB / name).read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", script)
        served |= set(re.findall(r"from \"/web/([\w.]+)\"", script))
        assert re.findall(r"from \"(?!/web/)[^\"]*\"|\bimport\(", script) == []
    assert served | {pages.PAGE} == set(FILES), "what nobody loads"
    for name in FILES:
        if name.endswith(".css"):
            assert not re.search(r"url\(|@import", (pages.WEB / name).read_text("utf-8"))


def test_both_languages_have_the_same_words() -> None:
    script = (pages.WEB / "words.js").read_text("utf-8")
    indonesian, english = re.findall(r"^  (?:id|en): \{\n(.*?)^  \},$", script, re.MULTILINE | re.DOTALL)
    one, other = (re.findall(r"(\w+): \"((?:[^\"\\]|\\.)*)\"", words) for words in (indonesian, english))
    assert [name for name, _ in one] == [name for name, _ in other]
    for (name, said), (_, also) in zip(one, other, strict=True):
        assert sorted(re.findall(r"\{\w+\}", said)) == sorted(re.findall(r"\{\w+\}", also)), name


def test_the_image_carries_the_files() -> None:
    assert "COPY services services" in (ROOT / "Dockerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert "!services" in ignored
    assert not [line for line in ignored if re.search(r"web|\.(js|css|html|svg)", line)]
