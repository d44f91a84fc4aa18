"""Ours and its peers on a labelled set: peers choose on the earlier queries, and all are judged by the later ones."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import fmean

import msgspec
from elasticsearch import AsyncElasticsearch

from bench._peer_search import Similar, decayed, ranking, texts, undecayed
from bench._peer_texts import BAGS, HALF_LIVES, Bags, Weighted, bm25s, tf_idfs
from bench._versus import ratio, row, verdict
from operations.evaluate.answers import DEPTH, answers
from operations.evaluate.labels import LabelledSet, Question, latest, questions
from operations.evaluate.metrics import JUDGED
from operations.evaluate.scratch import fill, scratch_index
from operations.evaluate.tuning import split
from operations.in_turns import in_turns
from services.recommender.recommend import DEFAULT

ANALYZERS = {"en": "english", "id": "indonesian"}
Report = Callable[[str], None]
Row = dict[str, object]


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A peer at its best: with what settings, and what each later query gets."""

    name: str
    settings: str
    values: list[float]


class Contest:
    """A set's questions in two parts; `metric` is what everybody is chosen and judged by."""

    def __init__(self, labelled: LabelledSet, *, metric: str, most: int, report: Report) -> None:
        parts = split(questions(labelled), most=most)
        self.earlier, self.later = parts.earlier, parts.later
        self.articles = labelled.articles
        self.end = latest(labelled.articles)
        self._metric = JUDGED[metric]
        self.report = report

    def values(self, asked: Sequence[Question], rankings: Iterable[Sequence[str]]) -> list[float]:
        """What each question's ranking is worth."""
        return [self._metric(found, one.relevant) for one, found in zip(asked, rankings, strict=True)]

    def texts(self) -> list[Peer]:
        """BM25, TF-IDF, and TF-IDF with the best half-life."""
        tried: list[tuple[float, str, str, Weighted]] = []
        for setting in BAGS:
            bags = Bags(self.articles, self.end, title=setting.title, stemmed=setting.stemmed)
            for family, models in (("bm25", bm25s), ("tf-idf", tf_idfs)):
                for name, model in models(bags):
                    tried.append((fmean(self._ranked(self.earlier, model)), family, f"{setting.name}, {name}", model))
                    self.report(f"{family} with {setting.name}, {name}: {tried[-1][0]:.4f} on the earlier part")
        best = {family: max((one for one in tried if one[1] == family), key=lambda one: one[0])
                for family in ("bm25", "tf-idf")}  # fmt: skip
        peers = [Peer(name=family, settings=settings, values=self._ranked(self.later, model))
                 for family, (_, _, settings, model) in best.items()]  # fmt: skip
        _, _, settings, model = best["tf-idf"]
        days = max(HALF_LIVES, key=lambda one: fmean(self._ranked(self.earlier, model, half_life=one)))
        halved = self._ranked(self.later, model, half_life=days)
        return [*peers, Peer(name="tf-idf × half-life", settings=f"{settings}, {days:g} d", values=halved)]

    def _ranked(self, asked: Sequence[Question], model: Weighted, *, half_life: float | None = None) -> list[float]:
        return self.values(asked, (model.ranking(one, DEPTH, half_life=half_life) for one in asked))

    async def searches(self, client: AsyncElasticsearch) -> list[Peer]:
        """`more_like_this`, as it is and with the best decay."""
        language = self.articles[0].language or "en"
        async with texts(client, self.articles, self.end, analyzer=ANALYZERS.get(language, "english")) as index:

            async def worth(asked: Sequence[Question], similar: Similar) -> list[float]:
                async def one(question: Question) -> list[str]:
                    return await ranking(client, index, question, similar, DEPTH)

                return self.values(asked, await in_turns(asked, one, at_once=4))

            async def best_of(variants: Sequence[Similar]) -> Similar:
                found = []
                for variant in variants:
                    found.append((fmean(await worth(self.earlier, variant)), variant))
                    self.report(f"more_like_this with {variant}: {found[-1][0]:.4f} on the earlier part")
                return max(found, key=lambda one: one[0])[1]

            plain = await best_of(undecayed())
            fading = await best_of(decayed(plain))
            return [
                Peer(name="more_like_this", settings=str(plain), values=await worth(self.later, plain)),
                Peer(name="more_like_this × decay", settings=str(fading), values=await worth(self.later, fading)),
            ]

    async def ours(self, client: AsyncElasticsearch, pool: ProcessPoolExecutor) -> list[float]:
        """What the later queries get from the recommender with its default weights."""
        async with scratch_index(client) as index:
            await fill(client, index, self.articles, pool, self.report)
            found = await answers(client, index, self.later, [DEFAULT], size=10, pool=pool, report=self.report)
        return self.values(self.later, [one[0].ranking for one in found])


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What ours must reach: `least`, `margin` times the best peer, never more than `within` below it."""

    metric: str
    least: float = 0.0
    margin: float = 0.0
    within: float = 0.005

    def verdict(self, ours: float, best: Peer) -> str:
        """Each part of it that is asked for, and whether it is reached."""
        other = fmean(best.values)
        parts = [(f"≥ {best.name} - {self.within:g}", ours >= other - self.within)]
        if self.margin:
            parts.append((f"≥ {self.margin:g} × {best.name}", ours >= self.margin * other))
        if self.least:
            parts.append((f"≥ {self.least:g}", ours >= self.least))
        return ", ".join(verdict(what, good=good) for what, good in parts)


def rows(part: str, target: Target, ours: Sequence[float], peers: Sequence[Peer]) -> list[Row]:
    """A row for each system; ours says what of the target it reaches."""
    best = max(peers, key=lambda one: fmean(one.values))
    found = [
        row(part, one.name, target.metric, fmean(one.values), versus=ratio(ours, one.values), settings=one.settings)
        for one in peers
    ]
    said = target.verdict(fmean(ours), best)
    return [*found, row(part, "warta", target.metric, fmean(ours), verdict=said, settings="default weights")]
