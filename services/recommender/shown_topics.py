"""Which topics a reason names, as people write them."""

from collections.abc import Collection, Mapping

MOST_TOPICS = 4


def topic_names(
    shared: Mapping[str, float], forms: Mapping[str, str], names: Collection[str], *, least: float = 0.2
) -> tuple[str, ...]:
    """What joins two articles, strongest first, in written form: at most 4, none under `least` of the strongest.

    Names count double here: they tell a reader more. A name inside another ("Jawa", "Jawa Tengah") isn't repeated.
    """
    told = sorted((-weight * (2.0 if term in names or " " in term else 1.0), term) for term, weight in shared.items())
    weakest = least * told[0][0] if told else 0.0
    shown: list[str] = []
    for weight, term in told:
        if weight > weakest or len(shown) == MOST_TOPICS:
            break
        form = forms.get(term) or _likely(term, name=term in names or " " in term)
        if not any(_within(form, other) for other in shown):
            shown = [*(other for other in shown if not _within(other, form)), form]
    return tuple(shown)


def _likely(term: str, *, name: bool) -> str:
    return term.title() if name and len(term) > 3 else term.upper() if name else term


def _within(inner: str, outer: str) -> bool:
    return f" {inner.lower()} " in f" {outer.lower()} "
