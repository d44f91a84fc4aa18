"""Lint, types, layers, and what must not be in the repository."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint() -> None:
    run(str(BIN / "ruff"), "check", "--quiet", "--no-cache", ".")


def test_format() -> None:
    run(str(BIN / "ruff"), "format", "--check", "--quiet", "--no-cache", ".")


def test_types() -> None:
    run(str(BIN / "mypy"))


def test_layers() -> None:
    run(str(BIN / "lint-imports"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [ROOT / name for name in listed.split("\0") if name]


REGISTRY = r"https?://[^\s\"']*/(simple/|packages/[0-9a-f]{2}/|maven2/)"
MACHINE = r"(?<![\w.])/(work|farm)/[a-z]"
INDEX = r"^--(index-url|find-links)"


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE, INDEX])
def test_no_registry_and_no_machine_s_path_is_named(pattern: str) -> None:
    found = [
        f"{path}:{number}"
        for path in tracked()
        if path.is_file() and path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="ignore").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not found
