"""All settings of all services, in one place: to list them, and to refuse what nobody reads."""

import os

from dotenv import dotenv_values

from services.crawler.settings import CrawlerSettings
from services.parser.settings import ParserSettings
from services.recommender.settings import RecommenderSettings
from shared.settings import COMMON, Settings, refuse_unknown, variables

ALL: tuple[type[Settings], ...] = (*COMMON, CrawlerSettings, ParserSettings, RecommenderSettings)


def check() -> None:
    """Refuse a `WARTA_` variable, of the environment or of `.env`, that nobody reads. Raises `ConfigurationError`."""
    refuse_unknown({**dotenv_values(".env"), **os.environ}, ALL)


def listing() -> str:
    """Every variable with its description, grouped by class."""
    lines = []
    for cls in ALL:
        lines.append(f"\n{(cls.__doc__ or '').strip()}")
        lines += [f"  {name:46} {text}" for name, text in variables([cls]).items()]
    return "\n".join(lines).strip()
