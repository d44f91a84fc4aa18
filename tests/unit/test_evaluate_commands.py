"""`warta evaluate` and `warta tune`: what they refuse before they start anything, and the export."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.__main__ import main
from cli.evaluate import evaluate
from operations.evaluate.reading import read_set

ARTICLE = '{"id": "%s", "title": "t", "body": "b", "published_at": "2024-06-0%s"}\n'


def pair(tmp_path: Path) -> list[str]:
    (tmp_path / "a.jsonl").write_text(ARTICLE % ("a", 1) + ARTICLE % ("b", 2))
    (tmp_path / "l.jsonl").write_text('{"query": "b", "relevant": {"a": 1}}\n')
    return ["--articles", str(tmp_path / "a.jsonl"), "--labels", str(tmp_path / "l.jsonl")]


@pytest.mark.parametrize("command", ["evaluate", "tune"])
def test_options_that_do_not_go_together_are_refused(command: str, tmp_path: Path) -> None:
    both = pair(tmp_path)
    for arguments, said in (
        (both[:2], "--articles and --labels go together"),
        ([*both, "--set", "basil"], "give either --set, or --articles and --labels"),
        (["--labels", str(tmp_path / "nowhere")], "does not exist"),
    ):
        result = CliRunner().invoke(main, [command, *arguments])
        assert result.exit_code == 2, result.output
        assert said in result.output


def test_an_export_is_the_same_set_again(tmp_path: Path) -> None:
    assert "--export goes with" in CliRunner().invoke(evaluate, ["--export", str(tmp_path)]).output
    result = CliRunner().invoke(evaluate, [*pair(tmp_path), "--export", str(tmp_path / "out")])
    articles, labels = map(Path, result.output.splitlines())
    assert [article.id for article in read_set(articles, labels).articles] == ["a", "b"]


def test_a_folder_that_is_missing_is_refused_before_the_work(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["tune", *pair(tmp_path), "--out", str(tmp_path / "no" / "w.json")])
    assert result.exit_code == 2
    assert "there is no folder" in result.output


@pytest.mark.parametrize("command", ["evaluate", "tune"])
def test_each_has_help_with_an_example(command: str) -> None:
    lines = CliRunner().invoke(main, [command, "--help"]).output.splitlines()
    assert any(line.startswith(f"  ./warta {command} ") for line in lines)
