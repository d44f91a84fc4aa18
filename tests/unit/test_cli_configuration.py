"""Settings that nobody would read, or that would go unused, are errors that name them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.configuration import ALL, check, refuse_servers
from shared.errors import ConfigurationError
from shared.settings import ELSEWHERE, KafkaSettings, load, variables


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*variables(ALL), *ELSEWHERE):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SASL_USERNAME": "u", "SASL_PASSWORD": "p"}, "PLAINTEXT, .*SASL_USERNAME and WARTA_KAFKA_SASL_PASSWORD"),
        ({"SECURITY_PROTOCOL": "SSL", "SASL_MECHANISM": "PLAIN"}, "is SSL, .*WARTA_KAFKA_SASL_MECHANISM"),
        ({"SSL_CA_FILE": "ca.pem"}, "WARTA_KAFKA_SSL_CA_FILE"),
        (
            {
                "SECURITY_PROTOCOL": "SASL_PLAINTEXT",
                "SASL_USERNAME": "u",
                "SASL_PASSWORD": "p",
                "SSL_CA_FILE": "ca.pem",
            },
            "no use of WARTA_KAFKA_SSL_CA_FILE",
        ),
    ],
)
def test_security_that_would_go_unused_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    (tmp_path / "ca.pem").write_text("x")
    for name, value in environment.items():
        monkeypatch.setenv(f"WARTA_KAFKA_{name}", value)
    with pytest.raises(ConfigurationError, match=said):
        load(KafkaSettings)


def test_security_that_is_used_and_empty_values_are_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("x")
    monkeypatch.setenv("WARTA_KAFKA_SASL_USERNAME", "")
    monkeypatch.setenv("WARTA_KAFKA_SASL_PASSWORD", "")
    load(KafkaSettings)
    for name, value in {
        "SECURITY_PROTOCOL": "SASL_SSL", "SASL_USERNAME": "u", "SASL_PASSWORD": "p", "SSL_CA_FILE": "ca.pem",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"WARTA_KAFKA_{name}", value)
    load(KafkaSettings)


@pytest.mark.parametrize(
    "value", ["", "kafka", "kafka:", ":9092", "kafka:0", "kafka:65536", "kafka:9092,", "PLAINTEXT://kafka:9092",
              "a b:9092", "kafka:9092;other:9092", "::1:9092"],
)  # fmt: skip
def test_brokers_that_are_no_host_and_port_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("WARTA_KAFKA_BOOTSTRAP_SERVERS", value)
    with pytest.raises(ConfigurationError, match="WARTA_KAFKA_BOOTSTRAP_SERVERS"):
        load(KafkaSettings)


@given(
    st.lists(st.sampled_from(["127.0.0.1", "kafka", "k-1.example.org", "[::1]", "a_b"]), min_size=1),
    st.integers(1, 65535),
)
def test_brokers_are_hosts_with_ports(hosts: list[str], port: int) -> None:
    given_ = [f"{host}:{port}" for host in hosts]
    assert KafkaSettings(bootstrap_servers=" , ".join(given_)).bootstrap_servers == ",".join(given_)


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_not_read_from_the_env_file_is_refused_there(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Path(".env").write_text(f"{name}=/somewhere\n")
    with pytest.raises(ConfigurationError, match=name):
        check()
    monkeypatch.setenv(name, "/somewhere")
    check()


def test_a_secret_that_nobody_reads_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WARTA_SECRETS_DIR", str(tmp_path))
    for name in ("warta_kafka_sasl_password", "WARTA_ELASTICSEARCH_API_KEY", "..data", "other"):
        (tmp_path / name).write_text("x")
    check()
    (tmp_path / "Warta_kafka_password").write_text("x")
    with pytest.raises(ConfigurationError, match="Warta_kafka_password"):
        check()


def test_commands_with_their_own_servers_take_no_settings_of_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WARTA_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv("WARTA_ELASTICSEARCH_URL", "http://127.0.0.1:9200")
    monkeypatch.setenv("WARTA_CRAWLER_CONTACT", "x")
    refuse_servers()
    Path(".env").write_text("WARTA_KAFKA_REPLICATION_FACTOR=3\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/warta_elasticsearch_api_key").write_text("s3cret")
    monkeypatch.setenv("WARTA_SECRETS_DIR", str(tmp_path / "secrets"))
    monkeypatch.setenv("WARTA_KAFKA_SECURITY_PROTOCOL", "SSL")
    with pytest.raises(ConfigurationError) as refusal:
        refuse_servers()
    for name in ("KAFKA_REPLICATION_FACTOR", "ELASTICSEARCH_API_KEY", "KAFKA_SECURITY_PROTOCOL"):
        assert f"WARTA_{name}" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)
    assert "BOOTSTRAP" not in str(refusal.value)
