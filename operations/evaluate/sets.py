"""The labelled sets that are known by name."""

from collections.abc import Callable
from pathlib import Path

from operations.evaluate.basil import basil
from operations.evaluate.corpora import corpus
from operations.evaluate.labels import LabelledSet
from operations.evaluate.reuters import reuters, reuters_fresh

SETS: dict[str, tuple[str, Callable[[Path], LabelledSet]]] = {
    "reuters": ("reuters21578", reuters),
    "reuters-fresh": ("reuters21578", reuters_fresh),
    "basil": ("basil", basil),
}


def load_set(name: str) -> LabelledSet:
    """The set of that name. Raises `WartaError` where its corpus is missing."""
    folder, make = SETS[name]
    return make(corpus(folder))
