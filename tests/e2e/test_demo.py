"""`warta demo --once`, as the README says it; twice, since data survives a restart."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sample import SampleSite
from tests.support.cluster import ROOT

COUNT = len(SampleSite(datetime.now(UTC)).articles)


def demo(directory: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WARTA_")}
    return subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--once", "--dir", str(directory)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip


@pytest.mark.timeout(900)
def test_the_demo_does_the_whole_job_and_its_data_survives(tmp_path: Path) -> None:
    first = demo(tmp_path / "demo")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Rekomendasi Artikel" in first.stdout
    assert first.stdout.count("kenapa: topik:") == 10
    assert f"{COUNT} of {COUNT} articles searchable" in first.stdout
    assert "unexplained" not in first.stdout
    again = demo(tmp_path / "demo")
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"{COUNT} of {COUNT} articles searchable" in again.stdout
    assert again.stdout.count("kenapa: topik:") == 10
