"""The language of an article: what the page declares, checked against the text."""

_ENOUGH = 60
_SURE = 400  # enough to confirm what is declared; the model's cost is by the character
_PLAIN = 1000  # enough to tell: of 1,128 longer texts it found the same in all
_CLOSE = {
    frozenset(("id", "ms")),
    frozenset(("no", "nb")),
    frozenset(("no", "nn")),
    frozenset(("hr", "sr")),
    frozenset(("hr", "bs")),
}
_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "id": "yang dan di ke ini itu dengan untuk dari pada dalam tidak akan juga oleh adalah sebagai karena bisa"
        " telah tersebut kata saat lebih sudah ada seperti namun bahwa secara hingga para setelah menjadi belum masih"
        " sejak kepada",
        "en": "the of and to in a is that for on with as was by from at his has have it are this an be will who",
        "de": "der die und den das von mit ist für auf im nicht ein eine sich des dem auch wird zu es einen hat",
    }.items()
}
_APART = ("en", "de")  # whose words are no other's: Malay has many of the Indonesian ones
_LAST_LATIN = "\u024f"
_SHARE, _MANY = 6, 6  # a sixth of the words, six different ones: no text of another language has that


def language_of(text: str, *, declared: str | None) -> str | None:
    """An ISO 639-1 code, or None where neither the page nor its text (at least 60 characters) tells."""
    prior = (declared or "").replace("_", "-").split("-")[0].strip().lower() or None
    if prior is not None and (len(prior) not in {2, 3} or not prior.isascii() or not prior.isalpha()):
        prior = None
    if len(text) < (_ENOUGH if prior is None else _SURE):
        return _other_than(prior, text) or {"in": "id"}.get(prior, prior) if prior else None
    if prior is not None and (_reads_as(prior, text[:_SURE]) or _same(prior, _classify(text[:_SURE]))):
        return prior
    text = text[:4000]
    found = next((language for language in _APART if _reads_as(language, text)), None) or _classify(text[:_PLAIN])
    return prior if prior is not None and _same(prior, found) else found


def _other_than(prior: str, text: str) -> str | None:
    """The language of a short text that is plainly not in the declared one; None where that may well be."""
    if prior not in _WORDS or len(text) < _ENOUGH or _reads_as(prior, text):
        return None
    signs = [letter for letter in text if letter.isalpha()]
    if 2 * sum(letter > _LAST_LATIN for letter in signs) > len(signs):
        return _classify(text)
    return next((language for language in _APART if language != prior and _reads_as(language, text)), None)


def _reads_as(language: str, text: str) -> bool:
    """Whether function words alone show that it is this language, which takes a fiftieth of the model's time."""
    if (known := _WORDS.get(language)) is None:
        return False
    tokens = text.lower().split()
    found = [token for token in tokens if token in known]
    return len(found) * _SHARE >= len(tokens) and len(set(found)) >= _MANY


def _same(prior: str, found: str) -> bool:
    return prior == found or frozenset((prior, found)) in _CLOSE


def _classify(text: str) -> str:
    """py3langid's model takes half a second to load: at first use, which the worker makes before the first page."""
    import py3langid  # noqa: PLC0415

    return str(py3langid.classify(text)[0])
