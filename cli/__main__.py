"""The `warta` command."""

import importlib
import sys

import click

from cli.quiet import quiet_run
from shared.errors import ConfigurationError, WartaError
from shared.logs import EXIT_CONFIGURATION
from shared.settings import ElasticsearchSettings, KafkaSettings, load
from shared.version import VERSION

NOT_IN_IMAGE = {"stack", "sample"}
# command -> module and attribute: loaded when called, so that `parse` doesn't wait for Faust
COMMANDS = {
    "demo": ("cli.demo", "demo", "Run everything on a bundled sample news site and show what comes out."),
    "up": ("cli.up", "up", "Run Kafka, Elasticsearch and the four services here, for your own sites."),
    "bootstrap": ("cli.__main__", "bootstrap", "Create topics, index templates and indices where they are missing."),
    "crawler": ("cli.services", "crawler", "Run the crawler: crawl.requests -> pages.fetched."),
    "parser": ("cli.services", "parser", "Run the parser: pages.fetched -> articles.parsed."),
    "indexer": ("cli.services", "indexer", "Run the indexer: articles.parsed -> Elasticsearch."),
    "recommender": ("cli.services", "recommender", "Run the recommender: articles.indexed -> related lists."),
    "api": ("cli.services", "api", "Serve the lists, articles and search over HTTP, with a page to try them."),
    "seed": ("cli.seed", "seed", "Ask the crawler for pages."),
    "refetch": ("cli.seed", "refetch", "Have the crawler fetch pages again."),
    "pause": ("cli.seed", "pause", "Have the crawler leave hosts alone."),
    "resume": ("cli.seed", "resume", "Have it fetch from them again."),
    "explain": ("cli.explain", "explain_", "Tell what became of a URL, and what the crawler does with it next."),
    "import": ("cli.import_pages", "import_", "Send pages from files, WARC and WET too, to the parser, as if fetched."),
    "export": ("cli.export", "export", "Write the fetched pages to a WARC file."),
    "parse": ("cli.pages", "parse", "Parse pages from files to JSON; needs no server."),
    "profiles": ("cli.profiles", "profiles", "List the sites' profiles, try them on a page, begin a new one."),
    "related": (
        "cli.related",
        "related",
        "Show the related articles of one article, with reasons; pin and block them.",
    ),
    "search": ("cli.ask", "search", "Search the articles."),
    "status": ("cli.status", "status", "Show topics, lags and document counts."),
    "audit": ("cli.audit", "audit", "Account for every request, page and article; name what is unexplained."),
    "checksum": ("cli.checksum", "checksum", "Hash the index's content: equal content, equal hash."),
    "dlq": ("cli.dlq", "dlq", "List, show, retry and discard dead letters."),
    "remove": ("cli.remove", "remove", "Remove articles from the index and every list; for good, if taken down."),
    "gone": ("cli.gone", "gone", "List removals of gone pages that are held back, and confirm them."),
    "replay": ("cli.replay", "replay", "Parse stored pages again, after a fix of the parser."),
    "reindex": ("cli.reindex", "reindex", "Build a new index beside the old one and swap it in."),
    "evaluate": ("cli.evaluate", "evaluate", "Score the related lists against labels: the sites' own, or a file's."),
    "tune": ("cli.tune", "tune", "Fit the ranking's weights to labels; refuse what isn't better on the later part."),
    "settings": ("cli.__main__", "settings", "List every setting (an environment variable each)."),
}


class Lazy(click.Group):
    """A group that imports a command when it is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """All names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        try:
            command = getattr(importlib.import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name not in NOT_IN_IMAGE:
                raise
            raise ConfigurationError(f"`{cmd_name}` runs from a checkout only; here, use docker-compose.yml") from None
        assert isinstance(command, click.Command)
        _keep_examples(command)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()]
                               + [("test", "Set up and run the tests; arguments go to pytest."),
                                  ("bench", "Run a benchmark: bench NAME [--json FILE].")])  # fmt: skip


def _keep_examples(command: click.Command) -> None:
    r"""Have the help keep the lines of each example apart: click wants a backspace for our docstrings' raw `\b`."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for one in getattr(command, "commands", {}).values():
        _keep_examples(one)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="warta")
def main() -> None:
    """Warta: event-driven news ingestion. Pages in, related articles out, nothing lost.

    Start with `./warta demo`. Settings are environment variables: see `./warta settings`. Each command has --help.
    """


@click.command()
@click.option(
    "--adjust", is_flag=True, help="Set what is weaker in the settings of topics that exist, and nothing else."
)
def bootstrap(*, adjust: bool) -> None:
    """Create topics, index templates, indices and aliases where they are missing.

    Idempotent. Names the settings of existing topics that keep less than Warta's promises need, as after an upgrade;
    --adjust sets those. What keeps more stays as it is. Reads WARTA_KAFKA_* and WARTA_ELASTICSEARCH_*.
    """
    from cli.bootstrap import bootstrap as run  # noqa: PLC0415 - loaded when called

    quiet_run(run(load(KafkaSettings), load(ElasticsearchSettings), click.echo, adjust=adjust))


@click.command()
def settings() -> None:
    """List every setting: an environment variable each, also read from `.env` and from WARTA_SECRETS_DIR."""
    from cli.configuration import listing  # noqa: PLC0415 - loaded when called

    click.echo(listing())


def _stack_errors() -> tuple[type[Exception], ...]:
    """What the embedded stack raises, once a command has loaded it: the image has no stack."""
    module = sys.modules.get("stack.errors")
    return (module.StackError,) if module else ()


def entry() -> None:
    """Run the command line; a known error is one clear line, not a traceback."""
    try:
        from cli.configuration import check  # noqa: PLC0415 - inside the handler

        check()
        main(prog_name="warta")
    except ConfigurationError as error:
        click.echo(f"warta: {error}", err=True)
        sys.exit(EXIT_CONFIGURATION)
    except Exception as error:
        if not isinstance(error, (WartaError, *_stack_errors())):
            raise
        click.echo(f"warta: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    entry()
