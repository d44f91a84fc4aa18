"""The Faust rim on a real broker: each of Faust's known traps, avoided."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from shared import codec
from shared.codec import Envelope
from shared.delivery import ORIGINAL, Outgoing
from shared.events import MessageRejected, PageFetched
from shared.logs import EXIT_CONFIGURATION, EXIT_UNKNOWN_ERROR
from shared.topics import ARTICLES_INDEXED, PAGES_FETCHED, RELATED_REQUESTS
from tests.support.cluster import Cluster, Service, until
from tests.support.echo import all_done, committed, done, echo, echo_lag, ended, requests


async def test_poison_goes_to_the_dead_letters_with_its_bytes_and_the_rest_goes_on(cluster: Cluster) -> None:
    await cluster.publish([*requests(20, "x", "a"), *requests(1, "poison", "p")])
    await cluster.send_raw(RELATED_REQUESTS, b"no event", [("mine", b"\xff")])
    await cluster.send_raw(RELATED_REQUESTS, None, [])
    service = echo(cluster)

    async def three() -> bool:
        return len(await cluster.records(RELATED_REQUESTS.dlq)) == 3

    await until(three, why=service.text)
    await until(lambda: all_done(cluster, {f"a{n}" for n in range(20)}), why=service.text)
    letters: dict[str, list[Envelope[MessageRejected]]] = {}
    for record in await cluster.records(RELATED_REQUESTS.dlq):
        letter = codec.decode(record.headers, record.value)
        letters.setdefault(letter.event.reason, []).append(letter)
        if letter.event.body == b"no event":
            assert dict(record.headers)[ORIGINAL + "mine"] == b"\xff"
            assert record.key == b"k"
    assert {reason: len(found) for reason, found in letters.items()} == {"processing_failed": 1, "not_an_event": 2}
    assert service.stop() == 0
    assert await echo_lag(cluster) == 0


async def test_sigterm_finishes_the_batch_and_loses_nothing(cluster: Cluster) -> None:
    await cluster.publish(requests(200, "sleep 0.5", "s"))
    service = echo(cluster)
    await until(lambda: done(cluster), why=service.text)
    assert service.stop() == 0
    first = await done(cluster)
    assert await committed(cluster) == len(first) < 200
    again = echo(cluster)
    await until(lambda: all_done(cluster, {f"s{n}" for n in range(200)}), why=again.text)
    assert len(await cluster.events(ARTICLES_INDEXED)) == 200, "a graceful stop does nothing twice"


async def test_an_unknown_error_ends_the_process_and_commits_nothing_of_its_batch(cluster: Cluster) -> None:
    await cluster.publish([*requests(30, "x", "a"), *requests(1, "unknown", "u")])
    service = echo(cluster)
    assert await ended(service) == EXIT_UNKNOWN_ERROR
    assert "a fault in the shell" in service.text()
    assert await echo_lag(cluster) >= 1
    mended = echo(cluster, "mended")
    await until(lambda: all_done(cluster, {"u0", *(f"a{n}" for n in range(30))}), why=mended.text)


async def test_a_wrong_setting_ends_the_process_with_one_line_and_its_own_code(cluster: Cluster) -> None:
    await cluster.publish([*requests(3, "x", "a"), *requests(1, "refused", "r")])
    service = echo(cluster)
    assert await ended(service) == EXIT_CONFIGURATION
    assert "warta echo: set the right password\n" in service.text()
    assert "service.crashed" not in service.text()
    assert await echo_lag(cluster) >= 1


async def test_a_stop_that_is_cut_short_commits_and_rejects_nothing_of_the_batch(cluster: Cluster) -> None:
    await cluster.publish(requests(10, "sleep 30", "c"))
    service = cluster.start(module="tests.support.echo_service", WARTA_DELIVERY_STOP_SECONDS="1")
    await until(lambda: _in_flight(service), why=service.text)
    assert service.stop(20) == 0, "not after the 30 seconds that the work would take"
    assert "stream.stop.cut_short" in service.text()
    assert await echo_lag(cluster) == 10
    assert await done(cluster) == set()
    assert await cluster.records(RELATED_REQUESTS.dlq) == []


async def _in_flight(service: Service) -> bool:
    port = re.search(r'"url.port":(\d+)', service.text())
    if port is None:
        return False
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port[1]}/livez")
    return bool(answer.json()["labels.in_flight"])


@pytest.mark.parametrize("kills", [3])
async def test_kill_9_in_mid_batch_loses_nothing(cluster: Cluster, kills: int) -> None:
    await cluster.publish(requests(600, "sleep 0.2", "k"))
    for round_ in range(kills):
        before = len(await done(cluster))
        service = echo(cluster, str(round_))

        async def more(before: int = before) -> bool:
            return len(await done(cluster)) > before

        await until(more, why=service.text)
        service.kill()
    last = echo(cluster, "last")
    await until(lambda: all_done(cluster, {f"k{n}" for n in range(600)}), why=last.text)


@pytest.mark.timeout(400)
async def test_workers_that_come_and_go_lose_nothing_and_the_rest_go_on(cluster: Cluster) -> None:
    await cluster.publish(requests(800, "sleep 0.5", "r"))
    first = echo(cluster, "first")
    await until(lambda: done(cluster), why=first.text)
    second = echo(cluster, "second")
    await until(lambda: _worked(second), seconds=90, why=second.text)
    second.kill()
    third = echo(cluster, "third")
    await until(lambda: _worked(third), seconds=90, why=third.text)
    assert first.stop() == 0
    await until(lambda: all_done(cluster, {f"r{n}" for n in range(800)}), seconds=120, why=third.text)

    async def idle() -> bool:
        return await echo_lag(cluster) == 0

    await until(idle, why=third.text)


async def test_a_backlog_of_large_pages_stays_on_the_broker(cluster: Cluster) -> None:
    body, at = random.Random(5).randbytes(1_000_000), datetime(2024, 10, 8, tzinfo=UTC)
    urls = [f"https://example.org/{n}" for n in range(600)]
    for part in range(0, len(urls), 50):
        await cluster.publish(
            Outgoing(
                topic=PAGES_FETCHED, key=url,
                event=PageFetched(url=url, fetched_at=at, content_type="text/html", body=body),
            )
            for url in urls[part : part + 50]
        )  # fmt: skip
    service = echo(cluster, "pages")
    await until(lambda: _logged(service, "service.started"), why=service.text)
    before = _peak_mib(service)

    async def all_dropped() -> bool:
        return service.text().count('"event.action":"page.dropped"') >= len(urls)

    await until(all_dropped, why=lambda: service.text()[-3000:])
    assert _peak_mib(service) - before < 300
    assert service.stop() == 0


async def _logged(service: Service, action: str) -> bool:
    return action in service.text()


def _peak_mib(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


async def _worked(service: Service) -> bool:
    return "echo.done" in service.text()
