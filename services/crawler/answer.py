"""What one request brought: an answer, or an error with a name. Values, so that judging them is pure."""

import msgspec

from shared.articles import UtcTime
from shared.events import FetchFailure
from shared.parts import PARTS_TYPE

_UNKNOWN = "application/octet-stream"
PASSING: frozenset[FetchFailure] = frozenset(("dns", "network", "timeout", "tls"))


class FetchError(Exception):
    """A fetch without a usable answer; `reason` is what its outcome will say.

    `unreached`: no connection came about, which says nothing of the URL; `absent`: because its host has no such name.
    """

    def __init__(
        self, reason: FetchFailure, detail: str = "", *, unreached: bool = False, absent: bool = False
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.unreached = unreached
        self.absent = absent

    @property
    def passing(self) -> bool:
        """Whether another try may help."""
        return self.reason in PASSING


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: `body` decoded, and empty unless the status is 200 or 203. `headers` in order, names lower case."""

    url: str
    status: int
    fetched_at: UtcTime
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def content_type(self) -> str:
        """What it says of its body, at most 200 characters. No server packs parts as we do."""
        said = (self.header("content-type") or _UNKNOWN)[:200]
        return _UNKNOWN if said.lower().startswith(PARTS_TYPE) else said
