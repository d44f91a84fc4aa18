"""`python -m sample --port 0 --now 2024-10-08T12:00:00+07:00`: serve until SIGINT or SIGTERM."""

import argparse
import asyncio
import json
import signal
import sys
from datetime import UTC, datetime

from sample.articles_data import DEMO_SLUG
from sample.site import SampleSite


def _aware(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no time zone: write for instance {text}+07:00")
    return at


async def _serve(now: datetime, port: int) -> None:
    site = SampleSite(now)
    await site.start(port)
    ready = {"url": site.url, "articles": len(site.articles), "demo": site.url + site.article(DEMO_SLUG).path}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await site.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sample", description="Serve the sample news site on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--now", type=_aware, default=datetime.now(UTC), help="ISO 8601 with a zone; by default now")
    args = parser.parse_args()
    try:
        asyncio.run(_serve(args.now, args.port))
    except OSError as error:
        sys.exit(f"sample: can't listen on 127.0.0.1:{args.port}: {error.strerror}; choose another --port")


if __name__ == "__main__":
    main()
