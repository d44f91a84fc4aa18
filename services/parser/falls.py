"""Whether a share has fallen: by how surprising what is seen now would be, had nothing changed."""

from math import ceil, exp, lgamma


def surprise(hits: int, of: int, *, before: float, pages: float, runs: float = 1.0) -> float:
    """The chance of at most `hits` in `of`, where `before` of `pages` hit until now: a beta-binomial tail.

    What is known of the rate is only what `pages` tell, so few of them make little surprising. `runs` is how many
    times as much the counts scatter as those of independent pages do; so many pages count for one.
    """
    few, most = int(of / runs), ceil(hits / runs)
    if most >= few:
        return 1.0
    a, b = before / runs + 0.5, (pages - before) / runs + 0.5
    whole = lgamma(few + 1) - _log_beta(a, b)
    return min(
        1.0,
        sum(
            exp(whole - lgamma(hit + 1) - lgamma(few - hit + 1) + _log_beta(hit + a, few - hit + b))
            for hit in range(most + 1)
        ),
    )


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
