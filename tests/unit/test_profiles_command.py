# ruff: noqa: E501 - pages stand on one line
"""`warta profiles`: what it lists, what it shows of a page, and the file that it begins."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.profiles import profiles
from tests.unit.parser.test_profiles import PAGE

DETIK = """<html lang=id><head><title>Padi Panen Raya</title><meta property=og:type content=article></head><body>
<article class=detail><h1 class=detail__title>Padi Panen Raya</h1><div class=detail__date>Senin, 07 Okt 2024 09:00 WIB</div>
<div class="detail__body-text itp_bodycontent"><p>Petani di Lembah memanen padi lebih awal daripada tahun lalu.</p>
<table class=linksisip><tr><td>Baca juga: <a href=/d-1>Harga Gabah Naik Lagi</a></td></tr></table></div></article></body></html>"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "detik.html").write_text(DETIK)
    (tmp_path / "kabar.html").write_text(PAGE)
    (tmp_path / "kosong.html").write_text("<html></html>")
    return tmp_path


def run(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(profiles, [str(argument) for argument in arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_all_profiles_are_listed() -> None:
    listed = run()
    for site in ("kompas.com", "detik.com", "antaranews.com", "liputan6.com", "cnnindonesia.com", "republika.co.id",
                 "okezone.com", "tribunnews.com", "mediaindonesia.com", "tempo.co"):  # fmt: skip
        assert site in listed
    assert "2019-01-01 to 2024-12-31" in listed


def test_what_each_selector_takes_and_where_each_field_is_from(files: Path) -> None:
    shown = run(
        "show", files / "detik.html", "--url", "https://news.detik.com/d-2", "--fetched-at", "2024-10-08T10:30:00Z"
    )
    lines = [line.split() for line in shown.splitlines()]
    assert ["profile:", "detik.com,", "since", "2019-06-01"] in lines
    assert ["*", "title", "1", "h1.detail__title", "Padi", "Panen", "Raya"] in lines
    assert ["*", "drop", "1", "table.linksisip", "Baca", "juga:", "Harga", "Gabah", "Naik", "Lagi"] in lines
    assert ["body", "1", "div.itp_bodycontent"] in [line[:3] for line in lines]  # found, but doesn't count
    assert ["body", "profile", "1:", "Petani"] in [[*line[:2], *line[3:5]] for line in lines]
    assert ["related", "links", "1:", "Harga"] in [[*line[:2], *line[3:5]] for line in lines]


def test_why_no_profile_fits(files: Path) -> None:
    shown = run("show", files / "kabar.html", "--url", "https://news.detik.com/d-2")
    assert "no profile fits: detik.com has 2" in shown
    assert "since 2019-06-01: not found: title, body" in shown
    assert "general" in shown or "density" in shown


def test_a_new_profile_is_begun(files: Path) -> None:
    text = run("skeleton", files / "kabar.html", "--url", "https://kabar.example.id/read/1")
    compile(text, "skeleton", "exec")
    assert 'site="example.id"' in text
    assert 'body=("div.naskah",)' in text


def test_what_is_no_article_or_no_file_is_said(files: Path) -> None:
    for command in ("show", "skeleton"):
        assert "no article" in run(command, files / "kosong.html", "--url", "https://kabar.example.id/read/1", code=1)
        assert "can't read" in run(command, files / "hilang.html", "--url", "https://kabar.example.id/read/1", code=1)
        assert "--url" in run(command, files / "kabar.html", code=2)
        assert "./warta profiles" in run(command, "--help")


def test_a_page_that_can_not_be_read_is_said_in_one_line(files: Path) -> None:
    (files / "rusak.html").write_bytes(b"\x81\x00\x02" * 200)
    for command in ("show", "skeleton"):
        said = run(command, files / "rusak.html", "--url", "https://news.detik.com/d-2", code=1)
        assert said.startswith("Error: can't be parsed: undecodable_page")
