"""`warta up`: the embedded servers, the four services and the API, for your own sites."""

from pathlib import Path

import click

from cli.configuration import refuse_servers
from cli.directory import held
from cli.local import DEFAULT_DIRECTORY, Local, stop_on_signals, unless
from cli.quiet import quiet_run


@click.command()
@click.option("--dir", "directory", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_DIRECTORY / "up",
              show_default=".warta/up", help="Data, logs and state; they survive a restart.")  # fmt: skip
@click.option("--sites", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A sites.toml: what to crawl (also WARTA_CRAWLER_SITES).")  # fmt: skip
@click.option("--kafka-port", type=click.IntRange(0, 65535), default=9092, show_default=True, help="0: any free one.")
@click.option("--elasticsearch-port", type=click.IntRange(0, 65535), default=9200, show_default=True,
              help="0: any free one.")  # fmt: skip
@click.option("--api-port", type=click.IntRange(0, 65535), help="0: any free one.  [default: WARTA_API_PORT's]")
def up(directory: Path, sites: Path | None, kafka_port: int, elasticsearch_port: int, api_port: int | None) -> None:
    r"""Run a real Kafka, a real Elasticsearch, the four services and the API here until Ctrl-C.

    For development and small trials: the embedded servers have no security and listen on 127.0.0.1 only. In another
    terminal: `./warta seed`, `./warta import`, `./warta status`, `./warta related`, `./warta search`, or `curl`.

    Exit code: 0 after Ctrl-C or SIGTERM, 130 when they came before everything ran, 78 for a wrong setting.

    \b
    ./warta up --sites sites.toml
    """
    refuse_servers()

    async def run() -> None:
        stopping = stop_on_signals()
        local = Local(directory, click.echo, kafka_port=kafka_port, elasticsearch_port=elasticsearch_port)
        try:
            given = {"WARTA_CRAWLER_SITES": str(sites.absolute())} if sites else {}
            if api_port is not None:
                given["WARTA_API_PORT"] = str(api_port)
            await local.start(given, stopping)
            url = await unless(stopping, local.api_url())
            if url is None:
                return
            click.echo(
                f"Kafka          {local.stack.bootstrap_servers}\nElasticsearch  {local.stack.elasticsearch_url}\n"
                f"API            {url}\nDemo page      {url}/"
            )
            click.echo("Running; Ctrl-C stops. In another terminal, unless the ports are the usual ones:")
            click.echo("  export " + " ".join(f"{name}={value}" for name, value in local.addresses.items()))
            await local.watch(stopping)
        finally:
            local.stop()

    with held(directory):
        quiet_run(run())
