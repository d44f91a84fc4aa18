"""The crawler's process on a real Kafka and the sample site: everything requested ends once, over kills too."""

import asyncio
import json
import resource
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sample import SampleSite
from services.crawler.holdings import partition_of
from shared.codec import Envelope
from shared.delivery import Outgoing
from shared.events import CrawlRequested, FetchFailed, FetchSettled, MessageRejected, PageFetched
from shared.settings import DeliverySettings
from shared.topics import CRAWL_OUTCOMES, CRAWL_REQUESTS, PAGES_FETCHED, dead_letters
from shared.urls import canonical_url, host_of
from tests.support.cluster import Cluster, Service, until

# So large may a file be.
FULL = 300 * 1024


def start(
    cluster: Cluster, site: SampleSite, sites: Path | None = None, *, module: str = "cli", **more: str
) -> Service:
    settings = {
        "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": urlsplit(site.url).netloc, "WARTA_CRAWLER_DELAY_SECONDS": "0",
        "WARTA_CRAWLER_BACKOFF_SECONDS": "0.05", "WARTA_CRAWLER_CONTACT": "redaksi@contoh.example",
    }  # fmt: skip
    if sites:
        settings["WARTA_CRAWLER_SITES"] = str(sites)
    command = ["crawler"] if module == "cli" else []
    return cluster.start(*command, module=module, **{**settings, **more})


def site_file(tmp_path: Path, site: SampleSite) -> Path:
    path = tmp_path / "sites.toml"
    path.write_text(f'[contoh]\nfeeds = ["{site.url}/rss"]\nsitemaps = ["{site.url}/sitemap.xml"]\n')
    return path


def lines(service: Service) -> list[str]:
    return [line for line in service.text().splitlines() if line.startswith("{")]


def ask(*urls: str, **fields: Any) -> list[Outgoing]:
    return [
        Outgoing(topic=CRAWL_REQUESTS, key=host_of(url), event=CrawlRequested(url=url, **fields)) for url in urls
    ]  # fmt: skip


async def outcomes(cluster: Cluster) -> dict[str, Any]:
    return {envelope.event.url: envelope.event for envelope in await cluster.events(CRAWL_OUTCOMES)}


async def ended(cluster: Cluster, urls: set[str], service: Service, seconds: float = 60) -> dict[str, Any]:
    async def all_there() -> Any:
        assert service.process.poll() is None, service.text()[-3000:]
        found = await outcomes(cluster)
        return found if urls <= found.keys() else None

    return await until(all_there, seconds=seconds, why=lambda: service.text()[-3000:])  # type: ignore[no-any-return]


async def test_the_whole_site_is_crawled_from_its_feed_and_sitemaps(
    cluster: Cluster, site: SampleSite, tmp_path: Path
) -> None:
    service = start(cluster, site, site_file(tmp_path, site))
    articles = {canonical_url(site.url + article.path) for article in site.articles}

    found = await ended(cluster, articles, service)

    assert {found[url].outcome for url in articles} == {"published"}
    pages: dict[str, Envelope[PageFetched]] = {one.event.url: one for one in await cluster.events(PAGES_FETCHED)}
    # A URL that two sources name is asked for twice and fetched once.
    requests = {one.id: one for one in await cluster.events(CRAWL_REQUESTS) if one.event.kind == "page"}
    for url in articles:
        page = pages[url]
        assert page.cause is not None
        request = requests[page.cause]
        assert request.event.url == url
        assert request.event.found_by in {"feed", "sitemap"}
        assert page.trace_id == request.trace_id
        assert found[url].page_id == page.id
        assert page.event.body.startswith(b"<!DOCTYPE html>")
        assert page.event.content_type == "text/html; charset=utf-8"
        assert page.event.http_headers["etag"] == found[url].etag
    asked = Counter(request.path for request in site.requests)
    assert asked["/robots.txt"] == 1
    assert max(asked[urlsplit(url).path] for url in articles) == 1
    assert {request.user_agent for request in site.requests} == {"WartaBot/0.1.0 (+redaksi@contoh.example)"}
    assert service.stop() == 0
    assert "crashed" not in service.text()


async def test_every_trap_ends_with_its_reason(cluster: Cluster, site: SampleSite) -> None:
    traps = {name: canonical_url(site.url + path) for name, path in site.traps.items()}
    loop_end = canonical_url(f"{site.url}/lingkar/b")
    service = start(cluster, site)
    await cluster.publish(ask(*traps.values()))

    found = await ended(cluster, {*traps.values(), loop_end}, service)

    def failure(url: str) -> tuple[str, int | None]:
        assert isinstance(found[url], FetchFailed), found[url]
        return found[url].reason, found[url].status

    assert failure(traps["too_large"]) == ("too_large", None)
    assert failure(traps["gzip_bomb"]) == ("bomb", None)
    assert failure(traps["missing"]) == ("not_found", 404)
    assert failure(traps["gone"]) == ("gone", 410)
    assert failure(traps["error"]) == ("http_error", 500)
    assert found[traps["error"]].attempts == 3
    assert failure(loop_end) == ("redirect_loop", 302)
    refused = {url: one.reason for url, one in found.items() if isinstance(one, FetchSettled) and one.reason}
    assert refused == {
        traps["disallowed"]: "robots", traps["redirect"]: "redirected", traps["loop"]: "redirected",
    }  # fmt: skip
    target = found[traps["redirect"]].final_url
    assert target == traps["tracking"]
    assert found[target].outcome == "published"
    for name in ("hostile", "broken", "latin1", "wrong_charset", "long", "noindex", "video", "amp"):
        assert found[traps[name]].outcome == "published", name
    assert "/admin/ringkasan-redaksi" not in {request.path for request in site.requests}
    assert service.stop() == 0


async def test_a_budget_of_links_holds_over_a_restart_and_feeds_need_none(
    cluster: Cluster, site: SampleSite, tmp_path: Path
) -> None:
    sites = tmp_path / "sites.toml"
    sites.write_text('[contoh]\nhosts = ["127.0.0.1"]\nquery_pages = 2\n')
    urls = [canonical_url(f"{site.url}{article.path}?bagian=1") for article in site.articles[:5]]
    first, second, third, fourth, listed = urls
    service = start(cluster, site, sites)
    await cluster.publish(ask(first, second, third, found_by="link", depth=1))
    found = await ended(cluster, {first, second, third}, service)
    assert [found[url].outcome for url in (first, second)] == ["published"] * 2
    assert (found[third].outcome, found[third].reason) == ("refused", "over_budget")
    assert '"budget.spent"' in service.text()
    service.kill()

    service = start(cluster, site, sites)
    await cluster.publish(ask(fourth, found_by="link", depth=1))
    await cluster.publish(ask(listed, found_by="feed"))
    found = await ended(cluster, {fourth, listed}, service)
    assert found[fourth].reason == "over_budget"
    assert found[listed].outcome == "published"
    assert service.stop() == 0


async def test_a_killed_crawler_loses_nothing_and_fetches_again_only_what_was_in_flight(
    cluster: Cluster, site: SampleSite
) -> None:
    urls = [canonical_url(f"{site.url}{article.path}?bagian={part}") for article in site.articles for part in range(5)]
    await cluster.publish(ask(*urls))
    kills = 3
    for round_ in range(kills):
        service = start(cluster, site, WARTA_CRAWLER_CONCURRENCY="4")
        enough = len(urls) * (round_ + 1) // (kills + 2)

        async def so_many(enough: int = enough) -> bool:
            return len(await outcomes(cluster)) >= enough

        await until(so_many, why=lambda service=service: service.text()[-3000:])  # type: ignore[misc]
        service.kill()
    service = start(cluster, site)

    found = await ended(cluster, set(urls), service)

    assert {one.outcome for one in found.values()} == {"published"}
    pages = await cluster.events(PAGES_FETCHED)
    assert {page.event.url for page in pages} == set(urls)
    assert len({page.id for page in pages}) == len(urls)
    every = await cluster.events(CRAWL_OUTCOMES)
    assert len({one.id for one in every}) == len(urls)
    # One host has one fetch at a time, and publishing overlaps the next: a handful per kill.
    assert len(pages) - len(urls) <= 5 * kills
    fetched = Counter(request.path for request in site.requests if request.path != "/robots.txt")
    assert sum(fetched.values()) - len(urls) <= 5 * kills
    assert service.stop() == 0


async def test_a_duplicate_is_not_fetched_again_but_a_refetch_is_and_conditionally(
    cluster: Cluster, site: SampleSite
) -> None:
    url = canonical_url(site.url + site.articles[0].path)
    service = start(cluster, site)
    await cluster.publish(ask(url, url, found_by="feed"))
    await ended(cluster, {url}, service)
    assert service.stop() == 0

    service = start(cluster, site)
    await cluster.publish(ask(url, found_by="sitemap"))
    await cluster.publish(ask(url, found_by="refetch"))

    async def two_ends() -> Any:
        found = [one.event for one in await cluster.events(CRAWL_OUTCOMES)]
        return found if len(found) >= 2 else None

    found = await until(two_ends, why=lambda: service.text()[-3000:])

    assert [one.outcome for one in found] == ["published", "unchanged"]
    assert [request.status for request in site.requests if request.path != "/robots.txt"] == [200, 304]
    site.update(site.articles[0].slug, title="Judul yang baru")
    await cluster.publish(ask(url, found_by="refetch"))

    async def two_pages() -> Any:
        pages = await cluster.events(PAGES_FETCHED)
        return pages if len(pages) >= 2 else None

    pages = await until(two_pages, why=lambda: service.text()[-3000:])
    assert len({page.id for page in pages}) == 2
    assert service.stop() == 0


async def test_poison_private_hosts_and_bad_urls_end_and_the_rest_goes_on(cluster: Cluster, site: SampleSite) -> None:
    good = canonical_url(site.url + site.articles[0].path)
    private = "http://127.0.0.1:9/rahasia"
    mapped = "http://[::ffff:127.0.0.1]/"
    metadata = "http://169.254.169.254/latest/meta-data/"
    odd = "http://0x7f.1/"
    service = start(cluster, site)
    await cluster.send_raw(CRAWL_REQUESTS, b"bukan peristiwa", [], key=b"127.0.0.1")
    await cluster.publish(ask("ftp://contoh.example/a", found_by="link"))
    await cluster.publish(ask(private, mapped, metadata, odd, good))

    found = await ended(cluster, {private, good, metadata, "ftp://contoh.example/a"}, service)

    assert found[good].outcome == "published"
    assert found["ftp://contoh.example/a"].reason == "bad_url"

    async def all_blocked() -> Any:
        now = await outcomes(cluster)
        return now if len(now) == 6 else None

    found = await until(all_blocked, why=lambda: service.text()[-3000:])
    blocked = {url for url, one in found.items() if one.reason == "blocked_address"}
    assert len(blocked) == 4
    dead: list[Envelope[MessageRejected]] = await cluster.events(dead_letters(CRAWL_REQUESTS))
    assert [(one.event.reason, one.event.body) for one in dead] == [("not_an_event", b"bukan peristiwa")]
    assert service.stop() == 0


async def test_a_new_assignment_leaves_the_offsets_where_they_are(cluster: Cluster, site: SampleSite) -> None:
    url = canonical_url(f"{site.url}/")
    service = start(cluster, site)
    await cluster.publish(ask(url))
    await ended(cluster, {url}, service)
    assert service.stop() == 0
    before = await cluster.progress()
    restorations = service.text().count("frontier.restored")
    again = start(cluster, site)

    async def restored() -> bool:
        return again.text().count("frontier.restored") > restorations  # one log for both

    await until(restored, why=again.text)
    assert again.stop() == 0
    assert (await cluster.progress()).lags["crawler"] == before.lags["crawler"]


async def test_a_request_under_a_wrong_key_is_forwarded_to_its_hosts_owner(cluster: Cluster, site: SampleSite) -> None:
    url = canonical_url(site.url + site.articles[0].path)
    own = partition_of(host_of(url))
    wrong = next(name for name in map(str, range(100)) if partition_of(name) != own)
    service = start(cluster, site)
    await cluster.publish([Outgoing(topic=CRAWL_REQUESTS, key=wrong, event=CrawlRequested(url=url))])

    found = await ended(cluster, {url}, service)

    assert found[url].outcome == "published"
    partitions = {record.partition for record in await cluster.records(CRAWL_OUTCOMES.name)}
    assert partitions == {own}
    assert service.stop() == 0


async def test_two_crawlers_share_the_hosts_and_one_takes_over_from_the_killed_other(
    cluster: Cluster, site: SampleSite
) -> None:
    port = urlsplit(site.url).port
    hosts = ("127.0.0.1", "localhost")
    assert len({partition_of(host) for host in hosts}) == len(hosts)
    settings = {
        "WARTA_CRAWLER_DELAY_SECONDS": "0.02",
        "WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS": ",".join(f"{host}:{port}" for host in hosts),
    }
    pair = [start(cluster, site, None, module=module, **settings) for module in ("cli", "services.crawler")]

    def restored() -> list[int]:
        return [sum(json.loads(line).get("labels.partitions", 0) for line in lines(one)) for one in pair]

    async def both_own_some() -> bool:
        return all(restored())

    await until(both_own_some, why=lambda: pair[0].text()[-1500:] + pair[1].text()[-1500:])
    urls = [
        canonical_url(f"http://{host}:{port}{article.path}?bagian={part}")
        for article in site.articles for part in range(3) for host in hosts
    ]  # fmt: skip
    await cluster.publish(ask(*urls))

    async def some() -> bool:
        return len(await outcomes(cluster)) > len(urls) // 4

    await until(some, why=lambda: pair[0].text()[-1500:])
    busiest = max(pair, key=lambda one: one.text().count("page.fetched"))
    busiest.kill()
    other = next(one for one in pair if one is not busiest)

    found = await ended(cluster, set(urls), other)

    assert {one.outcome for one in found.values()} == {"published"}
    ids = [one.id for one in await cluster.events(PAGES_FETCHED)]
    assert len(set(ids)) == len(urls)
    assert len(ids) - len(urls) <= 5 * len(hosts)
    assert other.stop() == 0


async def test_a_wrong_site_file_is_a_clear_error(cluster: Cluster, site: SampleSite, tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text('[contoh]\nfeed = ["https://contoh.example/rss"]\n')
    service = start(cluster, site, path)
    assert service.process.wait(30) == 78
    assert "[contoh]" in service.text()
    assert "`feed`" in service.text()


async def test_a_paused_host_is_left_alone_over_a_restart_until_it_is_resumed(
    cluster: Cluster, site: SampleSite
) -> None:
    front, page = canonical_url(site.url + "/"), canonical_url(site.url + site.articles[0].path)
    service = start(cluster, site)
    await cluster.publish(ask(front, kind="pause"))

    async def said(what: str) -> bool:
        return any(one.event.outcome == what for one in await cluster.events(CRAWL_OUTCOMES))

    await until(lambda: said("paused"), why=service.text)
    await cluster.publish(ask(page))
    service.kill()
    service = start(cluster, site)
    await until(lambda: _restored(service, times=2))
    await asyncio.sleep(3)
    assert page not in await outcomes(cluster)
    assert not site.requests
    await cluster.publish(ask(front, kind="resume"))
    found = await ended(cluster, {page}, service)
    assert found[page].outcome == "published"
    assert found[front].outcome == "resumed"
    assert service.stop() == 0


async def _restored(service: Service, *, times: int) -> bool:
    return sum("frontier.restored" in line for line in lines(service)) == times


async def test_a_state_that_can_not_be_made_ends_the_process_with_a_clear_error(
    cluster: Cluster, site: SampleSite
) -> None:
    service = start(cluster, site, WARTA_CRAWLER_STATE_DIRECTORY="/proc")
    assert await asyncio.to_thread(service.process.wait, 60) == 70
    assert "WARTA_CRAWLER_STATE_DIRECTORY" in service.text()


async def test_a_full_disk_blames_no_request(cluster: Cluster, site: SampleSite) -> None:
    host = urlsplit(site.url).netloc
    urls = {f"http://{host}/tiada/{number}/{'x' * 200}" for number in range(1500)}
    await cluster.publish(ask(*urls, found_by="import"))
    for _ in range(DeliverySettings().max_deaths + 1):
        service = start(cluster, site, WARTA_CRAWLER_DELAY_SECONDS="5")
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (FULL, FULL))
        assert await asyncio.to_thread(service.process.wait, 60) == 70
        assert "make room" in service.text()
    service = start(cluster, site)
    await ended(cluster, {canonical_url(url) for url in urls}, service, seconds=120)
    assert await cluster.events(dead_letters(CRAWL_REQUESTS)) == []
    assert service.stop() == 0
