"""A farm of hosts on loopback, a process of its own: generated pages of real pages' sizes, and no robots.txt."""

import asyncio
import random
import sys

from aiohttp import web

from tests.support.big_site import WORDS

# Bytes, a tenth of the pages between each two: the labelled real pages of 20 to 120 kB.
SIZES = (26_000, 41_000, 55_000, 60_000, 64_000, 68_000, 77_000, 85_000, 101_000, 112_000, 118_000)


def host(number: int) -> str:
    """The address of a host of the farm, counted from 0."""
    return f"127.0.0.{number + 1}"


def page(number: int) -> bytes:
    """Words that compress about as a page's do; the same number gives the same page."""
    draw = random.Random(number)
    rank = draw.random() * (len(SIZES) - 1)
    below, above = SIZES[int(rank)], SIZES[int(rank) + 1]
    size = int(below + (above - below) * (rank % 1))
    text = "<!DOCTYPE html><html><body>"
    while len(text) < size:
        text += f'<p class="k{draw.randrange(10**6)}">{" ".join(draw.choices(WORDS, k=12))}.</p>'
    return text[:size].encode()


async def _serve(hosts: int) -> None:
    pages = [page(number) for number in range(200)]

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        number = int(request.path.rpartition("/")[2])
        return web.Response(body=pages[number % len(pages)], content_type="text/html")

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, host(0), 0).start()
    port = runner.addresses[0][1]
    for number in range(1, hosts):
        await web.TCPSite(runner, host(number), port).start()
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
