"""`warta demo`: the whole job on a bundled sample news site."""

import asyncio
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click
import msgspec
from aiokafka.errors import KafkaError
from elasticsearch import ApiError, AsyncElasticsearch, TransportError

from cli.ask import asked, find
from cli.audit import lines
from cli.configuration import refuse_servers
from cli.directory import SITE, SITES, forget, held
from cli.local import (
    DEFAULT_DIRECTORY,
    EXIT_INTERRUPTED,
    Local,
    Progress,
    port_of_last_time,
    stop_on_signals,
    unless,
)
from cli.quiet import quiet_run
from cli.widget import widget
from operations.audit import audit
from sample import DEMO_SLUG, SampleSite
from services.recommender.api.settings import ApiSettings
from services.recommender.lists import compute_list
from services.recommender.settings import RecommenderSettings
from shared import search
from shared.articles import UtcTime, article_id
from shared.clock import utcnow
from shared.documents import ARTICLES_READ, RELATED_READ
from shared.errors import WartaError
from shared.progress import Progress as ServiceProgress
from shared.progress import ProgressReader
from shared.settings import load
from shared.topics import CRAWL_REQUESTS, DLQ_SUFFIX, PAGES_FETCHED, PAGES_OUTCOMES
from shared.urls import canonical_url

INGEST_SECONDS = 240.0
QUIET_SECONDS = 2.0
MOST_FAILURES = 4
STALE = timedelta(days=1)
QUERY = "korea utara rusia"


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the next run needs to serve the same site again."""

    port: int
    now: UtcTime


@click.command()
@click.option("--once", is_flag=True, help="End after showing the result; exit code 0 only if all of it worked.")
@click.option("--fresh", is_flag=True, help="Forget the data of earlier runs first.")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_DIRECTORY / "demo",
    show_default=".warta/demo", help="Data, logs and state; they survive a restart.",
)  # fmt: skip
def demo(*, once: bool, fresh: bool, directory: Path) -> None:
    """Run everything on a bundled sample news site: real Kafka, real Elasticsearch, four services, the API.

    Crawls the site, indexes its articles, computes the related lists, and prints "Rekomendasi Artikel" for one article,
    a search, where every page ended, and the addresses. Then it keeps running until Ctrl-C.

    Exit code: 0 when all of it worked, 1 when not, 130 when interrupted before the result, 78 for a wrong setting.
    """
    refuse_servers()
    code = EXIT_INTERRUPTED

    async def run() -> None:
        nonlocal code
        stopping = stop_on_signals()
        local = Local(directory, click.echo)
        site = await start_site(directory)
        try:
            await local.start({**crawl_settings(directory, site), **api_port()}, stopping)
            worked = await unless(stopping, show(local, site))
            if worked is None:
                return
            code = 0 if worked else 1
            if not once:
                click.echo("\nRunning; Ctrl-C stops.")
                await local.watch(stopping)
        finally:
            await site.stop()
            local.stop()

    with held(directory):
        if fresh:
            forget(directory)
        if (directory / SITES).exists() and not (directory / SITE).exists():
            raise WartaError(f"{directory / SITES} is not a demo's, which would write its own: give another --dir")
        quiet_run(run())
    sys.exit(code)


async def start_site(directory: Path) -> SampleSite:
    """The sample site as it was in the last run, else new at this hour."""
    kept = directory / SITE
    try:
        state = msgspec.json.decode(kept.read_bytes(), type=State) if kept.exists() else None
    except msgspec.MsgspecError:
        raise WartaError(f"{kept} is damaged: start anew with --fresh") from None
    now = state.now if state else utcnow()
    if utcnow() - now > STALE:
        click.echo(f"the articles' dates are those of the first run, {now:%Y-%m-%d}; --fresh makes new ones")
    site = SampleSite(now)
    await site.start(port_of_last_time(state.port) if state else 0)
    port = int(site.url.rsplit(":", 1)[1])
    if state and port != state.port:
        click.echo(f"the sample site's port {state.port} is taken: with another one its pages are new ones")
    kept.write_bytes(msgspec.json.encode(State(port=port, now=now)))
    click.echo(f"sample news site: {site.url}, {len(site.articles)} articles and {len(site.traps)} traps")
    return site


def crawl_settings(directory: Path, site: SampleSite) -> dict[str, str]:
    """A sites file for the sample site, and leave to fetch from loopback, which the SSRF guard refuses otherwise."""
    address = site.url.removeprefix("http://")
    sites = directory / SITES
    sites.write_text(
        f'[sample]\nhosts = ["127.0.0.1"]\nseeds = ["{site.url}/"]\n'
        f'feeds = ["{site.url}/rss"]\nsitemaps = ["{site.url}/sitemap.xml"]\n'
    )
    return {
        "WARTA_CRAWLER_SITES": str(sites), "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": address,
        "WARTA_CRAWLER_DELAY_SECONDS": "0", "WARTA_CRAWLER_BACKOFF_SECONDS": "0.5",
        "WARTA_CRAWLER_CONTACT": "https://example.org/warta-demo",
    }  # fmt: skip


def api_port() -> dict[str, str]:
    """The API's usual port where it is free, else any; the one that is set stays."""
    kept = load(ApiSettings)
    return {} if "port" in kept.model_fields_set else {"WARTA_API_PORT": str(port_of_last_time(kept.port))}


async def show(local: Local, site: SampleSite) -> bool:
    """Wait for the ingest, then print what came of it. True if all of it worked."""
    began = time.monotonic()
    expected = {article_id(canonical_url(site.url + article.path)): article.title for article in site.articles}
    settled, missing = await ingest(local, expected)
    click.echo(f"ingest: {len(expected) - len(missing)} of {len(expected)} articles searchable after "
               f"{time.monotonic() - began:.0f} s\n")  # fmt: skip
    for title in list(missing.values())[:5]:
        click.echo(f"  missing: {title}")
    accounted = await audit(local.kafka, local.elasticsearch, report=lambda _line: None)
    click.echo("\n".join(["Where every message ended (`warta audit`)", *lines(accounted)]))
    wanted = article_id(canonical_url(site.url + site.article(DEMO_SLUG).path))
    async with search.client(local.elasticsearch) as client:
        weights = load(RecommenderSettings).ranking()
        computed = await asked(compute_list(client, wanted, now=utcnow(), mode="fresh", size=10, weights=weights))
        hits = await asked(find(client, QUERY, size=3))
    if computed is None:
        raise WartaError("the demo's article is not in the index; look into the services' logs")
    url = await local.api_url()
    click.echo(f"\n{site.article(DEMO_SLUG).title}\n{site.url}{site.article(DEMO_SLUG).path}\n")
    click.echo(widget(computed))
    click.echo(f'\nSearch "{QUERY}":')
    for hit in hits:
        click.echo(f"  {hit['_source']['title']}")
    stack = local.stack
    click.echo(
        f"""
Where to look
  sample site    {site.url}
  Kafka          {stack.bootstrap_servers}
  Elasticsearch  {stack.elasticsearch_url}
  articles       {stack.elasticsearch_url}/articles/_search?q=rusia
  related list   {stack.elasticsearch_url}/related/_doc/{wanted}
  demo page      {url}/a/{wanted}
  API            {url}/articles/{wanted}/related
                 {url}/openapi.json
  logs           {local.directory / "logs"}
  ask more       export {" ".join(f"{name}={value}" for name, value in local.addresses.items())}
                 ./warta status; ./warta search {QUERY}; ./warta related {wanted}"""
    )
    return settled and accounted.clean and len(computed.items) == computed.size and bool(hits)


async def ingest(local: Local, expected: dict[str, str]) -> tuple[bool, dict[str, str]]:
    """Wait until every expected article has its list and no service lags.

    Returns whether that came to be in time, and the articles that are missing.
    """
    assert local.services is not None
    line = Progress()
    deadline = time.monotonic() + INGEST_SECONDS
    quiet_since: float | None = None
    settled = False
    missing = dict(expected)
    async with ProgressReader(local.kafka) as reader, search.client(local.elasticsearch) as client:
        while time.monotonic() < deadline:
            await local.tend()
            for child in local.services.children:
                if child.failures >= MOST_FAILURES:
                    raise WartaError(f"{child.service} ended {child.failures} times; the end of {child.log} says why")
            try:
                progress = await reader.read()
                found = await _present(client, ARTICLES_READ, expected)
                listed = len(await _present(client, RELATED_READ, expected))
            except (ApiError, TransportError, KafkaError):  # slow, or starting again: not yet
                quiet_since = None
                await asyncio.sleep(1)
                continue
            missing = {name: title for name, title in expected.items() if name not in found}
            line.show(_progress(progress, f"{len(expected) - len(missing)}/{len(expected)}", listed))
            if progress.lag or missing or listed < len(expected):
                quiet_since = None
            elif quiet_since is None:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > QUIET_SECONDS:
                settled = True
                break
            await asyncio.sleep(0.5)
    line.end("")
    return settled, missing


async def _present(client: AsyncElasticsearch, index: str, ids: Iterable[str]) -> set[str]:
    answer = await client.mget(index=index, ids=list(ids), source=False)
    return {doc["_id"] for doc in answer["docs"] if doc.get("found")}


def _progress(progress: ServiceProgress, articles: str, lists: int) -> str:
    records = progress.records
    rejected = sum(count for topic, count in records.items() if topic.endswith(DLQ_SUFFIX))
    return (
        f"requested {records[CRAWL_REQUESTS.name]} · fetched {records[PAGES_FETCHED.name]} · articles {articles}"
        f" · lists {lists} · no articles {records[PAGES_OUTCOMES.name]} · dead letters {rejected} · lag {progress.lag}"
    )
