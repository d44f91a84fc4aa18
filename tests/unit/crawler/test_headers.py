import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.headers import ALLOWED, MAX_TOTAL, allowed_headers


def test_only_the_allowed_and_repeated_ones_joined() -> None:
    found = allowed_headers(
        [("ETag", '"a"'), ("Set-Cookie", "id=1"), ("X-Robots-Tag", "noindex"), ("x-robots-tag", "noarchive")]
    )
    assert found == {"etag": '"a"', "x-robots-tag": "noindex, noarchive"}


@given(st.lists(st.tuples(st.sampled_from(sorted(ALLOWED)), st.text(max_size=5000)), max_size=50))
def test_the_json_is_bounded_and_a_header_may_hold_it(headers: list[tuple[str, str]]) -> None:
    encoded = msgspec.json.encode(allowed_headers(headers))
    assert len(encoded) <= MAX_TOTAL
    encoded.decode("ascii")
