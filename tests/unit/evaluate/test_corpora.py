"""The loaders: on lines of our own, and on the real corpora where they are."""

from datetime import UTC, datetime, timedelta

from operations.evaluate.basil import basil
from operations.evaluate.labels import questions
from operations.evaluate.reuters import FRESH, parse, read, reuters, reuters_fresh
from tests.support.shared_data import shared_data

SGML = """<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" NEWID="7">
<DATE> 2-MAR-1987 01:02:03.45</DATE>
<TOPICS><D>earn</D><D>crude</D></TOPICS>
<TEXT>&#2;
<TITLE>OIL &lt;XYZ> UP
A BIT</TITLE>
<DATELINE>    HERE, March 2 - </DATELINE><BODY>First line
goes on.
    Second &amp; last.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="BYPASS" NEWID="8"><DATE>2-MAR-1987 01:02:03.45</DATE><TEXT><BODY>x</BODY></TEXT></REUTERS>
<REUTERS TOPICS="YES" NEWID="9"><DATE>2-MAR-1987 01:02:03.45</DATE><TEXT TYPE="UNPROC">x</TEXT></REUTERS>"""


def test_an_article_of_reuters() -> None:
    (item,) = parse(SGML)
    assert item.at == datetime(1987, 3, 2, 1, 2, 3, 450000, tzinfo=UTC)
    assert item.codes == {"crude"}
    assert item.article.title == "OIL <XYZ> UP A BIT"
    assert item.article.body == ("First line goes on.", "Second & last.")
    assert item.article.topics == ()


def test_the_sets_of_reuters() -> None:
    folder = shared_data("reuters21578")
    items = {item.article.id: item for item in read(folder)}
    topics, fresh = reuters(folder), reuters_fresh(folder)
    warm = sorted(item.at for item in items.values())[len(items) // 3]
    for one in questions(topics)[::20]:
        assert one.now == items[one.query].at >= warm
        assert all(items[id_].codes & items[one.query].codes and items[id_].at <= one.now for id_ in one.relevant)
    asked = questions(fresh)
    assert len(asked) > 500
    assert max(one.now - items[one.query].at for one in asked) > timedelta(days=100)
    for one in asked[::20]:
        assert one.relevant
        assert all(one.now - FRESH <= items[id_].at <= one.now for id_ in one.relevant)


def test_the_set_of_basil() -> None:
    found = basil(shared_data("basil"))
    asked = questions(found)
    assert len(found.articles) == len(asked) == 141
    assert all(len(one.relevant) == 2 and one.mode == "context" for one in asked)
