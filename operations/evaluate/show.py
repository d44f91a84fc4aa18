"""Figures for people: a table, bars in a terminal, and a plot as SVG."""

from collections.abc import Sequence
from html import escape

from operations.evaluate.metrics import JUDGED
from operations.evaluate.report import METRICS, Figure, Report

WIDTH = 40
_COLOURS = ("#1f5fa8", "#d9822b", "#3a8f4d", "#8b4fa8", "#a83232")
_LABEL, _PLOT, _BAR, _GAP = 110, 480, 14, 14


def table(reports: Sequence[Report]) -> list[str]:
    """A line for each metric: the mean and its interval by each weight set, and the difference to the first."""
    rows = [["", *(name for report in reports for name in _heads(report, first=report is reports[0]))]]
    for metric in METRICS:
        if metric not in reports[0].figures:
            continue
        cells = [metric]
        for report in reports:
            cells.append(_cell(report.figures.get(metric)))
            if report is not reports[0]:
                cells.append(_cell(report.differences.get(metric), sign=True))
        rows.append(cells)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def bars(reports: Sequence[Report]) -> list[str]:
    """A bar for each metric between 0 and 1, with the interval as a line."""
    lines = []
    for metric in _plotted(reports):
        for report in reports:
            if figure := report.figures.get(metric):
                label = metric if report is reports[0] else ""
                name = f"  {report.weights}" if len(reports) > 1 else ""
                lines.append(f"{label:17}{_bar(figure)} {figure.mean:.3f}{name}")
    return lines


def svg(reports: Sequence[Report], title: str) -> str:
    """A plot of the metrics between 0 and 1: a bar for each weight set, its interval as a whisker."""
    marks, top = [_text(_LABEL, 20, title, anchor="start", size=14)], 34
    for number, report in enumerate(reports):
        marks.append(_rect(_LABEL, top, 10, 10, _COLOURS[number % len(_COLOURS)]))
        marks.append(_text(_LABEL + 16, top + 10, report.weights, anchor="start"))
        top += 18
    top += 6
    for metric in _plotted(reports):
        marks.append(_text(_LABEL - 8, top + 11, metric, anchor="end"))
        for number, report in enumerate(reports):
            if figure := report.figures.get(metric):
                marks += _measured(figure, top, _COLOURS[number % len(_COLOURS)])
            top += _BAR + 2
        top += _GAP
    width = _LABEL + _PLOT + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" viewBox="0 0 {width} {top}" '
        f'font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="white"/>\n'
        + "\n".join(marks)
        + "\n</svg>\n"
    )


def _heads(report: Report, *, first: bool) -> list[str]:
    return [report.weights] if first else [report.weights, "difference"]


def _cell(figure: Figure | None, *, sign: bool = False) -> str:
    if figure is None:
        return "-"
    plus = "+" if sign else ""
    return f"{figure.mean:{plus}.3f} [{figure.low:{plus}.3f}, {figure.high:{plus}.3f}]"


def _plotted(reports: Sequence[Report]) -> list[str]:
    shares = {*JUDGED, "candidate_recall", "diversity", "coverage"}
    return [name for name in METRICS if name in shares and name in reports[0].figures]


def _bar(figure: Figure) -> str:
    mean, low, high = (round(max(0.0, min(1.0, value)) * WIDTH) for value in (figure.mean, figure.low, figure.high))
    return "".join(
        "█" if at < min(mean, low) else "▓" if at < mean else "░" if at < high else "·" for at in range(WIDTH)
    )


def _measured(figure: Figure, top: int, colour: str) -> list[str]:
    low, mean, high = (_LABEL + _PLOT * max(0.0, min(1.0, v)) for v in (figure.low, figure.mean, figure.high))
    middle = top + _BAR / 2
    return [
        _rect(_LABEL, top, mean - _LABEL, _BAR, colour),
        f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 3}v6M{high:.1f} {middle - 3}v6" stroke="#222"/>',
        _text(max(mean, high) + 6, top + 11, f"{figure.mean:.3f}", anchor="start"),
    ]


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, *, anchor: str, size: int = 11) -> str:
    written = "".join(letter for letter in text if letter.isprintable())
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-size="{size}">{escape(written)}</text>'
