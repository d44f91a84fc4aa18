"""The related list as text, the way the publisher's widget shows it: newest first, each with why."""

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

from services.recommender.editorial import EDITOR
from shared.events import Related, RelatedComputed

OLDEST = datetime.min.replace(tzinfo=UTC)


def widget(computed: RelatedComputed, *, language: str = "id", width: int = 100) -> str:
    """Chosen by score, shown newest first, undated ones last; what editors pinned stays at its place."""
    lines = ["Rekomendasi Artikel", ""]
    for item in as_shown(computed.items):
        lines += _item(item, language, width)
    if computed.shortfall:
        lines.append(f"({len(computed.items)} of {computed.size}: {computed.shortfall})")
    return "\n".join(lines)


def as_shown(items: Sequence[Related]) -> list[Related]:
    """The order of a widget."""
    ranked = (item for item in items if EDITOR not in item.parts)
    newest_first = iter(sorted(ranked, key=lambda item: item.published_at or OLDEST, reverse=True))
    return [item if EDITOR in item.parts else next(newest_first) for item in items]


def _item(item: Related, language: str, width: int) -> list[str]:
    lines = [f"  {_clean(item.title)}"]
    if item.teaser:
        lines.append(textwrap.shorten(f"    {_clean(item.teaser)}", width, placeholder=" …", initial_indent="    ")
                     if len(item.teaser) > width else f"    {_clean(item.teaser)}")  # fmt: skip
    parts = " ".join(f"{name}={value:.2f}" for name, value in item.parts.items())
    return [*lines, f"    kenapa: {item.reason.get(language, '')}  [skor {item.score:.2f}: {parts}]", ""]


def _clean(text: str) -> str:
    """Crawled text for a terminal: no control characters."""
    return "".join(c if c.isprintable() else " " for c in text)
