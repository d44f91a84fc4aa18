"""What the recommender answers to the questions of a labelled set, and how each answer is judged."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec
from elasticsearch import AsyncElasticsearch

from operations.evaluate.labels import Question
from operations.evaluate.metrics import coverage, diversity, judge, median_age, recall
from operations.in_turns import in_turns
from services.recommender.choice import Ranked
from services.recommender.lists import Material, gather
from services.recommender.recommend import Ranking, Weights, ranking
from services.recommender.sample import Sample

DEPTH = 200  # places of the whole ranking: as many as a list has candidates
AT_ONCE = 6
DAY = 86400.0
Report = Callable[[str], None]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The ranking of one question: what the list shows, in score order, then what the ranking has beyond it.

    `metrics` lacks the judged ones when nothing is relevant, and those of the list that it is too short for.
    """

    question: Question
    ranking: tuple[str, ...]
    scores: tuple[float, ...]
    metrics: dict[str, float]
    shortfall: str | None = None


async def answers(
    client: AsyncElasticsearch, index: str, asked: Sequence[Question], weight_sets: Sequence[Weights], *, size: int,
    pool: ProcessPoolExecutor, report: Report,
) -> list[list[Answer]]:  # fmt: skip
    """For each question, in order, the answer by each set of weights, all on the same candidates.

    Raises the client's errors.
    """
    done, sample = 0, Sample(client, index=index)

    async def one(question: Question) -> list[Answer]:
        nonlocal done
        material = await gather(
            client, question.query, now=question.now, mode=question.mode, index=index, sample=sample
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(pool, all_answers, question, material, tuple(weight_sets), size)
        done += 1
        report(f"{done} of {len(asked)} lists computed")
        return found

    return await in_turns(asked, one, at_once=AT_ONCE)


async def materials(
    client: AsyncElasticsearch, index: str, asked: Sequence[Question], *, report: Report
) -> list[Material | None]:
    """What each list is ranked from, in the questions' order. Raises the client's errors."""
    done, sample = 0, Sample(client, index=index)

    async def one(question: Question) -> Material | None:
        nonlocal done
        found = await gather(
            client, question.query, now=question.now, mode=question.mode, index=index, sample=sample
        )  # fmt: skip
        done += 1
        report(f"{done} of {len(asked)} lists' candidates gathered")
        return found

    return await in_turns(asked, one, at_once=AT_ONCE)


def all_answers(
    question: Question, material: Material | None, weight_sets: Sequence[Weights], size: int
) -> list[Answer]:
    """The answer by each set of weights."""
    return [answer(question, material, weights, size=size) for weights in weight_sets]


def answer(question: Question, material: Material | None, weights: Weights, *, size: int) -> Answer:
    """The answer to one question, judged. Without material (the article is gone) it is empty."""
    if material is None:
        metrics = {"coverage": 0.0} | _judged([], question)
        return Answer(question=question, ranking=(), scores=(), metrics=metrics, shortfall="no_such_article")
    shown = ranked(material, question, weights, size=size)
    whole = ranked(material, question, weights, size=DEPTH).chosen
    on_list = {one.candidate.article_id for one in shown.chosen}
    order = [*shown.chosen, *(one for one in whole if one.candidate.article_id not in on_list)]
    ids = [one.candidate.article_id for one in order]
    metrics = _judged(ids, question) | _of_list(shown.chosen, question, size)
    if question.relevant:
        metrics["candidate_recall"] = recall([one.article_id for one in material.candidates], question.relevant)
    return Answer(
        question=question, ranking=tuple(ids), scores=tuple(one.score for one in order), metrics=metrics,
        shortfall=shown.shortfall,
    )  # fmt: skip


def ranked(material: Material, question: Question, weights: Weights, *, size: int) -> Ranking:
    """The list, and why it is short."""
    return ranking(
        material.article, material.candidates, now=question.now, mode=question.mode, size=size, weights=weights,
        statistics=material.statistics,
    )  # fmt: skip


def _judged(ranking: Sequence[str], question: Question) -> dict[str, float]:
    return judge(ranking, question.relevant) if question.relevant else {}


def _of_list(shown: Sequence[Ranked], question: Question, size: int) -> dict[str, float]:
    metrics = {"coverage": coverage(len(shown), size)}
    times = [one.candidate.published_at for one in shown if one.candidate.published_at]
    age = median_age(times, question.now)
    if age is not None:
        metrics["freshness_days"] = age.total_seconds() / DAY
    unlike = diversity([{*one.candidate.topic_terms, one.candidate.site} for one in shown])
    if unlike is not None:
        metrics["diversity"] = unlike
    return metrics
