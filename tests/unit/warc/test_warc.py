"""WARC and WET files as they are found: every record has an end, what is broken is named, reading goes on."""

import gzip
import io
import zlib
from collections import Counter
from datetime import UTC, datetime

import pytest

from operations.warc.batches import Batch, batches
from operations.warc.decoded import Position
from operations.warc.seen import Seen
from operations.warc.writing import gzipped, information, response
from shared.clock import utcnow
from shared.events import PageFetched
from shared.topics import MAX_PAGE_BYTES

AT = datetime(2024, 10, 8, 10, 30, 0, 123456, tzinfo=UTC)
HTML = b"<html><p>Warga menanam pohon.</p></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def record(kind: str = "response", block: bytes = OK + b"\r\n" + HTML, **changed: str) -> bytes:
    fields = {
        "WARC-Type": kind, "WARC-Target-URI": "https://contoh.id/baca/1", "WARC-Date": "2024-10-08T10:30:00Z",
        "Content-Length": str(len(block)), **{name.replace("_", "-"): value for name, value in changed.items()},
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def page(number: int) -> bytes:
    return record(WARC_Target_URI=f"https://contoh.id/baca/{number}")


def read(data: bytes, start: Position | None = None) -> list[Batch]:
    return list(batches(io.BytesIO(data), start, now=utcnow(), seen=Seen()))


def ends(data: bytes) -> dict[str, int]:
    found: Counter[str] = Counter()
    for batch in read(data):
        found.update(+batch.ends)
        found["imported"] += len(batch.pages)
    return dict(+found)


def one(data: bytes) -> PageFetched:
    ((sent,),) = [batch.pages for batch in read(data)]
    assert isinstance(sent.event, PageFetched)
    return sent.event


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (record(), "imported"),
        (record("conversion", b"Teks.", Content_Type="text/plain"), "imported"),
        (record("request"), "passed over: request"),
        (record("revisit"), "passed over: revisit"),
        (record(WARC_Target_URI="dns:contoh.id", Content_Type="text/dns"), "passed over: not http"),
        (record(block=b"HTTP/1.1 404 Not Found\r\n\r\n"), "status 404"),
        (record(block=b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"), "neither html nor text"),
        (record(block=OK + b"\r\n" + b"a" * (MAX_PAGE_BYTES + 1)), "too large"),
        (record(block=OK + b"\r\n" + b"a" * (3 * MAX_PAGE_BYTES)), "too large"),
        (record(block=OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(5_000_000))), "bomb"),
        (record(block=OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(HTML)[:-9]), "broken"),
        (record(block=OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + HTML), "broken"),
        (record(WARC_Target_URI="https://"), "bad url"),
        (record(WARC_Date="kemarin"), "bad date"),
        (record(WARC_Date="2999-01-01T00:00:00Z"), "bad date"),
        (record(WARC_Truncated="length"), "truncated by its crawler"),
    ],
)
def test_every_record_has_an_end(data: bytes, end: str) -> None:
    assert ends(data) == ends(gzipped(data)) == {end: 1}


def test_codings_are_taken_off_and_brackets_too() -> None:
    packed = gzip.compress(HTML)
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    head = OK + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nSet-Cookie: a=b\r\n\r\n"
    found = one(record(block=head + chunks, WARC_Target_URI="<https://contoh.id/baca/2>"))
    assert (found.url, found.body) == ("https://contoh.id/baca/2", HTML)
    assert found.http_headers == {"content-encoding": "gzip"}
    assert one(record(block=head + HTML)).body == HTML


def test_a_file_that_ends_early_gives_what_is_before_and_names_the_byte() -> None:
    members = [gzipped(page(number)) for number in range(3)]
    (batch,) = read(b"".join(members)[:-20])
    assert len(batch.pages) == 2
    assert [(broken.offset, broken.early) for broken in batch.broken] == [(len(members[0]) + len(members[1]), True)]
    assert batch.reached == Position(offset=len(members[0]) + len(members[1]))


@pytest.mark.parametrize("hurt", [zlib.compress(b"apa"), gzipped(page(9))[:60] + bytes(40), b"\x1f\x8b\x08 rusak"])
def test_after_a_broken_member_reading_goes_on(hurt: bytes) -> None:
    first = gzipped(page(1))
    (batch,) = read(first + hurt + gzipped(page(2)))
    assert [broken.offset for broken in batch.broken] == [len(first)]
    assert len(batch.pages) == 2
    assert +batch.ends == {"unreadable": 1}


@pytest.mark.parametrize("length", ["3", "700", "tiga"])
@pytest.mark.parametrize("whole", [False, True])
def test_a_wrong_length_costs_its_record_only(length: str, whole: bool) -> None:
    parts = [page(1), record(Content_Length=length), page(2), page(3)]
    for data in (b"".join(parts), gzipped(b"".join(parts)), b"".join(map(gzipped, parts))):
        found = read(data)
        urls = [sent.key for batch in found for sent in batch.pages]
        assert {f"https://contoh.id/baca/{number}" for number in (1, 3)} <= set(urls)
        assert sum(batch.ends["unreadable"] for batch in found) >= 1


def test_reading_goes_on_from_any_position() -> None:
    data = [page(number) for number in range(4)]
    for whole in (b"".join(map(gzipped, data)), gzipped(b"".join(data)), b"".join(data)):
        (batch,) = read(whole + gzipped(b"") if whole[:1] == b"\x1f" else whole)
        assert len(batch.pages) == 4
        assert not read(whole, batch.reached) or not read(whole, batch.reached)[0].pages


def test_duplicates_are_counted() -> None:
    assert ends(page(1) + page(1) + page(2)) == {"imported": 2, "duplicate": 1}


def test_what_is_written_is_read_as_it_was() -> None:
    was = PageFetched(
        url="https://contoh.id/baca/1", fetched_at=AT, content_type="text/html; charset=utf-8", body=HTML, status=203,
        depth=2, final_url="https://contoh.id/baca/1?x=1", found_by="import",
        http_headers={"content-encoding": "br", "etag": '"a"', "server": "nginx"},
    )  # fmt: skip
    about = information("a.warc.gz", AT, "pages")
    assert one(gzipped(about) + gzipped(response(was, "id"))) == was
    assert response(was, "id") == response(was, "id")
