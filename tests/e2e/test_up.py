"""`warta up`: the servers and services of one machine, through kills, to Ctrl-C and back."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from cli import supervise
from tests.support.cluster import ROOT, until

PAGE = """<html lang=id><head><title>{0}</title><meta property=og:type content=article></head>
<body><article><h1>{0}</h1><p>Warga {0} menanam seribu pohon di tepi sungai.</p></article></body></html>"""
SERVICES = set(supervise.CHILDREN)


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")} | more


@contextmanager
def up(directory: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [
        sys.executable,
        "-m",
        "cli",
        "up",
        "--dir",
        str(directory),
        "--kafka-port",
        "0",
        "--elasticsearch-port",
        "0",
        "--api-port",
        "0",
    ]
    with (directory.parent / "up.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(**variables), stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def children(process: subprocess.Popen[bytes]) -> dict[str, psutil.Process]:
    found = {}
    for child in psutil.Process(process.pid).children():
        try:
            name = child.cmdline()[-1]
        except (psutil.Error, IndexError):
            continue
        if name in SERVICES:
            found[name] = child
    return found


async def addresses(log: Path) -> dict[str, str]:
    async def export() -> re.Match[str] | None:
        return re.search(r"export (WARTA_\S+)=(\S+) (WARTA_\S+)=(\S+)", log.read_text())

    match: re.Match[str] = await until(export, seconds=120, why=log.read_text)
    return {match[1]: match[2], match[3]: match[4]}


def warta(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *command], cwd=ROOT, env=environment(**variables), capture_output=True, text=True,
        timeout=90, check=False,
    )  # fmt: skip


@pytest.mark.timeout(400)
async def test_services_that_are_killed_come_back_and_data_survives(tmp_path: Path) -> None:
    directory, log = tmp_path / "up", tmp_path / "up.log"
    (tmp_path / "a.html").write_text(PAGE.format("Desa Contoh"))
    with up(directory) as process:
        servers = await addresses(log)
        before = children(process)
        assert set(before) == SERVICES
        url = "https://contoh.id/baca/1"
        imported = warta("import", str(tmp_path / "a.html"), "--url", url, **servers)
        assert imported.returncode == 0, imported.stderr
        for child in before.values():
            child.kill()

        async def back() -> bool:
            return set(children(process)) == SERVICES

        await until(back, seconds=60, why=log.read_text)

        async def found() -> bool:
            return "Desa Contoh" in (await asyncio.to_thread(warta, "search", "desa", **servers)).stdout

        await until(found, seconds=90, every=2, why=log.read_text)
        second = warta("up", "--dir", str(directory))
        assert second.returncode == 1
        assert f"another warta runs in {directory} (pid {process.pid})" in second.stderr
        assert "Desa Contoh" in (await asyncio.to_thread(warta, "search", "desa", **servers)).stdout
        assert set(children(process)) == SERVICES
        process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(process.wait, 60) == 0
    assert "Traceback" not in log.read_text()
    with up(directory) as process:
        servers = await addresses(log)
        assert "Desa Contoh" in (await asyncio.to_thread(warta, "search", "desa", **servers)).stdout
        orphans = list(children(process).values())
        process.kill()

        async def gone() -> bool:
            return not any(orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE for orphan in orphans)

        await until(gone, seconds=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.timeout(200)
async def test_an_interrupted_start_ends_soon_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with up(tmp_path / "up") as process:

        async def servers() -> list[psutil.Process]:
            return [child for child in psutil.Process(process.pid).children() if child.name() == "java"]

        started = await until(servers, seconds=60, every=0.05, why=(tmp_path / "up.log").read_text)
        process.send_signal(number)
        assert await asyncio.to_thread(process.wait, 15) == 130

        async def gone() -> bool:
            mine = [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(p.info["cmdline"] or [])]
            return not mine and not any(server.is_running() for server in started)

        await until(gone, seconds=15)
    said = (tmp_path / "up.log").read_text()
    assert "interrupted before everything ran" in said
    assert "Traceback" not in said


@pytest.mark.timeout(200)
async def test_a_service_that_refuses_its_settings_ends_up_with_its_words(tmp_path: Path) -> None:
    with up(tmp_path / "up", WARTA_RECOMMENDER_SIZE="sepuluh") as process:
        assert await asyncio.to_thread(process.wait, 120) == 78
    said = (tmp_path / "up.log").read_text()
    assert re.search("^warta: (recommender|api) refuses its settings: ", said, re.MULTILINE), said
    assert "WARTA_RECOMMENDER_SIZE: " in said
