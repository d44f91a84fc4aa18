"""Logs: one JSON object a line on stdout in ECS names, or a pretty form on a terminal.

Events are dotted past participles with fields, never sentences: `log.info("page.parsed", **{"url.full": url})`.
No page text and no secret belongs in a field.
"""

import logging
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, NoReturn, TextIO

import msgspec
import structlog

from shared.clock import utcnow
from shared.errors import ConfigurationError
from shared.settings import LogSettings
from shared.version import VERSION

ECS_VERSION = "8.17.0"
QUIET = {"aiokafka": "WARNING", "elastic_transport": "ERROR", "faust": "WARNING", "mode": "WARNING", "httpx": "WARNING",
         "httpcore": "WARNING", "asyncio": "WARNING", "charset_normalizer": "WARNING",
         "courlan": "CRITICAL", "tldextract": "WARNING", "uvicorn": "WARNING"}  # fmt: skip
EXIT_UNKNOWN_ERROR = 70
EXIT_CONFIGURATION = 78
LOGGER = "warta"
REPEAT_SECONDS = 10.0
MOST_REMEMBERED = 1000
Fields = MutableMapping[str, Any]


def configure(service: str, settings: LogSettings) -> None:
    """Send structlog's and the standard library's records to stdout, in one form."""
    pretty = settings.format == "pretty" or (settings.format == "auto" and sys.stdout.isatty())

    def stamp(_logger: object, method: str, fields: Fields) -> Fields:
        fields["@timestamp"] = utcnow().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields["log.level"] = "error" if method == "exception" else fields.pop("level", method)
        return fields

    def identify(_logger: object, _method: str, fields: Fields) -> Fields:
        event = str(fields.pop("event", ""))
        action = event if " " not in event else ""
        fields["message"] = event
        fields["ecs.version"] = ECS_VERSION
        fields["service.name"] = f"warta-{service}"
        fields["service.version"] = VERSION
        fields["service.environment"] = settings.environment
        fields["event.dataset"] = f"{service}.{action.split('.')[0]}" if action else service
        if action:
            fields["event.action"] = action
        if stack := fields.pop("exception", None):
            fields["error.stack_trace"] = stack
        return fields

    foreign: list[Any] = [_from_stdlib, stamp, structlog.processors.format_exc_info]
    final: list[Any] = (
        [_for_people, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), pad_event_to=34)]
        if pretty
        else [identify, structlog.processors.JSONRenderer(serializer=_serialize)]
    )
    ours = _Lines(sys.stdout)

    def render(logger: object, method: str, fields: Fields) -> Any:
        if logger is not ours:
            return structlog.stdlib.ProcessorFormatter.wrap_for_formatter(logger, method, fields)  # type: ignore[arg-type]
        line: Any = fields
        for step in final:
            line = step(logger, method, line)
        return line

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            stamp,
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.level)),
        logger_factory=lambda *names: ours if names == (LOGGER,) else logging.getLogger(*names),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=foreign,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    handler.addFilter(_Repeats())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), root.level))


def get_logger() -> Any:
    """A structlog logger."""
    return structlog.stdlib.get_logger(LOGGER)


def die(error: BaseException) -> NoReturn:
    """End the process at once, uncommitted, with a log line: the orchestrator restarts it from the last commit."""
    get_logger().critical(
        "service.crashed", exc_info=error, **{"error.type": type(error).__name__, "error.message": str(error)}
    )
    end(EXIT_UNKNOWN_ERROR)


def refuse(service: str, error: ConfigurationError) -> NoReturn:
    """End the process because the operator has to change something: one line on stderr, and the code for it."""
    with suppress(OSError):
        sys.stderr.write(f"warta {service}: {error}\n")
    end(EXIT_CONFIGURATION)


def end(code: int) -> NoReturn:
    """End the process without unwinding it; a log on a full disk doesn't keep it from that."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


class _Lines:
    """Where our own lines go: the standard library's way there takes three times as long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def info(self, line: str) -> None:
        """Write a line, if there is room for it."""
        with suppress(OSError, ValueError):
            self._stream.write(line + "\n")
            self._stream.flush()

    debug = warning = error = critical = info


class _Repeats(logging.Filter):
    """Lets a library say the same thing once in ten seconds: an outage must not fill the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == LOGGER:
            return True
        # structlog's own records are dicts, as those of stamina's retries are
        said = (record.name, str(record.msg.get("event") if isinstance(record.msg, dict) else record.msg))
        if record.created - self._last.get(said, -REPEAT_SECONDS) < REPEAT_SECONDS:
            return False
        if len(self._last) > MOST_REMEMBERED:
            self._last.clear()
        self._last[said] = record.created
        return True


def _from_stdlib(_logger: object, _method: str, fields: Fields) -> Fields:
    record = fields.get("_record")
    if isinstance(record, logging.LogRecord):
        fields["log.logger"] = record.name
        fields["level"] = record.levelname.lower()
    return fields


def _for_people(_logger: object, _method: str, fields: Fields) -> Fields:
    fields["timestamp"] = str(fields.pop("@timestamp", ""))[11:19]
    fields["level"] = fields.pop("log.level", "info")
    return fields


def _serialize(fields: Any, **_options: Any) -> str:
    return msgspec.json.encode(fields, enc_hook=str).decode()
