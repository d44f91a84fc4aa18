"""The four services and the API as child processes of `up` and `demo`: started, watched, restarted, stopped."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from shared.logs import EXIT_CONFIGURATION
from shared.topics import CONSUMERS

SERVICES = tuple(CONSUMERS)
API = "api"
CHILDREN = (*SERVICES, API)
ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 40.0
# A service that ended is started again after so long, doubled with every end that came soon after a start.
FIRST_RESTART_SECONDS = 1.0
LAST_RESTART_SECONDS = 30.0
SOON_SECONDS = 60.0
TAIL_BYTES = 8192
# A process that doesn't answer for so long is stopped or drowned; a start takes some of it.
PATIENCE_SECONDS = 120.0
ANSWER_SECONDS = 2.0
HEAD_BYTES = 1 << 16
HEALTH_PORT = re.compile(rb'"url\.port":(\d+)')
API_URL = re.compile(rb'"url\.full":"(http://[^"]+)"[^\n]*"event\.action":"api\.started"')
SAID = re.compile(r"warta( \w+)?: ")
PR_SET_PDEATHSIG = 1  # prctl(2)


def _end_with_parent() -> None:
    """Have the kernel send SIGTERM when the parent ends, however it ends: no orphans after a kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One service's process, its log file, and when it may be started again."""

    def __init__(self, service: str, environment: Mapping[str, str], logs: Path) -> None:
        self.service = service
        self.log = logs / f"{service}.log"
        self._environment = {**environment, "PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._wait = FIRST_RESTART_SECONDS
        self._restart_at: float | None = None
        self._log_begins = 0
        self._answered = 0.0
        self._health_url: str | None = None
        self.failures = 0
        """How often it ended by itself."""

    def start(self) -> None:
        """Start the process; its log is appended to."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli", self.service],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=self._environment,
                start_new_session=True, preexec_fn=_end_with_parent,  # noqa: PLW1509 - it makes one system call
            )  # fmt: skip
        self._started = self._answered = time.monotonic()
        self._restart_at = None
        self._health_url = None

    @property
    def pid(self) -> int:
        """The running process's id, 0 when there is none."""
        return self._process.pid if self._process and self._process.poll() is None else 0

    def watch(self, report: Callable[[str], None]) -> None:
        """Start it again when it has ended; say so."""
        if self._process is None or (code := self._process.poll()) is None:
            return
        now = time.monotonic()
        if self._restart_at is None:
            self._wait = FIRST_RESTART_SECONDS if now - self._started > SOON_SECONDS else self._wait
            self._restart_at = now + self._wait
            self.failures += 1
            report(f"{self.service} ended with {code}; again in {self._wait:.0f} s. Its log: {self.log}")
            self._wait = min(2 * self._wait, LAST_RESTART_SECONDS)
        elif now >= self._restart_at:
            self.start()

    @property
    def health_url(self) -> str | None:
        """Where it answers /livez and /readyz, once it has said so in its log."""
        if self._health_url is None and (said := self._said(HEALTH_PORT)):
            self._health_url = f"http://127.0.0.1:{int(said[1])}"
        return self._health_url

    @property
    def url(self) -> str | None:
        """Where the API answers, once it has said so in its log."""
        said = self._said(API_URL)
        return said[1].decode() if said else None

    def _said(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """What the running process said at its start."""
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(self._log_begins)
            return pattern.search(log.read(HEAD_BYTES))
        return None

    def check(self, report: Callable[[str], None], *, patience: float = PATIENCE_SECONDS) -> None:
        """Kill a process that didn't answer for `patience` seconds, a stopped one say: `watch` starts it again.

        One that answers that it is stalled ends by itself.
        """
        if not self.pid:
            return
        if _answers(self.health_url):
            self._answered = time.monotonic()
        elif time.monotonic() - self._answered >= patience:
            report(f"{self.service} didn't answer /livez for {patience:.0f} s: killed")
            self.signal(signal.SIGKILL)

    @property
    def refused(self) -> str | None:
        """What it said if it ended because of a wrong setting."""
        if self._process is None or self._process.poll() != EXIT_CONFIGURATION:
            return None
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL_BYTES))
            lines = log.read().decode(errors="replace").splitlines()
        said = max((number for number, line in enumerate(lines) if SAID.match(line)), default=-1)
        words = SAID.sub("", "\n".join(lines[said:])).strip()
        return f"{self.service} refuses its settings: {words or f'its log {self.log} says nothing more'}"

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the process if it runs."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)

    def wait(self, seconds: float) -> int | None:
        """Its exit code, or None if it still runs after `seconds`."""
        if self._process is None:
            return 0
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None


def _answers(health_url: str | None) -> bool:
    try:
        if health_url is not None:
            urllib.request.urlopen(f"{health_url}/livez", timeout=ANSWER_SECONDS).close()  # noqa: S310 - ours
    except urllib.error.HTTPError as answer:
        answer.close()
    except OSError:
        return False
    return health_url is not None


class Supervisor:
    """All of them."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        shared = {**os.environ, **environment, "WARTA_HEALTH_PORT": "0", "WARTA_LOG_FORMAT": "json"}
        self.children = [Child(service, shared, logs) for service in CHILDREN]

    def start(self) -> None:
        """Start them all."""
        for child in self.children:
            child.start()

    @property
    def api(self) -> Child:
        """The API's process."""
        return next(child for child in self.children if child.service == API)

    def watch(self, report: Callable[[str], None]) -> None:
        """Restart what has ended. Call it about once a second."""
        for child in self.children:
            child.watch(report)

    def check(self, report: Callable[[str], None]) -> None:
        """Kill what doesn't answer any more. Blocks for some seconds then; call it now and then, in a thread."""
        for child in self.children:
            child.check(report)

    def stop(self, report: Callable[[str], None]) -> None:
        """SIGTERM to all, then wait; what doesn't end in time is killed, and said."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.wait(max(0.0, deadline - time.monotonic())) is None:
                report(f"{child.service} did not stop in {STOP_SECONDS:.0f} s: killed")
                child.signal(signal.SIGKILL)
                child.wait(5)
