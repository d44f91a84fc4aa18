import contextlib
import gzip
import zlib

import brotli  # type: ignore[import-untyped] # no stubs
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.decoding import (
    ACCEPT_ENCODING,
    BombError,
    BrokenBodyError,
    DecodingError,
    TooLargeError,
    UnsupportedEncodingError,
    decode_body,
)

LIMIT = 100_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACK = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
BIG = b" " * 50_000_000
ENCODINGS = sorted(PACK)


def test_only_what_can_be_limited_is_asked_for() -> None:
    assert set(ACCEPT_ENCODING.split(", ")) == set(PACK)


@given(st.binary(max_size=5000), st.sampled_from(ENCODINGS))
def test_what_was_packed_comes_out(data: bytes, encoding: str) -> None:
    assert decode_body(PACK[encoding](data), encoding.upper(), limit=5000) == data


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_limit_is_exact(encoding: str) -> None:
    data = bytes(range(256)) * 400
    packed = PACK[encoding](data)
    assert decode_body(packed, encoding, limit=len(data)) == data
    with pytest.raises(TooLargeError):
        decode_body(packed, encoding, limit=len(data) - 1)
    assert decode_body(packed, encoding, limit=1000, cut=True) == data[:1000]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_bomb_is_stopped_at_the_limit(encoding: str) -> None:
    bomb = PACK[encoding](BIG)
    with pytest.raises(BombError):
        decode_body(bomb, encoding, limit=4_000_000)


def test_a_bomb_of_many_gzip_members_is_stopped() -> None:
    with pytest.raises(BombError):
        decode_body(gzip.compress(b" " * 1_000_000) * 20, "gzip", limit=4_000_000)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_body_that_ends_early_is_broken(encoding: str) -> None:
    packed = PACK[encoding](bytes(range(256)) * 20)
    with pytest.raises(BrokenBodyError):
        decode_body(packed[: len(packed) // 2], encoding, limit=LIMIT)
    decode_body(packed[: len(packed) // 2], encoding, limit=LIMIT, cut=True)


@given(st.binary(min_size=1, max_size=300), st.sampled_from(ENCODINGS), st.data())
def test_wherever_it_ends_early_no_part_passes_for_the_whole(data: bytes, encoding: str, draw: st.DataObject) -> None:
    packed = PACK[encoding](data)
    end = draw.draw(st.integers(1, len(packed) - 1))
    with contextlib.suppress(BrokenBodyError):
        assert decode_body(packed[:end], encoding, limit=LIMIT) == data  # the checksum alone is missing


@given(st.lists(st.binary(max_size=300_000), min_size=1, max_size=4), st.booleans())
def test_frames_of_zstd_follow_each_other(texts: list[bytes], checked: bool) -> None:
    packer = zstandard.ZstdCompressor(write_checksum=checked, write_content_size=checked)
    packed = [packer.compress(text) for text in texts]
    skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
    assert decode_body(skippable.join(packed), "zstd", limit=1_200_000) == b"".join(texts)
    with pytest.raises(BrokenBodyError):
        decode_body(b"".join(packed)[:-1], "zstd", limit=1_200_000)


def test_a_zstd_window_beyond_the_rfc_is_refused() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=25)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    packed = packer.compress(BIG) + packer.flush()
    with pytest.raises(BrokenBodyError):
        decode_body(packed, "zstd", limit=4_000_000)


@given(st.binary(max_size=300), st.sampled_from(ENCODINGS), st.booleans())
def test_junk_raises_nothing_but_our_errors(data: bytes, encoding: str, cut: bool) -> None:
    with contextlib.suppress(DecodingError):
        assert len(decode_body(data, encoding, limit=LIMIT, cut=cut)) <= LIMIT


def test_quirks_of_servers() -> None:
    assert decode_body(raw_deflate(b"teks"), "deflate", limit=9) == b"teks"
    assert decode_body(gzip.compress(b"a") + gzip.compress(b"b"), "x-gzip", limit=9) == b"ab"
    assert decode_body(gzip.compress(b"a") + b"\0\0junk", "gzip", limit=9) == b"a"
    assert decode_body(b"teks", "identity", limit=9) == b"teks"
    assert decode_body(b"", "gzip", limit=9) == b""


@pytest.mark.parametrize("encoding", ["compress", "gzip, br", "sdch", "x" * 500])
def test_what_we_never_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(UnsupportedEncodingError):
        decode_body(b"", encoding, limit=9)
