"""`warta api`: the application as a process of its own, in the frame of every service."""

import asyncio
import time
from datetime import timedelta
from typing import NoReturn

from elasticsearch import AsyncElasticsearch

from services.recommender.api.app import application
from services.recommender.api.asking import Asker
from services.recommender.api.server import Server, listen
from services.recommender.api.settings import ApiSettings
from services.recommender.api.store import ElasticStore
from services.recommender.settings import RecommenderSettings
from shared import search, service, settings
from shared.delivery import Outgoing
from shared.errors import ConfigurationError
from shared.health import Health
from shared.logs import get_logger
from shared.service import Context
from shared.watch import PROBE_SECONDS

log = get_logger()


async def run(context: Context) -> None:
    """Answer until told to stop. Needs Elasticsearch; without Kafka only lists aren't asked for."""
    own, kept = settings.load(ApiSettings), settings.load(RecommenderSettings)
    weights, listener = kept.ranking(), listen(own)

    async def publish(outgoing: Outgoing) -> None:
        await context.publisher.publish(outgoing)
        context.health.say(kafka_awaited=None)

    def answered(status: int) -> None:
        if status < 500:
            context.health.progressed("answered")

    asker = Asker(publish, steady=time.monotonic)

    async def asking() -> None:
        await context.publisher.start(patient=True)
        context.health.say(kafka_awaited=None)
        await asker.run()

    async with search.client(context.elasticsearch) as client:
        store = ElasticStore(client, valid_for=timedelta(seconds=kept.validity_seconds), weights=weights)
        app = application(store, own, size=kept.size, ask=asker.ask, answered=answered)
        server = Server(app, request_seconds=own.timeout_seconds, stop_seconds=context.delivery.stop_seconds)
        serving = asyncio.create_task(server.serve([listener]))
        host, port = listener.getsockname()[:2]
        log.info("api.started", **{"url.full": f"http://{f'[{host}]' if ':' in host else host}:{port}"})
        beside = [asyncio.create_task(work) for work in (asking(), _keep_looking(client, context.health))]
        stopping = asyncio.create_task(context.stopping.wait())
        await asyncio.wait({serving, stopping, *beside}, return_when=asyncio.FIRST_COMPLETED)
        for task in beside:
            if task.done():
                task.result()
            task.cancel()
        server.should_exit = True
        await serving


async def _keep_looking(client: AsyncElasticsearch, health: Health) -> NoReturn:
    """Not ready while Elasticsearch is away. Raises `ConfigurationError` when it refuses us."""
    while True:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await search.ping(client)
        except Exception as error:  # noqa: BLE001 - whatever it is, Elasticsearch can't be used
            if isinstance(why := search.instruction(error), ConfigurationError):
                raise why from None
            health.retrying(search.DEPENDENCY, type(error).__name__)
        await asyncio.sleep(PROBE_SECONDS)


def main() -> None:
    """Run the API as this process."""
    service.main("api", run, own_settings=[ApiSettings, RecommenderSettings], consumes=False)
