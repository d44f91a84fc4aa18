"""`warta crawler|parser|indexer|recommender|api`: one service as this process."""

import click

HEALTH = "Several services on one machine need a WARTA_HEALTH_PORT each (0: any free one, which is logged)."


@click.command(epilog=HEALTH)
def crawler() -> None:
    """Fetch what crawl.requests asks for, politely, and publish each page to pages.fetched."""
    from services.crawler.app import main  # noqa: PLC0415 - each process loads its own service

    main()


@click.command(epilog=HEALTH)
def parser() -> None:
    """Parse pages.fetched into articles.parsed; a page that is no article goes to pages.outcomes with its reason."""
    from services.parser.app import main  # noqa: PLC0415

    main()


@click.command(epilog=HEALTH)
def indexer() -> None:
    """Write articles.parsed to Elasticsearch, and tell articles.indexed once they are searchable."""
    from services.indexer.app import main  # noqa: PLC0415

    main()


@click.command(epilog=HEALTH)
def recommender() -> None:
    """Keep the related lists: in the index `related` and in the topic articles.related."""
    from services.recommender.app import main  # noqa: PLC0415

    main()


@click.command(epilog=HEALTH)
def api() -> None:
    r"""Serve related lists, articles and search as JSON, on http://127.0.0.1:8181 unless set otherwise.

    Beyond this machine it answers only with WARTA_API_KEYS, or with WARTA_API_PUBLIC=true.

    \b
    curl "http://127.0.0.1:8181/articles/ID/related?mode=context&size=5"
    curl http://127.0.0.1:8181/openapi.json
    """
    from services.recommender.api.process import main  # noqa: PLC0415

    main()
