"""Wrong settings, taken ports and unreachable servers: one clear error each, and a code that says which kind."""

import socket
import subprocess
import sys

import pytest

from cli.supervise import SERVICES
from tests.support.cluster import ROOT, Cluster


def run(cluster: Cluster, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *command], cwd=ROOT, env={**cluster.environment, **environment},
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_a_wrong_setting_ends_a_service_with_78_and_its_name(cluster: Cluster, service: str) -> None:
    done = run(cluster, service, WARTA_KAFKA_SECURITY_PROTOCOL="TLS")
    assert done.returncode == 78
    assert "WARTA_KAFKA_SECURITY_PROTOCOL" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_setting_that_nobody_reads_is_refused(cluster: Cluster) -> None:
    done = run(cluster, "indexer", WARTA_ELASTICSERCH_URL="http://127.0.0.1:1")
    assert done.returncode == 78
    assert "did you mean WARTA_ELASTICSEARCH_URL" in done.stderr


def test_a_taken_port_is_named(cluster: Cluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(cluster, "indexer", WARTA_HEALTH_PORT=port)
    assert done.returncode == 78
    assert port in done.stderr
    assert "WARTA_HEALTH_PORT" in done.stderr


@pytest.mark.parametrize("command", [("status",), ("bootstrap",), ("seed", "https://contoh.id/")])
def test_no_broker_is_one_clear_error(cluster: Cluster, command: tuple[str, ...]) -> None:
    done = run(cluster, *command, WARTA_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert done.returncode == 1
    assert "no Kafka broker answers at 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("search", "x"), ("related", "https://contoh.id/a")])
def test_no_elasticsearch_is_one_clear_error(cluster: Cluster, command: tuple[str, ...]) -> None:
    done = run(cluster, *command, WARTA_ELASTICSEARCH_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "Elasticsearch doesn't answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_article_is_said(cluster: Cluster) -> None:
    done = run(cluster, "related", "https://contoh.id/tidak-ada")
    assert done.returncode == 1
    assert "no article https://contoh.id/tidak-ada" in done.stderr
