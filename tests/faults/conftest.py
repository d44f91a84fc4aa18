"""Faults in mid-stream on the real servers. `--faults-long N` does each N times, and random combinations besides."""

import logging
from collections.abc import Iterator

import pytest

from tests.support.disturbed import World
from tests.support.fixtures import cluster

__all__ = ["cluster"]


@pytest.fixture(scope="session")
def world() -> World:
    """What the session's runs have in common."""
    return World()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the test's own clients say of a broker that is away would fill thousands of lines of a failure."""
    log = logging.getLogger("aiokafka")
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(logging.NOTSET)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`seed`: of all that is chosen at random in a test; one a round. The short form's is fixed, so that it repeats."""
    if "seed" in metafunc.fixturenames:
        options = metafunc.config.option
        first = options.faults_seed
        if first is None:
            first = getattr(options, "randomly_seed", 0) % 1_000_000 if options.faults_long else 0
        rounds = max(1, options.faults_long)
        metafunc.parametrize("seed", range(first, first + rounds), ids=[f"round{n + 1}" for n in range(rounds)])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is for the long form only isn't there in the short one."""
    if config.option.faults_long:
        return
    left_out = [item for item in items if item.get_closest_marker("faults_long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
