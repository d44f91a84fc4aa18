"""The launcher at the root, in trees of its own whose requirements need no network."""

import ast
import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

LAUNCHER = Path(__file__).resolve().parents[2] / "warta"
ECHO = """
import json, os, sys
print(json.dumps({"name": __spec__.name, "arguments": sys.argv[1:], "cwd": os.getcwd(), "path": sys.path}))
"""


class Run(NamedTuple):
    code: int
    said: str
    heard: dict[str, object]


class Tree:
    """A checkout with the real launcher, empty requirements, and packages that tell how they were called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "requirements").mkdir(parents=True)
        self.require("stack", "# none\n")
        self.require("dev", "# none, for development\n")
        for package in ("cli", "pytest", "bench"):
            (root / package).mkdir()
            (root / package / "__main__.py").write_text(ECHO)
        shutil.copy(LAUNCHER, root / "warta")

    def require(self, kind: str, text: str) -> None:
        (self.root / "requirements" / f"{kind}.txt").write_text(text)

    def start(self, *arguments: str, cwd: Path | None = None, **variables: str) -> "subprocess.Popen[str]":
        hidden = {"WARTA_VENV", "PYTHONPATH", "PYTHONSAFEPATH"}
        environment = {name: value for name, value in os.environ.items() if name not in hidden} | variables
        command = [sys.executable, str(self.root / "warta"), *arguments]
        return subprocess.Popen(
            command, cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str, cwd: Path | None = None, **variables: str) -> Run:
        return finish(self.start(*arguments, cwd=cwd, **variables))


def finish(process: "subprocess.Popen[str]") -> Run:
    out, error = process.communicate(timeout=120)
    return Run(process.returncode, error, json.loads(out) if out else {})


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree whose environment is made: by two launchers at once, of which one worked and the other waited."""
    tree = Tree(tmp_path_factory.mktemp("launcher") / "tree")
    both = [tree.start("one"), tree.start("two")]
    runs = [finish(process) for process in both]
    assert [run.code for run in runs] == [0, 0], runs
    assert [run.heard["arguments"] for run in runs] == [["one"], ["two"]]
    said = "".join(run.said for run in runs)
    assert said.count("first run: making") == 1
    assert "MB of Python packages" in said
    assert "packages are ready" in said
    return tree


@pytest.fixture
def launcher() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("launcher", str(LAUNCHER))
    spec = importlib.util.spec_from_loader("launcher", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_later_run_is_silent_and_keeps_the_directory_and_the_arguments(ready: Tree, tmp_path: Path) -> None:
    run = ready.run("parse", "page.html", "--help", cwd=tmp_path)
    assert run.said == ""
    assert run.heard["arguments"] == ["parse", "page.html", "--help"]
    assert run.heard["cwd"] == str(tmp_path)
    assert run.heard["name"] == "cli.__main__"


def test_a_file_in_the_current_directory_passes_for_no_module(ready: Tree, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "cli.py").write_text("raise SystemExit('shadowed')")
    run = ready.run("status", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    path = run.heard["path"]
    assert isinstance(path, list)
    assert path[0] == str(ready.root)
    assert str(tmp_path) not in path


def test_test_runs_pytest_in_the_root_and_bench_the_benchmarks_where_one_is(ready: Tree, tmp_path: Path) -> None:
    tests = ready.run("test", "tests/unit", "-k", "x", cwd=tmp_path)
    assert "up to date" in tests.said  # their requirements are more than the other commands'
    in_parallel = ["-n", "auto", "--dist", "loadfile"]
    assert tests.heard["name"] == "pytest.__main__"
    assert tests.heard["arguments"] == [*in_parallel, "tests/unit", "-k", "x"]  # so that the own ones decide
    assert tests.heard["cwd"] == str(ready.root)
    bench = ready.run("bench", "parse", "--json", "out.json", cwd=tmp_path)
    assert bench.said == ""
    assert (bench.heard["name"], bench.heard["arguments"]) == ("bench.__main__", ["parse", "--json", "out.json"])
    assert bench.heard["cwd"] == str(tmp_path)
    assert ready.run("status").said == ""  # the tests' requirements include the others


def test_an_install_that_breaks_off_is_begun_anew_and_a_failed_one_says_what_to_do(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree")
    tree.require("stack", f"absent==1 --hash=sha256:{'0' * 64}\n")
    failed = tree.run("x", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert failed.code == 1
    assert "No matching distribution found for absent==1" in failed.said
    assert "Check the network and the disk, then run it again" in failed.said
    assert "Traceback" not in failed.said
    leftover = tree.root / ".venv" / "leftover"
    leftover.touch()
    tree.require("stack", "# none\n")
    assert tree.run("x").code == 0
    assert not leftover.exists()
    leftover.touch()
    tree.require("stack", "# none, newly\n")
    assert "up to date" in tree.run("x").said
    assert leftover.exists()  # one that was finished is only brought up to date


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter").write_text("dear")
    run = Tree(tmp_path / "tree").run("x", WARTA_VENV=str(tmp_path / "home"))
    assert run.code == 1
    assert "is no virtual environment" in run.said
    assert (tmp_path / "home" / "letter").read_text() == "dear"


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = Tree(tmp_path / "tree").run("x", WARTA_VENV=str(tmp_path / "file" / "venv"))
    assert run.code == 1
    assert "name another place in WARTA_VENV" in run.said


def test_missing_requirements_say_so(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree")
    (tree.root / "requirements" / "stack.txt").unlink()
    run = tree.run("x")
    assert run.code == 1
    assert "restore it from the repository" in run.said


def test_an_environment_whose_python_was_replaced_does_not_satisfy(
    launcher: ModuleType, ready: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = tmp_path / "venv"
    shutil.copytree(ready.root / ".venv", environment, symlinks=True)
    monkeypatch.setattr(launcher, "ROOT", ready.root)
    assert launcher.satisfies(environment, "stack")
    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/bin/sh")
    assert not launcher.satisfies(environment, "stack")
    assert not launcher.usable(environment)


def test_it_parses_on_old_interpreters_and_tells_them_what_is_needed(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ast.parse(LAUNCHER.read_text(), feature_version=(3, 8))
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    assert launcher.main(["--help"]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err


def test_it_is_executable_and_needs_the_standard_library_alone() -> None:
    assert os.access(LAUNCHER, os.X_OK)
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(LAUNCHER.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= sys.stdlib_module_names
