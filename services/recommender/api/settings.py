"""The API's own settings, and the rule that nothing is open to a network by accident."""

import ipaddress
from typing import Annotated

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.settings import Settings

SHORTEST_KEY = 16


class ApiSettings(Settings):
    """Where the HTTP API answers, whom, and how much."""

    model_config = SettingsConfigDict(env_prefix="WARTA_API_")
    host: str = Field("127.0.0.1", description="address to listen on; beyond loopback only with KEYS or PUBLIC")
    port: int = Field(8181, ge=0, le=65535, description="0 takes a free port and logs it")
    keys: SecretStr | None = Field(
        None, description="comma-separated, each of 16 characters or more; a caller has to send one of them"
    )
    public: bool = Field(False, description="true lets it listen beyond loopback without keys")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="comma-separated origins whose pages may read it, such as https://example.org"
    )
    rate_per_second: float = Field(100.0, ge=0, le=100_000, description="requests of one client; 0 doesn't limit them")
    burst: int = Field(200, ge=1, le=1_000_000, description="requests that a quiet client may send at once")
    proxies: int = Field(
        0, ge=0, le=10, description="proxies in front that append to X-Forwarded-For; 0 doesn't look at that header"
    )
    computing: int = Field(4, ge=1, le=100, description="lists and searches worked on at once")
    waiting: int = Field(100, ge=0, le=10_000, description="more may wait; beyond that the answer is 503")
    timeout_seconds: float = Field(10.0, gt=0, le=300, description="for an answer, and for a request to arrive")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("keys", mode="before")
    @classmethod
    def _none_if_empty(cls, value: object) -> object:
        return value or None

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            scheme, _, rest = origin.partition("://")
            if scheme not in {"http", "https"} or not rest or "/" in rest or "*" in rest:
                raise ValueError(f"{origin!r} is no origin, such as https://example.org")
        return value

    @model_validator(mode="after")
    def _closed(self) -> "ApiSettings":
        if any(len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable() for key in self.accepted):
            raise ValueError(f"WARTA_API_KEYS: each is {SHORTEST_KEY} plain ASCII characters or more")
        if self.keys and not self.accepted:
            raise ValueError("WARTA_API_KEYS holds no key")
        if not (is_loopback(self.host) or self.accepted or self.public):
            raise ValueError(
                f"WARTA_API_HOST is {self.host}, which others can reach: set WARTA_API_KEYS, or WARTA_API_PUBLIC=true "
                "to let anybody read"
            )
        return self

    @property
    def accepted(self) -> tuple[str, ...]:
        """The keys, each on its own; none means that none is asked for."""
        said = self.keys.get_secret_value() if self.keys else ""
        return tuple(key.strip() for key in said.split(",") if key.strip())


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there; a name other than localhost may mean anything."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
