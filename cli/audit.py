"""`warta audit`: where every message ended."""

import click
import msgspec

from cli.quiet import quiet_run
from operations.audit import AuditReport, Unexplained
from operations.audit import audit as account
from shared.errors import WartaError
from shared.settings import ElasticsearchSettings, KafkaSettings, load
from shared.urls import host_of


class Host(click.ParamType):
    """A host's name, without scheme, port or path."""

    name = "host"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Lower case, or fail with the reason."""
        host = value.strip().lower()
        if not host or host_of(f"http://{host}/") != host:
            self.fail(f"{value!r} is no host's name, such as dunia.example.org", param, ctx)
        return host


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--site", "sites", type=Host(), multiple=True, metavar="HOST",
              help="Count only messages on this host and the hosts below it; may be given again.")  # fmt: skip
def audit(*, as_json: bool, sites: tuple[str, ...]) -> None:
    r"""Account for every request, page, article and list, and name what is unexplained.

    Reads all topics and both indices up to one moment; the services may run on. Each message that a service has
    committed must have its end: an output, an outcome with its reason, or a dead letter. `pending` is what a service
    has yet to read, `expired` what is older than the topic that would tell its end. Exits with 1 if a message is
    unexplained, or expired before it was read. Needs room in TMPDIR, some 100 bytes a message.

    \b
    ./warta audit --site example.org
    """

    async def run() -> None:
        report = await account(
            load(KafkaSettings), load(ElasticsearchSettings), sites=sites,
            report=lambda line: click.echo(line, err=True),
        )  # fmt: skip
        click.echo(msgspec.json.encode({"clean": report.clean, **msgspec.to_builtins(report)}) if as_json
                   else "\n".join(lines(report)))  # fmt: skip
        if not report.clean:
            raise WartaError(verdict(report))

    quiet_run(run())


def lines(report: AuditReport) -> list[str]:
    """The table of stages and classes, then what is unexplained or expired unread, each with its place."""
    table = [f"{'stage':11}{'reads':18}{'messages':>9}  ended as"]
    for stage in report.stages:
        first = f"{stage.name:11}{stage.reads:18}{stage.messages:>9,}  "
        ends = [f"{count:>9,}  {label}" for label, count in sorted(stage.classes.items(), key=lambda one: -one[1])]
        table += [
            (first if number == 0 else " " * len(first)) + end for number, end in enumerate(ends or [f"{0:>9}  -"])
        ]
    if report.unexplained:
        table += ["", "unexplained:", *map(_line, report.unexplained)]
    if report.more_unexplained:
        table += [f"... and {report.more_unexplained:,} more"]
    if report.expired_unread:
        table += ["", "expired unread:"]
        table += [
            f"  {one.topic}/{one.partition}: {one.records:,} records went before the {one.service} had read them"
            for one in report.expired_unread
        ]
    return table


def verdict(report: AuditReport) -> str:
    """What fails the audit, in one line."""
    said = []
    if report.unexplained:
        count = sum(one.records for one in report.unexplained) + report.more_unexplained
        said.append(f"{count:,} of the messages are unexplained: each is named above")
    if report.expired_unread:
        count = sum(one.records for one in report.expired_unread)
        said.append(f"{count:,} records expired unread: a service was down or slow for longer than a topic keeps them")
    return "; ".join(said)


def _line(one: Unexplained) -> str:
    place = f" at {one.topic}/{one.partition}/{one.offset}" if one.topic else ""
    about = [f"article {one.article_id}"] if one.article_id and one.article_id != one.id else []
    about += [one.url] if one.url else []
    about += [f"{one.records} records"] if one.records > 1 else []
    return f"  {one.stage}: {one.id or '(no id)'}{place}: {one.why}" + (f" ({', '.join(about)})" if about else "")
