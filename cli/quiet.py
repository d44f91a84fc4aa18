"""Run a command's coroutine with the libraries' logs kept quiet: a command speaks for itself."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

import structlog
from stamina.instrumentation import set_on_retry_hooks


def quiet_run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to the end; only what is critical is logged. Raises `ConfigurationError` for what Kafka doesn't allow us."""
    logging.basicConfig(level=logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    set_on_retry_hooks([])
    try:
        asyncio.run(coroutine)
    except Exception as error:
        from shared.access import without_right  # noqa: PLC0415 - not every command needs Kafka

        if why := without_right(error):
            raise why from None
        raise
