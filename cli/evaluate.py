"""`warta evaluate`: score the related lists against labels."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from cli.evaluation import Progress, asking, label_options, labelled_set, run_cleanly, weight_sets
from operations.evaluate.answers import Answer, answers
from operations.evaluate.reading import write_set
from operations.evaluate.report import Report, reports
from operations.evaluate.show import bars, svg, table
from operations.workers import processes
from shared.errors import WartaError
from shared.events import RelatedMode


@click.command()
@label_options
@click.option("--size", type=click.IntRange(1, 50), default=10, show_default=True, help="Items of a list.")
@click.option("--weights", "files", multiple=True, metavar="FILE", help="As `warta tune` writes it, or `default`; "
              "several are compared with the first. Default: those in force.")  # fmt: skip
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="Write the plot there, as SVG.")
@click.option("--export", type=click.Path(path_type=Path, file_okay=False), help="Only write the set's "
              "articles.jsonl.gz and labels.jsonl into this folder.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: metrics, intervals, every query's list.")
def evaluate(
    articles: Path | None, labels: Path | None, name: str | None, url: str | None, mode: RelatedMode | None, seed: int,
    workers: int, size: int, files: tuple[str, ...], plot: Path | None, export: Path | None, as_json: bool,
) -> None:  # fmt: skip
    r"""Score the related lists against labels: MAP, nDCG, recall and more, with 95 % intervals.

    Without labels given, those in the index: the lists that the publishers' own editors made, as the parser found
    them, each at the time its page was fetched. With --articles and --labels (the form is in docs/evaluate.md) the
    articles are loaded into an index of their own, deleted afterwards; only what is published by a query's `now`
    (its own time when not given) is a candidate.

    \b
    ./warta evaluate
    ./warta evaluate --articles A.jsonl.gz --labels L.jsonl --json
    ./warta evaluate --set basil --weights default --weights weights.json --plot weights.svg
    """
    labelled = labelled_set(articles, labels, name)
    if export:
        if labelled is None:
            raise click.UsageError("--export goes with --set, or --articles and --labels")
        try:
            written = write_set(labelled, export)
        except OSError as error:
            raise WartaError(f"can't write to {export}: {error.strerror}") from None
        click.echo("\n".join(map(str, written)))
        return
    sets = weight_sets(files)
    progress = Progress()

    async def run() -> None:
        with processes(workers) as pool:
            async with asking(labelled, mode=mode, url=url, pool=pool, progress=progress) as ask:
                found = await answers(
                    ask.client, ask.index, ask.questions, list(sets.values()), size=size, pool=pool,
                    report=progress.show,
                )  # fmt: skip
        progress.end()
        made = reports(list(sets), found, seed=seed)
        if plot:
            _write(plot, svg(made, f"{ask.facts['set']}: {len(found)} queries"))
        if as_json:
            click.echo(msgspec.json.encode(as_object(ask.facts, made, found, size=size)))
        else:
            click.echo("\n".join([*_heading(ask.facts, found), "", *table(made), "", *bars(made)]))

    run_cleanly(run)


def as_object(
    facts: dict[str, Any], made: Sequence[Report], found: Sequence[Sequence[Answer]], *, size: int
) -> dict[str, Any]:
    """What --json prints: the first weight set's figures and lists, and the others' under `compared`."""
    by_set = list(zip(*found, strict=True))
    each = [_of_set(report, list(answered)) for report, answered in zip(made, by_set, strict=True)]
    judged = sum(bool(one.question.relevant) for one in by_set[0])
    return {
        **facts,
        "asked": len(found),
        "judged": judged,
        "size": size,
        **each[0],
        "compared": [one | {"differences": report.differences} for one, report in zip(each[1:], made[1:], strict=True)],
    }


def _of_set(report: Report, answered: Sequence[Answer]) -> dict[str, Any]:
    return {
        "weights": report.weights,
        "metrics": {name: figure.mean for name, figure in report.figures.items()},
        "intervals": {name: [figure.low, figure.high] for name, figure in report.figures.items()},
        "queries": [
            {
                "query": one.question.query, "now": one.question.now, "mode": one.question.mode,
                "relevant": len(one.question.relevant), "list": one.ranking, "scores": one.scores,
                "metrics": one.metrics, "shortfall": one.shortfall,
            }
            for one in answered
        ],
    }  # fmt: skip


def _heading(facts: dict[str, Any], found: Sequence[Sequence[Answer]]) -> list[str]:
    judged = sum(bool(one[0].question.relevant) for one in found)
    lines = [f"{facts['set']}: {facts['articles']} articles, {len(found)} queries, {judged} with relevant candidates"]
    if "labels" in facts:
        told = facts["labels"]
        lines.append(f"{told['indexed']} of {told['links']} links on the publishers' lists are indexed")
    return lines


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise WartaError(f"can't write the plot {path}: {error.strerror}") from None
