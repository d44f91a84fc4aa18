"""How Kafka lets us in, and why it doesn't: a setting to change, told apart from a broker that is away.

aiokafka logs why it can't connect and raises one error for all of it: so the reason is found by knocking once more.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import AIOKafkaConnection, create_conn
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.helpers import create_ssl_context
from aiokafka.protocol.admin import SaslHandShakeRequest

from shared import tls
from shared.errors import ConfigurationError
from shared.settings import KafkaSettings

USER = "the user of WARTA_KAFKA_SASL_USERNAME or WARTA_KAFKA_SSL_CERT_FILE"
OFFERED = (0, UnsupportedSaslMechanismError.errno)
KNOCK_MS = 10_000
LEAVE_SECONDS = 1.0
MOST_NAMED = 3


def security(settings: KafkaSettings) -> dict[str, Any]:
    """The keyword arguments that aiokafka's clients take for TLS and SASL."""
    return {
        "security_protocol": settings.security_protocol,
        "ssl_context": ssl_context(settings),
        "sasl_mechanism": settings.sasl_mechanism,
        "sasl_plain_username": settings.sasl_username,
        "sasl_plain_password": settings.sasl_password.get_secret_value() if settings.sasl_password else None,
    }


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext | None:
    """A verifying context when the protocol is TLS, else None. Raises `ConfigurationError` for a broken PEM file."""
    if "SSL" not in settings.security_protocol:
        return None
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=settings.ssl_ca_file, certfile=settings.ssl_cert_file, keyfile=settings.ssl_key_file
        )
    except (ssl.SSLError, OSError) as error:
        raise ConfigurationError(f"the WARTA_KAFKA_SSL_ files don't load as PEM: {error}") from None
    return context


async def refused(settings: KafkaSettings) -> ConfigurationError | None:
    """Why no broker of the settings lets us in; None when one does, or when all are away and may come back."""
    why: ConfigurationError | None = None
    for address in settings.bootstrap_servers.split(","):
        try:
            if await _let_in(settings, address):
                return None
        except ConfigurationError as error:
            why = why or error
    return why


def without_right(error: BaseException) -> ConfigurationError | None:
    """What to change when `error` of a client in use says that its user may not do that."""
    for cause in tls.causes(error):
        if isinstance(cause, TopicAuthorizationFailedError):
            what = f"use the topic {_named(cause)}"
        elif isinstance(cause, GroupAuthorizationFailedError):
            what = f"use the group {_named(cause)}"
        elif isinstance(cause, ClusterAuthorizationFailedError | TransactionalIdAuthorizationFailed):
            what = "write"
        else:
            continue
        return ConfigurationError(
            f"Kafka says that we may not {what}: give {USER} the rights to read, write and describe Warta's topics and "
            "to read its groups (warta-*), for `bootstrap` also to create topics, or set another user"
        )
    return None


async def may_join(settings: KafkaSettings, group: str) -> ConfigurationError | None:
    """Why we may not use `group`; None when we may or can't ask.

    Only a consumer that is polled is told, and Faust polls when it has partitions: so it would wait for ever.
    """
    client = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers, **security(settings))
    try:
        await client.start()
        await client.find_coordinator(group)
    except GroupAuthorizationFailedError:
        return without_right(GroupAuthorizationFailedError(group))
    except (OSError, KafkaError, TimeoutError):
        return None
    finally:
        await client.close()
    return None


def _named(error: KafkaError) -> str:
    said = error.args[0] if error.args else ""
    names = sorted(map(str, [said] if isinstance(said, str) else said if isinstance(said, Iterable) else []))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


async def _let_in(settings: KafkaSettings, address: str) -> bool:
    """False when nobody answers. Raises `ConfigurationError` when we are refused."""
    protocol, name = settings.security_protocol, f"Kafka at {address}"
    try:
        connection = await _connected(address, **security(settings))
    except SaslAuthenticationFailed:
        raise ConfigurationError(
            f"{name} doesn't know the user {settings.sasl_username!r} with that password: set "
            "WARTA_KAFKA_SASL_USERNAME and WARTA_KAFKA_SASL_PASSWORD right, and WARTA_KAFKA_SASL_MECHANISM (now "
            f"{settings.sasl_mechanism}) to the one that the password was made for"
        ) from None
    except UnsupportedSaslMechanismError:
        raise ConfigurationError(
            f"{name} doesn't offer {settings.sasl_mechanism}: set WARTA_KAFKA_SASL_MECHANISM to what it offers"
        ) from None
    except IllegalSaslStateError:
        raise _other_protocol(name, f"takes no SASL, as {protocol} would have it") from None
    except (OSError, KafkaError, TimeoutError) as error:
        if why := _tls_refusal(error):
            raise ConfigurationError(f"{name} is not to be reached by {protocol}: {why}") from None
        if "SSL" not in protocol and await tls.spoken(*_host_and_port(address)):
            raise _other_protocol(name, f"speaks TLS, and {protocol} doesn't") from None
        if "SSL" in protocol and not isinstance(error, ConnectionRefusedError) and await _plain(address):
            raise _other_protocol(name, f"speaks no TLS, as {protocol} would have it") from None
        return False
    try:
        if not protocol.startswith("SASL") and (offered := await _sasl_offered(connection)):
            raise _other_protocol(name, f"wants SASL ({', '.join(offered)}), and {protocol} has none")
    finally:
        await _leave(connection)
    return True


def _tls_refusal(error: Exception) -> str | None:
    return tls.refusal(
        error, authority="WARTA_KAFKA_SSL_CA_FILE",
        address="WARTA_KAFKA_BOOTSTRAP_SERVERS (and the broker's advertised listeners)",
        plain="set WARTA_KAFKA_SECURITY_PROTOCOL, or the port in WARTA_KAFKA_BOOTSTRAP_SERVERS",
        ours="set WARTA_KAFKA_SSL_CERT_FILE and WARTA_KAFKA_SSL_KEY_FILE to a certificate that it trusts",
    )  # fmt: skip


def _other_protocol(name: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name} {why}: set WARTA_KAFKA_SECURITY_PROTOCOL, or the port in WARTA_KAFKA_BOOTSTRAP_SERVERS"
    )


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


async def _connected(address: str, **options: Any) -> AIOKafkaConnection:
    host, port = _host_and_port(address)
    return await create_conn(host, port, client_id="warta-knock", request_timeout_ms=KNOCK_MS, **options)


async def _leave(connection: AIOKafkaConnection) -> None:
    closing = connection.close()
    if closing is not None:
        await asyncio.wait([closing], timeout=LEAVE_SECONDS)


async def _plain(address: str) -> bool:
    try:
        connection = await _connected(address)
    except (OSError, KafkaError, TimeoutError):
        return False
    await _leave(connection)
    return True


async def _sasl_offered(connection: AIOKafkaConnection) -> list[str]:
    try:
        answer = await connection.send(SaslHandShakeRequest("SCRAM-SHA-512"))
    except (OSError, KafkaError, TimeoutError):
        return []
    return list(answer.enabled_mechanisms) if answer.error_code in OFFERED else []
