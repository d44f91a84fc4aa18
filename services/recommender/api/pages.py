"""The demo page's routes."""

from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
    """Static files; nothing yet."""
    return []
