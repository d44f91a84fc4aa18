"""Real texts that copies are made of, each corpus with the groups whose articles are alike and no copies."""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from operations.evaluate.basil import basil
from operations.evaluate.corpora import shared_data
from operations.evaluate.labels import LabelledArticle
from operations.evaluate.reuters import read as read_reuters
from shared.articles import Article
from shared.urls import site_of

FEWEST_WORDS, FEWEST_PARAGRAPHS = 80, 4
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])")
SENTENCES = 2


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """Articles that are long enough to be edited, and groups of likely neighbours among them."""

    name: str
    articles: tuple[Article, ...]
    groups: dict[str, tuple[Article, ...]]


def corpora() -> list[Corpus]:
    """Those that are here."""
    return [read() for folder, read in _READERS.items() if (shared_data() / folder).is_dir()]


def _detik() -> Corpus:
    """Flat texts, cut into paragraphs of two sentences; those of one category are neighbours."""
    with gzip.open(shared_data() / "corpus-id" / "detik-2026-05.jsonl.gz") as lines:
        items = [msgspec.json.decode(line) for line in lines]
    pairs = [(item["category"], _article(item["title"], item["url"], paragraphs(item["body"]))) for item in items]
    return _corpus("detik: same category", pairs)


def _basil() -> Corpus:
    """One event told by three outlets: the hardest neighbours."""
    return _corpus(
        "basil: same event",
        ((one.id.rpartition("-")[0], _of_labelled(one)) for one in basil(shared_data() / "basil").articles),
    )


def _reuters() -> Corpus:
    """Articles of one topic code."""
    items = read_reuters(shared_data() / "reuters21578")
    return _corpus(
        "reuters: same code",
        ((code, _of_labelled(item.article)) for item in items for code in sorted(item.codes) or [""]),
    )


_READERS = {"corpus-id": _detik, "basil": _basil, "reuters21578": _reuters}


def paragraphs(text: str) -> tuple[str, ...]:
    """A flat text as paragraphs of two sentences."""
    sentences = _SENTENCE.split(text)
    return tuple(" ".join(sentences[place : place + SENTENCES]) for place in range(0, len(sentences), SENTENCES))


def _of_labelled(one: LabelledArticle) -> Article:
    body = (one.body,) if isinstance(one.body, str) else one.body
    if len(body) < FEWEST_PARAGRAPHS:
        body = paragraphs(" ".join(body))
    return _article(one.title, one.url or f"https://{one.site or 'kabar.example'}/{one.id}", body)


def _article(title: str, url: str, body: Sequence[str]) -> Article:
    return Article(title=title, canonical_url=url, site=site_of(url), body=tuple(body))


def _corpus(name: str, pairs: Iterable[tuple[str, Article]]) -> Corpus:
    groups: defaultdict[str, list[Article]] = defaultdict(list)
    articles: dict[str, Article] = {}
    for label, article in pairs:
        long = sum(len(paragraph.split()) for paragraph in article.body) >= FEWEST_WORDS
        if long and len(article.body) >= FEWEST_PARAGRAPHS:
            articles[article.canonical_url] = article
            if label:
                groups[label].append(article)
    return Corpus(
        name=name, articles=tuple(articles.values()), groups={label: tuple(group) for label, group in groups.items()}
    )
