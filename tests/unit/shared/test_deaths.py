"""Who was in work when a process died, through the text that outlives it."""

from hypothesis import given
from hypothesis import strategies as st

from shared.deaths import MOST_CHARACTERS, Deaths

OWNER = "me"
HEIR = "you"


def handed_over(deaths: Deaths, *, alive: tuple[str, ...] = (), first: int = 0) -> Deaths:
    heir, _ = Deaths.inherited(deaths.text(OWNER, 0), heir=HEIR, alive=alive)
    heir.read_from(first)
    return heir


def test_what_was_in_work_when_its_owner_vanished_died_once() -> None:
    deaths = Deaths()
    for offset in (3, 4, 5, 9):
        deaths.begun(offset)
    deaths.ended(4)
    deaths.waiting(9)
    heir = handed_over(deaths)
    assert {offset: heir.of(offset) for offset in range(10) if heir.of(offset)} == {3: 1, 5: 1}


def test_nothing_died_with_an_owner_that_lives_or_that_had_calmed_down() -> None:
    deaths = Deaths()
    deaths.begun(7)
    assert handed_over(deaths, alive=(OWNER,)).of(7) == 0
    deaths.calm()
    assert handed_over(deaths).of(7) == 0


def test_deaths_add_up_until_the_record_has_its_end() -> None:
    deaths = Deaths()
    for count in range(1, 4):
        deaths.begun(5)
        deaths = handed_over(deaths)
        assert deaths.of(5) == count
    assert handed_over(deaths, first=6).of(5) == 0, "committed before: it had its end"
    deaths.ended(5)
    assert handed_over(deaths).of(5) == 0


def test_only_what_is_read_first_says_what_had_its_end() -> None:
    deaths = Deaths()
    deaths.begun(5)
    heir = handed_over(deaths, first=5)
    heir.read_from(9)
    assert heir.of(5) == 1, "it needn't have ended before the next was read"


def test_the_row_of_dead_letters_is_handed_over_to_another() -> None:
    text = Deaths().text(OWNER, 17)
    heir, row = Deaths.inherited(text, heir=HEIR, alive=())
    assert (heir.row, row) == (17, 17)
    again, row = Deaths.inherited(text, heir=OWNER, alive=(OWNER,))
    assert (again.row, row) == (17, 0), "who wrote it knows better by now"


@given(st.text(max_size=50))
def test_any_text_can_be_inherited(text: str) -> None:
    deaths, row = Deaths.inherited(text, heir=HEIR, alive=())
    assert row >= 0 or text
    assert deaths.of(0) >= 0


@given(st.sets(st.integers(0, 10**6), max_size=400), st.dictionaries(st.integers(0, 10**6), st.integers(1, 3)))
def test_the_text_fits_and_keeps_all_of_the_ordinary(at: set[int], died: dict[int, int]) -> None:
    deaths = Deaths()
    for offset, count in died.items():
        for _ in range(count):
            deaths.begun(offset)
            before = handed_over(deaths)
            if before.of(offset):
                deaths = before
    for offset in at:
        deaths.begun(offset)
    text = deaths.text(OWNER, 3)
    assert len(text) <= MOST_CHARACTERS
    if len(at) + len(died) < 100:
        heir = handed_over(deaths)
        assert all(heir.of(offset) == deaths.of(offset) + (offset in at) for offset in {*at, *died})
