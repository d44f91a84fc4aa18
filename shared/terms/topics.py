"""What an article is about, from its own text alone: site tags, names, and stems that stand out.

Corpus statistics are the ranking's part (a term's rarity changes as the stream flows); here a term's weight is where
it stands (title, lead, body), how often, and what it is (a tag, a name, a word).
"""

from collections import Counter, defaultdict
from math import log1p

import msgspec

from shared.articles import Article
from shared.terms.abbreviations import definitions, short_forms
from shared.terms.entities import Names
from shared.terms.function_words import ROLES
from shared.terms.languages import is_empty, language_of, stem
from shared.terms.profile import TITLE as TITLE_COUNTS
from shared.terms.profile import indexed, packed, stems_by_strength, term_hash
from shared.terms.words import Word, words
from shared.terms.written import written

TITLE, LEAD, BODY = 2.0, 1.5, 1.0
TAG, NAME, ROLE, UNPROVEN = 3.0, 1.4, 0.5, 0.5
LIMIT = 40
LONGEST_TAG = 8  # words
MOST_CHARACTERS = 40_000  # of a body: a longer one says nothing new on its topic


class _Reading:
    """An article taken apart: its texts as words, and which of them are names."""

    def __init__(self, article: Article) -> None:
        self.title, self.lead = words(article.title), words(opening(article))
        self.body = _beginning(article.body)
        self.paragraphs = [words(paragraph) for paragraph in self.body]
        self.texts = [self.title, self.lead, *self.paragraphs]
        captions = [words(image.caption) for image in article.images if image.caption]
        self.names = Names([*self.texts, *captions])
        self.language = language_of(article.language, (word.folded for text in self.texts for word in text))


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What an article is about.

    `topic_terms` are its foremost terms, strongest first, in lower case: tags and names as written, all other words as
    stems; a name and the short form that the text uses for it ("Korea Utara", "Korut") are both there.
    `written` is how people write each (shared/terms/written.py), and `names` those of an article's terms that are names
    or tags, by its own text. `stems` are hashes of all its stems, strongest
    first, and `profile` is the vector of them (shared/terms/profile.py).
    """

    topic_terms: tuple[str, ...]
    written: tuple[str, ...]
    names: frozenset[str]
    stems: tuple[str, ...]
    profile: bytes


def analysed(article: Article, *, limit: int = LIMIT) -> Analysis:
    """Read an article once for all that is derived from its words."""
    read = _Reading(article)
    terms, strengths = _topic_terms(article, read, limit), _strengths(article, read)
    names, tags = _names(article, read), [(normal_tag(tag), tag) for tag in article.topics]
    return Analysis(
        topic_terms=terms,
        written=written(terms, names, tags, [read.lead, *read.paragraphs, read.title], read.language),
        names=names,
        stems=tuple(indexed(term_hash(stem)) for stem in strengths),
        profile=packed(strengths, (term for term in terms if " " in term)),
    )


def _topic_terms(article: Article, read: _Reading, limit: int) -> tuple[str, ...]:
    roles = {stem(role, read.language) for role in ROLES}
    strength: dict[str, float] = defaultdict(float)
    for zone, texts in ((TITLE, [read.title]), (LEAD, [read.lead]), (BODY, read.paragraphs)):
        named = Counter(name for text in texts for name in read.names.found_in(text))
        plain = Counter(stem(word, read.language) for text in texts for word in _plain(text, read.names))
        for name, count in named.items():
            strength[name] += NAME * zone * log1p(count)
        for term, count in plain.items():
            strength[term] += (ROLE if term in roles else 1.0) * zone * log1p(count)
    for word in read.title:  # an unknown name in a headline must not be known by its stem alone
        if read.names.may_be_name(word) and not is_empty(word.folded):
            strength[word.folded] = strength[word.folded] or TITLE * UNPROVEN
    for tag in filter(None, map(normal_tag, article.topics)):
        strength[tag] = TAG * max(strength[tag], TITLE)
    _join_short_forms(strength, read.texts, "\n".join(read.body))
    strength.pop(article.site.removeprefix("www.").partition(".")[0], None)
    strongest = sorted(strength.items(), key=lambda item: -item[1])  # stable: of equals the first mentioned
    return tuple(term for term, _ in strongest[:limit])


def _names(article: Article, read: _Reading) -> frozenset[str]:
    names = {name for text in read.texts for name in read.names.found_in(text)}
    present = {word.folded for text in read.texts for word in text}
    shorts = {short for name in names for short in short_forms(name, shortest=2) & present}
    return frozenset(names | shorts | {*map(normal_tag, article.topics)} - {""})


def _strengths(article: Article, read: _Reading) -> dict[str, float]:
    lead = read.lead if article.lead and not _opens(read.lead, read.paragraphs) else []
    tags = [word for tag in article.topics for word in words(tag.replace("#", " "))]
    texts = [(TITLE_COUNTS, read.title), *((1, text) for text in (*read.paragraphs, lead)), (TITLE_COUNTS, tags)]
    site = article.site.removeprefix("www.").partition(".")[0]
    return stems_by_strength(
        (weight, [stem(w.folded, read.language) for w in text if not is_empty(w.folded) and w.folded != site])
        for weight, text in texts
    )


def _opens(lead: list[Word], paragraphs: list[list[Word]]) -> bool:
    """Whether the body begins with the lead, so that it counts once."""
    opening_words = [word.folded for text in paragraphs[:2] for word in text]
    return [word.folded for word in lead[:8]] == opening_words[:8]


def opening(article: Article) -> str:
    """The lead, or what stands for it: the first paragraph."""
    return article.lead or (article.body[0] if article.body else "")


def normal_tag(tag: str) -> str:
    """A site's tag as a term: folded words, one space between them; empty for a tag that tells nothing."""
    folded = [word.folded for word in words(tag.replace("#", " "))]
    telling = len(folded) <= LONGEST_TAG and not all(map(is_empty, folded))
    return " ".join(folded) if telling else ""


def _beginning(paragraphs: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    room = MOST_CHARACTERS
    for paragraph in paragraphs:
        if room <= 0:
            break
        found.append(paragraph[:room])
        room -= len(paragraph)
    return found


def _plain(text: list[Word], names: Names) -> list[str]:
    return [w.folded for w in text if not is_empty(w.folded) and not (w.capitalized and names.is_name(w))]


def _join_short_forms(strength: dict[str, float], texts: list[list[Word]], body: str) -> None:
    """Give a name and its short form in the same article the strength of both."""
    defined = definitions(body)
    present = {word.folded for text in texts for word in text}
    pairs = {short: name for short, name in defined.items() if name in strength}
    for name in [term for term in strength if " " in term or "-" in term]:
        pairs.update((short, name) for short in short_forms(name, shortest=2) & present if short in strength)
    for short, name in pairs.items():
        both = max(strength[name], strength.get(short, 0.0))
        strength[name] = strength[short] = both
