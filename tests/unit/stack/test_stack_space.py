"""A full disk in words."""

import errno
import os
from pathlib import Path

import pytest

from stack import StackError
from stack.space import MIB, disk_errors, require_space


def test_too_little_room_says_how_much_is_needed_and_where(tmp_path: Path) -> None:
    require_space(tmp_path, 1, "the jars")
    with pytest.raises(StackError, match=rf"the jars need {1 << 40} MiB of disk and {tmp_path} has \d+ MiB free"):
        require_space(tmp_path, MIB << 40, "the jars")


def test_a_disk_that_fills_up_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="disk is full"), disk_errors(tmp_path), Path("/dev/full").open("wb") as full:
        full.write(b"x")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_disk_that_refuses_says_so(tmp_path: Path, code: int) -> None:
    with pytest.raises(StackError, match="choose another directory"), disk_errors(tmp_path):
        raise OSError(code, os.strerror(code))


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError), disk_errors(tmp_path):
        raise ConnectionError
