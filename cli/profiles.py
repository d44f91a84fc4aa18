"""`warta profiles`: which sites' layouts are known, what a profile takes from a page, and how to begin a new one."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from cli.files import HTML, InputError, read_page
from cli.pages import Time
from services.parser.charset import decode
from services.parser.parse import parse
from services.parser.profile_report import is_valid_at, selectors_of, taken_by, validity_of
from services.parser.profile_skeleton import guess_selectors, skeleton
from services.parser.sites import PROFILES, find_profile
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser, parse_tree
from shared.articles import Article
from shared.errors import DeadLetter, Skip
from shared.events import PageFetched
from shared.urls import site_of

_WIDTH = 60


def _page_options(command: Any) -> Any:
    for option in (
        click.option("--fetched-at", type=Time(), help="When it was fetched: chooses the layout of that time."),
        click.option("--url", required=True, help="The page's URL: its site's profiles are tried."),
        click.option("--content-type", default=HTML, show_default=True, help="As the server said it."),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@click.pass_context
def profiles(context: click.Context) -> None:
    r"""List the sites' profiles; show what one takes from a page; begin a new one.

    A profile says where a site's pages keep their facts, as CSS selectors: services/parser/sites/, a file for a site.
    The page decides: a profile is used if its title and its body are found. Without one the general readers serve.

    \b
    ./warta profiles
    ./warta profiles show page.html --url https://example.org/a
    ./warta profiles skeleton page.html --url https://example.org/a > services/parser/sites/example.py
    """
    if context.invoked_subcommand is None:
        for profile in PROFILES:
            click.echo(f"{profile.site:<20} {validity_of(profile):<24} {' '.join(selectors_of(profile))}")


@profiles.command()
@_page_options
def show(file: Path, url: str, content_type: str, fetched_at: datetime | None) -> None:
    r"""Show which profile fits a saved page, what its selectors take, and where each field of the article is from.

    `*` marks the selector that counts: of a field the first one that finds anything; of `drop` each that does.
    A field whose selectors find nothing, or something else than it should, tells that the site has changed.

    \b
    ./warta profiles show page.html --url https://example.org/a --fetched-at 2024-10-08T10:30:00Z
    """
    page = _read(file, url, content_type, fetched_at)
    tree = _tree(page)
    profile = _profile_of(tree, page)
    if profile is None:
        click.echo(_why_none(tree, page))
    else:
        click.echo(f"profile: {profile.site}, {_validity(profile, page)}\n")
        for taken in taken_by(profile, tree):
            mark = "*" if taken.counts else " "
            click.echo(f"{mark} {taken.field:<13} {taken.count:>3} {taken.selector:<44} {_short(taken.text)}")
    article = _article(page)
    click.echo(f"\n{'field':<14} {'source':<10} {'sure':<5} value")
    for name, value in msgspec.to_builtins(article).items():
        if name != "provenance":
            found = article.provenance.get(name)
            source, sure = (found.source, f"{found.confidence:.2f}") if found else ("-", "-")
            click.echo(f"{name:<14} {source:<10} {sure:<5} {_said(value)}")


@profiles.command("skeleton")
@_page_options
def skeleton_(file: Path, url: str, content_type: str, fetched_at: datetime | None) -> None:
    r"""Print a first profile for the site of a saved page, guessed from what the general readers find on it.

    The comments say what each guess rests on. Look at each, save the file in services/parser/sites/, add its name to
    `_SITES` in `__init__.py` there, then try it with `profiles show` on several pages. Pages are read from files only:
    fetch one with your browser or curl, so that the site's robots.txt and the crawler's pace stay yours to keep.

    \b
    curl -o page.html https://example.org/a
    ./warta profiles skeleton page.html --url https://example.org/a > services/parser/sites/example.py
    """
    page = _read(file, url, content_type, fetched_at)
    article = _article(page)
    tree = _tree(page)
    body = article.provenance.get("body")
    guesses = guess_selectors(tree, article, now=page.fetched_at)
    click.echo(
        skeleton(article.site, guesses, now=page.fetched_at, confidence=body.confidence if body else None), nl=False
    )
    missing = [guess.field for guess in guesses[:2] if guess.selector is None]
    if missing:
        click.echo(f"a profile needs {' and '.join(missing)}: fill in by hand", err=True)


def _read(file: Path, url: str, content_type: str, fetched_at: datetime | None) -> PageFetched:
    try:
        return read_page(file, url=url, content_type=content_type, fetched_at=fetched_at)
    except InputError as error:
        raise click.ClickException(str(error)) from None


def _tree(page: PageFetched) -> LexborHTMLParser:
    try:
        return parse_tree(decode(page.body, page.content_type))
    except DeadLetter as letter:
        raise click.ClickException(f"can't be parsed: {letter}") from None


def _article(page: PageFetched) -> Article:
    try:
        return parse(page).article
    except Skip as skip:
        raise click.ClickException(f"no article: {skip}") from None
    except DeadLetter as letter:
        raise click.ClickException(f"can't be parsed: {letter}") from None


def _profile_of(tree: LexborHTMLParser, page: PageFetched) -> Profile | None:
    return find_profile(tree, url=page.url, site=site_of(page.url), fetched_at=page.fetched_at)


def _why_none(tree: LexborHTMLParser, page: PageFetched) -> str:
    site = site_of(page.url)
    lines = [f"no profile fits: {site} has {sum(one.site == site for one in PROFILES)}"]
    for profile in PROFILES:
        if profile.site == site:
            missing = [
                field
                for field, selectors in (("title", profile.title), ("body", profile.body))
                if all(tree.css_first(selector) is None for selector in selectors)
            ]
            lines.append(f"  {validity_of(profile)}: not found: {', '.join(missing)}")
    return "\n".join(lines)


def _validity(profile: Profile, page: PageFetched) -> str:
    said = validity_of(profile)
    return said if is_valid_at(profile, page.fetched_at.date()) else f"{said} (the page was fetched at another time)"


def _said(value: Any) -> str:
    if not isinstance(value, (list, tuple)):
        return _short(str(value))
    first = value[0]
    text = str(next(iter(first.values()), "")) if isinstance(first, dict) else str(first)
    return f"{len(value)}: {_short(text)}"


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
