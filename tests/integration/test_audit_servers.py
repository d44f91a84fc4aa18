"""The audit on the real servers: clean while the services run and after, and it names what one lost record explained.

A record is lost by making its topic anew without it, and found again by sending it once more: one crawl is enough.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete

from operations.audit import AuditReport, audit
from sample import SampleSite
from shared import codec, kafka
from shared.articles import article_id
from shared.clock import utcnow
from shared.delivery import Outgoing
from shared.documents import ARTICLES_WRITE, RELATED_WRITE
from shared.events import CrawlRequested, PageFetched
from shared.topics import (
    ARTICLES_INDEXED,
    ARTICLES_PARSED,
    CONSUMERS,
    CRAWL_OUTCOMES,
    CRAWL_REQUESTS,
    PAGES_FETCHED,
    PAGES_OUTCOMES,
    RELATED_REQUESTS,
    TOPICS,
    Topic,
)
from shared.urls import canonical_url
from tests.support.cluster import ROOT, Cluster, until
from tests.support.ingest import crawl_environment, ingested, start_all

Records = list[Any]
TRAPS = ("listing", "video", "noindex", "missing", "redirect", "disallowed")


@pytest.mark.timeout(500)
async def test_audit_names_exactly_what_one_lost_record_explained(cluster: Cluster, site: SampleSite) -> None:
    articles = site.articles[:8]
    await ask(cluster, site, [*(article.path for article in articles), articles[0].path, *map(site.traps.get, TRAPS)])
    await spoil(cluster)
    environment = crawl_environment(site, cluster.folder) | {"WARTA_PARSER_MAX_DEPTH": "0"}
    (cluster.folder / "sites.toml").write_text('[sample]\nhosts = ["127.0.0.1"]\n')  # nothing but what is asked for
    services = start_all(cluster, environment)
    running = asyncio.create_task(audits(cluster))
    await ingested(cluster, {article_id(canonical_url(site.url + article.path)) for article in articles}, services)
    running.cancel()
    assert all(report.clean for report in await results(running)), "on the running system"
    for service in services.values():
        assert service.stop() == 0

    report = await account(cluster)
    assert report.clean, report.unexplained
    assert_counts(report)
    assert (await command(cluster))[0] == 0
    for lose in (
        an_outcome, a_page, a_dropped_page, an_article, a_change, a_list_request, a_dead_letter, a_document, a_list,
    ):  # fmt: skip
        await lose(cluster)
    assert (await account(cluster)).clean
    await records_expire_unread(cluster)


async def ask(cluster: Cluster, site: SampleSite, paths: Iterable[str | None]) -> None:
    requests = [CrawlRequested(url=f"{site.url}{path}") for path in paths]
    await cluster.publish(Outgoing(topic=CRAWL_REQUESTS, key="127.0.0.1", event=one) for one in requests)


async def spoil(cluster: Cluster) -> None:
    """What ends as a dead letter, and what came by hand and twice."""
    await cluster.send_raw(CRAWL_REQUESTS, b"no event", [])
    bad = PageFetched(url="gopher://contoh.id/", fetched_at=utcnow(), content_type="text/html", body=b"<p>x")
    empty = PageFetched(url="https://contoh.id/", fetched_at=utcnow(), content_type="text/html", body=b" ")
    await cluster.publish(
        [Outgoing(topic=PAGES_FETCHED, key="k", event=bad, root="bad")]
        + [Outgoing(topic=PAGES_FETCHED, key="k", event=empty, root="empty")] * 2
        + [Outgoing(topic=CRAWL_REQUESTS, key="x", event=CrawlRequested(url="no url"), root="bad")]
    )


async def account(cluster: Cluster, **options: Any) -> AuditReport:
    return await audit(cluster.kafka, cluster.elasticsearch, report=lambda _line: None, confirm_after=0, **options)


async def audits(cluster: Cluster) -> list[AuditReport]:
    """Some audits one after the other, fewer when cancelled."""
    found: list[AuditReport] = []
    try:
        while len(found) < 6:
            found.append(await account(cluster))
    except asyncio.CancelledError:
        pass
    return found


async def results(running: "asyncio.Task[list[AuditReport]]") -> list[AuditReport]:
    found = await running
    assert len(found) >= 2
    return found


async def command(cluster: Cluster, *options: str) -> tuple[int, dict[str, Any], str]:
    """The command's exit code, its JSON, and what it says beside."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "audit", "--json", *options, cwd=ROOT, env=cluster.environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, msgspec.json.decode(out), err.decode()


def assert_counts(report: AuditReport) -> None:
    classes = {stage.name: stage.classes for stage in report.stages}
    assert classes["requests"]["dead-lettered: not_an_event (waiting)"] == 1
    assert classes["requests"]["failed: bad_url"] == 1
    assert classes["requests"]["published"] >= 11
    assert classes["requests"]["duplicate"] == 1
    assert classes["requests"]["failed: not_found"] == 1
    assert classes["requests"]["refused: redirected"] == 1
    assert classes["pages"]["dead-lettered: parser_failed (waiting)"] == 1
    assert classes["pages"]["dropped: empty"] == 2
    assert classes["articles"].keys() <= {"indexed", "superseded"}
    assert set(classes["documents"]) == {"accounted for"}
    assert set(classes["changes"]) == {"fanned out"}


@asynccontextmanager
async def without(
    cluster: Cluster, topic: Topic, choose: Callable[[Records], Any]
) -> AsyncIterator[Any]:  # fmt: skip
    """The topic without one record, which comes back in the end; the groups have read it all then and before."""
    records = await cluster.records(topic.name)
    lost = choose(records)
    await anew(cluster, topic)
    await send(cluster, [record for record in records if record is not lost])
    await commit_all(cluster, topic)
    yield lost
    await send(cluster, [lost])
    await commit_all(cluster, topic)


async def anew(cluster: Cluster, topic: Topic) -> None:
    admin = kafka.admin(cluster.kafka)
    await admin.start()
    try:
        await admin.delete_topics([topic.name])

        async def gone() -> bool:
            return topic.name not in await admin.list_topics()

        await until(gone, seconds=30)
    finally:
        await admin.close()
    await kafka.create_topics(cluster.kafka, lambda _line: None)


async def send(cluster: Cluster, records: Records) -> None:
    producer = kafka.producer(cluster.kafka, client_id="test")
    await producer.start()
    for record in records:
        await producer.send(
            record.topic, value=record.value, key=record.key, partition=record.partition,
            timestamp_ms=record.timestamp, headers=list(record.headers),
        )  # fmt: skip
    await producer.stop()


async def commit_all(cluster: Cluster, topic: Topic, *, at: int | None = None) -> None:
    service = next((service for service, reads in CONSUMERS.items() if topic in reads), None)
    if service is None:
        return
    ends = await cluster.ends([TopicPartition(topic.name, number) for number in range(topic.partitions)])
    await cluster.commit(service, {one: end if at is None else at for one, end in ends.items()})


def only_named(report: AuditReport, stage: str, name: str) -> None:
    named = [(one.stage, one.article_id if stage == "lists" else one.id) for one in report.unexplained]
    assert named == [(stage, name)], report.unexplained
    assert not report.clean


def header(record: Any, name: str) -> str:
    return str(dict(record.headers)[name].decode())


def once(records: Records, of: Callable[[Any], str]) -> Any:
    """A record like which there is no other."""
    seen = [of(record) for record in records]
    return next(record for record, one in zip(records, seen, strict=True) if seen.count(one) == 1)


def event_of(record: Any) -> Any:
    return codec.decode(record.headers, record.value).event


def url_of(record: Any) -> str:
    return str(event_of(record).url)


async def an_outcome(cluster: Cluster) -> None:
    requests = await cluster.records(CRAWL_REQUESTS.name)
    asked = [url_of(record) for record in requests if record.value != b"no event"]

    def choose(records: Records) -> Any:
        once_only = [one for one in records if asked.count(url_of(one)) == 1 and "ce_cause" in dict(one.headers)]
        return next(one for one in once_only if getattr(event_of(one), "page_id", None))

    async with without(cluster, CRAWL_OUTCOMES, choose) as lost:
        code, report, said = await command(cluster)
        assert code == 1
        (one,) = report["unexplained"]
        assert (one["stage"], one["id"], one["url"]) == ("requests", header(lost, "ce_cause"), url_of(lost))
        assert one["topic"] == "crawl.requests"
        assert report["clean"] is False
        assert "1 of the messages are unexplained" in said


async def a_page(cluster: Cluster) -> None:
    outcomes = await cluster.events(CRAWL_OUTCOMES)
    of_page = {one.event.page_id: one.id for one in outcomes if getattr(one.event, "page_id", None)}
    async with without(
        cluster, PAGES_FETCHED, lambda records: next(one for one in records if header(one, "ce_id") in of_page)
    ) as lost:
        only_named(await account(cluster), "fetched", of_page[header(lost, "ce_id")])


async def a_dropped_page(cluster: Cluster) -> None:
    async with without(cluster, PAGES_OUTCOMES, lambda records: once(records, url_of)) as lost:
        only_named(await account(cluster), "pages", header(lost, "ce_cause"))


async def an_article(cluster: Cluster) -> None:
    async with without(cluster, ARTICLES_PARSED, lambda records: once(records, article_of)) as lost:
        only_named(await account(cluster), "documents", article_of(lost))


async def a_change(cluster: Cluster) -> None:
    async with without(
        cluster, ARTICLES_INDEXED, lambda records: once(records, lambda one: header(one, "ce_cause"))
    ) as lost:
        only_named(await account(cluster), "articles", header(lost, "ce_cause"))


async def a_list_request(cluster: Cluster) -> None:
    def choose(records: Records) -> Any:
        own = [one for one in records if article_of(one) == event_of(one).because_of]
        return once(own, lambda one: header(one, "ce_cause"))

    async with without(cluster, RELATED_REQUESTS, choose) as lost:
        only_named(await account(cluster), "changes", header(lost, "ce_cause"))


async def a_dead_letter(cluster: Cluster) -> None:
    async with without(cluster, TOPICS[PAGES_FETCHED.dlq], lambda records: records[0]) as lost:
        only_named(await account(cluster), "pages", header(lost, "ce_cause"))


async def a_document(cluster: Cluster) -> None:
    article = article_of(once(await cluster.records(ARTICLES_PARSED.name), article_of))
    (version,) = [one.id for one in await cluster.events(ARTICLES_PARSED) if one.event.article_id == article]
    async with cluster.client() as client:
        found = await client.get(index=ARTICLES_WRITE, id=article)
        await client.delete(
            index=ARTICLES_WRITE, id=article, refresh=True, version=found["_version"], version_type="external_gte"
        )
        only_named(await account(cluster), "articles", version)
        await client.index(
            index=ARTICLES_WRITE, id=article, document=found["_source"], refresh=True, version=found["_version"],
            version_type="external_gte",
        )  # fmt: skip


async def a_list(cluster: Cluster) -> None:
    article = article_of((await cluster.records(RELATED_REQUESTS.name))[0])
    async with cluster.client() as client:
        found = await client.get(index=RELATED_WRITE, id=article)
        await client.delete(index=RELATED_WRITE, id=article, refresh=True)
        code, report, _ = await command(cluster)
        assert code == 1
        assert [(one["stage"], one["article_id"]) for one in report["unexplained"]] == [("lists", article)]
        await client.index(index=RELATED_WRITE, id=article, document=found["_source"], refresh=False)
        only_refreshed_later = await account(cluster)
        assert only_refreshed_later.clean


async def records_expire_unread(cluster: Cluster) -> None:
    # Where another page stays: what a partition has lost is told by the time of the first record that it still has.
    held = Counter(TopicPartition(one.topic, one.partition) for one in await cluster.records(PAGES_FETCHED.name))
    partition, count = held.most_common(1)[0]
    assert count > 1
    await commit_all(cluster, PAGES_FETCHED, at=0)
    admin = kafka.admin(cluster.kafka)
    await admin.start()
    await admin.delete_records({partition: RecordsToDelete(before_offset=1)})
    await admin.close()
    code, report, said = await command(cluster)
    assert code == 1
    assert report["unexplained"] == []
    assert report["expired_unread"] == [
        {"service": "parser", "topic": "pages.fetched", "partition": partition.partition, "records": 1}
    ]
    assert "1 records expired unread" in said
    pages = next(stage["classes"] for stage in report["stages"] if stage["name"] == "pages")
    assert set(pages) == {"pending"}


def article_of(record: Any) -> str:
    return str(event_of(record).article_id)
