"""Settings: nothing is silently ignored, and an error names what to change."""

from pathlib import Path

import pytest

from cli.configuration import ALL, listing
from shared.errors import ConfigurationError
from shared.settings import DeliverySettings, ElasticsearchSettings, KafkaSettings, load, refuse_unknown, variables


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in variables(ALL):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("settings", "environment", "said"),
    [
        (KafkaSettings, {"WARTA_KAFKA_SECURITY_PROTOCOL": "TLS"}, "WARTA_KAFKA_SECURITY_PROTOCOL"),
        (KafkaSettings, {"WARTA_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "WARTA_KAFKA_SASL_USERNAME"),
        (KafkaSettings, {"WARTA_KAFKA_SSL_CA_FILE": "/nowhere.pem"}, "no file /nowhere.pem"),
        (KafkaSettings, {"WARTA_KAFKA_REPLICATION_FACTOR": "zero"}, "WARTA_KAFKA_REPLICATION_FACTOR"),
        (ElasticsearchSettings, {"WARTA_ELASTICSEARCH_USERNAME": "x"}, "WARTA_ELASTICSEARCH_PASSWORD"),
        (ElasticsearchSettings, {"WARTA_ELASTICSEARCH_TIMEOUT_SECONDS": "-1"}, "WARTA_ELASTICSEARCH_TIMEOUT_SECONDS"),
        (DeliverySettings, {"WARTA_DELIVERY_STOP_SECONDS": "soon"}, "WARTA_DELIVERY_STOP_SECONDS"),
    ],
)
def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, settings: type[KafkaSettings], environment: dict[str, str], said: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=said):
        load(settings)


def test_a_variable_that_nobody_reads_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match="did you mean WARTA_KAFKA_BOOTSTRAP_SERVERS"):
        refuse_unknown({"WARTA_KAFKA_BOOTSTRAP_SERVER": "x"}, ALL)
    refuse_unknown({"WARTA_KAFKA_BOOTSTRAP_SERVERS": "x", "WARTAMAN": "y", "PATH": "z"}, ALL)


def test_passwords_come_from_files_and_are_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "warta_elasticsearch_api_key").write_text("s3cret")
    monkeypatch.setenv("WARTA_SECRETS_DIR", str(tmp_path))
    settings = load(ElasticsearchSettings)
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(settings)


def test_every_setting_says_what_it_is() -> None:
    assert all(variables(ALL).values())
    assert all(name in listing() for name in variables(ALL))
