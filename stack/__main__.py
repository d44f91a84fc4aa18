"""The stack's own command line: `python -m stack up|down|status|lock`."""

import argparse
import signal
import sys
import time
from pathlib import Path

from stack.errors import StackError
from stack.local import Stack, default_cache


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C, in order
    stack = Stack(
        options.dir,
        cache=options.cache,
        kafka_port=options.kafka_port,
        elasticsearch_port=options.elasticsearch_port,
        report=_say,
    )
    try:
        match options.command:
            case "up":
                return _up(stack, detach=options.detach)
            case "down":
                stack.down()
            case "status":
                return _status(stack)
            case "lock":
                from stack.lock import lock  # noqa: PLC0415 - for maintainers

                lock(options.cache or default_cache(), report=_say)
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m stack",
        description="A real Kafka and a real Elasticsearch on 127.0.0.1, for development and tests: no security.",
    )
    parser.add_argument("command", choices=("up", "down", "status", "lock"))
    parser.add_argument("--dir", type=Path, default=Path(".warta/stack"), help="data and logs (default: %(default)s)")
    parser.add_argument("--cache", type=Path, help="jars (default: $WARTA_CACHE, else ~/.cache/warta)")
    for server in ("kafka", "elasticsearch"):
        parser.add_argument(f"--{server}-port", type=int, default=0, help="default: the last time's, else any free one")
    parser.add_argument("-d", "--detach", action="store_true", help="up: leave both running and return")
    return parser


def _up(stack: Stack, *, detach: bool) -> int:
    if detach:
        stack.up()
        _addresses(stack)
        return 0
    with stack:
        _addresses(stack)
        while all(server.pid for server in stack.status()):
            time.sleep(1)
        raise StackError(f"a server has ended; the logs are in {stack.directory}")


def _addresses(stack: Stack) -> None:
    _say(f"Kafka          {stack.bootstrap_servers}")
    _say(f"Elasticsearch  {stack.elasticsearch_url}")
    _say(f"data and logs  {stack.directory}")


def _status(stack: Stack) -> int:
    servers = stack.status()
    for server in servers:
        place = f"pid {server.pid}, {server.rss_bytes >> 20} MiB, port {server.port}" if server.pid else "no process"
        _say(f"{server.name}: {server.state}, {place}")
    return 0 if all(server.pid for server in servers) else 3


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
