"""Long runs, bombs and tricks cost a page little time and end as an article, a `Skip` or a `DeadLetter`."""

import contextlib
import time

import pytest

from services.parser.parse import parse
from shared.errors import DeadLetter, Skip
from tests.unit.parser.pages import page

_TITLE = "Judul yang panjang sekali"
_HEAD = f"<title>{_TITLE}</title><meta property='og:type' content='article'><h1>{_TITLE}</h1>"
_MANY = 20_000
_SECONDS = 10.0
_RUNS = (" ", "\t", "-", "a-", "1", "1 ", "1.", "a.", "A ", "| ", ", ", "se", "\0", "»", "&amp;lt;&#0;&#xD800;&bogus;")


def ends_soon(body: str, content_type: str = "text/html; charset=utf-8") -> None:
    began = time.process_time()
    with contextlib.suppress(Skip, DeadLetter):
        parse(page(body, content_type=content_type))
    assert time.process_time() - began < _SECONDS


def told(json: str) -> str:
    return f"{_HEAD}<script type='application/ld+json'>{json}</script><p>Isi yang singkat.</p>"


@pytest.mark.parametrize("run", _RUNS)
def test_a_run_in_text_title_time_and_dump(run: str) -> None:
    many = run * (_MANY // len(run))
    ends_soon(f"{_HEAD}<time>{many}</time><p>{many}x</p>")
    ends_soon(f"<title>{many}x</title><h1>{many}x</h1><p>Isi yang singkat.</p>")
    ends_soon(f"Judul yang panjang sekali\n\n{many}x\n{many}\nIsi yang singkat.", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "json",
    ['{"@type":"NewsArticle","headline":1e999999,"wordCount":' + "9" * _MANY + "}",
     '{"@type":"NewsArticle",' + ",".join(['"headline":"a"'] * _MANY) + "}",
     '{"@type":"NewsArticle",' + ", " * _MANY, " " * _MANY + "x" + " " * _MANY + "x", "<!--" * _MANY],
)  # fmt: skip
def test_json_that_is_a_trick(json: str) -> None:
    ends_soon(told(json))


@pytest.mark.parametrize(
    "markup",
    ["<b>" * _MANY, f"<p class='{'a-' * _MANY}'>teks", "<p " + "a=1 " * _MANY + ">teks",
     "<a href='/a-b-c-d-e'>x</a>" * _MANY,
     "<!--" * _MANY],
)  # fmt: skip
def test_markup_that_is_a_trick(markup: str) -> None:
    ends_soon(f"{_HEAD}<p>{markup}")
