"""The parser and its peers, one after another on the same real pages: quality, and pages per CPU second."""

import time
from collections.abc import Iterable
from itertools import groupby

from bench._contenders import CONTENDERS, Contender
from bench._pages import Labelled, labelled_pages
from bench._say import say
from bench._scores import Read, quality
from operations.evaluate.corpora import shared_data

_QUICK = 6
_REFERENCE = "trafilatura, fast"


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """One row for each contender, source and split; "ratio" is to trafilatura's fast mode. Quick: every sixth page."""
    pages = sorted(labelled_pages(every=_QUICK if quick else 1), key=lambda page: (page.source, page.split))
    if not pages:
        raise SystemExit(f"no pages in {shared_data()}: WARTA_SHARED_DATA names the folder that holds them")
    rows: list[dict[str, object]] = []
    for contender in CONTENDERS:
        if contender.is_installed:
            say(f"{contender.name}: {len(pages)} pages")
            rows += _measured(contender, pages)
        else:
            say(f"{contender.name}: not installed (pip install {contender.package}, in an environment of its own)")
    fast = {row["pages"]: row["pages/CPU s"] for row in rows if row["who"] == _REFERENCE}
    for row in rows:
        row["ratio"] = row["pages/CPU s"] / fast[row["pages"]] if row["pages"] in fast else None  # type: ignore[operator]
    return [{name: "-" if value is None else value for name, value in row.items()} for row in rows]


def _measured(contender: Contender, pages: list[Labelled]) -> Iterable[dict[str, object]]:
    read = contender.make()
    read(pages[0].page)
    for (source, split), group in groupby(pages, key=lambda page: (page.source, page.split)):
        part = list(group)
        found, took = [], 0.0
        for page in part:
            began = time.process_time()
            result = _read(read, page)
            took += time.process_time() - began
            found.append(result)
        scores = quality(list(zip(part, found, strict=True)))
        yield {
            "who": contender.name, "pages": f"{source}, {split}", "n": len(part), "pages/CPU s": len(part) / took,
            **{name: value or None for name, value in scores.items()},  # nothing at all: it doesn't read the field
        }  # fmt: skip


def _read(read: object, page: Labelled) -> Read:
    try:
        return read(page.page)  # type: ignore[operator,no-any-return]
    except Exception as error:  # noqa: BLE001 - a peer's failure is a page without text
        say(f"{type(error).__name__} on a page of {page.source}")
        return Read()
