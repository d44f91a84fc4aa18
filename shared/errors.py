"""Errors are instructions to whoever runs the message.

    WartaError
    ├── Instruction            what to do with the message at hand
    │   ├── Retry(after)       the same message again, later, in place
    │   ├── Skip(reason)       a well-understood end without an output: recorded as an outcome
    │   └── DeadLetter(reason) kept with its bytes for a person to look at
    └── ConfigurationError     what the operator has to change; ends the process

Anything else that reaches a runner is unknown: it ends the process, uncommitted.
"""

from typing import Literal

SkipReason = Literal[
    "empty",
    "gallery",
    "listing",
    "live_blog",
    "noindex",
    "not_an_article",
    "not_canonical",
    "not_found",
    "soft_404",
    "unsupported_type",
    "video",
]
DeadLetterReason = Literal[
    "crashed_worker",
    "not_an_event",
    "parser_crashed",
    "parser_failed",
    "parser_out_of_memory",
    "parser_timed_out",
    "processing_failed",
    "rejected_by_index",
    "too_large",
    "undecodable_page",
    "unknown_event",
    "wrong_type",
]
MOST_DETAIL = 300


class WartaError(Exception):
    """The root of everything that Warta raises on purpose."""


class ConfigurationError(WartaError):
    """Something the operator has to change; the message says what and how."""


class Instruction(WartaError):  # noqa: N818 - named for what the runner must do
    """What the runner must do with the message at hand."""


class Retry(Instruction):
    """Try the same message again in place after `after` seconds."""

    def __init__(self, dependency: str, *, after: float = 1.0) -> None:
        super().__init__(dependency)
        self.dependency = dependency
        self.after = after


class Skip(Instruction):
    """End the message without an output; `reason` is recorded.

    `canonical_url` names the page to read instead, `links` are what a listing leads to.
    """

    def __init__(
        self, reason: SkipReason, detail: str = "", *, canonical_url: str | None = None, links: tuple[str, ...] = ()
    ) -> None:
        super().__init__(reason if not detail else f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.canonical_url = canonical_url
        self.links = links

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_skip, (self.reason, self.detail, self.canonical_url, self.links)


class DeadLetter(Instruction):
    """Keep the message in the dead-letter topic with `reason`; `detail` never quotes page text."""

    def __init__(self, reason: DeadLetterReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = "".join(c if c.isprintable() else " " for c in detail[:MOST_DETAIL])
        super().__init__(reason if not self.detail else f"{reason}: {self.detail}")

    def __reduce__(self) -> tuple[object, ...]:
        return DeadLetter, (self.reason, self.detail)


def _rebuild_skip(reason: SkipReason, detail: str, canonical_url: str | None, links: tuple[str, ...]) -> Skip:
    return Skip(reason, detail, canonical_url=canonical_url, links=links)
