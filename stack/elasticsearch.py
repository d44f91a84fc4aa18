"""Elasticsearch: its configuration, its command line, and when it is ready. One node, run from the class path."""

import contextlib
import http.client
import json
from pathlib import Path

import msgspec

from stack.build import JAVA, Build
from stack.program import JVM_OPTIONS, Ports, Program, State, log4j

_HEAP = "512m"


class _Health(msgspec.Struct, frozen=True, kw_only=True):
    status: State
    initializing_shards: int


def config(home: Path, ports: Ports) -> dict[str, str | int | bool]:
    """The node's settings. Any xpack setting is unknown to this node, and an unknown one stops it."""
    return {
        "cluster.name": "warta-development",
        "node.name": "node-1",
        "discovery.type": "single-node",
        "network.host": "127.0.0.1",
        "http.port": ports.client,
        "transport.port": ports.inner,
        "path.data": str(home / "data"),
        "path.logs": str(home / "logs"),
        # a developer's disk that is 90 % full must not make indices read-only
        "cluster.routing.allocation.disk.threshold_enabled": False,
    }


def _command(build: Build, home: Path, ports: Ports) -> list[str]:
    configuration, scratch = home / "config", home / "tmp"
    for folder in (configuration, home / "data", scratch):
        folder.mkdir(parents=True, exist_ok=True)
    (configuration / "log4j2.properties").write_text(log4j("info"))
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in config(home, ports).items()]
    (configuration / "elasticsearch.yml").write_text("".join(lines))
    return [
        JAVA,
        f"-Xms{_HEAP}",
        f"-Xmx{_HEAP}",
        *JVM_OPTIONS,
        f"-Djava.io.tmpdir={scratch}",
        f"-Des.path.home={build.elasticsearch_home}",
        f"-Des.nativelibs.path={build.native}",
        "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",
        "-Dio.netty.noUnsafe=true",
        "-Dio.netty.noKeySetOptimization=true",
        "-Dio.netty.recycler.maxCapacityPerThread=0",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        ":".join(build.elasticsearch),
        "embedded.EsNode",
        build.elasticsearch_home,
        str(configuration),
    ]


def _state(_home: Path, port: int) -> State:
    """After a crash the cluster is red until the translog is replayed: that is `recovering`, and not the end of it."""
    health = _health(port)
    if health is None:
        return "starting"
    if health.status == "red" and health.initializing_shards:
        return "recovering"
    return health.status


def _health(port: int) -> _Health | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)  # which knows no proxies
    with contextlib.suppress(OSError, http.client.HTTPException, msgspec.MsgspecError), contextlib.closing(connection):
        connection.request("GET", "/_cluster/health")
        return msgspec.json.decode(connection.getresponse().read(), type=_Health)
    return None


ELASTICSEARCH = Program(
    name="elasticsearch", title="Elasticsearch", flag="--elasticsearch-port", command=_command, state=_state
)
