"""The proxies do to a connection what they say, else the faults prove nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from elastic_transport import HttpxAsyncHttpNode
from elasticsearch import ApiError, AsyncElasticsearch, TransportError

from tests.support.faulty_search import FAULTS, Fault, FaultySearch
from tests.support.loopback import Site, loopback
from tests.support.pages_stream import stream
from tests.support.proxies import TcpProxy, free_port

SOON = 0.3


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(1000):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port := free_port())
    yield port
    server.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[TcpProxy]:
    with TcpProxy(echo) as proxy:
        yield proxy


class Talk:
    """A client's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def through(cls, proxy: TcpProxy) -> "Talk":
        return cls(*await asyncio.open_connection("127.0.0.1", proxy.port))

    async def says(self, what: bytes) -> bytes:
        """What comes back; empty when the connection ends, TimeoutError when it hangs."""
        self.writer.write(what)
        async with asyncio.timeout(SOON):
            return await self.reader.read(1000)


async def test_it_passes_everything_on_and_after_a_blackhole_what_was_held_back(proxy: TcpProxy) -> None:
    talk = await Talk.through(proxy)
    assert await talk.says(b"satu") == b"satu"
    await asyncio.to_thread(proxy.blackhole)
    with pytest.raises(TimeoutError):
        await talk.says(b"dua")
    await asyncio.to_thread(proxy.heal)
    assert await talk.reader.readexactly(3) == b"dua"
    talk.writer.close()


async def test_resets_and_refusals_end_connections_and_a_healed_door_opens(proxy: TcpProxy) -> None:
    talk = await Talk.through(proxy)
    await talk.says(b"x")
    await asyncio.to_thread(proxy.reset)
    with pytest.raises(ConnectionResetError):
        await talk.says(b"y")
    await asyncio.to_thread(proxy.refuse)
    with pytest.raises(ConnectionRefusedError):
        await Talk.through(proxy)
    await asyncio.to_thread(proxy.heal)
    healed = await Talk.through(proxy)
    assert await healed.says(b"z") == b"z"
    assert proxy.resets == 1
    healed.writer.close()


async def test_a_cut_answer_ends_amid_its_bytes(proxy: TcpProxy) -> None:
    talk = await Talk.through(proxy)
    await talk.says(b"x")
    await asyncio.to_thread(proxy.cut_after, 3)
    talk.writer.write(b"12345")
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)) as ended:
        await talk.reader.readexactly(5)
    assert getattr(ended.value, "partial", b"") in {b"", b"123"}  # a reset may overtake the last bytes


async def test_a_forgotten_connection_stands_and_nobody_answers(proxy: TcpProxy) -> None:
    talk = await Talk.through(proxy)
    await talk.says(b"x")
    await asyncio.to_thread(proxy.forget)
    await asyncio.to_thread(proxy.heal)
    with pytest.raises(TimeoutError):
        await talk.says(b"y")
    talk.writer.close()


@pytest.fixture
async def node() -> AsyncIterator[Site]:
    async with loopback() as site:
        site.serve(
            "/x/_bulk", b'{"errors":false,"items":[{"index":{"status":201}},{"index":{"status":201}}]}',
            content_type="application/json", x_elastic_product="Elasticsearch",
        )  # fmt: skip
        yield site


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_wrong_answer_reaches_the_client_and_most_come_after_the_deed(node: Site, fault: Fault) -> None:
    with FaultySearch(f"http://{node.netloc}", slow_seconds=1.0) as proxy:
        client = AsyncElasticsearch(
            proxy.url, node_class=HttpxAsyncHttpNode, request_timeout=0.5, max_retries=0, retry_on_timeout=False
        )
        proxy.fail_next(fault)
        try:
            if fault == "busy_items":
                answer = await client.bulk(index="x", operations=[{"index": {}}, {}])
                assert [item["index"]["status"] for item in answer["items"]] == [429, 201]
            else:
                with pytest.raises((ApiError, TransportError)):
                    await client.bulk(index="x", operations=[{"index": {}}, {}])
            assert len(node.requests) == (0 if fault in {"429", "503", "reset"} else 1)
            assert not (await client.bulk(index="x", operations=[{"index": {}}, {}]))["errors"]
            assert proxy.injected == {fault: 1}
        finally:
            await client.close()


def test_a_stream_is_the_same_every_time_and_has_something_of_everything() -> None:
    one, again = stream(6), stream(6)
    assert [(sent.topic, sent.key, sent.value) for sent in one.records] == [
        (sent.topic, sent.key, sent.value) for sent in again.records
    ]
    assert one.ends == again.ends
    assert {end.status for end in one.ends.values()} == {"published", "removed"}
