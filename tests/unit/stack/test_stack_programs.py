"""The servers' settings."""

import re
from pathlib import Path

from stack.elasticsearch import config as elasticsearch_config
from stack.kafka import config as kafka_config
from stack.program import Ports, properties

PORTS = Ports(client=20001, inner=20002)


def test_every_address_of_kafka_is_on_loopback(tmp_path: Path) -> None:
    text = properties(kafka_config(tmp_path, PORTS))
    assert set(re.findall(r"[/@]([^/@:,\s]+):\d+", text)) == {"127.0.0.1"}


def test_kafka_takes_five_mebibytes_creates_nothing_unasked_and_never_deletes_by_size(tmp_path: Path) -> None:
    config = kafka_config(tmp_path, PORTS)
    assert config["message.max.bytes"] == config["replica.fetch.max.bytes"] == 5 * 1024 * 1024
    assert config["auto.create.topics.enable"] == "false"
    assert config["log.retention.bytes"] == -1


def test_elasticsearch_is_on_loopback_and_has_no_setting_that_it_does_not_know(tmp_path: Path) -> None:
    config = elasticsearch_config(tmp_path, PORTS)
    assert config["network.host"] == "127.0.0.1"
    assert not [name for name in config if name.startswith("xpack")]


def test_a_backslash_in_a_path_survives_the_properties_file() -> None:
    assert properties({"log.dirs": "a\\b"}) == "log.dirs=a\\\\b\n"
