"""Settings come from the environment alone (or `.env`, or a directory of secret files): 12-factor.

Each class documents its variables: prefix plus field name, upper case. A variable that starts with `WARTA_` and that
nobody reads is an error, so that no setting is silently ignored.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import ConfigurationError

PREFIX = "WARTA_"
# Read by the launcher, by the stack, and by tests, before or beside any settings class.
ELSEWHERE = frozenset({"WARTA_VENV", "WARTA_CACHE", "WARTA_SHARED_DATA", "WARTA_SECRETS_DIR"})

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
S = TypeVar("S", bound="Settings")
_BROKER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")


class Settings(BaseSettings):
    """The root of all settings classes."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)


class KafkaSettings(Settings):
    """How to reach Kafka."""

    model_config = SettingsConfigDict(env_prefix="WARTA_KAFKA_")
    bootstrap_servers: str = Field("127.0.0.1:9092", description="host:port of some brokers, comma-separated")
    security_protocol: SecurityProtocol = Field("PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL")
    sasl_mechanism: SaslMechanism = Field("SCRAM-SHA-512", description="for the SASL_ protocols")
    sasl_username: str | None = Field(None, description="for the SASL_ protocols")
    sasl_password: SecretStr | None = Field(None, description="for the SASL_ protocols")
    ssl_ca_file: Path | None = Field(None, description="PEM of the authority that signed the brokers' certificates")
    ssl_cert_file: Path | None = Field(None, description="PEM of the client's certificate, for mutual TLS")
    ssl_key_file: Path | None = Field(None, description="PEM of the client's key, for mutual TLS")
    replication_factor: int = Field(1, ge=1, description="of the topics that bootstrap creates; 3 in production")
    min_insync_replicas: int = Field(1, ge=1, description="of the topics that bootstrap creates; 2 in production")

    @field_validator("bootstrap_servers")
    @classmethod
    def _brokers(cls, value: str) -> str:
        brokers = [broker.strip() for broker in value.split(",")]
        for broker in brokers:
            match = _BROKER.fullmatch(broker)
            if not match or not 0 < int(match[1]) < 65536:
                raise ValueError(f"{broker!r} is no host:port, such as kafka.example.org:9092")
        return ",".join(brokers)

    @model_validator(mode="after")
    def _whole(self) -> "KafkaSettings":
        if self.security_protocol.startswith("SASL") and not (self.sasl_username and self.sasl_password):
            raise ValueError(f"{self.security_protocol} needs WARTA_KAFKA_SASL_USERNAME and WARTA_KAFKA_SASL_PASSWORD")
        if (self.ssl_cert_file is None) != (self.ssl_key_file is None):
            raise ValueError("WARTA_KAFKA_SSL_CERT_FILE and WARTA_KAFKA_SSL_KEY_FILE go together")
        _require_files(self, "ssl_ca_file", "ssl_cert_file", "ssl_key_file")
        for kind in ("sasl", "ssl"):
            if kind.upper() not in self.security_protocol.split("_"):
                unused = [
                    f"WARTA_KAFKA_{name.upper()}"
                    for name, field in KafkaSettings.model_fields.items()
                    if name.startswith(kind) and getattr(self, name) not in {"", SecretStr(""), field.default}
                ]
                if unused:
                    names = " and ".join(unused)
                    raise ValueError(
                        f"WARTA_KAFKA_SECURITY_PROTOCOL is {self.security_protocol}, which makes no use of {names}"
                    )
        return self


class ElasticsearchSettings(Settings):
    """How to reach Elasticsearch."""

    model_config = SettingsConfigDict(env_prefix="WARTA_ELASTICSEARCH_")
    url: str = Field("http://127.0.0.1:9200", description="http(s)://host:port, several comma-separated")
    api_key: SecretStr | None = Field(None, description="base64 API key; instead of user name and password")
    username: str | None = Field(None, description="for basic authentication")
    password: SecretStr | None = Field(None, description="for basic authentication")
    ca_file: Path | None = Field(None, description="PEM of the authority that signed the nodes' certificates")
    timeout_seconds: float = Field(30.0, gt=0, description="of one request")
    shards: int = Field(1, ge=1, description="primaries of an index that bootstrap creates")
    replicas: int = Field(0, ge=0, description="copies of each primary; 1 or more in production")

    @model_validator(mode="after")
    def _whole(self) -> "ElasticsearchSettings":
        if self.api_key and self.username:
            raise ValueError("set either WARTA_ELASTICSEARCH_API_KEY or WARTA_ELASTICSEARCH_USERNAME, not both")
        if (self.username is None) != (self.password is None):
            raise ValueError("WARTA_ELASTICSEARCH_USERNAME and WARTA_ELASTICSEARCH_PASSWORD go together")
        _require_files(self, "ca_file")
        return self


class LogSettings(Settings):
    """What is logged, and how."""

    model_config = SettingsConfigDict(env_prefix="WARTA_LOG_")
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    format: Literal["auto", "json", "pretty"] = Field("auto", description="auto is pretty on a terminal, else JSON")
    environment: str = Field("development", description="service.environment of each line")


class HealthSettings(Settings):
    """Where /livez and /readyz answer."""

    model_config = SettingsConfigDict(env_prefix="WARTA_HEALTH_")
    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 in a container")
    port: int = Field(8080, ge=0, le=65535, description="0 takes a free port and logs it")
    stall_seconds: float = Field(120.0, gt=0, description="work in flight without progress for so long fails /livez")


class DeliverySettings(Settings):
    """How messages are worked on."""

    model_config = SettingsConfigDict(env_prefix="WARTA_DELIVERY_")
    stop_seconds: float = Field(20.0, gt=0, description="time that a stopping service gives its work in flight")
    max_consecutive_dead_letters: int = Field(
        500, ge=1, description="a service stops when so many messages in a row are dead letters: a bad deploy"
    )
    max_deaths: int = Field(3, ge=1, description="a message that ended the process so often becomes a dead letter")


COMMON: tuple[type[Settings], ...] = (
    KafkaSettings, ElasticsearchSettings, LogSettings, HealthSettings, DeliverySettings,
)  # fmt: skip


def load(settings: type[S]) -> S:
    """Read `settings` from the environment. Raises `ConfigurationError` that names the variable and what is wrong."""
    secrets = os.environ.get("WARTA_SECRETS_DIR")
    if secrets and not Path(secrets).is_dir():
        raise ConfigurationError(f"WARTA_SECRETS_DIR: {secrets} is not a directory")
    try:
        options: dict[str, Any] = {"_secrets_dir": secrets} if secrets else {}
        return settings(**options)
    except ValidationError as error:
        prefix = settings.model_config.get("env_prefix", "")
        lines = []
        for problem in error.errors(include_url=False, include_input=False):
            name = prefix + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else ""
            said = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {said}" if name else said)
        raise ConfigurationError("wrong settings:\n  " + "\n  ".join(lines)) from None


def variables(classes: Iterable[type[Settings]]) -> dict[str, str]:
    """Every variable of `classes` with its description."""
    return {
        str(cls.model_config.get("env_prefix", "")) + name.upper(): field.description or ""
        for cls in classes
        for name, field in cls.model_fields.items()
    }


def refuse_unknown(environment: Mapping[str, str | None], classes: Iterable[type[Settings]]) -> None:
    """Raise `ConfigurationError` for a `WARTA_` variable that none of `classes` reads."""
    known = {*variables(classes), *ELSEWHERE}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else "; `warta settings` lists what there is"
            raise ConfigurationError(f"{name} is not a setting{hint}")


def _require_files(settings: Settings, *names: str) -> None:
    for name in names:
        path = getattr(settings, name)
        if path is not None and not path.is_file():
            raise ValueError(f"{settings.model_config['env_prefix']}{name.upper()}: there is no file {path}")
