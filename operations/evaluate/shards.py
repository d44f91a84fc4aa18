"""What lists are ranked from, kept in files, so that several processes can score weights on it again and again."""

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from msgspec import structs

from operations.evaluate.answers import DEPTH, ranked
from operations.evaluate.labels import Question
from operations.evaluate.metrics import JUDGED
from services.recommender.candidate import Candidate
from services.recommender.lists import Material
from services.recommender.recommend import Weights

Part = list[tuple[Question, Material | None]]
PLACES = 10  # that the metrics other than MAP look at


class Shards:
    """The questions of one part with their material, below `directory`, which must live as long."""

    def __init__(self, directory: Path, part: Part, pool: ProcessPoolExecutor, *, count: int, metric: str) -> None:
        self._pool = pool
        self._metric = metric
        size = -(-len(part) // count)
        self._paths = []
        for number, at in enumerate(range(0, len(part), size)):
            path = directory / f"{number}.pickle"
            path.write_bytes(pickle.dumps(part[at : at + size]))
            self._paths.append(path)

    def score(self, weights: Weights) -> list[float]:
        """The metric of each question, in order."""
        count = len(self._paths)
        scored = self._pool.map(score, self._paths, [weights] * count, [self._metric] * count)
        return [value for one in scored for value in one]


def score(path: Path, weights: Weights, metric: str) -> list[float]:
    """The metric of each question in a file."""
    depth = DEPTH if metric == "map" else PLACES
    values = []
    for question, material in _load(path):
        chosen = ranked(material, question, weights, size=depth).chosen if material else []
        values.append(JUDGED[metric]([one.candidate.article_id for one in chosen], question.relevant))
    return values


def shared(materials: Sequence[Material | None]) -> list[Material | None]:
    """The same, with each candidate that is in several of them kept once: they are mostly the same articles."""
    kept: dict[str, Candidate] = {}

    def once(candidate: Candidate) -> Candidate:
        known = kept.setdefault(candidate.article_id, candidate)
        return known if known == candidate else candidate

    return [
        material and structs.replace(material, candidates=[once(one) for one in material.candidates])
        for material in materials
    ]


@cache
def _load(path: Path) -> Part:
    part: Part = pickle.loads(path.read_bytes())  # noqa: S301 - written by this command
    return part
