"""How well near-duplicate signatures find edited copies of real texts, and how seldom they join what is no copy."""

from bench._copied_texts import corpora
from bench._copies import Tally, among, on_edits, within
from bench._edits import COPIES, GREY, NO_COPIES
from bench._say import say
from operations.evaluate.corpora import shared_data

EDITED, EDITED_QUICKLY = 400, 100
MOST_COMPARED, MOST_COMPARED_QUICKLY = 5000, 1000
_WANTED = {**dict.fromkeys(COPIES, "copies"), **dict.fromkeys(GREY, "either"), **dict.fromkeys(NO_COPIES, "none")}


def run(*, quick: bool = False) -> list[dict[str, object]]:
    """One row for each corpus and kind of pair: "marked" is the share taken for copies, precision that of all kinds."""
    texts = corpora()
    if not texts:
        raise SystemExit(f"no corpora in {shared_data()}: WARTA_SHARED_DATA names the folder that holds them")
    rows: list[dict[str, object]] = []
    for corpus in texts:
        say(f"{corpus.name}: {len(corpus.articles)} articles")
        most = EDITED_QUICKLY if quick else EDITED
        edits = on_edits(corpus.articles[:: max(1, len(corpus.articles) // most)])
        others = {
            "any two articles": among(corpus.articles[: MOST_COMPARED_QUICKLY if quick else MOST_COMPARED]),
            "neighbours": within(corpus.groups.values()),
        }
        right = sum(edits[name].marked for name in COPIES)
        wrong = sum(edits[name].marked for name in NO_COPIES) + sum(tally.marked for tally in others.values())
        rows += [_row(corpus.name, name, tally, _WANTED[name]) for name, tally in edits.items()]
        rows += [_row(corpus.name, name, tally, "none") for name, tally in others.items()]
        rows.append({
            "corpus": corpus.name, "pairs": "precision of all", "wanted": "copies", "n": right + wrong,
            "marked": right / max(right + wrong, 1),
        })  # fmt: skip
    return rows


def _row(corpus: str, name: str, tally: Tally, wanted: str) -> dict[str, object]:
    return {"corpus": corpus, "pairs": name, "wanted": wanted, "n": tally.pairs, "marked": tally.share}
