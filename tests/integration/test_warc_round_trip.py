"""Export, then import into an empty system: the same pages, and audit explains them all."""

from pathlib import Path

from msgspec import structs

from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.events import PageFetched
from shared.topics import PAGES_FETCHED
from tests.support.cluster import Cluster, until
from tests.support.commands import warta

HTML = """<html lang=id><head><title>{0}</title><meta property=og:type content=article></head><body><article>
<h1>{0}</h1><p>Warga {0} menanam seribu pohon di tepi sungai pada Selasa pagi.</p></article></body></html>"""


async def pages(cluster: Cluster) -> dict[str, PageFetched]:
    found = [envelope.event for envelope in await cluster.events(PAGES_FETCHED)]
    return {page.url: structs.replace(page, found_by="import") for page in found}


async def test_a_round_trip_gives_the_same_pages_and_audit_explains_them(cluster: Cluster, tmp_path: Path) -> None:
    urls = [f"https://contoh.id/baca/{number}" for number in range(5)]
    events = [
        PageFetched(url=url, fetched_at=utcnow(), content_type="text/html", body=HTML.format(url).encode(), depth=1,
                    found_by="link", http_headers={"content-encoding": "gzip", "etag": "x"})
        for url in urls
    ]  # fmt: skip
    await cluster.publish(Outgoing(topic=PAGES_FETCHED, key=page.url, event=page) for page in events)
    was = await pages(cluster)
    file, again = tmp_path / "a" / "pages.warc.gz", tmp_path / "b" / "pages.warc.gz"
    for path in (file, again):
        path.parent.mkdir()
        await warta(cluster, "export", "--warc", str(path))
    assert file.read_bytes() == again.read_bytes()

    await cluster.wipe()
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(file.read_bytes()[:-30])
    done = await warta(cluster, "import", str(cut), code=1)
    assert b"at byte" in done.stderr
    assert len(await pages(cluster)) == 4
    cut.write_bytes(file.read_bytes())
    done = await warta(cluster, "import", str(cut))
    assert b"going on at byte" in done.stderr
    assert not list(tmp_path.glob("*.warta-import*"))
    assert await pages(cluster) == was

    parser, indexer = cluster.start("parser"), cluster.start("indexer")

    async def indexed() -> bool:
        return len(await cluster.articles()) == len(urls)

    await until(indexed, seconds=120, why=lambda: parser.text() + indexer.text())
    await warta(cluster, "audit")
