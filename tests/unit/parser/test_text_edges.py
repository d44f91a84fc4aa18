"""What stands before and after the text on its page."""

import pytest

from services.parser.text_edges import without_edges

TEXT = ["Air mengalir lagi.", "Petani menanam padi.", "Hujan turun pada bulan November.", "Panen lebih awal tahun ini."]
PEOPLE = ("Sri Rahayu", "dpa")


@pytest.mark.parametrize(
    "line",
    ["Oleh Sri Rahayu", "By Sri Rahayu and dpa", "Von dpa 30.04.2024, 18:58", "21 Mei 2026", "Sri Rahayu | 8 Okt 2024"],
)
def test_bylines_and_dates_before_the_text(line: str) -> None:
    assert without_edges([TEXT[0], line, *TEXT[1:]], PEOPLE) == TEXT
    assert without_edges([line, *TEXT], PEOPLE) == TEXT


@pytest.mark.parametrize(
    "line",
    ["Sri Rahayu says that the water is back.", "KOTA LEMBAH, 8 Oktober 2024 -", "Sri Rahayu is a farmer.",
     "Oleh karena itu air dialirkan lebih awal"],
)  # fmt: skip
def test_the_texts_own_first_lines(line: str) -> None:
    assert without_edges([line, *TEXT], PEOPLE) == [line, *TEXT]


@pytest.mark.parametrize(
    "line",
    ["Sri Rahayu is a reporter in the valley.", "Editor: Budi Santoso", "Sign up for our daily newsletter.",
     "Our website is your destination for news, so bookmark our homepage.", "Reach the reporters at desk@example.org",
     "Do you have a story tip that we should know? Contact us.", "A. Budi contributed reporting from Lembah.",
     "Inscríbase aquí y reciba el boletín cada mañana."],
)  # fmt: skip
def test_what_follows_the_text(line: str) -> None:
    assert without_edges([*TEXT, line], PEOPLE) == TEXT
    assert without_edges([line, *TEXT], PEOPLE) == [line, *TEXT], "only at the end"


@pytest.mark.parametrize(
    "line",
    ["The company has 3 million subscribers now.", "“Sign up here,” the officer told the farmers in the square.",
     "Rahayu is one of them.", "The newsletter was printed until 1978."],
)  # fmt: skip
def test_the_texts_own_last_lines(line: str) -> None:
    assert without_edges([*TEXT, line], PEOPLE) == [*TEXT, line]


def test_a_text_is_never_nothing() -> None:
    assert without_edges(["Editor: Budi"], ()) == ["Editor: Budi"]
