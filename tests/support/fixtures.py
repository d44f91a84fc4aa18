"""Fixtures on the session's real servers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sample import SampleSite
from stack import Stack
from tests.support.cluster import Cluster


@pytest.fixture
async def cluster(stack: Stack, tmp_path: Path) -> AsyncIterator[Cluster]:
    """The session's servers, wiped; services started through it end with the test."""
    cluster = Cluster(stack, tmp_path)
    await cluster.wipe()
    yield cluster
    cluster.end()


@pytest.fixture
async def site() -> AsyncIterator[SampleSite]:
    """The bundled sample site, its dates counted from now."""
    site = SampleSite(datetime.now(UTC))
    await site.start()
    yield site
    await site.stop()
