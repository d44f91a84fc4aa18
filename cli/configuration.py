"""All settings of all services, in one place: to list them, and to refuse what nobody reads."""

import os
from pathlib import Path

from dotenv import dotenv_values

from services.crawler.settings import CrawlerSettings
from services.parser.settings import ParserSettings
from services.recommender.api.settings import ApiSettings
from services.recommender.settings import RecommenderSettings
from shared.errors import ConfigurationError
from shared.settings import COMMON, ELSEWHERE, PREFIX, Settings, refuse_unknown, variables

ALL: tuple[type[Settings], ...] = (*COMMON, CrawlerSettings, ParserSettings, RecommenderSettings, ApiSettings)
SERVERS = ("WARTA_KAFKA_", "WARTA_ELASTICSEARCH_")
ADDRESSES = frozenset({"WARTA_KAFKA_BOOTSTRAP_SERVERS", "WARTA_ELASTICSEARCH_URL"})


def check() -> None:
    """Refuse a `WARTA_` name that nobody reads, in the environment, `.env` or the directory of secrets.

    Raises `ConfigurationError`.
    """
    kept = dotenv_values(".env")
    refuse_unknown({**kept, **os.environ}, ALL)
    if unread := sorted(ELSEWHERE & kept.keys() - os.environ.keys()):
        raise ConfigurationError(f"not read from .env, but from the environment itself: {', '.join(unread)}")
    known = variables(ALL)
    for name in _secrets():
        if name.upper() not in known:
            raise ConfigurationError(
                f"WARTA_SECRETS_DIR: its file {name} is named as no setting; `warta settings` lists what there is"
            )


def refuse_servers() -> None:
    """Refuse settings of servers elsewhere, for commands that run their own. Raises `ConfigurationError`."""
    given = {**dict.fromkeys(_secrets(), "a secret"), **dotenv_values(".env"), **os.environ}
    named = {name.upper() for name, value in given.items() if value}
    if wrong := sorted(name for name in named - ADDRESSES if name.startswith(SERVERS)):
        raise ConfigurationError(
            f"`up` and `demo` run their own servers, which take no {', '.join(wrong)}: unset this in the environment, "
            ".env and WARTA_SECRETS_DIR; for servers elsewhere run `warta bootstrap`, the four services and `warta api`"
        )


def _secrets() -> list[str]:
    """The names of the files of secrets that are meant for Warta."""
    folder = os.environ.get("WARTA_SECRETS_DIR")
    if not folder or not Path(folder).is_dir():
        return []  # `load` says what is wrong with it
    try:
        return sorted(path.name for path in Path(folder).iterdir() if path.name.upper().startswith(PREFIX))
    except OSError as error:
        raise ConfigurationError(f"WARTA_SECRETS_DIR: can't list {folder}: {error.strerror}") from None


def listing() -> str:
    """Every variable with its description, grouped by class."""
    lines = []
    for cls in ALL:
        lines.append(f"\n{(cls.__doc__ or '').strip()}")
        lines += [f"  {name:46} {text}" for name, text in variables([cls]).items()]
    return "\n".join(lines).strip()
