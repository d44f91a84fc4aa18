"""The deployment files agree with the code and with each other: services, settings, sizes, versions, hardening."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from cli.__main__ import COMMANDS
from cli.configuration import ALL
from services.crawler.settings import CrawlerSettings
from services.parser.settings import ParserSettings
from services.recommender.api.settings import ApiSettings
from services.recommender.settings import RecommenderSettings
from shared.settings import DeliverySettings, LogSettings, Settings, load, variables
from shared.topics import TOPICS
from shared.version import VERSION
from stack.jars import read_lock

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(ROOT / "docker-compose.yml")
SERVICES: dict[str, Any] = COMPOSE["services"]
FIVE = [name for name, (module, _, _) in COMMANDS.items() if module == "cli.services"]
OURS = [*FIVE, "bootstrap"]
OWN: dict[str, tuple[type[Settings], ...]] = {
    "crawler": (LogSettings, DeliverySettings, CrawlerSettings),
    "parser": (LogSettings, DeliverySettings, ParserSettings),
    "indexer": (LogSettings, DeliverySettings),
    "recommender": (LogSettings, DeliverySettings, RecommenderSettings),
    "api": (LogSettings, DeliverySettings, ApiSettings),
}
INTERPOLATION = re.compile(r"\$\{(\w+):-([^}]*)\}")
# A starting parser worker unpacks so much into /tmp, while its language model is loaded.
LANGUAGE_MODEL_MIB = 66
# What only makes sense inside the containers is said there and not taken from `.env`.
FIXED = {
    "WARTA_KAFKA_BOOTSTRAP_SERVERS": "kafka:19092",
    "WARTA_ELASTICSEARCH_URL": "http://elasticsearch:9200",
    "WARTA_HEALTH_HOST": "0.0.0.0",
    "WARTA_CRAWLER_SITES": "/etc/warta/sites.toml",
    "WARTA_CRAWLER_STATE_DIRECTORY": "/var/lib/warta",
    "WARTA_RECOMMENDER_WEIGHTS": "/etc/warta/weights.json",
    "WARTA_API_HOST": "0.0.0.0",
    "WARTA_API_PORT": "8181",
    "WARTA_API_PUBLIC": "true",
}


def test_compose_is_valid() -> None:
    # the tool's own command line needs a newer click than Faust allows, its schema doesn't
    package = importlib.util.find_spec("check_jsonschema")
    assert package
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0])
    schema = json.loads((folder / "builtin_schemas/vendor/compose-spec.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(COMPOSE)


def test_dockerfile_is_clean() -> None:
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    command = [hadolint, "--no-color", "--disable-ignore-pragma", "--failure-threshold", "style", "Dockerfile"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_services_are_those_of_the_command_line() -> None:
    assert set(SERVICES) - {"kafka", "elasticsearch"} == set(OURS)
    assert len(FIVE) == 5
    assert all(SERVICES[name]["command"] == [name] for name in OURS)
    for name in FIVE:
        assert SERVICES[name]["depends_on"] == {"bootstrap": {"condition": "service_completed_successfully"}}


def known_variables() -> set[str]:
    return set(variables(ALL))


def test_every_variable_is_a_setting() -> None:
    assert set(re.findall(r"\bWARTA_[A-Z0-9_]+", json.dumps(COMPOSE))) <= known_variables()
    assert set(re.findall(r"^#?(WARTA_\w+)=", EXAMPLE, re.MULTILINE)) == known_variables()


@pytest.mark.parametrize("name", FIVE)
def test_a_service_is_passed_all_of_its_settings(name: str) -> None:
    assert set(variables(OWN[name])) <= set(SERVICES[name]["environment"])


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """All settings at their defaults, without a `.env` or anything of Warta in the environment."""
    monkeypatch.chdir(tmp_path)
    for variable in list(os.environ):
        if variable.startswith("WARTA_"):
            monkeypatch.delenv(variable)
    return [load(cls) for cls in ALL]


@pytest.mark.parametrize("name", OURS)
def test_defaults_are_those_of_the_code(name: str, plain: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        if variable in FIXED:
            assert value == FIXED[variable]
            continue
        interpolated = INTERPOLATION.fullmatch(value)
        assert interpolated, f"{variable} can't be set from .env"
        assert interpolated[1] == variable
        monkeypatch.setenv(variable, interpolated[2])
    assert [load(cls) for cls in ALL] == plain


def documented(classes: Iterable[type[Settings]]) -> str:
    """What `.env.example` says after its header, from the settings classes alone."""
    lines = []
    for cls in classes:
        lines += ["", f"# == {(cls.__doc__ or '').strip().splitlines()[0]}"]
        for name, field in cls.model_fields.items():
            variable = str(cls.model_config.get("env_prefix", "")) + name.upper()
            lines += [f"# {field.description}", f"#{variable}={written(field.default)}"]
    return "\n".join(lines) + "\n"


def written(default: object) -> str:
    assert default is not PydanticUndefined
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def rewritten(example: str) -> str:
    return example.partition("\n\n# == ")[0] + "\n" + documented(ALL)


def test_example_documents_every_setting() -> None:
    assert rewritten(EXAMPLE) == EXAMPLE, "run `python -m tests.contract.test_deployment` and commit what it writes"


def test_example_holds_the_defaults(plain: list[Settings]) -> None:
    Path(".env").write_text(re.sub(r"^#(WARTA_\w+=.+)$", r"\1", EXAMPLE, flags=re.MULTILINE), "utf-8")
    assert [load(cls) for cls in ALL] == plain


def test_kafka_takes_the_largest_message() -> None:
    kafka = SERVICES["kafka"]["environment"]
    largest = max(topic.max_message_bytes for topic in TOPICS.values())
    assert kafka["KAFKA_MESSAGE_MAX_BYTES"] >= largest
    assert kafka["KAFKA_REPLICA_FETCH_MAX_BYTES"] >= largest
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_images_are_pinned_to_what_is_tested() -> None:
    jars = {jar.coordinates.split(":")[1]: jar.version for jar in read_lock()}
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{jars['kafka_2.13']}"
    assert SERVICES["elasticsearch"]["image"] == f"elasticsearch:{jars['elasticsearch']}"
    assert {SERVICES[name]["image"] for name in OURS} == {f"warta:{VERSION}"}
    assert f"ARG VERSION={VERSION}\n" in DOCKERFILE
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+(\.\d+)?(-slim)?-trixie", base) for base in bases)
    assert len({base.replace("-slim", "") for base in bases}) == 1


def test_image_runs_as_nobody_without_a_shell() -> None:
    user, group = re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[-1]
    assert int(user) > 0
    assert int(group) > 0
    assert 'ENTRYPOINT ["python", "-m", "cli"]\n' in DOCKERFILE
    assert "STOPSIGNAL SIGTERM\n" in DOCKERFILE
    probe = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert probe
    for name in FIVE:
        assert SERVICES[name]["healthcheck"]["test"] == ["CMD", *json.loads(probe[1])]


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_hardened(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert [mount.split(":")[0] for mount in service["tmpfs"]] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True
    assert not {"user", "privileged", "cap_add", "network_mode", "pid"} & set(service)
    assert ("ports" in service) == (name == "api")
    writable = [mount["target"] for mount in service.get("volumes", []) if not mount.get("read_only")]
    assert writable == (["/var/lib/warta"] if name == "crawler" else [])


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
    assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"])
    assert service["restart"] == ("no" if name == "bootstrap" else "unless-stopped")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_limits_leave_room_for_the_work() -> None:
    parser, limits = ParserSettings.model_fields, SERVICES["parser"]["deploy"]["resources"]["limits"]
    workers = parser["workers"].default
    assert int(limits["memory"].removesuffix("M")) >= workers * (parser["memory_limit_mib"].default + 256)
    assert {mount for name in OURS for mount in SERVICES[name]["tmpfs"]} == {"/tmp:mode=1777,size=1g"}
    assert workers * LANGUAGE_MODEL_MIB < 1024
    grace = {SERVICES[name]["stop_grace_period"] for name in FIVE}
    assert grace == {"40s"}
    assert DeliverySettings.model_fields["stop_seconds"].default < 30


PROBE = """
import importlib, importlib.metadata, re, runpy, sys
_, base, *modules = sys.argv
allowed = set(base.split(","))
for module, owners in importlib.metadata.packages_distributions().items():
    if allowed.isdisjoint(re.sub("[-_.]+", "-", owner).lower() for owner in owners):
        sys.modules[module] = None  # importing it fails
for module in modules:
    importlib.import_module(module)
sys.argv = ["warta", "settings"]
runpy.run_module("cli", run_name="__main__")
"""


def test_image_has_all_that_its_commands_import(tmp_path: Path) -> None:
    copied = re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE)
    for folder in copied:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    base = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/base.txt").read_text("utf-8"), re.MULTILINE)
    modules = [
        *(f"services.{name}.app" for name in FIVE if name != "api"), "services.recommender.api.process",
        "services.parser.worker", "cli.bootstrap", "cli.seed", "cli.pages", "cli.status", "cli.ask",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE, ",".join(base), *modules],
        cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARTA_KAFKA_BOOTSTRAP_SERVERS" in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == set(copied), "the root is read-only in a container"


if __name__ == "__main__":
    (ROOT / ".env.example").write_text(rewritten(EXAMPLE), "utf-8")
