"""Which requests are refused before anything is fetched, and why. Pure."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from services.crawler.sites import Sites
from shared.events import CrawlRequested, FetchRefusal, FoundBy
from shared.urls import host_of

OPERATOR: frozenset[FoundBy] = frozenset(("seed", "import", "refetch"))
# Every hop of a redirect is a request of its own, one deeper.
MAX_REDIRECTS = 5
MAX_SITEMAP_DEPTH = 3
MAX_SAME_SEGMENTS = 3
MAX_SEGMENTS = 20
# A faceted search: every combination of its filters is an address.
MAX_PARAMETERS = 8
MAX_SAME_PARAMETER = 3
PRIORITY: dict[FoundBy, int] = {
    "feed": 0, "seed": 0, "refetch": 0, "sitemap": 1, "canonical": 1, "redirect": 1, "link": 2, "import": 2,
    "replay": 2,
}  # fmt: skip


def refusal(request: CrawlRequested, url: str, sites: Sites, *, max_depth: int) -> FetchRefusal | None:
    """Why `request` for the canonical `url` isn't fetched, or None; what the operator asks for never is refused."""
    if is_by_operator(request):
        return None
    if request.kind != "page":
        return "too_deep" if request.depth > MAX_SITEMAP_DEPTH else None
    if request.depth > max_depth + (MAX_REDIRECTS if request.found_by == "redirect" else 0):
        return "too_deep"
    site = sites.of(url)
    if is_trap(url) and not (site is not None and site.trusts(url)):
        return "trap"
    if site is None:
        return "off_site" if request.found_by == "link" else None
    return None if site.admits(url) else "excluded"


def is_by_operator(request: CrawlRequested) -> bool:
    """Whether the operator asks for just this URL."""
    return request.found_by in OPERATOR and request.depth == 0


def refusal_of_parts(parts: Sequence[str], url: str, sites: Sites) -> FetchRefusal | None:
    """Why the parts of `url` aren't fetched, or None. They are of its host, whose turn it is."""
    for part in parts:
        if not host_of(part) or host_of(part) != host_of(url):
            return "off_site"
        site = sites.of(part)
        if is_trap(part) and not (site is not None and site.trusts(part)):
            return "trap"
        if site is not None and not site.admits(part):
            return "excluded"
    return None


def is_trap(url: str) -> bool:
    """Whether the URL looks endless: very many segments or parameters, or one that comes again and again.

    Combinations of few parameters, lists by date and what else has no end are bounded by `Budgets`.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    names = Counter(name for name, _value in parse_qsl(parts.query, keep_blank_values=True))
    if len(segments) > MAX_SEGMENTS or len(names) > MAX_PARAMETERS:
        return True
    if any(times > MAX_SAME_PARAMETER for times in names.values()):
        return True
    return any(times > MAX_SAME_SEGMENTS - 1 for times in Counter(segments).values())
