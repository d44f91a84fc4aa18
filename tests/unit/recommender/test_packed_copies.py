"""Packed signatures tell the same copies as the marks that they are made of."""

from hypothesis import given
from hypothesis import strategies as st

from services.recommender.copies import Signatures
from shared.terms import BANDS, near_duplicates, packed_marks

BANDS_OF = st.lists(st.sampled_from("ab"), min_size=BANDS, max_size=BANDS).map(
    lambda versions: tuple(f"b{band:02d}{version * 12}" for band, version in enumerate(versions))
)
SIGNED = st.tuples(BANDS_OF | st.just(()), st.sampled_from([(), ("t" + "c" * 12,), ("t" + "d" * 12,)])).map(
    lambda parts: (*parts[0], *parts[1])
)


@given(asks=SIGNED, others=st.lists(SIGNED, max_size=20))
def test_the_same_are_copies(asks: tuple[str, ...], others: list[tuple[str, ...]]) -> None:
    signatures = Signatures([packed_marks(one) for one in others])
    assert signatures.copies_of(packed_marks(asks)).tolist() == [near_duplicates(asks, one) for one in others]
    for number, own in enumerate(others):
        assert signatures.copies_of_own(number).tolist() == [near_duplicates(own, one) for one in others]


def test_a_packed_signature_is_70_bytes_or_nothing() -> None:
    assert len(packed_marks(["b00" + "a" * 12])) == len(packed_marks(["t" + "a" * 12])) == 70
    assert packed_marks([]) == b""
