"""Log lines: JSON in ECS names, from structlog and the standard library alike."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import jsonschema
import msgspec
import pytest
import structlog

from shared import logs
from shared.settings import LogSettings

SCHEMA = {
    "type": "object",
    "required": [
        "@timestamp",
        "log.level",
        "message",
        "ecs.version",
        "service.name",
        "service.version",
        "event.dataset",
    ],
    "properties": {
        "@timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"},
        "log.level": {"enum": ["debug", "info", "warning", "error", "critical"]},
        "message": {"type": "string"},
        "event.duration": {"type": "integer"},
        "error.stack_trace": {"type": "string"},
    },
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure("parser", LogSettings(format="json", level="INFO"))

    def read() -> list[dict[str, Any]]:
        found = [msgspec.json.decode(line) for line in out.getvalue().splitlines()]
        for line in found:
            jsonschema.validate(line, SCHEMA)
        return found

    yield read
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_a_line_of_ours(lines: Any) -> None:
    logs.get_logger().info("page.parsed", **{"trace.id": "t", "event.duration": 5})
    (line,) = lines()
    assert line["event.action"] == line["message"] == "page.parsed"
    assert line["event.dataset"] == "parser.page"
    assert line["service.name"] == "warta-parser"
    assert line["trace.id"] == "t"


def test_a_library_s_line_and_an_error_with_its_trace_as_text(lines: Any) -> None:
    logging.getLogger("library").warning("something %s happened", "odd")
    logs.get_logger().error("service.crashed", exc_info=ValueError("why"))
    theirs, ours = lines()
    assert theirs["message"] == "something odd happened"
    assert theirs["log.logger"] == "library"
    assert theirs["log.level"] == "warning"
    assert "ValueError: why" in ours["error.stack_trace"]


def test_a_library_that_logs_through_structlog_says_the_same_once(lines: Any) -> None:
    for attempt in (1, 2):
        structlog.get_logger("stamina").warning("stamina.retry_scheduled", retry_num=attempt)
    (line,) = lines()
    assert line["message"] == "stamina.retry_scheduled"
