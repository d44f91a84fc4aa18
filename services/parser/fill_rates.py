"""How often each field of a site's articles is filled, and whether that has suddenly fallen. Pure, and bounded.

A field's last pages are held against all those before them. It has fallen when it is filled at most half as often, and
that would be no chance in a billion. A site whose pages with and without it come in runs scatters more, which is
measured, and has to fall for longer.
"""

from collections import Counter, OrderedDict
from typing import Literal

import msgspec

from services.parser.falls import surprise
from shared.articles import Article

ARTICLE = "article"
"""Beside the fields: whether a page that should be an article is one."""
FIELDS = ("title", "body", "lead", "published_at", "authors", "section", "topics", "images", "related")
BODY_WORDS = 40  # a body that is shorter is a teaser
WINDOWS = (20, 40, 60, 240)  # the last pages that are judged
LEAST_BEHIND = 60  # a page counts as an earlier one so many later, and with time after the longest window
MEMORY = 1000  # how many earlier pages count
ENOUGH = 40  # earlier pages, before anything is judged
RARE = 1e-9
LOST = {ARTICLE: 0.25}
LOST_OF_A_FIELD = 0.5  # so much of the earlier rate has to be lost
RECOVERED = 0.8  # of the earlier rate
ACCEPTED_AFTER = 1000  # pages: then it is how the site is now
LEAST_RUNS = 1.5  # pages are never taken for quite independent
BLOCK = 20
_FEW_BLOCKS = 5
_LAST = {size: (1 << size) - 1 for size in WINDOWS}
_KEPT = (1 << (WINDOWS[-1] + 1)) - 1

Kind = Literal["drifted", "recovered", "accepted"]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A field's rate fell to `now` in the last `pages`, is back, or has been so low for so long that it is normal."""

    kind: Kind
    site: str
    field: str
    before: float
    now: float
    pages: int


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A site's pages since it was told of last: `rates` of the fields are of the articles, that of articles of all."""

    site: str
    pages: int
    rates: dict[str, float]
    drifted: tuple[str, ...]


def filled(article: Article) -> frozenset[str]:
    """The fields that the article has."""
    has = {
        "title": bool(article.title),
        "body": sum(len(paragraph.split()) for paragraph in article.body) >= BODY_WORDS,
        "lead": bool(article.lead),
        "published_at": article.published_at is not None,
        "authors": bool(article.authors),
        "section": bool(article.section),
        "topics": bool(article.topics),
        "images": bool(article.images),
        "related": bool(article.related),
    }
    return frozenset(field for field in FIELDS if has[field])


class FillRates:
    """What is known of at most `most_sites`; the one seen longest ago is forgotten for a new one."""

    def __init__(self, *, most_sites: int) -> None:
        self._most = most_sites
        self._sites: OrderedDict[str, _Site] = OrderedDict()
        self._drifted: set[str] = set()

    @property
    def sites(self) -> int:
        """How many sites are known."""
        return len(self._sites)

    @property
    def drifted(self) -> int:
        """How many of them have a rate that has fallen."""
        return len(self._drifted)

    def saw(self, site: str, fields: frozenset[str] | None) -> list[Change]:
        """A page of `site` is an article with these fields, or should have been one and isn't (`None`)."""
        known = self._sites.get(site)
        if known is None:
            if len(self._sites) >= self._most:
                forgotten, _ = self._sites.popitem(last=False)
                self._drifted.discard(forgotten)
            known = self._sites[site] = _Site()
        self._sites.move_to_end(site)
        changes = known.saw(site, fields)
        if changes:
            (self._drifted.add if known.drifted else self._drifted.discard)(site)
        return changes

    def measured(self, *, most: int) -> list[Measured]:
        """The `most` busiest of the sites with pages since they were told of last."""
        busiest = sorted(
            ((name, site) for name, site in self._sites.items() if site.pages), key=lambda one: (-one[1].pages, one[0])
        )
        return [site.tell(name) for name, site in busiest[:most]]


class _Site:
    def __init__(self) -> None:
        self._rates = {field: _Rate(lost=LOST.get(field, LOST_OF_A_FIELD)) for field in (ARTICLE, *FIELDS)}
        self._counts: Counter[str] = Counter()
        self.pages = 0

    @property
    def drifted(self) -> tuple[str, ...]:
        return tuple(field for field, rate in self._rates.items() if rate.fallen)

    def saw(self, site: str, fields: frozenset[str] | None) -> list[Change]:
        self.pages += 1
        seen: dict[str, bool] = {ARTICLE: fields is not None}
        if fields is not None:
            seen |= {field: field in fields for field in FIELDS}
        changes = []
        for field, there in seen.items():
            self._counts[field] += there
            rate = self._rates[field]
            if kind := rate.saw(there):
                before, now, pages = rate.told
                changes.append(Change(kind=kind, site=site, field=field, before=before, now=now, pages=pages))
        return changes

    def tell(self, site: str) -> Measured:
        articles = self._counts[ARTICLE]
        rates = {ARTICLE: articles / self.pages}
        if articles:
            rates |= {field: self._counts[field] / articles for field in FIELDS}
        told = Measured(site=site, pages=self.pages, rates=rates, drifted=self.drifted)
        self._counts.clear()
        self.pages = 0
        return told


class _Rate:
    """One field: its last pages as bits, and the pages before them as weights that fade."""

    __slots__ = (
        "_absent", "_block", "_blocks", "_hits", "_judged", "_learnt", "_lost", "_pages", "_previous", "_repeated",
        "_scatter", "_seen", "_since", "_window", "fallen", "told",
    )  # fmt: skip

    def __init__(self, *, lost: float) -> None:
        self._lost = lost
        self._window = self._seen = self._judged = self._learnt = self._since = 0
        self._hits = self._pages = 0.0
        self._previous = 1
        self._absent = self._repeated = 0.0
        self._block: tuple[int, int] = (0, 0)
        self._scatter = self._blocks = 0.0
        self.fallen = False
        self.told = (0.0, 0.0, 0)
        """Of the last change: the rate before, the rate now, and of how many pages that is."""

    def saw(self, there: bool) -> Kind | None:
        self._window = (self._window << 1 | there) & _KEPT
        self._seen += 1
        if self._seen - self._learnt > min(max(self._seen // 2, LEAST_BEHIND), WINDOWS[-1]):
            self._learn(self._window >> (self._seen - self._learnt - 1) & 1)
        self._judged += 1
        if self.fallen:
            self._since += 1
            return self._ended()
        return self._fell()

    def _share(self, size: int) -> float:
        return (self._window & _LAST[size]).bit_count() / size

    def _fell(self) -> Kind | None:
        if self._pages < ENOUGH:
            return None
        before = self._hits / self._pages
        for size in WINDOWS:
            now = self._share(size)
            if self._judged < size or not before or now > before * (1 - self._lost):
                continue
            if surprise(round(now * size), size, before=self._hits, pages=self._pages, runs=self._runs) < RARE:
                self.fallen, self._since, self.told = True, 0, (before, now, size)
                return "drifted"
        return None

    def _ended(self) -> Kind | None:
        """Whether the fall is over: the rate has risen again, or stays where it is."""
        before, now = self.told[0], self._share(WINDOWS[0])
        kind: Kind = "recovered" if now >= RECOVERED * before else "accepted"
        if self._since < (WINDOWS[0] if kind == "recovered" else ACCEPTED_AFTER):
            return None
        self._judged = WINDOWS[0]  # what came before belongs to the fall
        self.fallen, self.told = False, (before, now, WINDOWS[0])
        return kind

    @property
    def _runs(self) -> float:
        """How much more counts scatter than those of independent pages: by blocks, and by how runs go on."""
        blocks = (_FEW_BLOCKS + self._scatter) / (_FEW_BLOCKS + self._blocks)
        absent = 1 - self._hits / self._pages
        again = (self._repeated + absent) / (self._absent + 1)  # after an absence, how often the next one is
        return max(LEAST_RUNS, blocks, (1 + again - absent) / max(1 - again, 0.01))

    def _learn(self, there: int) -> None:
        """Count a page among the earlier ones: it is no longer among those that are judged."""
        self._learnt += 1
        fade = 1 - 1 / MEMORY
        self._hits, self._pages = self._hits * fade + there, self._pages * fade + 1
        if not self._previous:
            self._absent, self._repeated = self._absent * fade + 1, self._repeated * fade + (not there)
        self._previous = there
        pages, hits = self._block
        self._block = pages, hits = pages + 1, hits + there
        if pages < BLOCK:
            return
        self._block = (0, 0)
        rate = (self._hits + 0.5) / (self._pages + 1)
        fade = 1 - BLOCK / MEMORY
        self._scatter = self._scatter * fade + (hits - BLOCK * rate) ** 2 / (BLOCK * rate * (1 - rate))
        self._blocks = self._blocks * fade + 1
