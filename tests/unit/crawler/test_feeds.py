import json
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.crawler.feeds import canonical_all, feed_items
from tests.support import shared_data

FOLDER = shared_data.FOLDER / "feeds-feedparser"
URL = "https://contoh.example/rss"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Contoh</title>
<item><title>Satu</title><link>https://contoh.example/read/1/satu?utm_source=rss</link></item>
<item><title>Dua</title><link> /read/2/dua#isi </link></item>
<item><title>Satu lagi</title><link>https://contoh.example/read/1/satu</link></item>
<item><title>Tanpa tautan</title></item>
<item><title>Jahat</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Contoh</title>
<entry><title>Satu</title><link rel="enclosure" href="https://contoh.example/a.mp3"/>
<link rel="alternate" href="https://contoh.example/read/1/satu"/></entry></feed>"""
ENTITIES = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&d;&x;</title><link>https://contoh.example/&x;</link></item></channel></rss>"""


def items(text: str) -> tuple[str, ...]:
    return feed_items(text.encode(), url=URL, content_type="application/rss+xml")


def test_items_are_canonical_and_each_once() -> None:
    assert items(RSS) == ("https://contoh.example/read/1/satu", "https://contoh.example/read/2/dua")


def test_atom_gives_the_page_not_the_enclosure() -> None:
    assert items(ATOM) == ("https://contoh.example/read/1/satu",)


def test_entities_are_neither_expanded_nor_read_from_files() -> None:
    assert all("root:" not in item for item in items(ENTITIES))


@pytest.mark.parametrize("text", ["", "<html><body>Halaman</body></html>", '{"a": 1}', "file:///etc/passwd", URL])
def test_what_is_no_feed_has_no_items_and_is_never_opened(text: str) -> None:
    assert items(text) == ()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_raise_nothing(body: bytes) -> None:
    feed_items(body, url=URL, content_type="text/xml")
    feed_items(RSS.encode()[: len(body)] + body, url=URL, content_type="text/xml")


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the shared feed data isn't at {FOLDER}")
def test_the_parsers_own_corpus() -> None:
    """All 2,106 files: the items are those of the vectors, canonical, in order, each once."""
    import gzip

    vectors = json.loads(gzip.decompress((FOLDER / "feed-vectors.json.gz").read_bytes()))
    base = "http://example.com/"
    wanted = {
        vector["file"]: canonical_all([entry.get("link") or "" for entry in vector["entries"]], base=base)
        for vector in vectors
    }
    links = 0
    with tarfile.open(FOLDER / "feeds.tar.gz") as archive:
        for member in archive:
            if not member.isfile() or not member.name.endswith(".xml"):
                continue
            file = archive.extractfile(member)
            assert file is not None
            name = member.name.removeprefix("tests/")
            found = feed_items(file.read(), url=base, content_type="application/xml")
            assert found == wanted.pop(name), name
            links += len(found)
    assert wanted == {}
    assert links > 100
