# ruff: noqa: E501 - pages stand on one line
"""The sites' profiles: valid, short, told apart by time; and what is begun for a new site works as one."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.parser.parse import parse
from services.parser.profile_report import is_valid_at, selectors_of, taken_by, validity_of
from services.parser.profile_skeleton import guess_selectors, skeleton
from services.parser.short_selectors import short_selector
from services.parser.sites import PROFILES, find_profile
from services.parser.sites.profile import Profile
from services.parser.tree import parse_tree
from shared.events import PageFetched
from tests.support.shared_data import ROOT

AT = datetime(2024, 10, 8, 10, 30, tzinfo=UTC)
PAGE = """<!doctype html><html lang=id><head><title>Warga Lembah Perbaiki Irigasi</title>
<meta property=og:type content=article><meta name=author content='Rina Wulandari'><meta name=keywords content='irigasi, lembah'>
<meta property=og:image content=https://kabar.example.id/foto/irigasi-lembah.jpg></head><body>
<div id=atas class=menu><a href=/a>Awal</a></div>
<main class="css-1x2y3z"><h1 class=judul>Warga Lembah Perbaiki Irigasi</h1>
<div class=waktu>Senin, 7 Oktober 2024 | 09:00 WIB</div><div class=penulis>Penulis: Rina Wulandari</div>
<figure class=foto-utama><img src=/foto/irigasi-lembah.jpg><figcaption>Saluran irigasi di Lembah.</figcaption></figure>
<div id=isi-778812 class=naskah><p>Ratusan warga Lembah memperbaiki saluran irigasi pada akhir pekan lalu.</p>
<p>Mereka menyusun batu kali selama tiga hari tanpa bantuan alat berat, kata kepala desa.</p>
<p>Kini air dibagi bergiliran setiap dua hari sehingga semua petak sawah kebagian.</p></div>
<div class=daftar-topik>Topik: <a href=/tag/irigasi>irigasi</a> <a href=/tag/lembah>lembah</a></div></main>
<section class=terkait><h3>Berita Terkait</h3><ul><li><a href=/read/91/a>Sekolah Terapung Dibuka</a></li>
<li><a href=/read/92/b>Kopi Lereng Naik Harga</a></li></ul></section></body></html>"""


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: f"{profile.site}, {validity_of(profile)}")
def test_every_selector_is_one(profile: Profile) -> None:
    tree = parse_tree("<p>kosong</p>")
    assert profile.title
    assert {taken.count for taken in taken_by(profile, tree)} == {0}
    assert set(selectors_of(profile)) >= {"title", "body"}


def test_files_are_short() -> None:
    files = list((ROOT / "services" / "parser" / "sites").glob("*.py"))
    assert len(files) > 10
    assert {
        path.name: len(path.read_text().splitlines()) for path in files if len(path.read_text().splitlines()) > 60
    } == {}


def test_every_day_has_a_layout_of_every_site() -> None:
    for site in {profile.site for profile in PROFILES}:
        for year in range(2015, 2027):
            day = datetime(year, 7, 1, tzinfo=UTC).date()
            assert any(profile.site == site and is_valid_at(profile, day) for profile in PROFILES), (site, year)


def test_the_page_decides_and_the_time_orders() -> None:
    tree = parse_tree("<h1 class='detail__title'>Judul</h1><div class='itp_bodycontent'>Isi</div>")
    found = find_profile(
        tree, url="https://news.detik.com/x", site="detik.com", fetched_at=datetime(2016, 1, 1, tzinfo=UTC)
    )
    assert found is not None
    assert found.title == ("h1.detail__title",)
    both = parse_tree(
        "<h1 class='detail__title'>A</h1><div class=jdl><h1>A</h1></div><div class='itp_bodycontent'>Isi</div>"
    )
    old = find_profile(
        both, url="https://news.detik.com/x", site="detik.com", fetched_at=datetime(2016, 1, 1, tzinfo=UTC)
    )
    assert old is not None
    assert "h1.l_blue2_detik" in old.title


def test_a_mere_tag_tells_no_site_from_a_bare_address() -> None:
    tree = parse_tree("<h1>Judul</h1><div class=article><p>Isi</p></div>")
    assert find_profile(tree, url="http://127.0.0.1:8000/x", site="127.0.0.1", fetched_at=AT) is None
    assert find_profile(tree, url="https://mediaindonesia.com/x", site="mediaindonesia.com", fetched_at=AT) is not None


def test_a_skeleton_is_a_profile_that_finds_what_was_found_without_it() -> None:
    page = PageFetched(
        url="https://kabar.example.id/read/1", fetched_at=AT, content_type="text/html", body=PAGE.encode()
    )
    article, tree = parse(page).article, parse_tree(PAGE)
    text = skeleton(article.site, guess_selectors(tree, article, now=AT), now=AT, confidence=0.9)
    space: dict[str, tuple[Profile, ...]] = {}
    exec(compile(text, "skeleton", "exec"), space)
    (profile,) = space["PROFILES"]
    assert selectors_of(profile) == {
        "body": ("div.naskah",),
        "title": ("h1.judul",),
        "date": ("div.waktu",),
        "authors": ("div.penulis",),
        "topics": ("div.daftar-topik a",),
        "picture": ("figure.foto-utama img",),
        "caption": ("figure.foto-utama figcaption",),
        "related_item": ("section.terkait ul li",),
    }
    assert re.search(r"holds 3 of 3 paragraphs; 100% of its text", text)


def test_names_that_a_build_makes_up_are_no_selectors() -> None:
    tree = parse_tree("<div class='css-1x2y3z sc-Abcde'><p id='p-20241008'>a</p></div><div class=x><p>b</p></div>")
    nodes = tree.css("p")
    assert short_selector(tree, nodes[0]) == "p"
    assert short_selector(tree, nodes[1]) is None


def test_no_file_of_a_site_is_left_out() -> None:
    files = {path.stem for path in (Path(ROOT) / "services" / "parser" / "sites").glob("*.py")}
    text = (ROOT / "services" / "parser" / "sites" / "__init__.py").read_text()
    listed = re.findall(r"\w+", text.split("_SITES = (")[1].split(")")[0])
    assert files - {"__init__", "profile"} == set(listed)
