"""Free disk, checked before it is needed, and a full disk put into words."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stack.errors import StackError

MIB = 1 << 20


def require_space(directory: Path, needed: int, purpose: str) -> None:
    """Raises StackError unless `needed` bytes are free where `directory` is; `purpose` opens the sentence."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise StackError(
            f"{purpose} need {needed // MIB} MiB of disk and {directory} has {free // MIB} MiB free: "
            "make room, or choose a directory on another disk"
        )


@contextmanager
def disk_errors(directory: Path) -> Iterator[None]:
    """Turns what the disk below `directory` refuses into a StackError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StackError(f"the disk is full below {directory}: make room and run it again") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise StackError(f"cannot write below {directory}: {error.strerror}; choose another directory") from error
        raise
