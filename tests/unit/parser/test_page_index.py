"""What several readers look for is found once, in page order, whatever selector finds it."""

from services.parser.page_index import END, PageIndex, read_index
from services.parser.tree import attribute, parse_tree


def index(html: str) -> PageIndex:
    return read_index(parse_tree(html))


def test_links_that_readers_may_follow_are_those_with_an_address() -> None:
    found = index(
        '<a href=/b rel="Tag NoFollow">1</a><a name=x>2</a><a rel=next>3</a><a href>4</a><link rel=next href=/2>'
    )
    assert [(link.href, link.rel, link.is_head) for link in found.links] == [
        ("/b", ("tag", "nofollow"), False), ("", (), False), ("", ("next",), False), ("", (), False),
        ("/2", ("next",), True),
    ]  # fmt: skip
    assert [link.href for link in found.shown] == ["/b", ""]
    assert found.joined == f"{END}/b{END}{END}"
    assert found.rel == {"tag", "nofollow", "next"}


def test_no_address_holds_the_mark_between_addresses() -> None:
    assert END not in index('<a href="/a\0b&#0;c">x</a>').shown[0].href


def test_an_element_that_two_selectors_find_is_there_once() -> None:
    found = index('<a itemprop="url name" href=/a>x</a><h2 itemprop=name>y</h2><meta itemprop=keywords content=z>')
    assert len(found.shown) == len(found.h2) == len(found.metas) == 1
    assert [names for names, _ in found.properties] == [["url", "name"], ["name"], ["keywords"]]
    assert [node.tag for node in found.with_property("name")] == ["a", "h2"]


def test_titles_are_headings_and_what_microdata_calls_so() -> None:
    found = index("<h2 itemprop=headline>a</h2><h1>b</h1><p itemprop='headline name'>c</p><h3>d</h3>")
    assert [node.text() for node in found.titles] == ["a", "b"]
    assert [node.text() for node in (*found.h2, *found.h3)] == ["a", "d"]


def test_the_first_base_counts_and_scripts_keep_their_type() -> None:
    found = index("<base target=x><base href=/one/><base href=/two/><script type=application/ld+json>{}</script>")
    assert found.base == "/one/"
    assert [(kind, attribute(node, "type")) for kind, node in found.scripts] == [("application/ld+json",) * 2]
