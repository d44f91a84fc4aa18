"""A small disk of its own, filled to the last byte on demand."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = 512 * 1024
FILLER = "filler"


class FullDisk:
    """`path` is the disk's root."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        """Leave no room."""
        with (self.path / FILLER).open("ab", buffering=0) as filler:
            for size in (4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    continue

    def make_room(self) -> None:
        """Take back what `fill` took."""
        (self.path / FILLER).unlink(missing_ok=True)


@contextmanager
def full_disk(path: Path) -> Iterator[FullDisk]:
    """A full disk at `path`; skips the test where mounting isn't allowed."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"mounting a small disk isn't permitted here: {mounted.stderr.strip()}")
    disk = FullDisk(path)
    disk.fill()
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
