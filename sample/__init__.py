"""A bundled news site on loopback, with articles of its own making and the traps of the open web.

It stands alone (standard library and aiohttp), so that what it serves can't share a mistake with what reads it.
"""

from sample.articles_data import BRAND, DEMO_SLUG, Article
from sample.server import Request
from sample.site import SampleSite

__all__ = ["BRAND", "DEMO_SLUG", "Article", "Request", "SampleSite"]
