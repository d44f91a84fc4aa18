"""How a copy comes to differ from its original, and how two articles come to share a part without being copies."""

from collections.abc import Callable, Mapping
from random import Random

from msgspec import structs

from shared.articles import Article

Edit = Callable[[Article, Article, Random], Article]
REPLACED_SHARE = 0.05


def _retitled(article: Article, other: Article, _random: Random) -> Article:
    return structs.replace(article, title=f"{other.title} ({len(article.body)})")


def _credited(article: Article, _other: Article, _random: Random) -> Article:
    first, *rest = article.body
    return structs.replace(article, body=(f"JAKARTA, KABAR - {first}", *rest, "Sumber: kantor berita. Editor: Redaksi"))


def _reworded(article: Article, other: Article, random: Random) -> Article:
    return _with_words_of(article, other, random, share=REPLACED_SHARE)


def _with_words_of(article: Article, other: Article, random: Random, *, share: float) -> Article:
    choices = " ".join(other.body).split()
    body = (
        " ".join(random.choice(choices) if random.random() < share else word for word in paragraph.split())
        for paragraph in article.body
    )
    return structs.replace(article, body=tuple(body))


def _dropped(article: Article, _other: Article, random: Random) -> Article:
    place = random.randrange(1, len(article.body))
    return structs.replace(article, body=(*article.body[:place], *article.body[place + 1 :]))


def _inserted(article: Article, other: Article, random: Random) -> Article:
    place = random.randrange(1, len(article.body))
    return structs.replace(article, body=(*article.body[:place], random.choice(other.body), *article.body[place:]))


def _swapped(article: Article, _other: Article, random: Random) -> Article:
    body = list(article.body)
    one, two = random.sample(range(len(body)), 2)
    body[one], body[two] = body[two], body[one]
    return structs.replace(article, body=tuple(body))


def _cut(article: Article, *, share: float) -> Article:
    words = sum(len(paragraph.split()) for paragraph in article.body)
    kept: list[str] = []
    while article.body[len(kept) :] and sum(len(paragraph.split()) for paragraph in kept) < (1 - share) * words:
        kept.append(article.body[len(kept)])
    return structs.replace(article, body=tuple(kept))


def _by_a_desk(article: Article, other: Article, random: Random) -> Article:
    light = _with_words_of(_dropped(article, other, random), other, random, share=REPLACED_SHARE / 2)
    return _credited(light, other, random)


def _borrowing(article: Article, other: Article, *, share: float) -> Article:
    """The other article, with the end of this one as its background."""
    words = " ".join(article.body).split()
    own = " ".join(other.body).split()
    background = words[len(words) - int(share * len(words)) :]
    own = own[: max(len(words) - len(background), 1)]
    return structs.replace(article, body=(" ".join(own), " ".join(background)))


# Every copy has another title too: the same title alone would tell it.
COPIES: Mapping[str, Edit] = {
    "other title": lambda article, _other, _random: article,
    "dateline and credit added": _credited,
    "5 % of the words replaced": _reworded,
    "paragraph dropped": _dropped,
    "paragraph inserted": _inserted,
    "two paragraphs swapped": _swapped,
    "last quarter cut": lambda article, _other, _random: _cut(article, share=0.25),
    "a desk's edit": _by_a_desk,
}
# Found or not, either is right.
GREY: Mapping[str, Edit] = {
    "second half cut": lambda article, _other, _random: _cut(article, share=0.5),
    "half the text its own": lambda article, other, _random: _borrowing(article, other, share=0.5),
}
NO_COPIES: Mapping[str, Edit] = {
    "two thirds of the text its own": lambda article, other, _random: _borrowing(article, other, share=1 / 3),
}


def edited(edit: Edit, article: Article, other: Article, random: Random) -> Article:
    """The article as `edit` leaves it, under another title and on another site."""
    return _retitled(structs.replace(edit(article, other, random), site="lain.example"), other, random)
