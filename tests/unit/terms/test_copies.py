"""Copies as desks make them of real texts, and articles of one event or topic that are none."""

from functools import cache

import pytest

from bench import _copies
from bench._copied_texts import Corpus, corpora
from bench._edits import COPIES, NO_COPIES
from shared.articles import Article
from tests.support.shared_data import shared_data

EDITED = 80
MOST_COMPARED = 1000
LIGHT = sorted(set(COPIES) - {"a desk's edit"})
PLACES = ("Lembah Hijau", "Tanjung Karang", "Muara Enim", "Bukit Tinggi")
OWN = tuple(
    Article(
        title=f"Warga {place} memperbaiki saluran air sebelum musim tanam tiba",
        canonical_url=f"https://kabar.example/{number}",
        site="kabar.example",
        body=tuple(
            f"Pada hari ke-{day} warga {place} {what} di petak {number * 17 + day * day} bersama {who}. "
            f"Mereka membawa {tool} sebanyak {day * 3 + number} buah dan pulang ketika {when}."
            for day, (what, who, tool, when) in enumerate(
                (
                    ("menggali saluran baru", "kelompok tani", "cangkul", "hujan mulai turun"),
                    ("menambal tanggul yang retak", "anak sekolah", "karung pasir", "matahari terbenam"),
                    ("membersihkan pintu air", "petugas dinas", "sabit", "makan siang selesai"),
                    ("mengukur debit sungai", "mahasiswa teknik", "alat ukur", "baterai habis"),
                    ("menanam bambu di tepi", "ibu-ibu penggerak", "bibit", "adzan terdengar"),
                    ("memeriksa hasil kerja", "kepala dusun", "catatan", "semua sepakat"),
                )[number % 3 :],
                start=number + 1,
            )
        ),
    )
    for number, place in enumerate(PLACES)
)


@cache
def real(name: str) -> Corpus:
    return next(corpus for corpus in corpora() if corpus.name.startswith(name))


@pytest.mark.parametrize(("name", "folder"), [("detik", "corpus-id"), ("basil", "basil"), ("reuters", "reuters21578")])
def test_copies_of_real_texts_are_found_and_nothing_else_is(name: str, folder: str) -> None:
    shared_data(folder)
    corpus = real(name)
    found = _copies.on_edits(corpus.articles[:: max(1, len(corpus.articles) // EDITED)])
    recalls = {edit: found[edit].share for edit in LIGHT}
    assert min(recalls.values()) >= 0.95, recalls
    assert found["a desk's edit"].share >= 0.9
    alike = _copies.within(tuple(group[:MOST_COMPARED] for group in corpus.groups.values()))
    others = _copies.among(corpus.articles[:MOST_COMPARED])
    wrong = alike.marked + others.marked + sum(found[edit].marked for edit in NO_COPIES)
    right = sum(found[edit].marked for edit in COPIES)
    assert right / (right + wrong) >= 0.99, (right, wrong)
    assert others.share <= 1e-5
    assert alike.share <= 1e-4


def test_copies_of_our_own_texts_are_found_and_nothing_else_is() -> None:
    found = _copies.on_edits(OWN)
    for edit in ("other title", "dateline and credit added", "paragraph inserted", "two paragraphs swapped"):
        assert found[edit].share == 1, edit
    assert _copies.among(OWN).marked == 0
