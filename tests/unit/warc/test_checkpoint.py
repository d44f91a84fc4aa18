"""A checkpoint that can't be written leaves the one before it, and nothing else."""

import errno
import os
from pathlib import Path

import pytest

from operations.warc import checkpoint
from operations.warc.checkpoint import Checkpoint
from operations.warc.decoded import Position


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(b"x" * 2000)
    mark = checkpoint.mark_of(file, cluster="c", sites=())
    first, later = (Checkpoint(mark=mark, position=Position(offset=offset), ends={}) for offset in (500, 1000))
    checkpoint.store(file, first)
    (tmp_path / "a.warc.warta-import.part").symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        checkpoint.store(file, later)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.warc", "a.warc.warta-import"]
    assert checkpoint.stored(file, mark) == first
    checkpoint.store(file, later)
    assert checkpoint.stored(file, mark) == later
