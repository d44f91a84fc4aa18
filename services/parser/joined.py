"""An article that came in parts, as one: the first page's article with what the others add. Pure."""

from collections.abc import Sequence

from msgspec import structs

from shared.articles import Article, Image, Provenance

# A shorter paragraph may well come twice in one text.
_TELLING = 40


def joined(articles: Sequence[Article], *, is_whole: bool) -> Article:
    """The first article with all texts and pictures in order; what every page repeats counts once."""
    first = articles[0]
    body = list(first.body)
    seen = {text for text in body if len(text) >= _TELLING}
    images: dict[str | None, Image] = {image.url or image.caption: image for image in first.images}
    for article in articles[1:]:
        new = [text for text in article.body if text not in seen and text != first.lead]
        seen.update(text for text in new if len(text) >= _TELLING)
        body += new
        for image in article.images:
            images.setdefault(image.url or image.caption, image)
    return marked(structs.replace(first, body=tuple(body), images=tuple(images.values())), is_part=not is_whole)


def marked(article: Article, *, is_part: bool) -> Article:
    """The article, saying in its provenance whether its text goes on elsewhere."""
    found = article.provenance.get("body") or Provenance(source="text", confidence=0.5)
    if found.is_part == is_part:
        return article
    return structs.replace(article, provenance=article.provenance | {"body": structs.replace(found, is_part=is_part)})
