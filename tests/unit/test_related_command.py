"""`warta related` on the command line, and the widget's order; no server is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from cli.related import related
from cli.widget import as_shown
from services.recommender.editorial import EDITOR
from shared.events import Related

AT = datetime(2024, 5, 2, tzinfo=UTC)
A, B = "https://contoh.id/a", "https://contoh.id/b"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'ARTICLE'"),
        (["no-url"], "neither an article's id nor its URL"),
        (["--size", "0", A], "0 is not in the range"),
        (["pin", A, A], "never on its own list"),
        (["pin", A, "no-url"], "neither an article's id nor its URL"),
        (["pin", A, B, "--position", "51"], "51 is not in the range"),
        (["pin", A, "--for", "0h"], "'0h' is no span of time"),
        (["block", A, "--for", "1h", "--until", "2030-01-01T00:00:00Z"], "--until or --for, not both"),
        (["block", A, "--until", "2020-01-01T00:00:00Z"], "--until is in the past"),
        (["block", A, "--for", "9999999d"], "is no span of time"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(related, arguments)
    assert done.exit_code == 2, done.output
    assert said in done.output


def test_the_help_has_the_list_s_options_and_the_commands() -> None:
    done = CliRunner().invoke(related, ["--help"])
    assert done.exit_code == 0
    for word in ("--now", "--mode", "pin", "block", "release", "decisions", "restore"):
        assert word in done.output


def test_a_widget_is_newest_first_around_the_pins() -> None:
    def item(name: str, hours: float, *, pinned: bool = False) -> Related:
        return Related(
            article_id=name, title=name, url=A, site="contoh.id", score=1.0, parts={EDITOR: 1.0} if pinned else {},
            topics=(), reason={}, published_at=AT - timedelta(hours=hours),
        )  # fmt: skip

    items = [item("old", 3), item("pin", 99, pinned=True), item("new", 1), item("middle", 2)]
    assert [one.article_id for one in as_shown(items)] == ["new", "pin", "middle", "old"]
