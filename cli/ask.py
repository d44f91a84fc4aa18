"""`warta related` and `warta search`: what a frontend would see."""

from datetime import datetime
from typing import Any

import click
import msgspec
from elasticsearch import ApiError, AsyncElasticsearch, TransportError

from cli.pages import Time
from cli.quiet import quiet_run
from cli.widget import widget
from services.recommender.lists import compute_list
from services.recommender.settings import RecommenderSettings
from shared import search as elastic
from shared.articles import article_id
from shared.clock import utcnow
from shared.documents import ARTICLES_READ
from shared.errors import Retry, WartaError
from shared.events import RelatedMode
from shared.settings import ElasticsearchSettings, load
from shared.urls import BadUrlError, canonical_url

ID_LENGTH = 32


@click.command()
@click.argument("article")
@click.option("--now", type=Time(), help="The time it is asked for; default: the clock's.")
@click.option("--mode", type=click.Choice(["fresh", "context"]), default="fresh", show_default=True,
              help="fresh: near now. context: near the article's own time.")  # fmt: skip
@click.option("--size", type=click.IntRange(1, 50), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON, in score order.")
def related(article: str, now: datetime | None, mode: RelatedMode, size: int, as_json: bool) -> None:
    r"""Show the related articles of ARTICLE (its URL or id), with scores' parts and reasons.

    \b
    ./warta related https://example.org/a --now 2024-10-08T10:30:00Z
    """
    wanted = wanted_id(article)

    weights = load(RecommenderSettings).ranking()

    async def run() -> None:
        async with elastic.client(load(ElasticsearchSettings)) as client:
            computed = await asked(
                compute_list(client, wanted, now=now or utcnow(), mode=mode, size=size, weights=weights)
            )
            if computed is None:
                raise WartaError(f"no article {article} in the index: `./warta search` finds what is there")
            if as_json:
                click.echo(msgspec.json.encode(computed))
            else:
                click.echo(widget(computed))

    quiet_run(run())


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def search(query: tuple[str, ...], size: int, as_json: bool) -> None:
    """Search the articles' titles, leads, topics and bodies, best first."""

    async def run() -> None:
        async with elastic.client(load(ElasticsearchSettings)) as client:
            hits = await asked(find(client, " ".join(query), size=size))
        for hit in hits:
            if as_json:
                click.echo(msgspec.json.encode({"score": hit["_score"], **hit["_source"]}))
            else:
                source = hit["_source"]
                click.echo(f"{hit['_score']:6.2f}  {source.get('published_at', '')[:16]:16}  {source['title']}")
                click.echo(f"        {source['url']}")
        if not hits and not as_json:
            click.echo("nothing found")

    quiet_run(run())


async def find(client: AsyncElasticsearch, text: str, *, size: int) -> list[dict[str, Any]]:
    """The hits of a plain search, as a frontend would do it."""
    answer = await client.search(
        index=ARTICLES_READ, size=size, source_includes=["title", "url", "published_at", "section", "topics", "lead"],
        query={"multi_match": {
            "query": text, "type": "most_fields",
            "fields": ["title^4", "title.plain^2", "lead^2", "topics^3", "body", "body.plain"],
        }},
    )  # fmt: skip
    return list(answer["hits"]["hits"])


async def asked(coroutine: Any) -> Any:
    """The answer of Elasticsearch. Raises `WartaError` when there is none, with what to do."""
    try:
        return await coroutine
    except (ApiError, TransportError) as error:
        why = elastic.instruction(error)
        if isinstance(why, Retry):
            raise WartaError(
                "Elasticsearch doesn't answer: is WARTA_ELASTICSEARCH_URL right? `./warta up` starts one"
            ) from None
        if isinstance(error, ApiError) and error.status_code == 404:
            raise WartaError("there is no index yet: run `./warta bootstrap`") from None
        raise why from error


def wanted_id(article: str) -> str:
    """The id of an article that is given by its id or its URL. Raises `click.UsageError`."""
    if len(article) == ID_LENGTH and "/" not in article:
        return article
    try:
        return article_id(canonical_url(article))
    except BadUrlError as error:
        raise click.UsageError(f"{article!r} is neither an article's id nor its URL: {error}") from None
