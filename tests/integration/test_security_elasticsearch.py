"""Elasticsearch behind TLS that asks who one is: everything works over it, and a refusal is one clear error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from cli.bootstrap import bootstrap
from shared.delivery import Outgoing
from shared.errors import ConfigurationError
from shared.events import RelatedRequested
from shared.logs import EXIT_CONFIGURATION
from shared.settings import ElasticsearchSettings, KafkaSettings
from shared.topics import ARTICLES_INDEXED, RELATED_REQUESTS
from stack import Stack
from tests.support.certificates import Authority
from tests.support.cluster import Service, until
from tests.support.secured import Secured, parsed, said
from tests.support.tls_proxy import TlsProxy, api_key, basic

KEY, OTHER_KEY, PASSWORD = "c2VjcmV0LWtleQ==", "b3RoZXIta2V5", "s3cret-passw0rd"
WRONG_KEY = "d3Jvbmcta2V5"


class Server:
    """Three proxies of one node: a right certificate, another host's, and one of the past."""

    def __init__(self, authority: Authority, other: Authority, proxies: dict[str, TlsProxy]) -> None:
        self.authority = authority
        self.other = other
        self.proxies = proxies
        self.rights = proxies["right"].rights
        self.rights |= {api_key(KEY): "all", basic("warta", PASSWORD): "all"}

    def settings(self, proxy: str = "right", **changes: Any) -> ElasticsearchSettings:
        right: dict[str, Any] = {
            "url": self.proxies[proxy].url, "api_key": KEY, "ca_file": self.authority.ca_file, "timeout_seconds": 10.0,
        }  # fmt: skip
        return ElasticsearchSettings(_env_file=None, **{**right, **changes})


@pytest.fixture
async def server(stack: Stack, tmp_path: Path) -> AsyncIterator[Server]:
    authority = Authority(tmp_path / "certificates")
    certificates = {
        "right": authority.signed("right", "127.0.0.1"),
        "stranger": authority.signed("stranger", "search.example.org"),
        "expired": authority.signed("expired", "127.0.0.1", expired=True),
    }
    async with AsyncExitStack() as running:
        proxies = {
            name: await running.enter_async_context(TlsProxy(stack.elasticsearch_url).running(certificate))
            for name, certificate in certificates.items()
        }
        yield Server(authority, Authority(tmp_path / "certificates", "other"), proxies)


@pytest.fixture
async def secured(stack: Stack, server: Server, tmp_path: Path) -> AsyncIterator[Secured]:
    secured = Secured(stack, tmp_path, elasticsearch=server.settings())
    await secured.wipe()
    yield secured
    secured.end()


async def ended(service: Service, seconds: float = 90) -> int:
    return await asyncio.to_thread(service.process.wait, seconds)


def assert_refused(service: Service, *words: str) -> None:
    (line,) = said(service)
    assert all(word in line for word in words), line
    assert "service.crashed" not in service.text()
    assert not [secret for secret in (KEY, OTHER_KEY, WRONG_KEY, PASSWORD) if secret in service.text()]


async def told(cluster: Secured, count: int) -> bool:
    return len({envelope.event.article_id for envelope in await cluster.events(ARTICLES_INDEXED)}) >= count


async def listed(cluster: Secured, count: int) -> bool:
    async with cluster.client() as client:
        await client.indices.refresh(index="related")
        return bool((await client.count(index="related"))["count"] >= count)


async def test_bootstrap_the_indexer_and_the_recommender_work_with_a_key_and_commands_with_a_password(
    secured: Secured, server: Server
) -> None:
    bootstrap = secured.start_as(server.settings(), "bootstrap")
    assert await ended(bootstrap) == 0, bootstrap.text()
    services = [secured.start("indexer"), secured.start("recommender")]
    articles = [parsed(number) for number in range(3)]
    await secured.publish(articles)
    await until(lambda: listed(secured, 3), why=lambda: services[0].text() + services[1].text())
    with_password = server.settings(api_key=None, username="warta", password=PASSWORD)
    search = secured.start_as(with_password, "search", "Judul")
    related = secured.start_as(with_password, "related", articles[0].key)
    assert [await ended(search), await ended(related)] == [0, 0], search.text() + related.text()
    assert "contoh.id" in search.text()
    for service in services:
        assert service.stop() == 0
        assert KEY not in service.text()


@pytest.mark.parametrize(
    ("proxy", "changes", "words"),
    [
        ("right", {"ca_file": None}, ["authority", "WARTA_ELASTICSEARCH_CA_FILE"]),
        ("right", {"ca_file": "other"}, ["authority", "WARTA_ELASTICSEARCH_CA_FILE"]),
        ("stranger", {}, ["another host", "WARTA_ELASTICSEARCH_URL"]),
        ("expired", {}, ["expired"]),
        ("right", {"url": "http", "ca_file": None}, ["TLS", "WARTA_ELASTICSEARCH_URL", "https://"]),
        ("right", {"url": "plain"}, ["doesn't speak TLS", "WARTA_ELASTICSEARCH_URL", "http://"]),
        ("right", {"api_key": None}, ["401", "WARTA_ELASTICSEARCH_API_KEY", "WARTA_ELASTICSEARCH_PASSWORD"]),
        ("right", {"api_key": WRONG_KEY}, ["401", "WARTA_ELASTICSEARCH_API_KEY"]),
        ("right", {"api_key": None, "username": "warta", "password": "wrong"}, ["401", "WARTA_ELASTICSEARCH_PASSWORD"]),
        ("right", {"api_key": OTHER_KEY}, ["403", "WARTA_ELASTICSEARCH_API_KEY", "may use"]),
    ],
)
async def test_what_does_not_fit_is_named_at_once(
    server: Server, stack: Stack, proxy: str, changes: dict[str, Any], words: list[str]
) -> None:
    server.rights[api_key(OTHER_KEY)] = "none"
    stand_ins = {
        "other": server.other.ca_file,
        "http": server.proxies["right"].url.replace("https", "http"),
        "plain": stack.elasticsearch_url.replace("http", "https"),
    }
    settings = server.settings(proxy, **{name: stand_ins.get(value, value) for name, value in changes.items()})
    with pytest.raises(ConfigurationError) as caught:
        await bootstrap(KafkaSettings(bootstrap_servers=stack.bootstrap_servers), settings, lambda _line: None)
    text = str(caught.value)
    assert all(word in text for word in words), text
    assert "\n" not in text
    assert WRONG_KEY not in text


async def test_commands_and_services_end_with_one_line(secured: Secured, server: Server) -> None:
    server.rights[api_key(OTHER_KEY)] = "no bulk"
    request = RelatedRequested(article_id="a", because_of="a")
    await secured.publish([parsed(1), Outgoing(topic=RELATED_REQUESTS, key="a", event=request)])
    wrong = server.settings(api_key=WRONG_KEY)
    expected = [
        (secured.start_as(wrong, "search", "Judul"), "401"),
        (secured.start_as(server.settings("stranger"), "status"), "another host"),
        (secured.start_as(wrong, "recommender"), "401"),
        (secured.start_as(server.settings(api_key=OTHER_KEY), "indexer"), "403"),
    ]
    for service, words in expected:
        assert await ended(service) == EXIT_CONFIGURATION, service.text()
        assert_refused(service, words, "WARTA_ELASTICSEARCH_")


async def test_a_key_that_is_good_no_more_ends_the_service_and_nothing_is_lost(
    secured: Secured, server: Server
) -> None:
    service = secured.start("indexer")
    await secured.publish([parsed(number) for number in range(20)])
    await until(lambda: told(secured, 20), why=service.text)
    del server.rights[api_key(KEY)]
    await secured.publish([parsed(number) for number in range(20, 40)])
    assert await ended(service) == EXIT_CONFIGURATION
    assert_refused(service, "401", "WARTA_ELASTICSEARCH_API_KEY")
    server.rights[api_key(KEY)] = "all"
    again = secured.start("indexer")
    await until(lambda: told(secured, 40), why=again.text)
    assert len(await secured.articles()) == 40
