"""Types of options that several commands take."""

import re
from datetime import datetime, timedelta
from typing import Any

import click

from cli.pages import Time
from shared.clock import utcnow
from shared.urls import BadUrlError, canonical_url, host_of

_BACK = re.compile(r"([0-9]{1,6})([smhd])")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?|[0-9a-f:.]+")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Moment(Time):
    """An ISO 8601 time with its zone, or how long ago: `90m`, `36h`, `14d`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse, or fail with the reason."""
        back = _BACK.fullmatch(str(value))
        if back is None:
            try:
                return super().convert(value, param, ctx)
            except click.BadParameter as error:
                self.fail(f"{error.message}, nor a time back from now, such as 36h or 14d", param, ctx)
        try:
            return utcnow() - timedelta(seconds=int(back[1]) * _SECONDS[back[2]])
        except OverflowError:
            self.fail(f"{value} is too long ago", param, ctx)


class Span(click.ParamType):
    """How long: `90m`, `36h`, `14d`."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Parse, or fail with the reason."""
        if isinstance(value, timedelta):
            return value
        span = _BACK.fullmatch(str(value))
        if span is None or not int(span[1]):
            self.fail(f"{str(value)[:100]!r} is no span of time, such as 90m, 36h or 14d", param, ctx)
        return timedelta(seconds=int(span[1]) * _SECONDS[span[2]])


class Site(click.ParamType):
    """A host, with all that is below it; as a URL has it."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The host in canonical form, or fail."""
        text = str(value)
        try:
            host = host_of(canonical_url(text if "//" in text else f"http://{text}/"))
        except BadUrlError:
            host = ""
        if not _HOST.fullmatch(host):
            self.fail(f"{text[:200]!r} is no host, such as tempo.co", param, ctx)
        return host


class PageUrl(click.ParamType):
    """A page's URL."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The URL in canonical form, or fail."""
        try:
            return canonical_url(str(value))
        except BadUrlError as error:
            self.fail(f"{str(value)[:200]!r}: {error}", param, ctx)
