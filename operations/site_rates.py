"""Each site's articles in the index: how many, how often each field is filled, and what has fallen in the last day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from elasticsearch import AsyncElasticsearch

from services.parser.falls import surprise
from services.parser.fill_rates import LOST_OF_A_FIELD
from shared.documents import ARTICLES_READ

FIELDS = ("title", "body", "lead", "published_at", "authors", "section", "topics")
"""Those that are indexed: the parser's log tells of the others too."""
NOW, BEFORE = timedelta(hours=24), timedelta(days=30)
MOST_SITES = 1000  # that are judged: the busiest
ARTICLES = "articles"
RARE = 1e-6
RUNS = 4.0  # articles of one day are alike: so many are taken for one
EXPECTED = 20  # articles a day, from which on it is told that there are hardly any
HARDLY_ANY = 0.1


class SiteRates(msgspec.Struct, frozen=True, kw_only=True):
    """`articles` fetched in the last 24 hours and `articles_before` in the 30 days before that, and their rates.

    `fallen` are the fields that are filled much less often than before, or `articles` where hardly any came.
    """

    site: str
    articles: int
    articles_before: int
    rates: dict[str, float]
    rates_before: dict[str, float]
    fallen: tuple[str, ...] = ()


async def site_rates(client: AsyncElasticsearch, *, now: datetime) -> list[SiteRates]:
    """The sites with articles in that time, those with a fall first, then the busiest. Raises the client's errors."""
    since, first = now - NOW, now - NOW - BEFORE
    spans = {"now": {"gte": since}, "before": {"gte": first, "lt": since}}
    by_field = {"filters": {"filters": {field: {"exists": {"field": field}} for field in FIELDS}}}
    answer = await client.search(
        index=ARTICLES_READ, size=0, track_total_hits=False, query={"range": {"fetched_at": {"gte": first}}},
        aggregations={"sites": {
            "terms": {"field": "site", "size": MOST_SITES},
            "aggregations": {"spans": {
                "filters": {"filters": {name: {"range": {"fetched_at": span}} for name, span in spans.items()}},
                "aggregations": {"fields": by_field},
            }},
        }},
    )  # fmt: skip
    found = [_read(bucket) for bucket in answer["aggregations"]["sites"]["buckets"]]
    return sorted(found, key=lambda one: (not one.fallen, -one.articles, -one.articles_before, one.site))


def _read(bucket: Mapping[str, Any]) -> SiteRates:
    counts = {}
    for span, told in bucket["spans"]["buckets"].items():
        fields = told["fields"]["buckets"]
        counts[span] = (int(told["doc_count"]), {field: int(fields[field]["doc_count"]) for field in FIELDS})
    (articles, filled), (articles_before, filled_before) = counts["now"], counts["before"]
    return SiteRates(
        site=bucket["key"], articles=articles, articles_before=articles_before,
        rates={field: count / articles for field, count in filled.items()} if articles else {},
        rates_before={field: count / articles_before for field, count in filled_before.items()}
        if articles_before else {},
        fallen=fallen(articles, filled, articles_before, filled_before),
    )  # fmt: skip


def fallen(
    articles: int, filled: Mapping[str, int], articles_before: int, filled_before: Mapping[str, int]
) -> tuple[str, ...]:
    """What is surprisingly seldom by now: fields, or the articles themselves."""
    few = articles_before / BEFORE.days
    missing = [ARTICLES] if few >= EXPECTED and articles < HARDLY_ANY * few else []
    return (*missing, *(field for field in FIELDS if _has_fallen(
        filled[field], articles, before=filled_before[field], pages=articles_before
    )))  # fmt: skip


def _has_fallen(hits: int, of: int, *, before: int, pages: int) -> bool:
    if not of or not before or hits / of > (1 - LOST_OF_A_FIELD) * before / pages:
        return False
    return surprise(hits, of, before=before, pages=pages, runs=RUNS) < RARE


def table(sites: Sequence[SiteRates], *, most: int) -> list[str]:
    """The first `most` sites as lines: the last day's rates, and below a site what has fallen."""
    if not sites:
        return []
    lines = [f"{'articles by site':28}{'24 h':>7}{'30 d':>8}" + "".join(f"{field:>14}" for field in FIELDS)]
    for one in sites[:most]:
        rates = "".join(f"{one.rates[field]:>14.0%}" if one.rates else f"{'-':>14}" for field in FIELDS)
        lines.append(f"{one.site:28}{one.articles:>7}{one.articles_before:>8}{rates}")
        lines += [f"  ! {_told(one, field)}" for field in one.fallen]
    if any(one.fallen for one in sites[:most]):
        lines.append(
            "  ! has a site's layout changed? Mend its profile in services/parser/sites/, raise PARSER_REVISION, then "
            "`warta replay --since 14d --site SITE`"
        )
    if len(sites) > most:
        hidden = sum(bool(one.fallen) for one in sites[most:])
        lines.append(f"and {len(sites) - most} more sites, {hidden} with a fall: --sites shows more")
    return lines


def _told(one: SiteRates, field: str) -> str:
    if field == ARTICLES:
        return f"articles: {one.articles_before / BEFORE.days:.0f} a day before, {one.articles} in the last 24 h"
    return f"{field}: {one.rates_before[field]:.0%} before, {one.rates[field]:.0%} in the last 24 h"
