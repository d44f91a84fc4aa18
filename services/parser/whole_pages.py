"""How the sites show an article in several pages on one, by registrable domain."""

from services.parser.sites import PROFILES

_ADDED = {profile.site: profile.whole_page for profile in reversed(PROFILES) if profile.whole_page}


def whole_page_of(site: str) -> str:
    """What the site adds to an article's address to show all of it; empty where that isn't known."""
    return _ADDED.get(site, "")
