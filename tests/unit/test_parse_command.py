"""`warta parse`: one line out for each in, in order, whatever the pages are; no server needed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from shared.topics import MAX_PAGE_BYTES

ROOT = Path(__file__).resolve().parents[2]
PAGE = """<html lang=id><head><title>{0}</title><meta property=og:type content=article>
<meta property=article:published_time content=2024-10-08T10:00:00+07:00></head>
<body><article><h1>{0}</h1><p>Warga {0} menanam seribu pohon di tepi sungai pada Selasa pagi.</p></article>
</body></html>"""


def warta(*arguments: str, cwd: Path, code: int = 0, **settings: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments], cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **settings},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in done.stdout.splitlines()]


def test_a_manifest_keeps_its_order_and_every_line_has_an_answer(tmp_path: Path) -> None:
    entries: list[Any] = []
    for number in range(12):
        (tmp_path / f"{number}.html").write_text(PAGE.format(f"Desa {number}"))
        url = f"https://contoh.id/baca/{number}"
        entries.append(
            {"path": f"{number}.html", "url": url, "content_type": "text/html", "fetched_at": "2024-10-08T10:30:00Z"}
        )
    (tmp_path / "kosong.html").write_text("<html></html>")
    entries[3:3] = [
        {"path": "kosong.html", "url": "https://contoh.id/kosong", "content_type": "text/html"},
        {"path": "hilang.html", "url": "https://contoh.id/hilang", "content_type": "text/html"},
        {"path": "0.html", "url": "bukan alamat", "content_type": "text/html"},
        {"path": "0.html", "url": "https://contoh.id/gambar", "content_type": "image/png"},
        {"url": "https://contoh.id/tanpa-berkas"},
    ]
    (tmp_path / "pages.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, entries)) + b"\nno json\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    answers = lines(warta("parse", "--manifest", str(tmp_path / "pages.jsonl"), "--jobs", "2", cwd=elsewhere))
    assert [answer.get("title") for answer in answers if "title" in answer] == [f"Desa {n}" for n in range(12)]
    assert [next(iter(answer)) for answer in answers[3:8]] == [
        "skip",
        "dead_letter",
        "dead_letter",
        "skip",
        "dead_letter",
    ]
    assert answers[6]["skip"] == "unsupported_type"
    assert answers[-1]["dead_letter"] == "unreadable_input"
    assert len(answers) == 18


def test_a_page_that_costs_its_process_leaves_the_others_unharmed(tmp_path: Path) -> None:
    """A page of brackets is deep enough to cost a worker its memory or time, or is just no article."""
    for number in range(40):
        (tmp_path / f"{number}.html").write_text(PAGE.format(f"Desa {number}"))
    (tmp_path / "dalam.html").write_text("<div>" * 400_000)
    entries = [{"path": f"{number}.html", "url": f"https://contoh.id/baca/{number}"} for number in range(40)]
    entries.insert(1, {"path": "dalam.html", "url": "https://contoh.id/baca/dalam"})
    (tmp_path / "pages.jsonl").write_bytes(b"\n".join(map(msgspec.json.encode, entries)))
    answers = lines(
        warta("parse", "--manifest", "pages.jsonl", "--jobs", "3", cwd=tmp_path,
              WARTA_PARSER_DEADLINE_SECONDS="1", WARTA_PARSER_MEMORY_LIMIT_MIB="64")
    )  # fmt: skip
    assert "title" not in answers.pop(1)
    assert [answer["title"] for answer in answers] == [f"Desa {number}" for number in range(40)]


def test_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE.format("Desa Satu"))
    (article,) = lines(warta("parse", "a.html", "--url", "https://contoh.id/a?utm_source=x", cwd=tmp_path))
    assert article["canonical_url"] == "https://contoh.id/a"
    assert article["published_at"] == "2024-10-08T03:00:00Z"
    assert "section" not in article


def test_what_is_missing_or_wrong_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("x")
    assert "--url" in warta("parse", "a.html", cwd=tmp_path, code=2).stderr
    assert (
        "zone"
        in warta("parse", "a.html", "--url", "https://a.id", "--fetched-at", "kemarin", cwd=tmp_path, code=2).stderr
    )
    assert "can't read" in warta("parse", "b.html", "--url", "https://a.id/", cwd=tmp_path, code=1).stderr
    assert "manifest" in warta("parse", "--manifest", "tidak-ada", cwd=tmp_path, code=1).stderr


def test_no_line_of_a_manifest_takes_others_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE.format("Desa Satu"))
    (tmp_path / "besar.html").write_bytes(b"x" * (MAX_PAGE_BYTES + 1))
    os.mkfifo(tmp_path / "pipa")
    good = b'{"path": "a.html", "url": "https://contoh.id/a"}'
    bad = {
        b'{"path": "a\xff.html", "url": "https://contoh.id/a"}': "utf-8",
        b"\xff\xfe\x00": "malformed",
        b'{"path": "a\\u0000b", "url": "https://contoh.id/a"}': "can't read",
        b'{"path": "%s", "url": "https://contoh.id/a"}' % (b"a" * 5000): "can't read",
        b'{"path": "", "url": "https://contoh.id/a"}': "can't read",
        b'{"path": "pipa", "url": "https://contoh.id/a"}': "no regular file",
        b'{"path": "/dev/zero", "url": "https://contoh.id/a"}': "no regular file",
        b'{"path": "besar.html", "url": "https://contoh.id/a"}': "bytes",
        b'{"path": "a.html/b", "url": "https://contoh.id/a"}': "can't read",
        b'{"path": "a.html", "url": "https://contoh.id/a", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}": "recursion",
        b'{"path": "a.html", "url": "https://contoh.id/a", "fetched_at": "1969-12-31T23:59:59Z"}': "fetched then",
        b'{"path": "a.html", "url": "https://contoh.id/a", "fetched_at": "0001-01-01T00:00:00+07:00"}': "fetched then",
        b'{"path": "a.html", "url": "https://contoh.id/a", "fetched_at": "2024-10-08T10:30:00"}': "fetched_at",
        b'{"path": "a.html", "url": "http://[::1/"}': "not a URL",
        b'{"x": "' + b"a" * (3 << 20) + b'"}': "longer than",
    }
    (tmp_path / "pages.jsonl").write_bytes(b"\n".join(part for line in bad for part in (line, good)))
    answers = lines(warta("parse", "--manifest", "pages.jsonl", "--jobs", "1", cwd=tmp_path))
    assert [answer["title"] for answer in answers[1::2]] == ["Desa Satu"] * len(bad)
    for number, (answer, said) in enumerate(zip(answers[::2], bad.values(), strict=True)):
        assert answer["dead_letter"] == "unreadable_input"
        assert f"line {2 * number + 1} " in answer["detail"]
        assert said in answer["detail"]
        assert len(answer["detail"]) < 600


def test_what_each_line_has_is_not_also_an_option(tmp_path: Path) -> None:
    (tmp_path / "pages.jsonl").write_text("")
    for option in ("--content-type=text/plain", "--url=", "--fetched-at=2024-10-08T10:30:00Z"):
        for command in ("parse", "import"):
            assert (
                "each line has its own"
                in warta(command, "--manifest", "pages.jsonl", option, cwd=tmp_path, code=2).stderr
            )
    early = ["parse", "pages.jsonl", "--url", "https://a.id/", "--fetched-at", "1969-01-01T00:00:00Z"]
    assert "no page was fetched then" in warta(*early, cwd=tmp_path, code=1).stderr
