"""What an article is about, in both languages, from capitals and counts alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.articles import Article, Image
from shared.terms import analysed

HARBOUR = (
    "Menteri Perhubungan Samboja Rana Wirya meresmikan Pelabuhan Tanjung Biru, Rabu 3 April 2024.",
    "Rana Wirya mengatakan Pelabuhan Tanjung Biru akan melayani Samboja bagian utara. Menurut Rana, biaya turun.",
    "Pengusaha di Samboja menyambut baik pelabuhan itu. Kapal-kapal besar dapat bersandar di Tanjung Biru.",
)


def topic_terms(made: Article, **options: int) -> tuple[str, ...]:
    return analysed(made, **options).topic_terms


def article(title: str, *body: str, **fields: object) -> Article:
    made: dict[str, object] = {"canonical_url": "https://contoh.id/baca/1", "site": "contoh.id", **fields}
    return Article(title=title, body=body, **made)  # type: ignore[arg-type]


def test_names_are_cut_out_of_runs_of_capitals() -> None:
    terms = topic_terms(article("Pelabuhan Tanjung Biru Diresmikan", *HARBOUR))
    assert {"samboja", "rana wirya", "rana", "tanjung biru"} <= set(terms)
    assert not any("samboja rana" in term for term in terms)
    assert not {"april", "rabu", "menteri perhubungan samboja rana wirya"} & set(terms)


def test_words_become_stems_and_function_words_go() -> None:
    terms = topic_terms(article("Harga beras naik", "Pedagang menaikkan harga beras karena panen yang buruk."))
    assert terms[:2] == ("harga", "beras")
    assert "dagang" in terms
    assert not {"karena", "yang"} & set(terms)


def test_what_stands_in_the_title_comes_before_what_the_body_mentions() -> None:
    terms = topic_terms(article("Banjir di Semarapura", "Hujan turun semalam.", "Banjir juga melanda Klungkung."))
    assert terms.index("semarapura") < terms.index("klungkung")


def test_tags_come_first_and_empty_ones_not_at_all() -> None:
    tags = ("Pelabuhan Laut", "#Samboja", "yang", "", "kata " * 30)
    terms = topic_terms(article("Pelabuhan Tanjung Biru Diresmikan", *HARBOUR, topics=tags))
    assert set(terms[:2]) == {"pelabuhan laut", "samboja"}
    assert "yang" not in terms
    assert all(len(term) < 100 for term in terms)


@pytest.mark.parametrize(
    ("body", "short", "name"),
    [
        ("Badan Cuaca Samudra (BCS) memberi peringatan. BCS meminta nelayan waspada.", "bcs", "badan cuaca samudra"),
        ("air di Samboja Utara surut. Di Sambut, julukannya, warga resah.", "sambut", "samboja utara"),
    ],
)
def test_a_short_form_in_the_text_is_as_strong_as_its_name(body: str, short: str, name: str) -> None:
    terms = topic_terms(article("Kabar hari ini", f"Menurut warga, {body}"))
    assert abs(terms.index(short) - terms.index(name)) <= 1


def test_an_unknown_name_in_a_headline_is_kept_beside_its_stem() -> None:
    terms = topic_terms(article("Utang Naik, Ini Penjelasan Kemenkeu", "Utang naik tipis pada Februari."))
    assert "kemenkeu" in terms
    assert "penjelasan" in terms
    assert "naik" in terms


def test_english() -> None:
    terms = topic_terms(
        article(
            "HARBOUR STRIKE ENDS", "Dock workers in Port Ellison ended the strike on Monday.",
            "The union said workers at Port Ellison won higher wages. Mr. Harlan Price led the talks.", language="en",
        )
    )  # fmt: skip
    assert {"strike", "port ellison", "worker", "harlan price"} <= set(terms)
    assert not {"monday", "the", "mr harlan price"} & set(terms)


def test_the_sites_own_name_is_no_topic() -> None:
    assert "contoh" not in topic_terms(article("Kabar Contoh", "Wartawan Contoh berada di Samboja, kata Contoh."))


def test_name_terms_tell_names_from_words() -> None:
    made = article("Pelabuhan Tanjung Biru Diresmikan", *HARBOUR, topics=("Pelabuhan Laut",))
    names = analysed(made).names
    assert {"samboja", "tanjung biru", "pelabuhan laut"} <= names
    assert not {"biaya", "kapal"} & names


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@given(title=WORDS, body=st.lists(WORDS, max_size=4), tags=st.lists(WORDS, max_size=3), caption=WORDS)
def test_any_text_gives_at_most_so_many_terms_of_lower_case(
    title: str, body: list[str], tags: list[str], caption: str
) -> None:
    made = article(title, *body, topics=tuple(tags), images=(Image(caption=caption),))
    terms = topic_terms(made, limit=10)
    assert terms == topic_terms(made, limit=10)
    assert len(terms) <= 10
    assert len(set(terms)) == len(terms)
    assert all(term and term == term.strip() for term in terms)
    assert topic_terms(made, limit=5) == terms[:5]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["Aa Bb Cc Dd Ee " * 50_000, "a" * 2_000_000, "Aaaa Aaaaaa Aaaaa Aaaa (aaaaaaaaaab) " * 20_000, "A." * 400_000],
    ids=["capitals", "one word", "definitions", "dots"],
)
def test_a_hostile_text_takes_bounded_time(text: str) -> None:
    assert len(topic_terms(article("Judul", text))) <= 40
