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
