"""The recommender: articles.indexed -> related.requests -> the index `related` and articles.related."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from elasticsearch import AsyncElasticsearch

from services.recommender.decisions import BECAUSE as DECISION
from services.recommender.decisions import keep
from services.recommender.fanout import affected, changed_lists
from services.recommender.pace import Pace
from services.recommender.sample import Sample
from services.recommender.settings import RecommenderSettings
from services.recommender.sweep import BECAUSE, Sweep
from services.recommender.sweeping import keep_sweeping
from services.recommender.writer import ListResult, ListWriter, of_one_article
from shared import search, service, settings
from shared.clock import utcnow
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing
from shared.events import ArticleIndexed, RelatedComputed, RelatedDecided, RelatedRequested
from shared.partitions import partition_of
from shared.service import Context
from shared.streams import Streams
from shared.topics import ARTICLES_INDEXED, ARTICLES_RELATED, RELATED_DECISIONS, RELATED_REQUESTS

FANNED_OUT_AT_ONCE = 50
DECIDED_AT_ONCE = 200
# Records of both topics are small, and the more requests wait together, the more of them are answered by one list.
BUFFER = 4096


async def run(context: Context) -> None:
    """Keep the lists until told to stop."""
    own = settings.load(RecommenderSettings)
    async with search.client(context.elasticsearch) as client:

        async def tell(computed: RelatedComputed, cause: Envelope[Any]) -> None:
            told = Outgoing(topic=ARTICLES_RELATED, key=computed.article_id, event=computed)
            await context.publisher.publish(told, cause=cause)

        validity = timedelta(seconds=own.validity_seconds)
        sample = Sample(client)
        lists = ListWriter(
            client,
            tell,
            size=own.size,
            valid_for=validity,
            weights=own.ranking(),
            sample=sample,
            pace=Pace(apart=own.apart_seconds, per_second=own.lists_per_second),
            moved=lambda: context.health.moving(RELATED_REQUESTS),
        )

        def owned() -> set[int]:
            return streams.assigned(RELATED_REQUESTS)

        async def write_ahead(envelope: Envelope[Any]) -> ListResult | None:
            ours = partition_of(envelope.event.article_id, RELATED_REQUESTS) in owned()
            return await lists.write_ahead(envelope) if ours else None

        async def fan_out(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: ArticleIndexed = envelope.event
            fields |= {"labels.article_id": event.article_id, "labels.result": event.result}
            if event.result == "unchanged":
                return []
            neighbours: Sequence[str] = ()
            if event.result != "superseded":
                try:
                    neighbours, fields["labels.list"] = await asyncio.gather(
                        affected(client, event.article_id, limit=own.fanout, sample=sample), write_ahead(envelope)
                    )
                except Exception as error:
                    raise of_one_article(error) from error
            fields["labels.fanout"] = len(neighbours)
            return [
                Outgoing(
                    topic=RELATED_REQUESTS, key=article_id, ordinal=ordinal,
                    event=RelatedRequested(article_id=article_id, because_of=event.article_id),
                )
                for ordinal, article_id in enumerate(dict.fromkeys([event.article_id, *neighbours]))
            ]  # fmt: skip

        async def compute(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            event: RelatedRequested = envelope.event
            fields["labels.article_id"] = event.article_id
            waited = round((utcnow() - envelope.time).total_seconds(), 1)
            context.health.say(last_request_waited_seconds=waited)
            fields["labels.result"] = result = await lists.write(envelope)
            again = Outgoing(topic=RELATED_REQUESTS, key=event.article_id, event=event)
            return [again] if result == "deferred" else []

        async def decide(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            return await take_in(client, envelope.event, fields, fanout=own.fanout)

        streams = Streams(context, buffer=BUFFER)
        streams.agent(ARTICLES_INDEXED, fan_out, action="article.fanned_out", batch=FANNED_OUT_AT_ONCE, within=0.1)
        streams.agent(RELATED_REQUESTS, compute, action="related.computed", batch=own.batch, within=own.gather_seconds)
        streams.agent(RELATED_DECISIONS, decide, action="related.decided", batch=DECIDED_AT_ONCE, within=0.1)
        await streams.start()

        async def ask(article_ids: Sequence[str]) -> None:
            await context.publisher.publish_all(
                Outgoing(topic=RELATED_REQUESTS, key=article_id,
                         event=RelatedRequested(article_id=article_id, because_of=BECAUSE))
                for article_id in article_ids
            )  # fmt: skip

        sweeping = asyncio.create_task(
            keep_sweeping(
                Sweep(client, owned=owned, ask=ask, validity=validity),
                validity_seconds=own.validity_seconds,
                per_second=own.sweep_per_second,
                share=lambda: len(owned()) / RELATED_REQUESTS.partitions,
                say=lambda fields: context.health.say(**fields),
            )
        )
        stopping = asyncio.create_task(context.stopping.wait())
        await asyncio.wait({sweeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if sweeping.done():
            sweeping.result()
        sweeping.cancel()
        await streams.stop(context.delivery.stop_seconds)


async def take_in(
    client: AsyncElasticsearch, event: RelatedDecided, fields: LogFields, *, fanout: int
) -> list[Outgoing]:
    """Keep an editor's decision and ask for the lists that it changes.

    A later one on its pair that is kept already is sent again: compaction leaves a pair's last record.
    """
    fields |= {"labels.article_id": event.article_id, "labels.item_id": event.item_id}
    try:
        kept = await keep(client, event)
        changed = await changed_lists(client, event, limit=fanout)
    except Exception as error:
        raise of_one_article(error) from error
    fields["labels.result"] = event.decision if kept == event else "superseded"
    requests = [
        Outgoing(
            topic=RELATED_REQUESTS, key=article_id, ordinal=ordinal,
            event=RelatedRequested(article_id=article_id, because_of=DECISION),
        )
        for ordinal, article_id in enumerate(changed)
    ]  # fmt: skip
    again = [] if kept == event else [Outgoing(topic=RELATED_DECISIONS, key=kept.key, event=kept)]
    return [*requests, *again]


def main() -> None:
    """Run the recommender as this process."""
    service.main("recommender", run, own_settings=[RecommenderSettings], uses_elasticsearch=True)
