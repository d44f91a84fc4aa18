"""A rebalance storm in mid-stream: workers of all services join and leave, gracefully or not."""

import pytest

from tests.support.cluster import Cluster
from tests.support.disturbed import World, disturbed
from tests.support.faults import storm

pytestmark = pytest.mark.timeout(1200)


async def test_workers_that_come_and_go(cluster: Cluster, world: World, seed: int) -> None:
    await disturbed(world, cluster, seed, storm)
