"""The words by which a list tells that one of its items, or all of them, are paid for."""

from services.parser.boilerplate import is_sponsor_label
from services.parser.text import fold

_LINES = frozenset({
    "iklan", "ad", "ads", "advertisement", "dari web", "from the web", "around the web", "anzeige", "werbung",
    "gesponsert", "publicité", "sponsorisé", "publicidad", "patrocinado", "pubblicità", "sponsorizzato", "publicidade",
    "advertentie", "reklame", "reklama", "annons",
})  # fmt: skip


def is_paid_label(line: str) -> bool:
    """Whether the line, beside an item, says that it is paid for; alone, "Iklan" is an advertisement's slot."""
    return is_sponsor_label(line) or fold(line) in _LINES
