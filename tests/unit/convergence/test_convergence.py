"""Any crash, replay, duplicate or reordering ends in the same index: schedules of such against the real code."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.parser.app import published
from services.parser.parse import Parsed
from shared.articles import PARSER_REVISION, Article, article_id, article_version, content_hash
from shared.events import ArticleParsed, ArticleRemoved, Event, PageFetched
from shared.topics import ARTICLES_PARSED, PAGES_FETCHED, Topic
from tests.support.fakes.elasticsearch import Fault
from tests.support.fakes.loop import run
from tests.support.fakes.pipeline import READS, Pipeline, Service, quiet

START = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
URLS = [f"https://contoh.id/baca/{number}" for number in range(4)]
FAULTS: list[Fault] = ["none", "refused", "items_refused", "cut_before", "cut_after", "die_before", "die_after"]


class Source(msgspec.Struct, frozen=True):
    """What comes from outside: a page, a parse of it by a later parser, or a removal, each at its minute."""

    url: str
    minute: int
    kind: Literal["page", "listing", "reparse", "removal", "broken"]

    def event(self) -> tuple[Topic, str, Event]:
        at, key = START + timedelta(minutes=self.minute), article_id(self.url)
        if self.kind == "removal":
            removal = ArticleRemoved(article_id=key, version=article_version(at), url=self.url, reason="gone")
            return ARTICLES_PARSED, key, removal
        if self.kind == "reparse":
            return ARTICLES_PARSED, key, reparsed(self.url, self.minute)
        body = f"Menit {self.minute}".encode() if self.kind == "page" else self.kind.encode()
        return PAGES_FETCHED, self.url, PageFetched(url=self.url, fetched_at=at, content_type="text/html", body=body)


def reparsed(url: str, minute: int) -> ArticleParsed:
    """The same minute's page as a parser of the next revision reads it."""
    at = START + timedelta(minutes=minute)
    article = Article(title=f"Menit {minute}, lebih baik", canonical_url=url, site="contoh.id", body=("Isi.",))
    page = PageFetched(url=url, fetched_at=at, content_type="text/html", body=b"", found_by="replay")
    (outgoing,) = published(page, Parsed(article=article, links=()), max_depth=0)
    assert isinstance(outgoing.event, ArticleParsed)
    version = article_version(at, PARSER_REVISION + 1)
    return msgspec.structs.replace(outgoing.event, version=version, content_hash=content_hash(article))


class Step(msgspec.Struct, frozen=True):
    """`most` records of one of a service's waiting partitions. `sends` are made before it dies, None: it doesn't."""

    service: Service
    pick: int
    most: int
    sends: int | None
    commit: bool
    faults: tuple[Fault, ...]


class Repeat(msgspec.Struct, frozen=True):
    """Something that was once in a topic is there again, at its end."""

    pick: int


class Rewind(msgspec.Struct, frozen=True):
    """A service reads some partitions again from the start: commits were lost, or an operator has asked for it."""

    service: Service
    pick: int


class Compaction(msgspec.Struct, frozen=True):
    """Kafka's cleaner passes over a share of what the indexer has seen of articles.parsed: its lag keeps the rest."""

    percent: int


Move = Source | Step | Repeat | Rewind | Compaction

services = st.sampled_from(sorted(READS))
picks = st.integers(0, 50)
# Each (URL, minute) is one fetch, so one of a page, a listing, a broken page or a removal; a page may be parsed again.
fetches = st.dictionaries(
    st.tuples(st.sampled_from(URLS), st.integers(0, 5)),
    st.sampled_from(["page", "page", "page", "page+reparse", "removal", "listing", "broken"]),
    min_size=1, max_size=10,
)  # fmt: skip
steps = st.builds(
    Step, service=services, pick=picks, most=st.integers(1, 5), sends=st.none() | st.integers(0, 6),
    commit=st.sampled_from([True, True, False]), faults=st.lists(st.sampled_from(FAULTS), max_size=3).map(tuple),
)  # fmt: skip
disturbances = st.lists(
    steps | steps | steps | st.builds(Repeat, pick=picks) | st.builds(Rewind, service=services, pick=picks)
    | st.builds(Compaction, percent=st.integers(0, 100)),
    max_size=30 if settings().max_examples <= 100 else 150,
)  # fmt: skip


def sources(fetched: dict[tuple[str, int], str]) -> list[Source]:
    return [Source(url, minute, kind) for (url, minute), kinds in fetched.items() for kind in kinds.split("+")]  # type: ignore[arg-type]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[Source], list[Move]]:
    """What comes, in its own order, and a schedule that has it in any order among disturbances."""
    come = sources(draw(fetches))
    moves: list[Move] = [*come, *draw(disturbances)]
    ordered = sorted(come, key=lambda source: source.minute)
    return ordered, draw(st.permutations(moves))


async def undisturbed(come: Sequence[Source]) -> dict[str, tuple[object, ...]]:
    pipeline = Pipeline()
    for source in come:
        pipeline.put(*source.event())
        await pipeline.drain()
    contents = await pipeline.contents()
    await pipeline.close()
    return contents


async def take(pipeline: Pipeline, move: Move) -> None:
    match move:
        case Source():
            pipeline.put(*move.event())
        case Step() if waiting := pipeline.waiting(move.service):
            pipeline.dying_at = move.sends
            pipeline.elasticsearch.faults.extend(move.faults)
            partition = waiting[move.pick % len(waiting)]
            await pipeline.step(move.service, partition, move.most, commit=move.commit)
        case Repeat() if records := pipeline.log.ever:
            pipeline.again(records[move.pick % len(records)])
        case Rewind():
            topic = READS[move.service]
            for number in range(move.pick % 3, topic.partitions, 3):
                pipeline.log.commit(move.service, topic.name, number, 0)
        case Compaction():
            for number in range(ARTICLES_PARSED.partitions):
                seen = pipeline.indexed_up_to.get(number, 0)
                pipeline.log.compact(ARTICLES_PARSED.name, number, seen * move.percent // 100)


def test_compaction_before_the_indexer_would_lose_a_version() -> None:
    """Why articles.parsed has a compaction lag: a key's last record needn't be its newest version."""
    come = [Source(URLS[0], minute, "page") for minute in (5, 3)]

    async def simulate() -> tuple[object, object]:
        pipeline = Pipeline()
        for source in come:
            pipeline.put(*source.event())
            for partition in pipeline.waiting("parser"):
                await pipeline.step("parser", partition, 1)
        for partition in pipeline.waiting("indexer"):
            pipeline.log.compact(ARTICLES_PARSED.name, partition, pipeline.log.end(ARTICLES_PARSED.name, partition))
        await pipeline.drain()
        contents = await pipeline.contents()
        await pipeline.close()
        return await undisturbed(come), contents

    with quiet():
        undisturbed_contents, contents = run(simulate())
    assert contents != undisturbed_contents
    assert ARTICLES_PARSED.compaction_lag_ms >= (PAGES_FETCHED.retention_ms or 0)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schedules(), st.integers(0, 2**32))
def test_any_schedule_ends_in_the_undisturbed_index(schedule: tuple[list[Source], list[Move]], seed: int) -> None:
    come, moves = schedule

    async def simulate() -> None:
        expected = await undisturbed(come)
        pipeline = Pipeline()
        for move in moves:
            await take(pipeline, move)
            assert not pipeline.unended()
        await pipeline.drain()
        assert not pipeline.unended()
        assert await pipeline.contents() == expected

        late = [record for record in pipeline.log.ever if record.topic == ARTICLES_PARSED.name]
        random.Random(seed).shuffle(late)
        for record in late:
            pipeline.again(record)
        await pipeline.drain()
        assert await pipeline.contents() == expected, "a replay long after, in any order, changes nothing"
        await pipeline.close()

    with quiet():
        run(simulate())
