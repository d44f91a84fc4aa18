"""`warta dlq` and `warta replay`: what they refuse before they connect to anything."""

import pytest
from click.testing import CliRunner

from cli.__main__ import main
from cli.dlq import dlq
from cli.replay import replay


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["retry"], "--all-waiting"),
        (["retry", "--all-waiting", "--site", "contoh.id", "--yes"], "without filters"),
        (["retry", "--all-waiting"], "nobody is there to ask"),
        (["discard", "--all-waiting", "--yes"], "--why"),
        (["discard", "--all-waiting", "--yes", "--why", " "], "--why"),
        (["list", "--topic", "pages.fetch"], "pages.fetched"),
        (["list", "--reason", "x"], "parser_timed_out"),
        (["list", "--id", "pages.fetched/17"], "pages.fetched.dlq/17"),
        (["list", "--since", "kemarin"], "36h"),
        (["show", "pages.fetched.dlq/x"], "pages.fetched.dlq/17"),
        (["show", "pages.fetched.dlq/1", "--json", "--body"], "--output"),
    ],
)
def test_dlq_refuses_what_is_wrong_and_says_what_is_right(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(dlq, arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "--since"), (["--since", "14"], "14d"), (["--since", "1d", "--site", "*"], "tempo.co"),
     (["--since", "1d", "--url", "contoh.id/a"], "absolute"), (["--since", "1d", "--workers", "0"], "1<=x<=64")],
)  # fmt: skip
def test_replay_refuses_what_is_wrong_and_says_what_is_right(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(replay, arguments)
    assert result.exit_code == 2, result.output
    assert said in result.output


@pytest.mark.parametrize("command", ["dlq list", "dlq show", "dlq retry", "dlq discard", "replay", "seed"])
def test_each_has_help_with_an_example_on_a_line_of_its_own(command: str) -> None:
    lines = CliRunner().invoke(main, [*command.split(), "--help"]).output.splitlines()
    assert any(line.startswith(f"  ./warta {command} ") for line in lines)
