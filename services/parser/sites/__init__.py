"""The sites' profiles by registrable domain; a site may have several, one for each time its pages looked different."""

from datetime import datetime
from urllib.parse import urlsplit

from services.parser.sites import indonesian, tempo
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser

_PROFILES = (*tempo.PROFILES, *indonesian.PROFILES)
_BY_SITE: dict[str, list[Profile]] = {}
for _profile in _PROFILES:
    _BY_SITE.setdefault(_profile.site, []).append(_profile)


def find_profile(tree: LexborHTMLParser, *, url: str, site: str, fetched_at: datetime) -> Profile | None:
    """The profile whose title and body are on the page: of the fetch's day first, then the site's older layouts.

    Old pages keep old layouts and archives bring them late, so dates order the candidates and the page decides.
    A page from a bare address (a mirror, an archive, a copy on loopback) is known by its structure alone.
    """
    known = _PROFILES if _has_no_domain(url) else _BY_SITE.get(site, ())
    candidates = sorted(known, key=lambda profile: not _is_current(profile, fetched_at))
    return next((profile for profile in candidates if _fits(profile, tree)), None)


def _is_current(profile: Profile, at: datetime) -> bool:
    return (profile.since is None or profile.since <= at.date()) and (
        profile.until is None or at.date() <= profile.until
    )


def _fits(profile: Profile, tree: LexborHTMLParser) -> bool:
    return all(any(tree.css_first(selector) is not None for selector in part) for part in (profile.title, profile.body))


def _has_no_domain(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or ":" in host or host.replace(".", "").isdigit()
