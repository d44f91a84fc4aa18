"""What the crawler's tests have in common."""

from collections.abc import AsyncIterator

import pytest

from tests.support.loopback import Site, loopback


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server on loopback that serves what a test wants."""
    async with loopback() as made:
        yield made
