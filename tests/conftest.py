"""What every test can ask for."""

import hypothesis
import pytest

from stack import Stack
from tests import servers

# `--hypothesis-profile=long --timeout=0`: many more, and longer, examples.
hypothesis.settings.register_profile("long", max_examples=1000, deadline=None)


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
