"""The sites' profiles by registrable domain; a site may have several, one for each time its pages looked different."""

from datetime import datetime
from urllib.parse import urlsplit

from services.parser.sites import (
    antara,
    cnn_indonesia,
    detik,
    kompas,
    liputan6,
    media_indonesia,
    okezone,
    republika,
    tempo,
    tribun,
)
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser

_SITES = (
    tempo, antara, cnn_indonesia, detik, kompas, liputan6, media_indonesia, okezone, republika, tribun,
)  # fmt: skip
PROFILES: tuple[Profile, ...] = tuple(profile for site in _SITES for profile in site.PROFILES)
_BY_SITE: dict[str, list[Profile]] = {}
for _profile in PROFILES:
    _BY_SITE.setdefault(_profile.site, []).append(_profile)


def find_profile(tree: LexborHTMLParser, *, url: str, site: str, fetched_at: datetime) -> Profile | None:
    """The profile whose title and body are on the page: of the fetch's day first, then the site's older layouts.

    Old pages keep old layouts and archives bring them late, so dates order the candidates and the page decides.
    A page from a bare address (a mirror, an archive, a copy on loopback) is known by its structure alone.
    """
    is_bare = _has_no_domain(url)
    known = PROFILES if is_bare else _BY_SITE.get(site, ())
    candidates = sorted(known, key=lambda profile: not _is_current(profile, fetched_at))
    return next((profile for profile in candidates if _fits(profile, tree, by_name=is_bare)), None)


def _is_current(profile: Profile, at: datetime) -> bool:
    return (profile.since is None or profile.since <= at.date()) and (
        profile.until is None or at.date() <= profile.until
    )


def _fits(profile: Profile, tree: LexborHTMLParser, *, by_name: bool) -> bool:
    """`by_name`: a mere tag is no sign of a site, where nothing else tells whose page it is."""
    return all(
        any(tree.css_first(selector) is not None for selector in part if not (by_name and selector.isalnum()))
        for part in (profile.title, profile.body)
    )


def _has_no_domain(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or ":" in host or host.replace(".", "").isdigit()
