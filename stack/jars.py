"""The servers' jars: the lock file that names them, and the verified download of those that are missing."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec

from stack.errors import StackError
from stack.space import disk_errors

LOCK_FILE = Path(__file__).with_name("stack.lock")

Report = Callable[[str], None]

_ATTEMPTS = 3
_REPORT_EVERY = 2.0  # seconds


class Jar(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the lock file. `part` says what it is for: elasticsearch, netty, kafka, slf4j or ecj."""

    part: str
    coordinates: str  # group:artifact:version
    size: int  # bytes
    sha256: str

    @property
    def version(self) -> str:
        return self.coordinates.rsplit(":", 1)[1]

    @property
    def path(self) -> str:
        """Where it is in a Maven repository, and below our own folder of jars."""
        group, artifact, version = self.coordinates.split(":")
        return f"{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.jar"


class _MismatchError(Exception):
    """The bytes are not the ones that the lock file promises."""


def read_lock(path: Path = LOCK_FILE) -> list[Jar]:
    """Reads the lock file: one jar a line, `part group:artifact:version bytes sha256`.

    Raises StackError if it is missing or a line has another shape.
    """
    try:
        lines = [line.split() for line in path.read_text().splitlines()]
        return [
            Jar(part=part, coordinates=coordinates, size=int(size), sha256=sha256)
            for part, coordinates, size, sha256 in lines
        ]
    except FileNotFoundError:
        raise StackError(f"{path} is missing: restore it from the repository") from None
    except ValueError:
        raise StackError(f"{path} is not a lock file: restore it from the repository") from None


def write_lock(jars: Iterable[Jar], path: Path = LOCK_FILE) -> None:
    path.write_text("".join(f"{jar.part} {jar.coordinates} {jar.size} {jar.sha256}\n" for jar in jars))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(jars: list[Jar], folder: Path, *, report: Report, repository: str | None = None, pause: float = 0.5) -> None:
    """Downloads into `folder` those of `jars` that are not there; only verified files ever get their final name.

    `repository` is the base address of a Maven repository, by default the central one; `pause` the seconds before a
    second attempt. Raises StackError when a jar cannot be had or is not the locked one; what has arrived is kept.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        missing = [jar for jar in jars if not _present(jar, folder)]
    if not missing:
        return
    progress = _Progress(sum(jar.size for jar in missing), report)
    client = _client(repository or _central())
    pool = ThreadPoolExecutor(8)
    try:
        for _ in pool.map(lambda jar: _fetch_one(jar, folder, client, progress, pause), missing):
            pass
    finally:
        pool.shutdown(cancel_futures=True)
        client.close()


def _present(jar: Jar, folder: Path) -> bool:
    path = folder / jar.path
    return path.exists() and path.stat().st_size == jar.size and sha256_of(path) == jar.sha256


def _central() -> str:
    from jgo.constants import MAVEN_CENTRAL_URL  # noqa: PLC0415 - 0.7 s of imports, for the first run only

    return str(MAVEN_CENTRAL_URL)


def _client(repository: str) -> httpx.Client:
    context = httpx.create_ssl_context()
    context.load_default_certs()  # beside the bundled ones: a company's own authority is in the system's store
    return httpx.Client(
        base_url=repository.rstrip("/") + "/",
        verify=context,
        timeout=httpx.Timeout(60, connect=20),
        follow_redirects=True,
        headers={"accept-encoding": "identity"},
    )


def _fetch_one(jar: Jar, folder: Path, client: httpx.Client, progress: "_Progress", pause: float) -> None:
    target = folder / jar.path
    arriving = target.with_suffix(".part")
    error: Exception | None = None
    for attempt in range(_ATTEMPTS):
        time.sleep(attempt * pause)
        try:
            with disk_errors(folder):
                target.parent.mkdir(parents=True, exist_ok=True)
                _download(jar, client, arriving, progress)
                arriving.replace(target)
        except (httpx.HTTPError, _MismatchError) as failure:
            error = failure
        else:
            return
        finally:
            arriving.unlink(missing_ok=True)
    if isinstance(error, _MismatchError):
        raise StackError(
            f"{jar.coordinates} as downloaded is not the locked file ({error}), so it was refused and deleted. "
            "Something between here and the repository changes files, such as a proxy: try another network"
        )
    raise StackError(
        f"cannot download {jar.coordinates}: {_reason(error)}. "
        f"Check the network; what has arrived is kept in {folder}: run it again to go on"
    )


def _download(jar: Jar, client: httpx.Client, arriving: Path, progress: "_Progress") -> None:
    digest = hashlib.sha256()
    received = 0
    try:
        with client.stream("GET", jar.path) as response, arriving.open("wb") as file:
            response.raise_for_status()
            for chunk in response.iter_raw():
                received += len(chunk)
                progress.add(len(chunk))
                digest.update(chunk)
                file.write(chunk)
                if received > jar.size:
                    break
        _check(jar, received, digest.hexdigest())
    except Exception:
        progress.add(-received)
        raise


def _check(jar: Jar, size: int, sha256: str) -> None:
    if size > jar.size:
        raise _MismatchError(f"it goes on after its {jar.size} bytes")
    if sha256 != jar.sha256:
        raise _MismatchError(f"SHA-256 {sha256[:16]}…, not {jar.sha256[:16]}…")


def _reason(error: Exception | None) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"the repository answered {error.response.status_code}"
    return f"{type(error).__name__}: {error}".rstrip(": ")


class _Progress:
    """Counts the bytes of all downloads and reports now and then, from whichever thread is there first."""

    def __init__(self, total: int, report: Report) -> None:
        self._total = total
        self._report = report
        self._done = 0
        self._next = time.monotonic() + _REPORT_EVERY
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            now = time.monotonic()
            due = now >= self._next
            if due:
                self._next = now + _REPORT_EVERY
        if due:
            self._report(f"  {self._done / 1e6:.0f} of {self._total / 1e6:.0f} MB")
