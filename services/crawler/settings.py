"""The crawler's own settings."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from services.crawler.gone import Rules
from services.crawler.robots import PRODUCT_TOKEN
from shared.settings import Settings
from shared.topics import MAX_PAGE_BYTES
from shared.version import VERSION


class CrawlerSettings(Settings):
    """What is crawled, how politely, and what is never touched."""

    model_config = SettingsConfigDict(env_prefix="WARTA_CRAWLER_")
    sites: Path | None = Field(None, description="TOML file of the sites to crawl; without it only what is requested")
    contact: str = Field("", max_length=200, description="URL or e-mail address in the User-Agent, for site owners")
    delay_seconds: float = Field(1.0, ge=0, description="between two fetches of a host; robots.txt can ask for more")
    concurrency: int = Field(16, ge=1, le=1000, description="fetches at once, of different hosts")
    max_pending: int = Field(1_000_000, ge=1, description="requests waiting per partition before it is paused")
    state_directory: Path | None = Field(
        None, description="a folder on a disk, for what waits and what is known; without it that for temporary files"
    )
    revisit_seconds: Annotated[tuple[int, ...], NoDecode] = Field(
        (900, 3600, 14_400, 86_400, 345_600),
        description="a new page is looked at again at these ages, comma-separated; 0 for never",
    )
    gone_seconds: Annotated[tuple[int, ...], NoDecode] = Field(
        (3600, 46_800),
        description="a page that is gone (404, 410, soft 404) is looked at again at these ages of that,"
        " comma-separated; gone at the last too, its article is removed; 0 for never",
    )
    gone_sick_pages: int = Field(5, ge=1, description="a host with fewer pages gone by 404 or 410 never looks sick")
    gone_sick_share: float = Field(
        0.5, ge=0, le=1, description="gone pages among a host's answers since a page is gone; beyond it, it looks sick"
    )
    gone_hourly: int = Field(20, ge=0, description="articles of a host removed in an hour because their pages are gone")
    brake_age_seconds: float = Field(
        302_400,
        gt=0,
        description="nothing is fetched while a record waits so long, or a quarter of its retention, to be read",
    )
    brake_free_disk_percent: float = Field(
        10, ge=0, le=90, description="nothing is fetched while a broker's disk has less free; 0 never looks"
    )
    robots_seconds: float = Field(
        86_400, gt=0, le=86_400, description="a robots.txt is asked for again after so long; a day at most"
    )
    max_depth: int = Field(2, ge=0, le=10, description="links are followed so far from a source")
    max_page_bytes: int = Field(
        MAX_PAGE_BYTES, ge=1024, le=MAX_PAGE_BYTES, description="decoded; a larger page is FetchFailed(too_large)"
    )
    max_attempts: int = Field(3, ge=1, le=10, description="tries of one URL before its failure is recorded")
    backoff_seconds: float = Field(2.0, ge=0, description="before the second try; four times as long each time after")
    unreachable_seconds: float = Field(
        172_800, ge=0, description="URLs wait so long for a host that can't be reached, or whose robots.txt can't"
    )
    connect_seconds: float = Field(10.0, gt=0, description="to connect, TLS included")
    read_seconds: float = Field(20.0, gt=0, description="between two pieces of an answer")
    fetch_seconds: float = Field(60.0, gt=0, description="for a whole answer, however steadily it drips")
    feed_seconds: float = Field(60.0, gt=0, description="between two polls of a feed: half of it to 32 times as long")
    sitemap_seconds: float = Field(300.0, gt=0, description="between two polls of a sitemap: half of it to 32 times")
    allowed_ports: Annotated[tuple[int, ...], NoDecode] = Field(
        (80, 443, 8080, 8443), description="ports that may be fetched from, comma-separated"
    )
    allow_private_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="host or host:port, comma-separated, that may be fetched though private; else none may"
    )

    egress_proxy: SecretStr | None = Field(
        None, description="http://[user:password@]host:port for all fetches; it must refuse private addresses itself"
    )

    @field_validator("egress_proxy")
    @classmethod
    def _http_proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        try:
            parts = urlsplit(value.get_secret_value())
            is_whole = parts.scheme == "http" and bool(parts.hostname) and bool(parts.port)
        except ValueError:
            is_whole = False
        if not is_whole or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be http://host:port, with user:password@ where the proxy asks for it")
        return value

    @field_validator("allowed_ports", "allow_private_hosts", "revisit_seconds", "gone_seconds", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("contact")
    @classmethod
    def _printable(cls, value: str) -> str:
        if not value.isascii() or not (value.isprintable() or not value) or "(" in value or ")" in value:
            raise ValueError("must be plain ASCII without parentheses: it stands in a header")
        return value

    @property
    def user_agent(self) -> str:
        """Who we say that we are."""
        about = f" (+{self.contact})" if self.contact else ""
        return f"{PRODUCT_TOKEN}/{VERSION}{about}"

    @field_validator("state_directory")
    @classmethod
    def _there(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"{value} isn't a folder")
        return value

    @field_validator("revisit_seconds", "gone_seconds")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value == (0,):
            return ()
        if any(one <= before for before, one in zip((0, *value), value, strict=False)):
            raise ValueError("must be positive and rise")
        return value

    @property
    def revisit_ages(self) -> tuple[timedelta, ...]:
        """When a page is looked at again."""
        return tuple(timedelta(seconds=seconds) for seconds in self.revisit_seconds)

    @property
    def gone_rules(self) -> Rules:
        """When a page that is gone takes its article with it."""
        return Rules(
            ages=tuple(timedelta(seconds=seconds) for seconds in self.gone_seconds), sick_pages=self.gone_sick_pages,
            sick_share=self.gone_sick_share, hourly=self.gone_hourly,
        )  # fmt: skip

    @property
    def delay(self) -> timedelta:
        """Between two fetches of a host."""
        return timedelta(seconds=self.delay_seconds)

    @property
    def robots_valid(self) -> timedelta:
        """How long a copy of robots.txt is good for."""
        return timedelta(seconds=self.robots_seconds)

    @property
    def unreachable(self) -> timedelta:
        """How long URLs wait for a host that doesn't answer."""
        return timedelta(seconds=self.unreachable_seconds)

    @property
    def backoff(self) -> timedelta:
        """Before the second try."""
        return timedelta(seconds=self.backoff_seconds)
