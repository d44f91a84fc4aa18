"""Liveness means progress: what is stuck ends itself and is started again; what only waits is left alone."""

import asyncio
import re

import httpx
import pytest

from shared.logs import EXIT_UNKNOWN_ERROR
from stack.local import ServerName
from tests.support.cluster import Cluster, Service, until
from tests.support.echo import all_done, echo, ended, requests

WINDOW = {"WARTA_HEALTH_STALL_SECONDS": "6"}


def address(service: Service) -> str:
    port = re.findall(r'"url.port":(\d+)', service.text())[-1]
    return f"http://127.0.0.1:{port}"


async def answers(service: Service, path: str) -> int:
    try:
        async with httpx.AsyncClient(timeout=2) as client:
            return (await client.get(address(service) + path)).status_code
    except (httpx.TransportError, IndexError):
        return 0


async def is_ready(service: Service) -> bool:
    return await answers(service, "/readyz") == 200


@pytest.mark.parametrize(("mode", "fault"), [("faust", "hang"), ("plain", "hang"), ("faust", "block")])
async def test_work_that_never_ends_ends_the_process(cluster: Cluster, mode: str, fault: str) -> None:
    await cluster.publish(requests(1, fault, "h"))
    service = echo(cluster, mode, **WINDOW)
    assert await ended(service, 60) == EXIT_UNKNOWN_ERROR
    assert "service.stalled" in service.text()


@pytest.mark.parametrize("modes", [["faust", "deaf"], ["plain", "deaf"]], ids=str)
async def test_a_consumer_that_quietly_reads_no_more_is_found_and_its_successor_goes_on(
    cluster: Cluster, modes: list[str]
) -> None:
    service = echo(cluster, *modes, **WINDOW)
    await until(lambda: is_ready(service), why=service.text)
    await asyncio.sleep(float(WINDOW["WARTA_HEALTH_STALL_SECONDS"]) + 4)
    assert service.process.poll() is None, "idle is no stall"
    await cluster.publish(requests(20, "x", "a"))
    assert await ended(service, 60) == EXIT_UNKNOWN_ERROR
    assert "has records to work on and didn't move" in service.text()
    successor = echo(cluster, modes[0], **WINDOW)
    await until(lambda: all_done(cluster, {f"a{n}" for n in range(20)}), why=successor.text)


@pytest.mark.parametrize(
    ("dependency", "names"),
    [("elasticsearch", ("indexer", "recommender")), ("kafka", ("indexer", "recommender", "parser", "crawler"))],
)
async def test_a_dependency_frozen_for_longer_than_the_window_restarts_nobody(
    cluster: Cluster, dependency: ServerName, names: tuple[str, ...]
) -> None:
    services = {name: cluster.start(name, **WINDOW) for name in names}

    async def ready() -> list[str]:
        return [name for name, service in services.items() if await is_ready(service)]

    async def all_ready() -> bool:
        return len(await ready()) == len(services)

    async def none_ready() -> bool:
        return not await ready()

    def logs() -> str:
        return "\n".join(service.text()[-1000:] for service in services.values())

    await until(all_ready, why=logs)
    cluster.stack.pause(dependency)
    try:
        await until(none_ready, seconds=30, why=logs)
        await asyncio.sleep(2.5 * float(WINDOW["WARTA_HEALTH_STALL_SECONDS"]))
        assert {name: await answers(service, "/livez") for name, service in services.items()} == dict.fromkeys(
            names, 200
        )
        assert {name: service.process.poll() for name, service in services.items()} == dict.fromkeys(names)
    finally:
        cluster.stack.resume(dependency)
    await until(all_ready, why=logs)
