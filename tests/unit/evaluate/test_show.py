"""Figures for people: the table, the bars, and an SVG that any reader can parse."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from operations.evaluate.answers import Answer
from operations.evaluate.labels import Question
from operations.evaluate.report import Report, reports
from operations.evaluate.show import bars, svg, table

T0 = datetime(2024, 6, 1, tzinfo=UTC)


def answer(value: float) -> Answer:
    asked = Question(query="q", now=T0, mode="fresh", relevant={"x": 1.0})
    return Answer(
        question=asked, ranking=(), scores=(), metrics={"map": value, "freshness_days": 3.0, "coverage": value / 2}
    )


def made() -> list[Report]:
    found = [[answer(n / 10), answer(n / 10 + 0.05)] for n in range(5)]
    return reports(["default", '<&"weights".json>'], found, seed=0)


def test_a_report_has_means_intervals_and_differences() -> None:
    first, second = made()
    assert round(first.figures["map"].mean, 9) == 0.2
    assert first.figures["map"].low < 0.2 < first.figures["map"].high
    difference = second.differences["map"]
    assert [round(value, 9) for value in (difference.low, difference.mean, difference.high)] == [0.05, 0.05, 0.05]
    assert "ndcg@10" not in first.figures


def test_the_table_has_a_line_a_metric_and_a_column_a_weight_set() -> None:
    head, *lines = table(made())
    assert "difference" in head
    assert [line.split()[0] for line in lines] == ["map", "freshness_days", "coverage"]
    assert "+0.050 [+0.050, +0.050]" in lines[0]


def test_the_bars_are_shares_only() -> None:
    lines = bars(made())
    assert len(lines) == 4
    assert not any("freshness" in line for line in lines)


def test_the_plot_is_well_formed_and_names_what_it_shows() -> None:
    root = ET.fromstring(svg(made(), "a <title> & more\x00"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a <title> & more", '<&"weights".json>', "map", "0.200", "0.250"} <= set(texts)
