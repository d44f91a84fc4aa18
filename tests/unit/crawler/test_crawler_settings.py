from pathlib import Path

import pytest

from services.crawler.settings import CrawlerSettings
from shared.errors import ConfigurationError
from shared.settings import load


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARTA_CRAWLER_ALLOW_PRIVATE_HOSTS", "127.0.0.1:8000, dalam.example")
    monkeypatch.setenv("WARTA_CRAWLER_ALLOWED_PORTS", "80,443")
    own = load(CrawlerSettings)
    assert own.allow_private_hosts == ("127.0.0.1:8000", "dalam.example")
    assert own.allowed_ports == (80, 443)


def test_nothing_private_is_open_by_default() -> None:
    own = CrawlerSettings()
    assert own.allow_private_hosts == ()
    assert own.user_agent == "WartaBot/0.1.0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_PORTS", "80,banyak"), ("CONTACT", "a)\r\nX-Injected: 1"), ("CONTACT", "redaksi (kami)"),
        ("MAX_PAGE_BYTES", "99999999"), ("CONCURRENCY", "0"), ("DELAY_SECONDS", "-1"),
    ],
)  # fmt: skip
def test_mistakes_name_the_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"WARTA_CRAWLER_{name}", value)
    with pytest.raises(ConfigurationError, match=f"WARTA_CRAWLER_{name}"):
        load(CrawlerSettings)


@pytest.mark.parametrize(("written", "ages"), [("60, 3600", (60, 3600)), ("0", ()), ("", ())])
def test_ages_of_revisits(written: str, ages: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARTA_CRAWLER_REVISIT_SECONDS", written)
    assert CrawlerSettings().revisit_seconds == ages


@pytest.mark.parametrize("written", ["60,60", "-1", "60,0", "jam"])
def test_ages_that_do_not_rise_are_refused(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARTA_CRAWLER_REVISIT_SECONDS", written)
    with pytest.raises(ValueError, match="revisit_seconds"):
        CrawlerSettings()


def test_a_folder_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WARTA_CRAWLER_STATE_DIRECTORY", str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="isn't a folder"):
        CrawlerSettings()
