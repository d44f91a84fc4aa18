"""One request as a server saw it."""

import msgspec

from shared.articles import UtcTime


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request from its arrival to the end of its answer; `ended` and `status` are absent where nothing was answered.

    `retry_after` and `location` are the answer's headers; `body` is needed of what was read as robots.txt.
    """

    url: str
    began: UtcTime
    ended: UtcTime | None = None
    status: int | None = None
    user_agent: str = ""
    retry_after: str | None = None
    location: str | None = None
    body: str = ""
