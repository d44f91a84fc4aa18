"""Dead letters as text: a row, a page, counts. What a record says is untrusted: no control character gets through."""

from collections.abc import Mapping
from typing import Any

import msgspec

from operations.dead_letter_topics import Found
from operations.dead_letters import Letter, State
from shared.events import DeadLetterSettled

HEADING = f"{'id':26}  {'rejected at':20}  {'state':9}  {'reason':20}  {'bytes':>9}  about"


def row(letter: Letter) -> str:
    """One line of the list."""
    about = letter.url or letter.key or letter.detail
    at = letter.rejected_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{letter.id:26}  {at}  {letter.state:9}  {plain(letter.reason):20}  {letter.size:>9}  {plain(about)}"


def summary(counts: Mapping[tuple[str, str, State], int]) -> str:
    """The counts by topic and reason, and their sum."""
    if not counts:
        return "no dead letters that fit"
    rows = [
        f"{topic:20}  {plain(reason):20}  {state:9}  {count:>9}"
        for (topic, reason, state), count in sorted(counts.items())
    ]
    total = f"{'all':20}  {'':20}  {'':9}  {sum(counts.values()):>9}"
    return "\n".join([f"{'topic':20}  {'reason':20}  {'state':9}  {'letters':>9}", *rows, total])


def everything(found: Found, settled: DeadLetterSettled | None) -> dict[str, Any]:
    """All that is known but the bytes."""
    headers = [[name, raw.decode(errors="backslashreplace")] for name, raw in found.original.headers]
    said: dict[str, Any] = msgspec.to_builtins(found.letter)
    return {
        **said,
        "null_value": found.envelope.event.null_value,
        "headers": headers,
        "settled": msgspec.to_builtins(settled) if settled else None,
    }


def page(found: Found, settled: DeadLetterSettled | None) -> str:
    """Everything but the bytes, for reading."""
    letter = found.letter
    size = "no value" if found.envelope.event.null_value else f"{letter.size} bytes"
    lines = [
        ("id", letter.id),
        ("state", letter.state),
        ("reason", letter.reason),
        ("detail", letter.detail),
        ("rejected at", letter.rejected_at.isoformat()),
        ("by", f"{letter.service} {letter.code_version}"),
        ("trace id", letter.trace_id),
        ("source", letter.source + " (topic/partition/offset)"),
        ("key", letter.key or ""),
        ("original", size + (", left out: they didn't fit" if letter.left_out else "")),
    ]
    if settled:
        lines.append(("settled", f"{settled.action} {settled.settled_at.isoformat()} {settled.why}"))
    text = [f"{name:12}  {plain(value)}".rstrip() for name, value in lines]
    text += ["", "headers of the original:"]
    text += [
        f"  {plain(name):20}  {plain(raw.decode(errors='backslashreplace'))}" for name, raw in found.original.headers
    ]
    return "\n".join(text)


def plain(text: str) -> str:
    """The text without what a terminal would act on."""
    return "".join(c if c.isprintable() else " " for c in text)
