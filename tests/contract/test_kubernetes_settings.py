"""What the Kubernetes manifests set is read by the service that it is set for, and loads."""

import os
import re
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from cli.configuration import check
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import load_sites
from services.recommender.recommend import DEFAULT
from services.recommender.settings import RecommenderSettings
from shared.errors import ConfigurationError
from shared.settings import ElasticsearchSettings, HealthSettings, KafkaSettings, Settings, load, variables
from tests.contract.test_deployment import FIVE, OURS, OWN, ROOT, SERVICES, known_variables
from tests.support.kustomize import Built, Object, build

KUBERNETES = ROOT / "deploy/kubernetes"
BASE, EXAMPLE = build(KUBERNETES / "base"), build(KUBERNETES / "overlays/example")
Mount = Callable[..., None]
USES_ELASTICSEARCH = ("indexer", "recommender", "api", "bootstrap")
SECRETS = {
    "warta-kafka": {
        "WARTA_KAFKA_SASL_USERNAME": "warta\n", "WARTA_KAFKA_SASL_PASSWORD": "a password\n", "kafka-ca.pem": "",
    },
    "warta-elasticsearch": {"WARTA_ELASTICSEARCH_API_KEY": "a2V5OmtleQ==\n", "elasticsearch-ca.pem": ""},
    "warta-api": {"WARTA_API_KEYS": "0123456789abcdef0123\n"},
    "warta-crawler": {"WARTA_CRAWLER_EGRESS_PROXY": "http://proxy.example.org:3128"},
}  # fmt: skip


def pod_of(name: str, built: Built) -> Object:
    pods = [one["spec"]["template"]["spec"] for one in built.objects if one["kind"] in {"Deployment", "Job"}]
    return next(pod for pod in pods if pod["containers"][0]["name"] == name)


def environment(name: str, built: Built) -> dict[str, str]:
    container = pod_of(name, built)["containers"][0]
    told: dict[str, str] = {}
    for source in container["envFrom"]:
        told |= built.config_maps[source["configMapRef"]["name"]]
    return told | {one["name"]: one["value"] for one in container["env"]}


def read_by(name: str) -> set[str]:
    classes: list[type[Settings]] = [KafkaSettings, *OWN.get(name, ())]
    classes += [HealthSettings] * (name != "bootstrap") + [ElasticsearchSettings] * (name in USES_ELASTICSEARCH)
    classes += [RecommenderSettings] * (name == "api")
    return {*variables(classes), "WARTA_SECRETS_DIR", "WARTA_LOG_ENVIRONMENT"}


def as_the_kubelet_does(folder: Path, files: dict[str, str]) -> None:
    """Files are links into a folder that is changed as a whole."""
    (folder / "..2026_01_01").mkdir()
    (folder / "..data").symlink_to("..2026_01_01")
    for file, text in files.items():
        (folder / "..data" / file).write_text(text, "utf-8")
        (folder / file).symlink_to(f"..data/{file}")


@pytest.fixture
def mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mount:
    """Sets the environment of a service's container, with its volumes in a folder instead of the root."""

    def mount(name: str, built: Built, *, secrets: Collection[str]) -> None:
        pod = pod_of(name, built)
        paths = {one["name"]: one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
        for volume in pod["volumes"]:
            folder = tmp_path / paths[volume["name"]].strip("/")
            folder.mkdir(parents=True)
            files = dict(built.config_maps[volume["configMap"]["name"]]) if "configMap" in volume else {}
            for source in volume.get("projected", {}).get("sources", []):
                if (secret := source["secret"]["name"]) in secrets:
                    files |= SECRETS[secret]
            as_the_kubelet_does(folder, files)
        monkeypatch.chdir(tmp_path / "tmp")
        for variable in list(os.environ):
            if variable.startswith("WARTA_"):
                monkeypatch.delenv(variable)
        for variable, value in environment(name, built).items():
            monkeypatch.setenv(variable, f"{tmp_path}{value}" if value.startswith("/") else value)

    return mount


@pytest.mark.parametrize("built", [BASE, EXAMPLE], ids=["base", "example"])
@pytest.mark.parametrize("name", OURS)
def test_a_service_is_set_nothing_that_it_does_not_read(name: str, built: Built) -> None:
    assert set(environment(name, built)) <= read_by(name)
    names = {source["configMapRef"]["name"] for source in pod_of(name, built)["containers"][0]["envFrom"]}
    assert ("warta-elasticsearch" in names) == (name in USES_ELASTICSEARCH)


@pytest.mark.parametrize("name", FIVE)
def test_what_the_container_needs_is_set_as_in_compose(name: str) -> None:
    compose, ours = SERVICES[name]["environment"], environment(name, BASE)
    assert ours["WARTA_HEALTH_HOST"] == compose["WARTA_HEALTH_HOST"]
    assert ours.get("WARTA_API_HOST") == compose.get("WARTA_API_HOST")
    for variable in ("WARTA_CRAWLER_STATE_DIRECTORY", "WARTA_API_PORT"):
        assert ours.get(variable) == compose.get(variable)
    for variable in ("WARTA_CRAWLER_SITES", "WARTA_RECOMMENDER_WEIGHTS"):
        assert Path(ours.get(variable, "")).name == Path(compose.get(variable, "")).name


def test_secrets_are_given_to_who_needs_them() -> None:
    given = {
        name: [source["secret"]["name"] for volume in pod_of(name, BASE)["volumes"]
               for source in volume.get("projected", {}).get("sources", [])]
        for name in OURS
    }  # fmt: skip
    for name, secrets in given.items():
        own = [f"warta-{name}"] if f"warta-{name}" in SECRETS else []
        assert secrets == ["warta-kafka", *["warta-elasticsearch"] * (name in USES_ELASTICSEARCH), *own]
    in_files = {file for files in SECRETS.values() for file in files if file.isupper()}
    for built in (BASE, EXAMPLE):
        assert in_files.isdisjoint(name for told in built.config_maps.values() for name in told)


@pytest.mark.parametrize("built", [BASE, EXAMPLE], ids=["base", "example"])
@pytest.mark.parametrize("name", OURS)
def test_settings_load(name: str, built: Built, mounted: Mount) -> None:
    mounted(name, built, secrets=SECRETS if built is EXAMPLE else ["warta-api"])
    check()
    kafka = load(KafkaSettings)
    assert (kafka.replication_factor, kafka.min_insync_replicas) == (3, 2)
    assert kafka.sasl_username == ("warta" if built is EXAMPLE else None)
    if name in USES_ELASTICSEARCH:
        assert load(ElasticsearchSettings).replicas == 1
    for cls in OWN.get(name, ()):
        load(cls)
    if name == "crawler":
        own = load(CrawlerSettings)
        assert bool(list(load_sites(own.sites))) == (built is EXAMPLE)
        assert bool(own.contact) == (built is EXAMPLE)
    if name in {"recommender", "api"}:
        assert load(RecommenderSettings).ranking() == DEFAULT


def test_an_api_without_keys_serves_nobody(mounted: Mount) -> None:
    mounted("api", BASE, secrets=[])
    with pytest.raises(ConfigurationError, match="WARTA_API_KEYS"):
        load(OWN["api"][-1])


def test_a_missing_credential_is_named(mounted: Mount) -> None:
    mounted("parser", EXAMPLE, secrets=[])
    with pytest.raises(ConfigurationError, match="WARTA_KAFKA_SASL_PASSWORD"):
        load(KafkaSettings)


def test_the_readme_names_settings_and_secrets_that_there_are() -> None:
    text = (KUBERNETES / "README.md").read_text("utf-8")
    assert set(re.findall(r"\bWARTA_[A-Z0-9_]*[A-Z0-9]", text)) <= {*known_variables(), "WARTA_SECRETS_DIR"}
    created = set(re.findall(r"secret generic ([\w-]+)", text))
    assert created == set(SECRETS) - {"warta-crawler"}, "that one is for a proxy"
    for name in created:
        command = text.partition(f"secret generic {name} ")[2].partition("\nkubectl")[0]
        assert set(re.findall(r"--from-file=(\S+)", command)) == set(SECRETS[name])
