"""WARC files that lie, or that nobody meant to be read: what can't be trusted is told, what is whole is read."""

import base64
import gzip
import hashlib
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.import_pages import import_
from operations.warc.batches import Batch, batches
from operations.warc.digests import contradicts
from operations.warc.seen import Seen
from operations.warc.writing import gzipped
from shared.clock import utcnow
from shared.events import PageFetched

HTML = b"<html><p>Warga menanam pohon.</p></html>"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PAGE = OK + b"\r\n" + HTML


def record(block: bytes = PAGE, *more: str, kind: str = "response", form: str = "1.0", url: str = "1") -> bytes:
    fields = [
        f"WARC-Type: {kind}", *more, f"WARC-Target-URI: https://contoh.id/baca/{url}",
        "WARC-Date: 2024-10-08T10:30:00Z", f"Content-Length: {len(block)}",
    ]  # fmt: skip
    head = "".join(f"{line}\r\n" for line in (f"WARC/{form}", *fields))
    return head.encode() + b"\r\n" + block + b"\r\n\r\n"


def read(data: bytes) -> list[Batch]:
    return list(batches(io.BytesIO(data), None, now=utcnow(), seen=Seen()))


def ends(data: bytes) -> dict[str, int]:
    found = {"imported": 0}
    for batch in read(data):
        found["imported"] += len(batch.pages)
        for end, count in batch.ends.items():
            found[end] = found.get(end, 0) + count
    return {end: count for end, count in found.items() if count}


def one(data: bytes) -> PageFetched:
    ((sent,),) = [batch.pages for batch in read(data)]
    assert isinstance(sent.event, PageFetched)
    return sent.event


def sha1(block: bytes, *, base: int) -> str:
    digest = hashlib.sha1(block, usedforsecurity=False).digest()
    return digest.hex() if base == 16 else base64.b32encode(digest).decode()


@pytest.mark.parametrize("form", ["0.17", "0.18", "1.0", "1.1", "2.0"])
def test_all_versions_are_read(form: str) -> None:
    assert one(record(form=form)).body == HTML


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata", "revisit", "resource", "continuation"])
def test_what_is_no_response_is_counted_by_its_kind(kind: str) -> None:
    assert ends(record(kind=kind)) == {f"passed over: {kind}": 1}


def test_a_segment_is_no_page() -> None:
    assert ends(record(PAGE, "WARC-Segment-Number: 1")) == {"one of several segments": 1}


@pytest.mark.parametrize("base", [16, 32])
def test_a_block_that_is_not_what_its_digest_says_is_told_as_broken(base: int) -> None:
    good, bad = (f"WARC-Block-Digest: sha1:{sha1(block, base=base)}" for block in (PAGE, PAGE + b"x"))
    assert ends(record(PAGE, good)) == {"imported": 1}
    assert ends(record(PAGE, bad)) == {"broken": 1}
    assert ends(record(b"Teks", bad, "Content-Type: text/plain", kind="conversion")) == {"broken": 1}


def test_digests_of_all_kinds() -> None:
    long = hashlib.sha256(b"a").digest()
    assert not contradicts(f"sha-256:{base64.b32encode(long).decode().rstrip('=')}", b"a")
    assert not contradicts(f"SHA256:{long.hex().upper()}", b"a")
    assert contradicts(f"sha256:{long.hex()}", b"b")
    assert not contradicts("", b"a")
    assert not contradicts("blake3:abc", b"a")
    assert not contradicts("sha1:", b"a")


@pytest.mark.parametrize(
    ("head", "body", "end"),
    [
        pytest.param(b"Content-Length: 400\r\n", HTML, "broken", id="cut short"),
        pytest.param(b"Content-Length: 4\r\n", HTML, "imported", id="longer than told"),
        pytest.param(b"Content-Length: 9" + b"9" * 30 + b"\r\n", HTML, "imported", id="an endless length"),
        pytest.param(
            b"Content-Length: 400\r\nContent-Encoding: gzip\r\n", gzip.compress(HTML), "imported", id="packed"
        ),
        pytest.param(b"Content-Length: 400\r\nContent-Encoding: gzip\r\n", HTML, "imported", id="told as packed"),
        pytest.param(
            b"Content-Length: 400\r\nX-Crawler-Content-Encoding: gzip\r\n",
            HTML,
            "imported",
            id="told as packed by the crawler",
        ),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", gzip.compress(HTML), "broken", id="packed in chunks"),
        pytest.param(b"Transfer-Encoding: gzip, chunked\r\n", HTML, "imported", id="told as packed in chunks"),
        pytest.param(
            b"Content-Encoding: gzip, gzip\r\n",
            gzip.compress(gzip.compress(HTML)),
            "unsupported encoding",
            id="packed twice",
        ),
        pytest.param(b"Transfer-Encoding: chunked\r\n", b"ffffffff\r\n" + HTML, "broken", id="an endless chunk"),
        pytest.param(b"X: " + b"a" * 100_000 + b"\r\n", HTML, "broken", id="an endless header"),
    ],
)
def test_bodies_that_are_not_what_their_headers_say(head: bytes, body: bytes, end: str) -> None:
    assert ends(record(OK + head + b"\r\n" + body)) == {end: 1}


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_only_a_line_break_ends_a_header(mark: str) -> None:
    assert one(record(PAGE, f"X: a{mark}WARC-Target-URI: https://palsu.example/")).url == "https://contoh.id/baca/1"


def test_a_header_of_a_million_folds_is_not_put_together() -> None:
    assert ends(record(OK + b"X: a\r\n" + b" b\n" * 1_000_000 + b"\r\n" + HTML)) == {"broken": 1}


def test_records_without_a_length_in_one_gzip_member_are_passed_over_without_beginning_again() -> None:
    class Counting(io.BytesIO):
        seeks = 0

        def seek(self, *where: int) -> int:
            self.seeks += 1
            return super().seek(*where)

    lame = record().replace(b"Content-Length", b"Content-Longitude")
    file = Counting(gzipped(record(url="0") + lame * 300 + record(url="2")))
    found = list(batches(file, None, now=utcnow(), seen=Seen()))
    assert sum(batch.ends["unreadable"] for batch in found) == 300
    assert [sent.key[-1] for batch in found for sent in batch.pages] == ["0", "2"]
    assert file.seeks == 0


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2024", "2024-01-01T00:00"), ("2024-10", "2024-10-01T00:00"), ("2024-10-08", "2024-10-08T00:00"),
        ("2024-10-08T10:30Z", "2024-10-08T10:30"), ("2024-10-08T10:30:00.123456789Z", "2024-10-08T10:30:00.123456"),
    ],
)  # fmt: skip
def test_a_date_may_be_less_exact_or_more(said: str, at: str) -> None:
    found = one(record().replace(b"2024-10-08T10:30:00Z", said.encode()))
    assert found.fetched_at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize("said", ["2024-13", "2024-10-08T10Z", "20241008103000", "2024-", ""])
def test_what_is_no_date_is_told(said: str) -> None:
    assert ends(record().replace(b"2024-10-08T10:30:00Z", said.encode())) == {"bad date": 1}


@pytest.mark.parametrize("start", [b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"])
def test_what_zstd_packed_is_refused_with_what_to_do(tmp_path: Path, start: bytes) -> None:
    file = tmp_path / "a.warc.zst"
    file.write_bytes(start + bytes(100))
    done = CliRunner().invoke(import_, [str(file)])
    assert done.exit_code == 2
    assert "zstd -d" in done.output


def test_what_only_looks_like_members_costs_little_each() -> None:
    (batch,) = read(gzipped(record(url="1")) + b"\x1f\x8b\x08" * 100_000 + gzipped(record(url="2")))
    assert [sent.key[-1] for sent in batch.pages] == ["1", "2"]


def test_a_page_that_shows_a_record_is_no_record() -> None:
    shown = OK + b"\r\n<pre>\r\n\r\n" + record(url="palsu")
    assert [sent.key for batch in read(record(shown) + record(url="2")) for sent in batch.pages] == [
        "https://contoh.id/baca/1", "https://contoh.id/baca/2",
    ]  # fmt: skip
