"""Query parameters: one table of what each route takes, for reading them and for the OpenAPI document alike."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
from starlette.datastructures import QueryParams

from services.recommender.api.problems import ProblemError

MOST_SITES = 20
MOST_QUERY = 200
MOST_URL = 2048
DEEPEST = 1000
ID = re.compile(r"[0-9a-f]{32}")
_SITE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]{1,6}")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """One query parameter with its JSON Schema."""

    name: str
    description: str
    schema: dict[str, Any]
    required: bool = False
    repeatable: bool = False


MODE = Parameter(
    name="mode", description="`fresh`: near `now`; `context`: near the article's own time.",
    schema={"type": "string", "enum": ["fresh", "context"], "default": "fresh"},
)  # fmt: skip
NOW = Parameter(
    name="now",
    description="The time it is asked for, ISO 8601 with its zone (write `+` as `%2B`), not in the future: the list of "
    "then, from today's texts. Without it, the clock's.",
    schema={"type": "string", "format": "date-time"},
)
SITE = Parameter(
    name="site", description="Only of this site, as an article's `site` says it; can be repeated.", repeatable=True,
    schema={"type": "string", "maxLength": 253},
)  # fmt: skip
Q = Parameter(
    name="q", description="What to look for in titles, leads, topics and texts.", required=True,
    schema={"type": "string", "minLength": 1, "maxLength": MOST_QUERY},
)  # fmt: skip
SORT = Parameter(
    name="sort", description="`score`: best first; `newest`: latest first.",
    schema={"type": "string", "enum": ["score", "newest"], "default": "score"},
)  # fmt: skip
FROM = Parameter(
    name="from", description=f"How many to leave out; `from` + `size` is at most {DEEPEST}.",
    schema={"type": "integer", "minimum": 0, "maximum": DEEPEST - 1, "default": 0},
)  # fmt: skip
URL = Parameter(
    name="url", description="The article's URL.", required=True,
    schema={"type": "string", "format": "uri", "maxLength": MOST_URL},
)  # fmt: skip


def size_parameter(default: int) -> Parameter:
    """How many items."""
    schema = {"type": "integer", "minimum": 1, "maximum": 50, "default": default}
    return Parameter(name="size", description="How many at most.", schema=schema)


class Query:
    """The parameters of one request: only `allowed` ones may be there. Every error is a 400 that names its cause."""

    def __init__(self, given: QueryParams, *allowed: Parameter) -> None:
        known = {one.name: one for one in allowed}
        for name, _ in given.multi_items():
            if name not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes none"
                raise ProblemError(400, f"unknown parameter {name[:40]!r}: {takes}")
            if not known[name].repeatable and len(given.getlist(name)) > 1:
                raise ProblemError(400, f"{name} is given more than once")
        self._given = given

    def number(self, parameter: Parameter) -> int:
        """A whole number within its bounds."""
        low, high = parameter.schema["minimum"], parameter.schema["maximum"]
        said = self._given.get(parameter.name)
        if said is None:
            return int(parameter.schema["default"])
        if not _NUMBER.fullmatch(said) or not low <= int(said) <= high:
            raise ProblemError(400, f"{parameter.name} is a whole number from {low} to {high}")
        return int(said)

    def choice(self, parameter: Parameter) -> Any:
        """One of the words that it lists."""
        said = self._given.get(parameter.name, parameter.schema["default"])
        if said not in parameter.schema["enum"]:
            raise ProblemError(400, f"{parameter.name} is one of {', '.join(parameter.schema['enum'])}")
        return said

    def text(self, parameter: Parameter) -> str:
        """A text that isn't blank."""
        said = self._given.get(parameter.name, "").strip()
        most = parameter.schema["maxLength"]
        if not said or len(said) > most or "\x00" in said:
            raise ProblemError(400, f"{parameter.name} is needed: 1 to {most} characters")
        return said

    def sites(self) -> frozenset[str]:
        """The sites asked for; none means all."""
        said = [site.strip().lower() for site in self._given.getlist(SITE.name)]
        if len(said) > MOST_SITES:
            raise ProblemError(400, f"at most {MOST_SITES} sites")
        if not all(map(_SITE.fullmatch, said)):
            raise ProblemError(400, "site is a host's name, such as tempo.co")
        return frozenset(said)

    def now(self, clock: datetime) -> datetime | None:
        """The time asked for, in UTC; None when it isn't given."""
        said = self._given.get(NOW.name)
        if said is None:
            return None
        now = _time(said)
        if now is None:
            raise ProblemError(
                400, "now is ISO 8601 with a zone, such as 2024-10-08T10:30:00Z or 2024-10-08T17:30:00%2B07:00"
            )
        if now > clock:
            raise ProblemError(400, f"now is in the future: give a time up to {clock.isoformat()}, or leave it out")
        return now


def _time(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
