"""How sure a value is by where it was found: machine-readable facts first, and more where other sources agree."""

from shared.articles import Provenance

_BY_SOURCE = {
    "json-ld": 0.9, "profile": 0.92, "microdata": 0.88, "meta": 0.8, "title": 0.75, "heading": 0.75, "byline": 0.75,
    "links": 0.75,
    "section": 0.8, "topics": 0.7, "url": 0.7, "text": 0.7, "publisher": 0.6, "figure": 0.75, "declared": 0.9,
}  # fmt: skip
# What is a matter of taste: which of a page's words are its topics, and which picture leads.
_BY_FIELD = {"topics": 0.85, "images": 0.95, "section": 0.95}
_OTHER = 0.6


def found_in(field: str, source: str, *, agreeing: int = 0) -> Provenance:
    """The provenance of a field's value that so many other sources give too."""
    sure = raised(_BY_SOURCE.get(source, _OTHER), agreeing) * _BY_FIELD.get(field, 1.0)
    return Provenance(source=source, confidence=round(sure, 2))


def raised(confidence: float, agreeing: int) -> float:
    """Each of at most two agreeing sources halves the doubt."""
    return round(1 - (1 - confidence) * 0.5 ** min(agreeing, 2), 3)
