"""What every test can ask for."""

import hypothesis
import pytest

from stack import Stack
from tests import servers

# No example is too slow: machines are noisy. `--hypothesis-profile=long --timeout=0`: many more, and longer, examples.
_UNTIMED = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("default", _UNTIMED)
hypothesis.settings.register_profile("long", _UNTIMED, max_examples=1000)
hypothesis.settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    faults = parser.getgroup("faults", "the fault suite, tests/faults")
    faults.addoption(
        "--faults-long", type=int, default=0, metavar="N", help="N random rounds of each fault, and combinations"
    )
    faults.addoption("--faults-seed", type=int, default=None, help="the first round's seed, as a failure prints it")


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    """A real Kafka and a real Elasticsearch, shared by all tests of the process: don't stop them."""
    stack = servers.run_stack(pytestconfig)
    stack.up()
    return stack


def pytest_xdist_auto_num_workers() -> int:
    return servers.workers()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    servers.prepare_for_workers(session.config)


def pytest_collection_finish(session: pytest.Session) -> None:
    servers.prepare_stack(session)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    servers.end_stack(session.config)
