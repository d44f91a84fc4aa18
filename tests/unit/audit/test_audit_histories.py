"""A consistent history is clean, whatever happened; and what one lost record leaves unexplained is named, alone."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.audit.histories import CONSUMED, History, audited, histories, named


def clean(history: History) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = audited(history, Path(folder))
    assert report.clean, report.unexplained
    counted = {stage.name: stage.messages for stage in report.stages}
    assert counted["requests"] == len(history.rows("crawl.requests"))
    assert counted["pages"] == len(history.rows("pages.fetched"))
    assert counted["articles"] == len(history.rows("articles.parsed"))
    assert counted["changes"] == len(history.rows("articles.indexed"))
    assert counted["lists"] == len(history.rows("related.requests"))


@given(histories())
@settings(max_examples=30, deadline=None)
def test_a_consistent_history_is_clean_and_every_message_is_counted_once(history: History) -> None:
    clean(history)
    clean(history.twice())


@given(histories(), st.data())
@settings(max_examples=80, deadline=None)
def test_what_one_lost_record_explained_is_named_and_nothing_else(history: History, data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from(history.facts), label="lost")
    with tempfile.TemporaryDirectory() as folder:
        report = audited(history.without(fact), Path(folder))
        assert named(report) == fact.lost
        assert report.clean == (not fact.lost)
        # Found again by the second look, it is explained.
        later = History([one for one in history.facts if one is fact or not hasattr(one.what, "topic")])
        assert audited(history.without(fact), Path(folder), later=later).clean


@given(histories(), st.data())
@settings(max_examples=30, deadline=None)
def test_what_no_group_has_committed_is_pending_and_never_unexplained(history: History, data: st.DataObject) -> None:
    committed = {
        place: data.draw(st.integers(0, end), label=str(place))
        for place, end in history.offsets.items()
        if place[0] in CONSUMED
    }
    with tempfile.TemporaryDirectory() as folder:
        report = audited(history, Path(folder), committed=committed)
    assert report.clean
    for stage in report.stages:
        if stage.reads in CONSUMED:
            waiting = sum(end - committed[topic, at] for (topic, at), end in history.offsets.items()
                          if topic == stage.reads)  # fmt: skip
            assert stage.classes.get("pending", 0) == waiting
