"""`warta tune`: fit the ranking's weights to labels."""

import asyncio
import tempfile
from pathlib import Path
from statistics import fmean

import click

from cli.evaluation import Progress, asking, label_options, labelled_set, run_cleanly, weight_sets
from operations.evaluate.answers import materials
from operations.evaluate.metrics import JUDGED
from operations.evaluate.parameters import parameters
from operations.evaluate.shards import Shards, shared
from operations.evaluate.tuning import NotBetterError, fit, judge_fit, split
from operations.workers import processes
from services.recommender.recommend import DEFAULT, Weights
from services.recommender.weights import written
from shared.errors import WartaError
from shared.events import RelatedMode


@click.command()
@label_options
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("weights.json"), show_default=True,
              help="Where to write the weights, if they are better.")  # fmt: skip
@click.option("--metric", type=click.Choice(list(JUDGED)), default="ndcg@10", show_default=True, help="What to raise.")
@click.option("--trials", type=click.IntRange(1), default=150, show_default=True, help="Weights to try at most.")
@click.option("--queries", type=click.IntRange(10), default=600, show_default=True, help="Queries at most, evenly over "
              "all time: the first 60 % to fit, the rest to judge.")  # fmt: skip
def tune(
    articles: Path | None, labels: Path | None, name: str | None, url: str | None, mode: RelatedMode | None, seed: int,
    workers: int, out: Path, metric: str, trials: int, queries: int,
) -> None:  # fmt: skip
    r"""Fit the ranking's weights to labels, and refuse what isn't better on later ones.

    The labels are those of `warta evaluate`: the publishers' own lists in the index, or a labelled file. The weights in
    force are changed number by number to raise the metric on the earlier 60 % of the queries; then both are compared on
    the later 40 %. Unless the whole 95 % interval of the difference is above 0 nothing is written, and the exit code
    is 1. Equal input and --seed give equal weights.

    \b
    ./warta tune --articles A.jsonl.gz --labels L.jsonl --out weights.json
    ./warta evaluate --articles A.jsonl.gz --labels L.jsonl --weights default --weights weights.json
    WARTA_RECOMMENDER_WEIGHTS=weights.json ./warta recommender
    """
    if not out.absolute().parent.is_dir():
        raise click.UsageError(f"--out: there is no folder {out.absolute().parent}")
    labelled = labelled_set(articles, labels, name)
    (start,) = weight_sets(()).values()
    progress = Progress()

    async def run() -> None:
        with processes(workers) as pool, tempfile.TemporaryDirectory(prefix="warta-tune-") as folder:
            async with asking(labelled, mode=mode, url=url, pool=pool, progress=progress) as ask:
                parts = split(ask.questions, most=queries)
                both = [*parts.earlier, *parts.later]
                found = shared(await materials(ask.client, ask.index, both, report=progress.show))
            pairs, cut = list(zip(both, found, strict=True)), len(parts.earlier)
            shards = []
            for part, some in (("earlier", pairs[:cut]), ("later", pairs[cut:])):
                (directory := Path(folder) / part).mkdir()
                shards.append(Shards(directory, some, pool, count=workers, metric=metric))
            earlier, later = shards
            await asyncio.to_thread(_tuned, start, earlier, later)

    def _tuned(start: Weights, earlier: Shards, later: Shards) -> None:
        fitted = fit(start, parameters(DEFAULT), earlier.score, trials=trials, seed=seed, report=progress.show)
        progress.end()
        if fitted == start:
            raise NotBetterError(f"none of the weights tried has a better {metric} on the earlier part, even")
        before, after = later.score(start), later.score(fitted)
        better = judge_fit(before, after, seed=seed)
        try:
            out.write_bytes(written(fitted))
        except OSError as error:
            raise WartaError(f"can't write {out}: {error.strerror}") from None
        click.echo("\n".join(_changes(start, fitted)))
        click.echo(f"{metric} on the later part: {fmean(before):.4f} -> {fmean(after):.4f}, "
                   f"{better.mean:+.4f} [{better.low:+.4f}, {better.high:+.4f}]")  # fmt: skip
        click.echo(f"wrote {out}; WARTA_RECOMMENDER_WEIGHTS={out} puts it in force")

    run_cleanly(run)


def _changes(before: Weights, after: Weights) -> list[str]:
    """A line for each number that has changed; durations in days."""
    lines = []
    for parameter in parameters(DEFAULT):
        scale = 86400 if parameter.duration else 1
        old, new = parameter.of(before) / scale, parameter.of(after) / scale
        if old != new:
            lines.append(f"{parameter.name:24} {old:g} -> {new:g}{' days' if parameter.duration else ''}")
    return lines
