"""The exact title: the heading that readers see, found by what the head says; never with the site's name after it."""

import re

from services.parser.head import Head
from services.parser.text import clean, fold

_SUFFIX = re.compile(r"\s*(?:[|»•·]|::|\s[–—-]|\s:)\s+(?P<suffix>[^|»•·]{2,60})$")
_PREFIX = re.compile(r"^(?P<prefix>[\w.]+\.(?:com|co|co\.id|id|net))\s*[:|-]\s+")


def choose_title(*, shown: list[str], headline: str, head: Head, site: str) -> tuple[str, str, float]:
    """(title, source, confidence) from the visible headings in order of rank, the JSON-LD headline and the head."""
    site_name = head.first("og:site_name", "application-name")
    told = [
        (clean(headline), "json-ld"),
        (without_site(head.first("og:title", "twitter:title", "title"), site_name=site_name, site=site), "meta"),
        (without_site(head.title, site_name=site_name, site=site), "title"),
    ]
    told = [(text, source) for text, source in told if text]
    exact = next((heading for heading in shown if fold(heading) in {fold(text) for text, _ in told}), None)
    if exact is not None:
        all_agree = all(fold(text) == fold(exact) for text, _ in told)
        return _well_spaced(exact, told), "heading", 0.98 if all_agree else 0.9
    if len(told) > 1 and told[0][1] == "json-ld" and fold(told[0][0]) == fold(told[1][0]):
        return *told[0], 0.9
    for heading in shown:
        if len(fold(heading)) >= 8 and any(is_same(heading, text) for text, _ in told):
            return heading, "heading", 0.85
    if told:
        return *told[0], 0.75
    return (shown[0], "heading", 0.6) if shown else ("", "heading", 0.0)


def _well_spaced(heading: str, told: list[tuple[str, str]]) -> str:
    """With the blanks that the head has: parts of a heading may be set apart by style alone."""
    bare = squeezed(heading)
    return max((heading, *(text for text, _ in told if squeezed(text) == bare)), key=len)


def squeezed(text: str) -> str:
    """The text without blanks."""
    return "".join(text.split())


def without_site(title: str, *, site_name: str, site: str) -> str:
    """The title without the site's name before or after it; other endings in a dash or bar stay."""
    for _ in range(3):
        found = _SUFFIX.search(title)
        if found is None or not _names_site(found["suffix"], site_name=site_name, site=site):
            break
        title = title[: found.start()].strip()
    if (found := _PREFIX.match(title)) is not None and _names_site(found["prefix"], site_name=site_name, site=site):
        title = title[found.end() :]
    return title


def _names_site(text: str, *, site_name: str, site: str) -> bool:
    said = fold(text).replace(" ", "")
    names = {
        fold(name).replace(" ", "") for name in (site_name, site, site.split(".", maxsplit=1)[0]) if len(name) >= 3
    }
    return any(name in said or (len(said) >= 4 and said in name) for name in names)


def is_same(heading: str, told: str) -> bool:
    """Whether the heading is what the head means: equal, or longer or shorter by a kicker or a section."""
    one, other = fold(heading), fold(told)
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return (
        len(short) >= 15
        and len(short) * 2 >= len(long)
        and (long.startswith(f"{short} ") or long.endswith(f" {short}"))
    )
