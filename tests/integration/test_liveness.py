"""Liveness means progress: what is stuck ends itself and is started again; what only waits is left alone."""

import asyncio
import re

import httpx
import pytest

from shared.logs import EXIT_UNKNOWN_ERROR
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


async def test_an_outage_of_elasticsearch_longer_than_the_window_restarts_nobody(cluster: Cluster) -> None:
    services = {name: cluster.start(name, **WINDOW) for name in ("indexer", "recommender")}
    for service in services.values():
        await until(lambda service=service: is_ready(service), why=service.text)  # type: ignore[misc]
    cluster.stack.pause("elasticsearch")
    try:

        async def not_ready() -> bool:
            return not any([await is_ready(service) for service in services.values()])

        await until(not_ready, seconds=30)
        await asyncio.sleep(2.5 * float(WINDOW["WARTA_HEALTH_STALL_SECONDS"]))
        assert [await answers(service, "/livez") for service in services.values()] == [200, 200]
        assert [service.process.poll() for service in services.values()] == [None, None]
    finally:
        cluster.stack.resume("elasticsearch")
    for service in services.values():
        await until(lambda service=service: is_ready(service), why=service.text)  # type: ignore[misc]
