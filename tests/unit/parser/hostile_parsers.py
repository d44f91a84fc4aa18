"""Parsers that misbehave as the page's URL asks, for the pool to survive."""

import ctypes
import os
import sys
import time

from services.parser.parse import Parsed
from shared.articles import Article
from shared.errors import DeadLetter, Skip
from shared.events import PageFetched


def parse(page: PageFetched) -> Parsed:
    trick = page.url.rsplit("/", 1)[-1]
    match trick:
        case "hang":
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "exit":
            os._exit(3)
        case "segfault":
            ctypes.string_at(0)
        case "bloat":
            blocks = []
            while True:
                blocks.append(bytearray(8 * 1024 * 1024))
        case "print":
            sys.stdout.write("noise that must not reach the pipe\n")
            sys.stdout.flush()
            os.write(1, b"more noise")
        case "skip":
            raise Skip("not_canonical", "elsewhere", canonical_url="https://example.org/else")
        case "list":
            raise Skip("listing", "its address", links=("https://example.org/a", "https://example.org/b"))
        case "dead":
            raise DeadLetter("undecodable_page", "noise")
        case "pid":
            return _article(page, str(os.getpid()))
    return _article(page, trick)


def _article(page: PageFetched, title: str) -> Parsed:
    return Parsed(article=Article(title=title, canonical_url=page.url, site="example.org", body=(str(len(page.body)),)))
