"""Resolves the servers' jars afresh and writes the lock file: `python -m stack lock`, for maintainers."""

import os
from pathlib import Path

from stack.jars import LOCK_FILE, Jar, Report, sha256_of, write_lock

# Each is resolved by itself: jgo treats every coordinate of a joint "a+b" as a BOM for the others, and with the slf4j
# binding's managed versions in place of its own the broker dies of a NoSuchMethodError.
ROOTS = {
    "elasticsearch": "org.elasticsearch:elasticsearch:9.5.3",
    "netty": "org.elasticsearch.plugin:transport-netty4:9.5.3",
    "kafka": "org.apache.kafka:kafka_2.13:4.4.0",
    "slf4j": "org.apache.logging.log4j:log4j-slf4j-impl:2.25.5",
    "ecj": "org.eclipse.jdt:ecj:3.43.0",
}
_BEYOND = {"netty": "elasticsearch", "slf4j": "kafka"}  # of these only what the other part does not have already


def lock(cache: Path, *, report: Report) -> None:
    """Writes stack.lock for ROOTS; downloads everything into `cache` to hash it."""
    os.environ["M2_REPO"] = str(cache / "m2")  # read by jgo: the user's own repository stays untouched
    import jgo  # noqa: PLC0415 - after M2_REPO is set

    found: dict[str, list[Jar]] = {}
    for part, root in ROOTS.items():
        report(f"resolving {root}")
        paths = {f"{a.groupId}:{a.artifactId}:{a.version}": Path(a.resolve()) for a in jgo.resolve(root)}
        found[part] = [
            Jar(part=part, coordinates=coordinates, size=path.stat().st_size, sha256=sha256_of(path))
            for coordinates, path in paths.items()
        ]
    for part, base in _BEYOND.items():
        have = {_unversioned(jar) for jar in found[base]}
        found[part] = [jar for jar in found[part] if _unversioned(jar) not in have]
    jars = [jar for part in found.values() for jar in part]
    write_lock(jars)
    report(f"{LOCK_FILE}: {len(jars)} jars, {sum(jar.size for jar in jars) / 1e6:.0f} MB")


def _unversioned(jar: Jar) -> str:
    return jar.coordinates.rsplit(":", 1)[0]
