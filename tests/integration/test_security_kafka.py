"""Kafka with TLS and SASL: everything works over it, and what doesn't fit is one clear error, not an endless wait."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import kafka
from shared.delivery import Outgoing
from shared.errors import ConfigurationError
from shared.events import RelatedRequested
from shared.logs import EXIT_CONFIGURATION
from shared.topics import ARTICLES_INDEXED, RELATED_REQUESTS
from stack import Stack
from tests.support.cluster import Service, until
from tests.support.secure_kafka import PASSWORD, SecureKafka
from tests.support.secured import Secured, parsed, said

ECHO = "tests.support.echo_service"
WRONG = "a wrong password"
EVERYTHING = ("read topic", "write topic", "describe topic", "read group")
NO_SASL: dict[str, Any] = {"sasl_username": None, "sasl_password": None}


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    secure = SecureKafka(tmp_path_factory.mktemp("secure"))
    try:
        asyncio.run(secure.up())
        yield secure
    finally:
        secure.down()


@pytest.fixture
async def secured(stack: Stack, secure: SecureKafka, tmp_path: Path) -> AsyncIterator[Secured]:
    secured = Secured(stack, tmp_path, kafka=secure.settings())
    await secured.wipe()
    yield secured
    secured.end()


def requests(*names: str) -> list[Outgoing]:
    return [
        Outgoing(topic=RELATED_REQUESTS, key=name, event=RelatedRequested(article_id=name, because_of="x"))
        for name in names
    ]


async def done(cluster: Secured) -> set[str]:
    return {envelope.event.article_id for envelope in await cluster.events(ARTICLES_INDEXED)}


async def has_done(cluster: Secured, *ids: str) -> bool:
    return set(ids) <= await done(cluster)


async def ended(service: Service, seconds: float = 90) -> int:
    return await asyncio.to_thread(service.process.wait, seconds)


def assert_refused(service: Service, *words: str) -> None:
    (line,) = said(service)
    assert all(word in line for word in words), line
    assert "service.crashed" not in service.text()
    for secret in (PASSWORD, WRONG):
        assert secret not in service.text()


async def test_bootstrap_a_plain_consumer_and_faust_work_with_the_password_from_a_file(
    secured: Secured, secure: SecureKafka, tmp_path: Path
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "warta_kafka_sasl_password").write_text(PASSWORD)
    settings = secured.kafka.model_copy()
    settings.model_fields_set.discard("sasl_password")
    others = {"WARTA_SECRETS_DIR": str(secrets)}
    bootstrap = secured.start_as(settings, "bootstrap", **others)
    assert await ended(bootstrap) == 0, bootstrap.text()
    services = [secured.start_as(settings, "indexer", **others), secured.start_as(settings, module=ECHO, **others)]
    article = parsed(1)
    await secured.publish([article, *requests("a", "b")])
    await until(
        lambda: has_done(secured, article.key, "a", "b"), why=lambda: "\n".join(service.text() for service in services)
    )
    assert article.key in await secured.articles()
    for service in services:
        assert service.stop() == 0
        assert PASSWORD not in service.text()


async def test_another_mechanism_and_a_clients_certificate_are_let_in(secure: SecureKafka) -> None:
    await kafka.missing_topics(secure.settings(sasl_mechanism="SCRAM-SHA-256"))
    mutual = secure.settings(
        bootstrap_servers=secure.address("MUTUAL"), security_protocol="SSL", **NO_SASL,
        ssl_cert_file=secure.client.cert_file, ssl_key_file=secure.client.key_file,
    )  # fmt: skip
    await kafka.missing_topics(mutual)


@pytest.mark.parametrize(
    ("listener", "changes", "words"),
    [
        ("SASL_SSL", {"sasl_password": WRONG}, ["WARTA_KAFKA_SASL_PASSWORD"]),
        ("SASL_SSL", {"sasl_username": "nobody"}, ["'nobody'", "WARTA_KAFKA_SASL_USERNAME"]),
        ("SASL_SSL", {"sasl_mechanism": "PLAIN"}, ["WARTA_KAFKA_SASL_MECHANISM"]),
        ("SASL_SSL", {"ssl_ca_file": None}, ["authority", "WARTA_KAFKA_SSL_CA_FILE"]),
        ("SASL_SSL", {"ssl_ca_file": "other"}, ["authority", "WARTA_KAFKA_SSL_CA_FILE"]),
        ("STRANGER", {}, ["another host", "WARTA_KAFKA_BOOTSTRAP_SERVERS"]),
        ("EXPIRED", {}, ["expired"]),
        ("MUTUAL", {"security_protocol": "SSL", **NO_SASL}, ["WARTA_KAFKA_SSL_CERT_FILE"]),
        (
            "SASL_SSL",
            {"security_protocol": "PLAINTEXT", "ssl_ca_file": None, **NO_SASL},
            ["speaks TLS", "WARTA_KAFKA_SECURITY_PROTOCOL"],
        ),
        (
            "SASL_SSL",
            {"security_protocol": "SASL_PLAINTEXT", "ssl_ca_file": None},
            ["speaks TLS", "WARTA_KAFKA_SECURITY_PROTOCOL"],
        ),
        ("SASL_SSL", {"security_protocol": "SSL", **NO_SASL}, ["wants SASL", "WARTA_KAFKA_SECURITY_PROTOCOL"]),
        ("INNER", {}, ["speaks no TLS", "WARTA_KAFKA_SECURITY_PROTOCOL"]),
        (
            "INNER",
            {"security_protocol": "SASL_PLAINTEXT", "ssl_ca_file": None},
            ["takes no SASL", "WARTA_KAFKA_SECURITY_PROTOCOL"],
        ),
    ],
)
async def test_what_does_not_fit_is_named_at_once(
    secure: SecureKafka, listener: str, changes: dict[str, Any], words: list[str]
) -> None:
    if changes.get("ssl_ca_file") == "other":
        changes = {"ssl_ca_file": secure.other_authority.ca_file}
    settings = secure.settings(**{"bootstrap_servers": secure.address(listener), **changes})
    for wait in (None, lambda _why: None):
        client = kafka.admin(settings)
        with pytest.raises(ConfigurationError) as caught:
            await asyncio.wait_for(kafka.start(client, settings, waiting=wait), 20)
        text = str(caught.value)
        assert all(word in text for word in words), text
        assert "\n" not in text
        assert WRONG not in text


async def test_a_broker_that_is_away_is_waited_for(secure: SecureKafka) -> None:
    settings = secure.settings(bootstrap_servers="127.0.0.1:9", sasl_password=WRONG)
    with pytest.raises(kafka.KafkaUnreachableError, match="WARTA_KAFKA_BOOTSTRAP_SERVERS"):
        await kafka.start(kafka.admin(settings), settings)
    waits: list[str] = []
    starting = asyncio.create_task(kafka.start(kafka.admin(settings), settings, waiting=waits.append))

    async def twice() -> bool:
        return len(waits) >= 2

    await until(twice)
    starting.cancel()


async def test_commands_and_services_end_with_one_line(secured: Secured, secure: SecureKafka) -> None:
    wrong = secure.settings(sasl_password=WRONG)
    started = [
        secured.start_as(wrong, "bootstrap"), secured.start_as(wrong, "indexer"),
        secured.start_as(secure.settings(bootstrap_servers=secure.address("STRANGER")), "status"),
    ]  # fmt: skip
    for service in started:
        assert await ended(service) == EXIT_CONFIGURATION, service.text()
        assert_refused(service, "WARTA_KAFKA_")


async def test_rights_that_are_missing_are_named(secured: Secured, secure: SecureKafka) -> None:
    await secured.publish([parsed(1), *requests("a")])
    no_group = await secure.make_user("no-group", "read topic", "write topic", "describe topic")
    no_read = await secure.make_user("no-read", "write topic", "describe topic", "read group")
    no_right = await secure.make_user("no-right")
    expected = [
        (secured.start_as(no_group, module=ECHO), "group warta-echo"),
        (secured.start_as(no_group, "indexer"), "group warta-indexer"),
        (secured.start_as(no_read, module=ECHO), "topic related.requests"),
        (secured.start_as(no_read, "indexer"), "topic articles.parsed"),
        (secured.start_as(no_right, "bootstrap"), "topic"),
        (secured.start_as(no_right, "status"), "group"),
    ]
    for service, words in expected:
        assert await ended(service) == EXIT_CONFIGURATION, service.text()
        assert_refused(service, words, "WARTA_KAFKA_SASL_USERNAME", "rights")


async def test_a_user_that_is_let_in_no_more_ends_the_services_and_nothing_is_lost(
    secured: Secured, secure: SecureKafka
) -> None:
    worker = await secure.make_user("worker", *EVERYTHING)
    services = [secured.start_as(worker, "indexer"), secured.start_as(worker, module=ECHO)]
    await secured.publish([parsed(1), *requests("a")])
    await until(lambda: has_done(secured, parsed(1).key, "a"), why=lambda: services[0].text() + services[1].text())
    await secure.remove_password("worker")
    for service in services:
        assert await ended(service) == EXIT_CONFIGURATION, service.text()
        assert_refused(service, "'worker'", "WARTA_KAFKA_SASL_PASSWORD")
    await secured.publish([parsed(2), *requests("b")])
    await secure.set_password("worker", "of worker")
    again = [secured.start_as(worker, "indexer"), secured.start_as(worker, module=ECHO)]
    await until(lambda: has_done(secured, parsed(2).key, "b"), why=lambda: again[0].text() + again[1].text())
