"""The language of an article: what the page declares, checked against the text."""

_ENOUGH = 60
_SURE = 400  # enough to confirm what is declared; the model's cost is by the character
_CLOSE = {
    frozenset(("id", "ms")),
    frozenset(("no", "nb")),
    frozenset(("no", "nn")),
    frozenset(("hr", "sr")),
    frozenset(("hr", "bs")),
}


def language_of(text: str, *, declared: str | None) -> str | None:
    """An ISO 639-1 code, or None where neither the page nor its text (at least 60 characters) tells."""
    prior = (declared or "").replace("_", "-").split("-")[0].strip().lower() or None
    if prior is not None and (len(prior) not in {2, 3} or not prior.isascii() or not prior.isalpha()):
        prior = None
    if len(text) < (_ENOUGH if prior is None else _SURE):
        return {"in": "id"}.get(prior, prior) if prior else None
    if prior is not None and _same(prior, _classify(text[:_SURE])):
        return prior
    found = _classify(text[:4000])
    return prior if prior is not None and _same(prior, found) else found


def _same(prior: str, found: str) -> bool:
    return prior == found or frozenset((prior, found)) in _CLOSE


def _classify(text: str) -> str:
    """py3langid's model takes half a second to load: at first use, which the worker makes before the first page."""
    import py3langid  # noqa: PLC0415

    return str(py3langid.classify(text)[0])
