"""Pages that say themselves that nothing is there, whatever their status: soft 404s."""

from services.parser.body import Body
from services.parser.head import Head
from services.parser.json_ld import Node
from services.parser.text import clean, letters
from shared.errors import Skip
from shared.not_found import says_not_found

# Beside the message there may be a search form and pointers to what is new.
_THIN = 600
_THIN_IF_TWICE = 2000
_HEADINGS = 2


def check_found(head: Head, headings: list[str], article: Node | None, body: Body) -> None:
    """Raise `Skip` for a page whose title or heading is nothing but that it wasn't found, and that has little text.

    An article about such pages has a time, or more text, or says more in its title.
    """
    titles, beginning = (head.title, head.first("og:title")), headings[:_HEADINGS]
    said_by = any(says_not_found(clean(one)) for one in titles) + any(says_not_found(clean(one)) for one in beginning)
    if not said_by or "article:published_time" in head.meta or (article or {}).get("datePublished"):
        return
    if sum(map(letters, body.paragraphs)) < (_THIN if said_by == 1 else _THIN_IF_TWICE):
        raise Skip("soft_404", "its title says so")
