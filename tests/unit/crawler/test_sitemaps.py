import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.crawler.decoding import DecodingError
from services.crawler.sitemaps import MAX_ENTRIES, ChildSitemap, Sitemap, read_sitemap

URL = "https://contoh.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def pages(text: str) -> tuple[str, ...]:
    return read_sitemap(text.encode(), url=URL).pages


def test_a_news_sitemap() -> None:
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NS} {NEWS} {IMAGE}>
<!-- catatan -->
<url><loc>
  https://contoh.example/read/1/satu?utm_medium=peta
</loc><image:image><image:loc>https://contoh.example/a.jpg</image:loc></image:image>
<news:news><news:publication_date>2024-10-08</news:publication_date><news:title>Satu</news:title></news:news></url>
<url><loc><![CDATA[https://contoh.example/read/2/dua?a=1&b=2]]></loc><lastmod>2024-10-08</lastmod></url>
<url><loc>/read/3/tiga</loc></url>
<url><lastmod>2024-10-08</lastmod></url>
</urlset>"""
    assert pages(text) == (
        "https://contoh.example/read/1/satu",
        "https://contoh.example/read/2/dua?a=1&b=2",
        "https://contoh.example/read/3/tiga",
    )


def test_an_index_without_name_space_and_gzipped() -> None:
    text = """<sitemapindex><sitemap><loc>https://contoh.example/a.xml.gz</loc><lastmod>2024-10-08</lastmod></sitemap>
<sitemap><loc>https://contoh.example/b.xml</loc></sitemap></sitemapindex>"""
    expected = Sitemap(
        children=(
            ChildSitemap(url="https://contoh.example/a.xml.gz", lastmod="2024-10-08"),
            ChildSitemap(url="https://contoh.example/b.xml"),
        )
    )
    assert read_sitemap(text.encode(), url=URL) == expected
    assert read_sitemap(gzip.compress(text.encode()), url=URL) == expected


def test_a_plain_list() -> None:
    assert pages("\ufeffhttps://contoh.example/1\r\nhttps://contoh.example/2\nbukan url\n") == (
        "https://contoh.example/1",
        "https://contoh.example/2",
    )


def test_a_broken_one_gives_what_can_be_read() -> None:
    text = f"<urlset {NS}><url><loc>https://contoh.example/1</loc></url><url><loc>https://contoh.exa"
    assert "https://contoh.example/1" in pages(text)
    assert pages("<html><body><p>Bukan peta</body></html>") == ()


def test_entities_are_neither_expanded_nor_read_from_files() -> None:
    text = f"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<urlset {NS}><url><loc>https://contoh.example/&x;</loc></url><url><loc>https://contoh.example/&c;</loc></url>
<url><loc>https://contoh.example/1</loc></url></urlset>"""
    found = pages(text)
    assert "https://contoh.example/1" in found
    assert all("root" not in url and "aaaa" not in url for url in found)


def test_no_more_than_the_protocol_allows() -> None:
    entries = "".join(f"<url><loc>https://contoh.example/{number}</loc></url>" for number in range(MAX_ENTRIES + 100))
    assert len(pages(f"<urlset {NS}>{entries}</urlset>")) == MAX_ENTRIES


def test_broken_gzip_is_our_error() -> None:
    with pytest.raises(DecodingError):
        read_sitemap(b"\x1f\x8bbukan gzip", url=URL)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_else(body: bytes) -> None:
    read_sitemap(b"<" + body, url=URL)
    read_sitemap(f"<urlset {NS}><url><loc>https://contoh.example/1</loc></url>".encode() + body, url=URL)
