"""Where the research corpora are that labelled sets are made of; they are no part of this repository."""

import os
from pathlib import Path

from shared.errors import WartaError

ROOT = Path(__file__).resolve().parents[2]


def shared_data() -> Path:
    """The folder of all corpora: what WARTA_SHARED_DATA names, else the one beside the repository."""
    return Path(os.environ.get("WARTA_SHARED_DATA") or ROOT.parent / "shared" / "data")


def corpus(name: str) -> Path:
    """The folder of the corpus. Raises `WartaError` where it is missing."""
    folder = shared_data() / name
    if not folder.is_dir():
        raise WartaError(
            f"the corpus {name} is not here: there is no folder {folder} (WARTA_SHARED_DATA names its parent)"
        )
    return folder
