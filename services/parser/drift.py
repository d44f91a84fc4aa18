"""Tells when a site's pages no longer give what they gave: a warning for each fall, a line when it is over."""

import asyncio
from collections.abc import Callable
from typing import Any, NoReturn

from services.parser.fill_rates import ARTICLE, Change, FillRates, Measured, filled
from services.parser.html_page import NO_TITLE
from shared.articles import Article
from shared.errors import DeadLetter, DeadLetterReason, Skip, SkipReason
from shared.events import FoundBy, PageFetched
from shared.logs import get_logger
from shared.urls import site_of

# Pages of an archive, or chosen by hand, say nothing of how the site is today.
NOT_COUNTED: frozenset[FoundBy] = frozenset({"import", "refetch", "replay"})
# What a layout that isn't understood looks like; a listing or a video is none of the parser's failures.
FAILED: frozenset[SkipReason | DeadLetterReason] = frozenset({
    "empty", "not_an_article", "parser_crashed", "parser_failed", "parser_out_of_memory", "parser_timed_out",
    "processing_failed", "undecodable_page",
})  # fmt: skip
MEASURED_EVERY_SECONDS = 3600.0
MOST_MEASURED = 50
ENDED = {"recovered": "layout.recovered", "accepted": "layout.accepted"}
log = get_logger()


class LayoutWatch:
    """Counts the pages of at most `most_sites` sites; 0 counts none. `say` is told what the heartbeat tells."""

    def __init__(self, *, most_sites: int, say: Callable[..., None]) -> None:
        self._counts = most_sites > 0
        self._rates = FillRates(most_sites=most_sites)
        self._say = say

    def parsed(self, page: PageFetched, article: Article) -> None:
        """The page became this article."""
        self._saw(page, filled(article))

    def failed(self, page: PageFetched, why: Skip | DeadLetter) -> None:
        """The page became no article."""
        if why.reason in FAILED or why.detail == NO_TITLE:
            self._saw(page, None)

    def _saw(self, page: PageFetched, fields: frozenset[str] | None) -> None:
        if not self._counts or page.found_by in NOT_COUNTED:
            return
        for change in self._rates.saw(site_of(page.final_url or page.url), fields):
            _tell(change)
        self._say(sites_watched=self._rates.sites, sites_drifted=self._rates.drifted)

    def measure(self) -> None:
        """Log the rates of the busiest sites since last time."""
        for measured in self._rates.measured(most=MOST_MEASURED):
            log.info("layout.measured", **_fields(measured))

    async def keep_measuring(self) -> NoReturn:
        """Do so every hour."""
        while True:
            await asyncio.sleep(MEASURED_EVERY_SECONDS)
            self.measure()


def _tell(change: Change) -> None:
    fields: dict[str, Any] = {
        "labels.site": change.site, "labels.field": change.field, "labels.rate_before": round(change.before, 3),
        "labels.rate_now": round(change.now, 3), "labels.pages": change.pages,
    }  # fmt: skip
    if change.kind == "drifted":
        log.warning("layout.drifted", **fields, **{"error.message": advice(change)})
    else:
        log.info(ENDED[change.kind], **fields)


def advice(change: Change) -> str:
    """What has happened, and what to do."""
    what = "were articles" if change.field == ARTICLE else f"had {change.field}"
    return (
        f"{change.before:.0%} of {change.site}'s pages {what}, of the last {change.pages} {change.now:.0%}. Look at "
        "one with `warta parse`. If the site's layout has changed, mend its profile in services/parser/sites/, raise "
        f"PARSER_REVISION, and parse what is stored again: `warta replay --since 14d --site {change.site}`"
    )


def _fields(measured: Measured) -> dict[str, Any]:
    return {
        "labels.site": measured.site, "labels.pages": measured.pages, "labels.drifted": list(measured.drifted),
        **{f"labels.{field}_rate": round(rate, 3) for field, rate in measured.rates.items()},
    }  # fmt: skip
