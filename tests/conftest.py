"""What every test can ask for."""

import hypothesis
import pytest

from stack import Stack
from tests import servers

# `--hypothesis-profile=long --timeout=0`: many more, and longer, examples.
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    faults = parser.getgroup("faults", "the fault suite, tests/faults")
    faults.addoption(
        "--faults-long", type=int, default=0, metavar="N", help="N random rounds of each fault, and combinations"
    )
    faults.addoption("--faults-seed", type=int, default=None, help="the first round's seed, as a failure prints it")


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    """A real Kafka and a real Elasticsearch, shared by the whole run: don't stop them, and use names of your own."""
    stack = servers.run_stack(pytestconfig)
    stack.up()
    return stack


def pytest_collection_finish(session: pytest.Session) -> None:
    servers.prepare_stack(session)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not servers.is_worker(session.config):
        servers.end_stack(session.config)
