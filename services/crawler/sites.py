"""The site file: what the operator wants crawled. A new site is three lines of TOML.

    [contoh]
    hosts = ["contoh.co.id"]
    feeds = ["https://www.contoh.co.id/rss"]

`hosts` admits subdomains; without it, the registrable domains of the site's own URLs count. `seeds`, `feeds` and
`sitemaps` are URLs. Where neither feeds nor sitemaps are listed, those sitemaps are polled that the robots.txt of the
site's hosts name; with `robots_sitemaps = true` always, with `false` never: they may list a whole archive. `include`
and `exclude` are regular expressions searched in a page's canonical URL.

Links may lead on for ever. So of what is found by links at most so many are fetched in a day (UTC): `calendar_pages`
of a host's lists by date (as many of the last 7 days, as many older ones, a tenth as many of days to come),
`query_pages` of a host's addresses with a query, `linked_pages` of a registrable domain in all. Where a pattern of
`trusted` is found in a URL, no budget holds, no rule for traps, and none for pages that stand for what is missing.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from shared.errors import ConfigurationError
from shared.urls import BadUrlError, canonical_url, host_of, site_of

Count = Annotated[int, msgspec.Meta(ge=0)]


class Site(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site of the file."""

    hosts: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    robots_sitemaps: bool | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    calendar_pages: Count = 100
    query_pages: Count = 2_000
    # Fewer than the turns that a host has in a day at the default delay: its queue doesn't grow by links.
    linked_pages: Count = 50_000

    def robots(self) -> tuple[str, ...]:
        """The robots.txt whose sitemaps are polled: those of its URLs' origins, and of its hosts that none is of."""
        if not (self.robots_sitemaps if self.robots_sitemaps is not None else not (self.feeds or self.sitemaps)):
            return ()
        parts = [urlsplit(canonical_url(url)) for url in (*self.seeds, *self.feeds, *self.sitemaps)]
        origins = [f"{part.scheme}://{part.netloc}" for part in parts]
        seen = {part.hostname for part in parts}
        origins += [f"https://{host}" for host in self.hosts if host not in seen and not _is_address(host)]
        return tuple(dict.fromkeys(f"{origin}/robots.txt" for origin in origins))

    def has(self, host: str) -> bool:
        """Whether `host` belongs to the site."""
        return any(host == own or host.endswith("." + own) for own in self.hosts)

    def admits(self, url: str) -> bool:
        """Whether the site's rules let the page be fetched."""
        if any(re.search(pattern, url) for pattern in self.exclude):
            return False
        return not self.include or any(re.search(pattern, url) for pattern in self.include)

    def trusts(self, url: str) -> bool:
        """Whether the operator knows that the address is no trap."""
        return any(re.search(pattern, url) for pattern in self.trusted)


def _is_address(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdecimal()


class Sites:
    """All sites of the file."""

    def __init__(self, sites: Iterable[Site] = ()) -> None:
        self._sites = tuple(sites)

    def __iter__(self) -> Iterator[Site]:
        return iter(self._sites)

    def of(self, url: str) -> Site | None:
        """The site that the URL's host belongs to."""
        host = host_of(url)
        return next((site for site in self._sites if site.has(host)), None)

    def related(self, url: str, other: str) -> bool:
        """Whether a source or redirect at `url` may lead to `other`: a listed site, or the same registrable domain."""
        return self.of(other) is not None or site_of(url) == site_of(other)


def load_sites(path: Path | None) -> Sites:
    """Read the site file; none at all is no sites. Raises `ConfigurationError`."""
    if path is None:
        return Sites()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"WARTA_CRAWLER_SITES: {path} can't be read: {error}") from None
    return parse_sites(text, str(path))


def parse_sites(text: str, name: str = "the site file") -> Sites:
    """The sites of a TOML text. Raises `ConfigurationError` that names the site and what is wrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name} isn't TOML: {error}") from None
    return Sites([_site(f"{name}: [{title}]", table) for title, table in tables.items()])


def _site(where: str, table: object) -> Site:
    try:
        site = msgspec.convert(table, Site)
        own = [canonical_url(url) for url in (*site.seeds, *site.feeds, *site.sitemaps)]
        for pattern in (*site.include, *site.exclude, *site.trusted):
            re.compile(pattern)
    except (msgspec.ValidationError, BadUrlError) as error:
        raise ConfigurationError(f"{where}: {error}") from None
    except re.error as error:
        raise ConfigurationError(f"{where}: {error.pattern!r} isn't a regular expression: {error}") from None
    hosts = tuple(host.lower().strip(".") for host in site.hosts) or tuple(dict.fromkeys(site_of(url) for url in own))
    if not hosts:
        raise ConfigurationError(f"{where} needs hosts, seeds, feeds or sitemaps")
    return msgspec.structs.replace(site, hosts=hosts)
