"""What an article is about, from its own text alone: site tags, names, and stems that stand out.

Corpus statistics are the ranking's part (a term's rarity changes as the stream flows); here a term's weight is where
it stands (title, lead, body), how often, and what it is (a tag, a name, a word).
"""

from collections import defaultdict
from math import log1p

from shared.articles import Article
from shared.terms.abbreviations import definitions, short_forms
from shared.terms.entities import Names
from shared.terms.function_words import ROLES
from shared.terms.languages import is_empty, language_of, stem
from shared.terms.words import Word, phrases, words

TITLE, LEAD, BODY = 2.0, 1.5, 1.0
TAG, NAME, ROLE = 3.0, 1.4, 0.5
LIMIT = 40


def topic_terms(article: Article, *, limit: int = LIMIT) -> tuple[str, ...]:
    """The article's terms in lower case, strongest first: tags and names as written, all other words as stems.

    A name and the short form that the text uses for it ("Korea Utara", "Korut") are both there.
    """
    title, lead = words(article.title), words(opening(article))
    paragraphs = [words(paragraph) for paragraph in article.body]
    captions = [words(image.caption) for image in article.images if image.caption]
    texts = [title, lead, *paragraphs]
    language = language_of(article.language, (word.folded for text in texts for word in text))
    names = Names([*texts, *captions])
    site = article.site.removeprefix("www.").partition(".")[0]

    zones = ((TITLE, [title]), (LEAD, [lead]), (BODY, paragraphs))
    weight: dict[str, float] = defaultdict(float)
    named: set[str] = set()
    for zone, zone_texts in zones:
        counts: dict[str, int] = defaultdict(int)
        for text in zone_texts:
            for name in names.found_in(text):
                counts[name] += 1
                named.add(name)
            for word in _plain(text, names):
                counts[stem(word.folded, language)] += 1
        for term, count in counts.items():
            weight[term] += zone * log1p(count)
    roles = {stem(role, language) for role in ROLES}
    strength = {term: w * (NAME if term in named else ROLE if term in roles else 1.0) for term, w in weight.items()}
    for tag in map(normal_tag, article.topics):
        if tag:
            strength[tag] = strength.get(tag, TITLE) * TAG
    _join_short_forms(strength, texts, "\n".join(article.body))
    strength.pop(site, None)
    strongest = sorted(strength.items(), key=lambda item: -item[1])  # stable: of equals the first mentioned
    return tuple(term for term, _ in strongest[:limit])


def opening(article: Article) -> str:
    """The lead, or what stands for it: the first paragraph."""
    return article.lead or (article.body[0] if article.body else "")


def normal_tag(tag: str) -> str:
    """A site's tag as a term: folded words, one space between them."""
    return " ".join(word.folded for word in words(tag.replace("#", " ")))


def _plain(text: list[Word], names: Names) -> list[Word]:
    return [w for w in text if not is_empty(w.folded) and not (w.capitalized and names.is_name(w))]


def _join_short_forms(strength: dict[str, float], texts: list[list[Word]], body: str) -> None:
    """Give a name and its short form in the same article the strength of both."""
    defined = definitions(body)
    present = {phrase for text in texts for phrase in phrases(text, 1)}
    pairs = {short: name for short, name in defined.items() if name in strength}
    for name in [term for term in strength if " " in term or "-" in term]:
        pairs.update((short, name) for short in short_forms(name) & present if short in strength)
    for short, name in pairs.items():
        both = max(strength[name], strength.get(short, 0.0))
        strength[name] = strength[short] = both
