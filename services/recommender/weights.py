"""The ranking's weights as a JSON file: written by `warta tune`, read wherever lists are computed."""

from datetime import timedelta
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec

from services.recommender.recommend import DEFAULT, Weights
from shared.errors import ConfigurationError


def read_weights(path: Path) -> Weights:
    """The weights in a file; what it leaves out is as by default. Raises `ConfigurationError` with file and field."""
    try:
        told = msgspec.json.decode(path.read_bytes())
        weights = msgspec.convert(told, Weights)
    except OSError as error:
        raise ConfigurationError(f"can't read the weights {path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the weights {path}: {error}") from None
    if unknown := _unknown(told, msgspec.to_builtins(weights)):
        raise ConfigurationError(
            f"the weights {path}: there is no {', '.join(unknown)}; `warta tune` writes what there is in this version"
        )
    if wrong := _wrong(weights):
        raise ConfigurationError(f"the weights {path}: {', '.join(wrong)} must be a finite number of 0 or more")
    return weights


def written(weights: Weights) -> bytes:
    """The file that `read_weights` reads as these weights, for people too."""
    return msgspec.json.format(msgspec.json.encode(weights), indent=2) + b"\n"


def chosen(path: Path | None) -> Weights:
    """The weights of the setting's file; without one, or with an empty one, the defaults."""
    return read_weights(path) if path is not None and not _is_empty(path) else DEFAULT


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except OSError as error:
        raise ConfigurationError(f"can't read the weights {path}: {error.strerror}") from None


def _unknown(told: dict[str, Any], known: dict[str, Any], within: str = "") -> list[str]:
    names = []
    for name, value in told.items():
        if name not in known:
            names.append(within + name)
        elif isinstance(value, dict):
            names += _unknown(value, known[name], f"{within}{name}.")
    return names


def _wrong(weights: msgspec.Struct, within: str = "") -> list[str]:
    names = []
    for name in weights.__struct_fields__:
        value = getattr(weights, name)
        if isinstance(value, msgspec.Struct):
            names += _wrong(value, f"{within}{name}.")
        elif isinstance(value, timedelta):
            names += [within + name] if value <= timedelta() else []
        elif isinstance(value, float) and not (isfinite(value) and value >= 0):
            names.append(within + name)
    return names
