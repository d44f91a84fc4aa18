"""What would keep the parser busy is refused before a tree is made of it; real pages are far from that."""

from pathlib import Path

import pytest

from services.parser import tree_cost
from services.parser.parse import parse
from services.parser.tree_cost import check_cost, most_attributes, steps_of
from shared.errors import DeadLetter
from tests.unit.parser.pages import page

_PAGES = sorted(Path("tests/pages").glob("*/page.html"))


@pytest.mark.parametrize(
    "unit", ["<div>", "<UL><LI>", "<dl><dd>", "<blockquote>", "<div></x>", "<b><div></b>", "<section><p>"]
)
def test_a_million_nested_blocks_are_refused(unit: str) -> None:
    with pytest.raises(DeadLetter, match="nested too deeply") as caught:
        parse(page("<h1>Judul yang panjang sekali</h1>" + unit * 1_000_000))
    assert caught.value.reason == "undecodable_page"


@pytest.mark.parametrize("before", ["", "<p>teks ", "<!-- a --><script>i<n</script>"])
@pytest.mark.parametrize("attribute", ["a{n}=1 ", "a{n} ", "a{n}='x y' ", 'a{n}="/<"\n', "/a{n}"])
def test_an_element_with_many_attributes_is_refused(before: str, attribute: str) -> None:
    many = "".join(attribute.format(n=n) for n in range(20_000))
    with pytest.raises(DeadLetter, match="too many attributes"):
        parse(page(f"{before}<div {many}>teks</div>"))


@pytest.mark.parametrize(
    "markup",
    ["<p>teks</p>" * 200_000, "<p>teks" * 200_000, "<li>" * 200_000, "<br>" * 200_000, "<tr><td>" * 100_000,
     "<b>" * 200_000, "<i x=1>a" * 100_000, "<div><p>teks</div>" * 100_000,
     f"<div data-x='{'a b ' * 50_000}'>teks</div>",
     f"<img src='data:image/png;base64,{'A/ ' * 100_000}'>",
     "<script>for(i=0;i<n;i++){" + "a = b; " * 50_000 + "}</script>",
     "teks yang panjang " * 10_000,
     "<div>" * 5_000 + "teks" + "</div>" * 5_000, "<" * 200_000, "a < b " * 100_000],
)  # fmt: skip
def test_what_is_only_long_is_not(markup: str) -> None:
    check_cost(f"<h1>Judul</h1>{markup}")


@pytest.mark.parametrize("file", _PAGES, ids=lambda file: file.parent.name)
def test_real_pages_are_far_below_the_limits(file: Path) -> None:
    html = file.read_bytes()
    assert steps_of(html) * 1_000 < tree_cost.MOST_STEPS
    assert most_attributes(html) * 20 < tree_cost.MOST_ATTRIBUTES


def test_steps_are_the_depths_at_which_blocks_begin() -> None:
    assert steps_of(b"<div><div><div></div></div><div>") == 0 + 1 + 2 + 1
    assert steps_of(b"<body><div></span></b><p>a<br>b<i><p>") == 1 + 2 + 3
