"""A real broker whose clients must use TLS and say who they are, with users and rights that a test can change."""

import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    CompactArray,
    CompactBytes,
    CompactString,
    Int8,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from shared.settings import KafkaSettings
from stack.build import prepare
from stack.kafka import Settings, config, program
from stack.local import default_cache
from stack.ports import choose
from stack.program import Ports
from stack.server import Server
from tests.support.certificates import Authority

# listener -> protocol; STRANGER and EXPIRED show a certificate for another host, and one of the past
LISTENERS = {
    "SASL_SSL": "SASL_SSL", "STRANGER": "SASL_SSL", "EXPIRED": "SASL_SSL", "MUTUAL": "SSL", "INNER": "PLAINTEXT",
    "CONTROLLER": "PLAINTEXT",
}  # fmt: skip
TLS = ("SASL_SSL", "STRANGER", "EXPIRED", "MUTUAL")
MECHANISMS: dict[str, tuple[int, str]] = {"SCRAM-SHA-256": (1, "sha256"), "SCRAM-SHA-512": (2, "sha512")}
ITERATIONS = 4096
USER = "warta"
PASSWORD = "correct horse battery staple"
RESOURCES = {"topic": 2, "group": 3}
OPERATIONS = {"read": 3, "write": 4, "describe": 8}


class SecureKafka:
    """The broker below `directory`. `warta` may do everything; other users only what `make_user` says."""

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory / "certificates")
        self.other_authority = Authority(directory / "certificates", "other")
        self.client = self.authority.signed("warta-client")
        self._certificates = {
            "SASL_SSL": self.authority.signed("broker", "127.0.0.1"),
            "MUTUAL": self.authority.signed("mutual", "127.0.0.1"),
            "STRANGER": self.authority.signed("stranger", "kafka.example.org"),
            "EXPIRED": self.authority.signed("expired", "127.0.0.1", expired=True),
        }
        self._server = Server(program("secure", self._settings, heap="320m"), directory)
        self._port = self._ports()

    async def up(self) -> None:
        """Start it with the user `warta`."""
        build = prepare(default_cache(), report=lambda _line: None)
        ports = Ports(client=self._port["INNER"], inner=self._port["CONTROLLER"])
        self._server.start(build, ports, owner=os.getpid())
        self._server.await_ready(time.monotonic() + 120, report=lambda _line: None)
        for mechanism in MECHANISMS:
            await self.set_password(USER, PASSWORD, mechanism=mechanism)

    def down(self) -> None:
        """End it."""
        self._server.kill()

    def address(self, listener: str = "SASL_SSL") -> str:
        """Of one of the listeners."""
        return f"127.0.0.1:{self._port[listener]}"

    def settings(self, **changes: Any) -> KafkaSettings:
        """As they should be, but for `changes`."""
        right: dict[str, Any] = {
            "bootstrap_servers": self.address(), "security_protocol": "SASL_SSL", "sasl_username": USER,
            "sasl_password": PASSWORD, "ssl_ca_file": self.authority.ca_file,
        }  # fmt: skip
        return KafkaSettings(_env_file=None, **{**right, **changes})

    async def set_password(self, user: str, password: str, *, mechanism: str = "SCRAM-SHA-512") -> None:
        """Make `user`, or give it another password."""
        number, digest = MECHANISMS[mechanism]
        salt = secrets.token_bytes(16)
        salted = hashlib.pbkdf2_hmac(digest, password.encode(), salt, ITERATIONS)
        await self._ask(AlterUsers([], [(user, number, ITERATIONS, salt, salted, {})]))

    async def remove_password(self, user: str, *, mechanism: str = "SCRAM-SHA-512") -> None:
        """Let nobody in as `user` any more; who is in stays in."""
        await self._ask(AlterUsers([(user, MECHANISMS[mechanism][0], {})], []))

    async def make_user(self, user: str, *rights: str) -> KafkaSettings:
        """A user with `rights`, each as "read topic"; the settings are its."""
        await self.set_password(user, f"of {user}")
        for right in rights:
            operation, kind = right.split()
            anything, literal, allow = "*", 3, 3
            await self._ask(
                CreateAclsRequest(RESOURCES[kind], anything, literal, f"User:{user}", "*", OPERATIONS[operation], allow)
            )
        return self.settings(sasl_username=user, sasl_password=f"of {user}")

    async def _ask(self, request: Any) -> Any:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address("INNER"))
        await admin.start()
        try:
            return await admin._send_to_controller(request)
        finally:
            await admin.close()

    def _ports(self) -> dict[str, int]:
        ports: list[int] = []
        while len(ports) < len(LISTENERS):
            pair = choose(self._server.program, 0, None, set(ports))
            ports += [pair.client, pair.inner]
        return dict(zip(LISTENERS, ports, strict=True))

    def _settings(self, home: Path, ports: Ports) -> Settings:
        listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in self._port.items())
        return {
            **config(home, ports),
            "listeners": listeners,
            "advertised.listeners": listeners.rsplit(",", 1)[0],
            "listener.security.protocol.map": ",".join(f"{name}:{kind}" for name, kind in LISTENERS.items()),
            "inter.broker.listener.name": "INNER",
            "sasl.enabled.mechanisms": ",".join(MECHANISMS),
            **{
                f"listener.name.{name.lower()}.{mechanism.lower()}.sasl.jaas.config":
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
                for name in TLS if name != "MUTUAL" for mechanism in MECHANISMS
            },
            **{f"listener.name.{name.lower()}.ssl.keystore.type": "PEM" for name in TLS},
            **{
                f"listener.name.{name.lower()}.ssl.keystore.location": str(signed.both_file)
                for name, signed in self._certificates.items()
            },
            "listener.name.mutual.ssl.client.auth": "required",
            "listener.name.mutual.ssl.truststore.type": "PEM",
            "listener.name.mutual.ssl.truststore.location": str(self.authority.ca_file),
            "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{USER};User:warta-client",
        }  # fmt: skip


class _Altered(Response):  # type: ignore[misc] # aiokafka is untyped
    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _AlterUsersV0(RequestStruct):  # type: ignore[misc]
    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = _Altered
    SCHEMA = Schema(
        (
            "deletions",
            CompactArray(("name", CompactString("utf-8")), ("mechanism", Int8), ("tags", TaggedFields)),
        ),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class AlterUsers(Request[_AlterUsersV0]):  # type: ignore[misc]
    """Kafka's AlterUserScramCredentials, which aiokafka lacks."""

    API_KEY = 51

    def __init__(self, deletions: list[Any], upsertions: list[Any]) -> None:
        self._deletions = deletions
        self._upsertions = upsertions

    def build(self, request_struct_class: type[_AlterUsersV0]) -> _AlterUsersV0:
        return request_struct_class(self._deletions, self._upsertions, {})
