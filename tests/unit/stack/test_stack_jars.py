"""The verified download, from a repository on loopback."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stack import StackError
from stack.jars import LOCK_FILE, Jar, fetch, read_lock, write_lock
from stack.lock import ROOTS


class Repository:
    """A Maven repository that can misbehave for one path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()  # paths whose answers break off in the middle
        self.asked: list[str] = []
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.removeprefix("/maven/")
                repository.asked.append(path)
                if path not in repository.files:
                    self.send_error(404)
                    return
                body = repository.files[path]
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if path in repository.cut else body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/maven"

    def add(self, name: str, body: bytes) -> Jar:
        digest = hashlib.sha256(body).hexdigest()
        jar = Jar(part="kafka", coordinates=f"org.example:{name}:1.0", size=len(body), sha256=digest)
        self.files[jar.path] = body
        return jar


@pytest.fixture
def repository() -> Iterator[Repository]:
    repository = Repository()
    thread = threading.Thread(target=repository.server.serve_forever, args=(0.05,))
    thread.start()
    yield repository
    repository.server.shutdown()
    repository.server.server_close()
    thread.join()


def ignore(_line: str) -> None:
    pass


def test_jars_arrive_under_their_maven_paths_and_are_fetched_once(repository: Repository, tmp_path: Path) -> None:
    jars = [repository.add(name, name.encode() * 50_000) for name in ("one", "two", "three")]
    fetch(jars, tmp_path, report=ignore, pause=0, repository=repository.url)
    assert (tmp_path / "org/example/two/1.0/two-1.0.jar").read_bytes() == b"two" * 50_000
    asked = len(repository.asked)
    fetch(jars, tmp_path, report=ignore, pause=0, repository=repository.url)
    assert len(repository.asked) == asked == 3


@pytest.mark.parametrize("body", [b"changed on the way", b"the locked bytes, and more", b""])
def test_other_bytes_than_the_locked_ones_are_refused(repository: Repository, tmp_path: Path, body: bytes) -> None:
    jar = repository.add("one", b"the locked bytes")
    repository.files[jar.path] = body
    with pytest.raises(StackError, match=r"org\.example:one:1\.0 .*not the locked file.*refused"):
        fetch([jar], tmp_path, report=ignore, pause=0, repository=repository.url)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_arrived_before_a_broken_download_is_kept_and_the_next_run_goes_on(
    repository: Repository, tmp_path: Path
) -> None:
    good, broken = repository.add("good", b"g" * 100_000), repository.add("broken", b"b" * 100_000)
    repository.cut.add(broken.path)
    with pytest.raises(StackError, match=r"(?s)cannot download org\.example:broken:1\.0.*kept.*run it again"):
        fetch([good, broken], tmp_path, report=ignore, pause=0, repository=repository.url)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["good-1.0.jar"]
    repository.cut.clear()
    repository.asked.clear()
    fetch([good, broken], tmp_path, report=ignore, pause=0, repository=repository.url)
    assert repository.asked == [broken.path]


def test_a_jar_that_was_damaged_on_disk_is_fetched_again(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("one", b"the locked bytes")
    fetch([jar], tmp_path, report=ignore, pause=0, repository=repository.url)
    (tmp_path / jar.path).write_bytes(b"the LOCKED bytes")
    fetch([jar], tmp_path, report=ignore, pause=0, repository=repository.url)
    assert (tmp_path / jar.path).read_bytes() == b"the locked bytes"


def test_a_missing_jar_and_a_missing_network_say_so(repository: Repository, tmp_path: Path) -> None:
    jar = repository.add("one", b"x")
    repository.files.clear()
    with pytest.raises(StackError, match="answered 404"):
        fetch([jar], tmp_path, report=ignore, pause=0, repository=repository.url)
    with pytest.raises(StackError, match="Check the network"):
        fetch([jar], tmp_path, report=ignore, pause=0, repository="http://127.0.0.1:9/maven")


def test_a_folder_that_cannot_be_written_says_so(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="choose another directory"):
        fetch(
            [repository.add("one", b"x")], tmp_path / "file" / "jars", report=ignore, pause=0, repository=repository.url
        )


def test_the_lock_file_names_every_root_at_its_version_once_and_no_address() -> None:
    jars = read_lock()
    coordinates = [jar.coordinates for jar in jars]
    assert len(set(coordinates)) == len(coordinates)
    for part, root in ROOTS.items():
        assert any(jar.part == part and jar.coordinates == root for jar in jars)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)
    assert "://" not in LOCK_FILE.read_text()


def test_the_lock_file_reads_back_as_written(tmp_path: Path) -> None:
    jars = [Jar(part="ecj", coordinates="org.example:a:1", size=3, sha256="0" * 64)]
    write_lock(jars, tmp_path / "lock")
    assert read_lock(tmp_path / "lock") == jars


@pytest.mark.parametrize("text", ["kafka org.example:a:1 3", "kafka a:b:1 many 00", "<html>"])
def test_a_file_of_another_shape_is_no_lock_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "lock").write_text(text)
    with pytest.raises(StackError, match="restore it"):
        read_lock(tmp_path / "lock")
    with pytest.raises(StackError, match="is missing"):
        read_lock(tmp_path / "none")
