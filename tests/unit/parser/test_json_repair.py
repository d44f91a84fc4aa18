import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.parser.json_repair import read_json

FACTS = {"@type": "NewsArticle", "headline": "Warga Lembah"}


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"NewsArticle","headline":"Warga Lembah"}',
        '{"@type":"NewsArticle","headline":"Warga Lembah",}',
        '{"@type":"NewsArticle",,"headline":"Warga Lembah"}',
        '<!-- {"@type":"NewsArticle","headline":"Warga Lembah"} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"Warga Lembah"}\n//]]>',
        '/*<![CDATA[*/{"@type":"NewsArticle","headline":"Warga Lembah"};/*]]>*/',
        "{&quot;@type&quot;:&quot;NewsArticle&quot;,&quot;headline&quot;:&quot;Warga Lembah&quot;}",
        '{"@type":"NewsArticle"\n"headline":"Warga Lembah"}',
        '\ufeff{"@type":"NewsArticle","headline":"Warga Lembah"}',
    ],
)
def test_one_reading_is_possible(text: str) -> None:
    assert read_json(text) == [FACTS]


def test_what_strings_hold_is_left_as_it_is() -> None:
    assert read_json('{"a":"x, ] y ,} z","b":[1,],}') == [{"a": "x, ] y ,} z", "b": [1]}]
    assert read_json('{"a":"baris\nbaru","b":"it\\\'s \\d",}') == [{"a": "baris\nbaru", "b": "it's \\d"}]


def test_quotes_inside_a_line_of_its_own() -> None:
    text = '{\n "@type": "NewsArticle",\n "headline": "Kata "maju" dan "terus"",\n "name": "B"\n}'
    assert read_json(text) == [{"@type": "NewsArticle", "headline": 'Kata "maju" dan "terus"', "name": "B"}]


def test_objects_one_after_another_and_without_commas_in_a_list() -> None:
    assert read_json('{"a":1}\n{"b":2}') == [{"a": 1}, {"b": 2}]
    assert read_json('[{"a":1} {"b":2}]') == [[{"a": 1}, {"b": 2}]]


@pytest.mark.parametrize("text", ["", "[" * 200_000, '{"a":' * 100_000, "9" * 1_000_001, "var x = 1", '{"a" 1}'])
def test_bombs_and_nonsense_are_nothing(text: str) -> None:
    assert read_json(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"a":"b"' + "\n" * 900_000, ";" * 900_000, '"' * 900_000, "," * 900_000, "{" + " ,\n" * 300_000,
        '{\n"a":"' + '" ' * 450_000 + "x", '{"a":"b"' + " " * 900_000 + "x", "\\" * 900_000, "}" + " \n" * 450_000,
        '\n"a":"b"' * 100_000 + "{",
    ],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(text: str) -> None:
    began = time.process_time()
    read_json(text)
    assert time.process_time() - began < 20


@given(st.text(alphabet="{}[]\",:\\ \n'a1;&<!->/*", max_size=80))
def test_any_text_is_read_or_nothing(text: str) -> None:
    assert isinstance(read_json(text), list)
