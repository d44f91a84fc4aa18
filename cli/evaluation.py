"""What `evaluate` and `tune` share: which labels, on which Elasticsearch, and progress on stderr."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import click
from elasticsearch import AsyncElasticsearch
from msgspec import structs

from cli.ask import asked
from cli.quiet import quiet_run
from operations.evaluate.labels import LabelledSet, Question, questions
from operations.evaluate.live import widgets
from operations.evaluate.reading import read_set
from operations.evaluate.scratch import fill, scratch_index
from operations.evaluate.sets import SETS, load_set
from services.recommender.recommend import DEFAULT, Weights
from services.recommender.settings import RecommenderSettings
from services.recommender.weights import read_weights
from shared import search
from shared.documents import ARTICLES_READ
from shared.errors import ConfigurationError, WartaError
from shared.events import RelatedMode
from shared.settings import ElasticsearchSettings, load

EXIT_TERMINATED = 143
BUILT_IN = "default"
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def label_options(command: Any) -> Any:
    """The options that say which labels, and where the articles are loaded."""
    for option in (
        click.option("--workers", type=click.IntRange(1, 256), default=os.cpu_count() or 1, show_default=True,
                     help="Processes that make documents and rank."),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is random."),
        click.option("--mode", type=click.Choice(["fresh", "context"]),
                     help="For all; default: the labels' own, else context at the query's time, fresh at another."),
        click.option("--elasticsearch", "url", metavar="URL", help="Where; default: WARTA_ELASTICSEARCH_URL if it is "
                     "set or no file is given, else one that is started for it."),
        click.option("--set", "name", type=click.Choice(list(SETS)), help="A labelled set made of a research corpus "
                     "in WARTA_SHARED_DATA."),
        click.option("--labels", type=_FILE, help="JSON lines: query, relevant; now, mode if given."),
        click.option("--articles", type=_FILE, help="JSON lines: id, title, body, published_at; topics, site, "
                     "section if known."),
    ):  # fmt: skip
        command = option(command)
    return command


class Asking:
    """The questions to ask, and where; `facts` is what a report says of them."""

    def __init__(self, client: AsyncElasticsearch, index: str, asked: list[Question], facts: dict[str, Any]) -> None:
        self.client = client
        self.index = index
        self.questions = asked
        self.facts = facts


def labelled_set(articles: Path | None, labels: Path | None, name: str | None) -> LabelledSet | None:
    """The set that the options name; None for the live labels. Raises `click.UsageError`, `WartaError`."""
    if (articles is None) != (labels is None):
        raise click.UsageError("--articles and --labels go together")
    if name and articles:
        raise click.UsageError("give either --set, or --articles and --labels")
    if articles and labels:
        return read_set(articles, labels)
    return load_set(name) if name else None


@asynccontextmanager
async def asking(
    labelled: LabelledSet | None, *, mode: RelatedMode | None, url: str | None, pool: ProcessPoolExecutor,
    progress: "Progress",
) -> AsyncIterator[Asking]:  # fmt: skip
    """The questions over a scratch index of the set's articles, or over the live index without a set.

    Raises the client's errors, and `WartaError` when there is nothing to ask.
    """
    settings = load(ElasticsearchSettings)
    if labelled is None:
        async with search.client(_at(settings, url)) as client:
            found = await widgets(client)
            if not found.questions:
                raise WartaError(
                    f"no article of {found.articles} has a publisher's list that names indexed ones "
                    f"({found.links} links, {found.known} indexed): give --articles and --labels, or crawl more of "
                    "the site"
                )
            facts = {"set": "live", "articles": found.articles,
                     "labels": {"links": found.links, "indexed": found.known}, "warnings": []}  # fmt: skip
            questions_ = [_in_mode(one, mode) for one in found.questions]
            yield Asking(client, ARTICLES_READ, questions_, facts)
        return
    asked_ = questions(labelled, mode=mode)
    if not any(one.relevant for one in asked_):
        raise WartaError("no query has a relevant article that was published by its `now`: nothing can be judged")
    for warning in labelled.warnings:
        click.echo(f"warning: {warning}", err=True)
    facts = {"set": labelled.name, "articles": len(labelled.articles), "warnings": list(labelled.warnings)}
    async with _somewhere(settings, url, progress) as client, scratch_index(client) as index:
        await fill(client, index, labelled.articles, pool, progress.show)
        progress.end()
        yield Asking(client, index, asked_, facts)


def _in_mode(question: Question, mode: RelatedMode | None) -> Question:
    return structs.replace(question, mode=mode or question.mode)


def _at(settings: ElasticsearchSettings, url: str | None) -> ElasticsearchSettings:
    return settings.model_copy(update={"url": url}) if url else settings


@asynccontextmanager
async def _somewhere(
    settings: ElasticsearchSettings, url: str | None, progress: "Progress"
) -> AsyncIterator[AsyncElasticsearch]:
    if url or "url" in settings.model_fields_set:
        async with search.client(_at(settings, url)) as client:
            yield client
        return
    try:
        from stack import Stack  # noqa: PLC0415 - the image has none
    except ModuleNotFoundError as error:
        if error.name != "stack":
            raise
        raise ConfigurationError("there is no embedded Elasticsearch here: give --elasticsearch URL") from None
    with tempfile.TemporaryDirectory(prefix="warta-evaluate-") as directory:
        stack = Stack(Path(directory), report=progress.say, owner=os.getpid())
        try:
            await asyncio.to_thread(stack.up, kafka=False)
            async with search.client(ElasticsearchSettings(url=stack.elasticsearch_url)) as client:
                yield client
        finally:
            stack.end()


def weight_sets(names: tuple[str, ...]) -> dict[str, Weights]:
    """The weights by name: `default`, or a file each; without names those in force. Raises `ConfigurationError`."""
    if not names:
        own = load(RecommenderSettings)
        return {str(own.weights) if own.weights else BUILT_IN: own.ranking()}
    return {name: DEFAULT if name == BUILT_IN else read_weights(Path(name)) for name in names}


class Progress:
    """On stderr: one line that moves on a terminal, and a line now and then elsewhere."""

    def __init__(self, *, every: float = 5.0) -> None:
        self._terminal = sys.stderr.isatty()
        self._every = every
        self._last = time.monotonic()

    def show(self, line: str) -> None:
        """Replace the moving line."""
        if self._terminal:
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)
        elif time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            click.echo(line, err=True)

    def end(self) -> None:
        """Take the moving line away."""
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)

    def say(self, line: str) -> None:
        """A line that stays."""
        self.end()
        click.echo(line, err=True)


def run_cleanly(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run to the end; Ctrl-C and SIGTERM end it too, and what it has made for itself is deleted first."""

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await asked(work())

    try:
        quiet_run(run())
    except asyncio.CancelledError:
        sys.exit(EXIT_TERMINATED)
    except BrokenProcessPool:
        raise WartaError(
            "a worker process was ended from outside, perhaps for want of memory: try --workers 1"
        ) from None
