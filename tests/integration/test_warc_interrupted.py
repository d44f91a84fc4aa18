"""Imports and exports that are interrupted, or run out of disk: the same command ends what it began, nothing twice."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from operations.replay_pages import Selection
from operations.warc.batches import MOST_PAGES
from operations.warc.exporting import Export
from operations.warc.importing import Import, Reached, Servers
from operations.warc.writing import gzipped, response
from services.crawler.settings import CrawlerSettings
from shared.delivery import Outgoing
from shared.events import PageFetched
from shared.settings import DeliverySettings, KafkaSettings
from shared.topics import PAGES_FETCHED
from tests.support.cluster import Cluster
from tests.support.commands import warta

AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
PAGES = 3 * MOST_PAGES - 50


def page(number: int) -> PageFetched:
    return PageFetched(
        url=f"https://contoh.id/baca/{number}", fetched_at=AT + timedelta(seconds=number), content_type="text/html",
        body=b"<html>teks" + b" %d" % number,
    )  # fmt: skip


def records(numbers: range) -> Iterator[bytes]:
    for number in numbers:
        yield gzipped(response(page(number), f"{number:032x}"))


def servers(cluster: Cluster) -> Servers:
    kafka = KafkaSettings(bootstrap_servers=cluster.environment["WARTA_KAFKA_BOOTSTRAP_SERVERS"])
    return Servers(kafka=kafka, delivery=DeliverySettings(), crawler=CrawlerSettings(brake_free_disk_percent=0))


async def sent(cluster: Cluster) -> list[str]:
    return sorted(envelope.id for envelope in await cluster.events(PAGES_FETCHED))


async def test_an_import_that_is_stopped_goes_on_where_it_was_and_sends_nothing_twice(
    cluster: Cluster, tmp_path: Path
) -> None:
    files = [tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"]
    files[0].write_bytes(b"".join(records(range(PAGES))))
    files[1].write_bytes(b"".join(records(range(PAGES, PAGES + 10))))
    names = [str(path) for path in files]
    stopping = asyncio.Event()
    first = Import(servers(cluster), report=lambda _reached: stopping.set())
    await first.run(names, stopping)
    assert first.unfinished == names
    assert 0 < first.ends["imported"] <= MOST_PAGES
    assert len(await sent(cluster)) == first.ends.total()

    second = Import(servers(cluster))
    await second.run(names, asyncio.Event())
    assert second.unfinished == []
    assert second.ends == {"imported": PAGES + 10}
    ids = await sent(cluster)
    assert len(ids) == len(set(ids)) == PAGES + 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.warc.gz", "b.warc.gz"]


async def test_an_import_that_is_torn_away_sends_at_most_a_batch_again_under_the_same_ids(
    cluster: Cluster, tmp_path: Path
) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"".join(records(range(PAGES))))

    def torn(_reached: Reached) -> None:
        running.cancel()

    running = asyncio.create_task(Import(servers(cluster), report=torn).run([str(file)], asyncio.Event()))
    with pytest.raises(asyncio.CancelledError):
        await running
    again = Import(servers(cluster))
    await again.run([str(file)], asyncio.Event())
    assert again.ends == {"imported": PAGES}
    ids = await sent(cluster)
    assert len(set(ids)) == PAGES
    assert len(ids) <= PAGES + MOST_PAGES


async def test_what_is_done_is_not_done_again_for_a_file_that_ends_early(cluster: Cluster, tmp_path: Path) -> None:
    whole, growing = tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    whole.write_bytes(b"".join(records(range(3))))
    later = b"".join(records(range(3, 6)))
    growing.write_bytes(later[:-20])
    names = [str(whole), str(growing)]
    first = Import(servers(cluster))
    await first.run(names, asyncio.Event())
    assert first.unfinished == names[1:]
    growing.write_bytes(later)
    second = Import(servers(cluster))
    await second.run(names, asyncio.Event())
    ids = await sent(cluster)
    assert len(ids) == len(set(ids)) == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.warc.gz", "b.warc.gz"]


async def test_an_import_goes_on_without_a_checkpoint_when_the_disk_is_full(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"".join(records(range(3))))
    (tmp_path / "a.warc.gz.warta-import.part").symlink_to("/dev/full")
    done = await warta(cluster, "import", str(file))
    assert b"No space left on device" in done.stderr
    assert b"imported" in done.stdout
    assert len(await sent(cluster)) == 3


async def test_an_export_that_is_torn_away_leaves_what_was_there(cluster: Cluster, tmp_path: Path) -> None:
    await cluster.publish(
        Outgoing(topic=PAGES_FETCHED, key=page(number).url, event=page(number)) for number in range(50)
    )
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(b"yang lama")
    everything = Selection(since=AT - timedelta(days=1), until=None, sites=())

    def torn(read: int, _total: int) -> None:
        assert (tmp_path / "pages.warc.gz.part").exists()
        if read == 10:
            running.cancel()

    running = asyncio.create_task(Export(everything, servers(cluster).kafka, report=torn).run(file))
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [path.name for path in tmp_path.iterdir()] == ["pages.warc.gz"]
    assert file.read_bytes() == b"yang lama"


async def test_an_export_to_a_full_disk_is_a_clear_error_and_leaves_what_was_there(
    cluster: Cluster, tmp_path: Path
) -> None:
    await cluster.publish([Outgoing(topic=PAGES_FETCHED, key=page(0).url, event=page(0))])
    file = tmp_path / "pages.warc"
    file.write_bytes(b"yang lama")
    (tmp_path / "pages.warc.part").symlink_to("/dev/full")
    done = await warta(cluster, "export", "--warc", str(file), code=1)
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["pages.warc"]
    assert file.read_bytes() == b"yang lama"


async def test_what_a_killed_export_left_is_said_and_written_anew_and_is_no_file_to_import(
    cluster: Cluster, tmp_path: Path
) -> None:
    await cluster.publish([Outgoing(topic=PAGES_FETCHED, key=page(0).url, event=page(0))])
    (tmp_path / "whole").mkdir()
    whole = tmp_path / "whole" / "pages.warc.gz"
    await warta(cluster, "export", "--warc", str(whole))
    file, left = tmp_path / "pages.warc.gz", tmp_path / "pages.warc.gz.part"
    left.write_bytes(b"".join(records(range(3)))[:-20])
    refused = await warta(cluster, "import", str(left), code=2)
    assert b"cut short" in refused.stderr
    done = await warta(cluster, "export", "--warc", str(file))
    assert f"{left} is of an export that was cut short".encode() in done.stderr
    assert not left.exists()
    assert file.read_bytes() == whole.read_bytes()
