"""The body of a text dump: from the first paragraph to where the page goes on to something else."""

import re

import msgspec

from services.parser.boilerplate import is_footer, without_boilerplate
from services.parser.dateline import split_dateline
from services.parser.text import ends_a_sentence, fold, unique, words
from services.parser.text_lines import Line, is_paragraph

_RELATED_HEADING = re.compile(
    r"(?:rekomendasi artikel|rekomendasi (?:untuk anda|lainnya)"
    r"|(?:berita|artikel) (?:terkait|lainnya|rekomendasi|pilihan)|terkait|baca juga|video pilihan|pilihan editor"
    r"|related (?:articles?|news|stories)|recommended(?: for you)?|you may also like|more from .*)\s*:?",
    re.IGNORECASE,
)
_OTHER_HEADING = re.compile(
    r"(?:(?:berita |artikel )?terpopuler|terbaru|terkini|most (?:popular|read)|trending|populer"
    r"|komentar(?: \(\d+\))?|comments?|video terkait|berita (?:terbaru|terkini)|topik (?:terkait|populer)"
    r"|jangan lewatkan|foto pilihan|headline)\s*:?",
    re.IGNORECASE,
)
_TAGS_HEADING = re.compile(
    r"(?:topik|tags?|tag terkait|kata kunci|keywords?)(?: (?:berita|artikel))?\s*(?:[:：]\s*(?P<tags>.*))?",
    re.IGNORECASE,
)
_TAG_BREAK = re.compile(r"\s*[,|•]\s*")
_SHORT_RUN = 5


class TextBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body's parts, and `end`, the first line after it."""

    paragraphs: tuple[str, ...]
    dateline: str | None
    topics: tuple[str, ...]
    captions: tuple[str, ...]
    end: int


def is_related_heading(text: str) -> bool:
    return _RELATED_HEADING.fullmatch(text) is not None


def read_body(lines: list[Line], *, title: str) -> TextBody:
    """Read from the first paragraph up to a known heading, a footer, or a long run of links."""
    end = _first_other(lines)
    links = _first_long_run(lines[:end])
    if end < len(lines) and any(is_paragraph(line.text) for line in lines[links:end]):
        links = _last_paragraph(lines[:end])  # the page marks its end, so the short lines are a list of the article's
    texts, captions = _without_pictures([line.text for line in lines[:links]])
    tail = [line.text for line in lines[links:end]]
    texts, topics = _split_topics(without_boilerplate(texts), without_boilerplate(tail), title=title)
    dateline: str | None = None
    if texts:
        dateline, first = split_dateline(texts[0])
        texts = [first, *texts[1:]]
    return TextBody(paragraphs=tuple(texts), dateline=dateline, topics=topics, captions=tuple(captions), end=end)


def _first_other(lines: list[Line]) -> int:
    for index, line in enumerate(lines):
        is_heading = is_related_heading(line.text) or _OTHER_HEADING.fullmatch(line.text) is not None
        if is_footer(line.text) or (is_heading and not _is_inline_pointer(lines, index)):
            return index
    return len(lines)


def _first_long_run(lines: list[Line]) -> int:
    """Where five short lines in a row begin: what follows is no longer the article, though it may be its topics."""
    start = 0
    for index, line in enumerate(lines):
        if is_paragraph(line.text):
            start = index + 1
        elif index - start + 1 == _SHORT_RUN:
            return start
    return len(lines)


def _is_inline_pointer(lines: list[Line], index: int) -> bool:
    """Whether this is only a "Baca juga:" and one title between two paragraphs."""
    ahead = [is_paragraph(line.text) for line in lines[index + 1 : index + 4]]
    return lines[index].text.endswith(":") and any(ahead[1:])


def _last_paragraph(lines: list[Line]) -> int:
    return max(index for index, line in enumerate(lines, start=1) if is_paragraph(line.text))


def _without_pictures(texts: list[str]) -> tuple[list[str], list[str]]:
    """A line that comes twice in a row is a picture's alternative text and caption."""
    kept: list[str] = []
    captions: list[str] = []
    for text in texts:
        if kept and fold(kept[-1]) == fold(text):
            captions.append(kept.pop())
        else:
            kept.append(text)
    return kept, captions


def _split_topics(texts: list[str], tail: list[str], *, title: str) -> tuple[list[str], tuple[str, ...]]:
    """Topics stand last: under a heading, or as short lines most of which the article itself mentions."""
    everything = [*texts, *tail]
    for index, text in enumerate(everything):
        found = _TAGS_HEADING.fullmatch(text)
        if found is None or any(map(is_paragraph, everything[index + 1 :])):
            continue
        tags = [*_TAG_BREAK.split(found["tags"] or ""), *everything[index + 1 :]]
        return [*everything[: min(index, len(texts))], *_signature(everything[len(texts) : index])], _as_topics(tags)
    start = len(everything)
    while start > 0 and _is_tag_like(everything[start - 1]):
        start -= 1
    tags = everything[start:]
    said = fold(" ".join((title, *texts[:start])))
    if len(tags) >= 2 and sum(fold(tag) in said for tag in tags) * 2 >= len(tags):
        return [*texts[:start], *_signature(everything[len(texts) : start])], _as_topics(tags)
    while texts and len(texts) > 1 and _is_tag_like(texts[-1]):
        texts = texts[:-1]
    return texts, ()


def _signature(lines: list[str]) -> list[str]:
    """The writers' names and agencies as Tempo signs its articles, in capitals between the text and the topics."""
    return [line for line in lines if line.isupper()]


def _as_topics(tags: list[str]) -> tuple[str, ...]:
    return unique([tag.lstrip("# ") for tag in tags if len(tag) <= 60])


def _is_tag_like(text: str) -> bool:
    return (
        len(text) <= 40
        and 1 <= len(words(text)) <= 5
        and not ends_a_sentence(text)
        and (len(text) < 4 or not text.isupper())
    )
