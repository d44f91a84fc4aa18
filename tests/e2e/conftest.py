"""The whole system on the real servers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from sample import SampleSite
from tests.support.fixtures import cluster

__all__ = ["cluster"]


@pytest.fixture
async def site() -> AsyncIterator[SampleSite]:
    """The bundled sample site, its dates counted from now."""
    site = SampleSite(datetime.now(UTC))
    await site.start()
    yield site
    await site.stop()
