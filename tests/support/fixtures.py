"""Fixtures on the session's real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stack import Stack
from tests.support.cluster import Cluster


@pytest.fixture
async def cluster(stack: Stack, tmp_path: Path) -> AsyncIterator[Cluster]:
    """The session's servers, wiped; services started through it end with the test."""
    cluster = Cluster(stack, tmp_path)
    await cluster.wipe()
    yield cluster
    cluster.end()
