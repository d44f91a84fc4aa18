"""One warta in a directory at a time; `--fresh` deletes what a demo made and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.directory import forget, held
from shared.errors import WartaError

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys
from pathlib import Path
from cli.directory import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def cli(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def a_demo(directory: Path) -> None:
    (directory / "servers/kafka").mkdir(parents=True)
    (directory / "logs").mkdir()
    for name in ("site.json", "sites.toml", "servers/kafka/data", "logs/crawler.log"):
        (directory / name).write_text("x")


@pytest.mark.parametrize("command", ["up", "demo"])
def test_the_second_one_is_refused_and_changes_nothing(tmp_path: Path, command: str) -> None:
    directory = tmp_path / "data"
    a_demo(directory)
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdin is not None
    assert first.stdout is not None
    with first.stdin, first.stdout:
        assert first.stdout.readline() == b"held\n"
        before = {path: path.stat().st_mtime_ns for path in directory.rglob("*")}
        more = ["--fresh"] if command == "demo" else []
        second = cli(command, "--dir", str(directory), *more, cwd=tmp_path)
        assert second.returncode == 1, second.stderr
        assert f"another warta runs in {directory} (pid {first.pid}): stop it first" in second.stderr
        assert {path: path.stat().st_mtime_ns for path in directory.rglob("*")} == before
        assert first.poll() is None
        first.kill()
        first.wait()
    with held(directory):
        assert (directory / "lock").read_text() == f"{os.getpid()}\n"


def test_forgetting_deletes_what_a_demo_made_and_no_more(tmp_path: Path) -> None:
    directory, outside = tmp_path / "data", tmp_path / "outside"
    a_demo(directory)
    outside.mkdir()
    (outside / "kept").write_text("x")
    (directory / "logs/crawler.log").unlink()
    (directory / "logs").rmdir()
    (directory / "logs").symlink_to(outside)
    (directory / "mine").mkdir()
    with held(directory):
        forget(directory)
    assert sorted(path.name for path in directory.iterdir()) == ["lock", "mine"]
    assert (outside / "kept").exists()


def test_a_directory_that_is_no_demos_is_left_alone(tmp_path: Path) -> None:
    for name in ("thesis", "logs", "servers"):
        (tmp_path / name).mkdir()
    done = cli("demo", "--fresh", "--once", "--dir", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert "not a demo's" in done.stderr
    assert "thesis" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "logs", "servers", "thesis"]


def test_somebodys_sites_file_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "sites.toml").write_text("mine")
    done = cli("demo", "--once", "--dir", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "sites.toml").read_text() == "mine"


def test_a_new_directory_has_nothing_to_forget(tmp_path: Path) -> None:
    with held(tmp_path / "a/b"):
        forget(tmp_path / "a/b")


def test_a_place_that_can_be_no_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WartaError, match="give another --dir"), held(tmp_path / "file/data"):
        pass
