"""How far a file has been imported: kept beside it, so that an interrupted import goes on."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from operations.warc.decoded import Position

SUFFIX = ".warta-import"
_HEAD_BYTES = 512


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What an import was of, and into which cluster: a checkpoint counts only where all of it is the same."""

    cluster: str
    head: str
    sites: tuple[str, ...] = ()


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Everything before `position` has its end, and pages among it are acknowledged. `done`: so has the whole file."""

    mark: Mark
    position: Position
    ends: dict[str, int]
    done: bool = False


def mark_of(file: Path, *, cluster: str, sites: tuple[str, ...]) -> Mark:
    """What tells this file from others: its first bytes. Raises `OSError`."""
    with file.open("rb") as opened:
        head = hashlib.sha256(opened.read(_HEAD_BYTES)).hexdigest()
    return Mark(cluster=cluster, head=head, sites=sites)


def path_of(file: Path) -> Path:
    """Where the checkpoint of a file is."""
    return file.with_name(file.name + SUFFIX)


def stored(file: Path, mark: Mark) -> Checkpoint | None:
    """The checkpoint of a file, if there is one for just this import that the file still reaches to."""
    try:
        found = msgspec.json.decode(path_of(file).read_bytes(), type=Checkpoint)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return found if found.mark == mark and found.position.offset <= file.stat().st_size else None


def store(file: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint of a file, in one step. Raises `OSError`; then the one before is there still."""
    path = path_of(file)
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as out:
            out.write(msgspec.json.encode(checkpoint))
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def forget(file: Path) -> None:
    """Remove the checkpoint of a file."""
    with suppress(OSError):
        path_of(file).unlink(missing_ok=True)
