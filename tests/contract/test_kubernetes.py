"""The Kubernetes manifests are valid, hardened, and say the same as compose, the image and the code."""

import re
from typing import Any

import kubernetes_validate
import pytest

from services.parser.settings import ParserSettings
from shared import service
from shared.settings import DeliverySettings, HealthSettings
from shared.topics import CONSUMERS
from shared.version import VERSION
from tests.contract.test_deployment import DOCKERFILE, FIVE, OURS, ROOT, SERVICES
from tests.support.kustomize import FILE, Object, build, containers_of, files_of

KUBERNETES = ROOT / "deploy/kubernetes"
BASE, EXAMPLE = KUBERNETES / "base", KUBERNETES / "overlays/example"
FOLDERS = sorted(path.parent for path in KUBERNETES.rglob(FILE))
OLDEST = "1.30"
JOB = f"warta-bootstrap-{VERSION.replace('.', '-')}"
MANIFESTS = build(BASE)
DEPLOYMENTS = MANIFESTS.of("Deployment")
WORKLOADS = {
    **{name: DEPLOYMENTS[f"warta-{name}"]["spec"] for name in FIVE},
    "bootstrap": MANIFESTS.one("Job", JOB)["spec"],
}
HEALTH_PORT = HealthSettings.model_fields["port"].default


def pod(name: str) -> Object:
    return WORKLOADS[name]["template"]["spec"]  # type: ignore[no-any-return]


def container(name: str) -> Object:
    (only,) = pod(name)["containers"]
    return only  # type: ignore[no-any-return]


def labels(name: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": "warta", "app.kubernetes.io/component": name}


@pytest.mark.parametrize("version", [OLDEST, kubernetes_validate.latest_version()])
@pytest.mark.parametrize("folder", [BASE, EXAMPLE], ids=lambda folder: folder.name)
def test_manifests_are_valid(folder: Any, version: str) -> None:
    for one in build(folder).objects:
        kubernetes_validate.validate(one, version, strict=True)


def test_kustomizations_list_the_files_that_are_there() -> None:
    listed = {folder / name for folder in FOLDERS for name in (FILE, *files_of(folder))}
    assert {path for path in KUBERNETES.rglob("*") if path.is_file()} == {KUBERNETES / "README.md", *listed}


def test_workloads_are_the_services_of_compose() -> None:
    assert set(DEPLOYMENTS) == {f"warta-{name}" for name in FIVE}
    assert set(MANIFESTS.of("Job")) == {JOB}
    for name in OURS:
        assert container(name)["name"] == name
        assert container(name)["args"] == SERVICES[name]["command"]
        assert container(name)["image"] == SERVICES[name]["image"]
        assert "command" not in container(name)
    assert all(one["image"].endswith(f"/warta:{VERSION}") for one in containers_of(build(EXAMPLE).objects))


@pytest.mark.parametrize("name", OURS)
def test_pods_are_hardened(name: str) -> None:
    """As the Pod Security Standard `restricted` wants it, and with no access to the cluster's API."""
    user, group = map(int, re.findall(r"^USER (\d+):(\d+)$", DOCKERFILE, re.MULTILINE)[-1])
    assert pod(name)["securityContext"] == {
        "runAsNonRoot": True, "runAsUser": user, "runAsGroup": group, "fsGroup": group,
        "fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": {"type": "RuntimeDefault"},
    }  # fmt: skip
    assert container(name)["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    account = MANIFESTS.one("ServiceAccount", pod(name)["serviceAccountName"])
    assert account["automountServiceAccountToken"] is False
    assert pod(name)["automountServiceAccountToken"] is False
    assert pod(name)["shareProcessNamespace"] is SERVICES[name]["init"]
    assert pod(name)["enableServiceLinks"] is False, "a Service warta-api would set WARTA_API_PORT"
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostAliases", "initContainers"} & set(pod(name))
    assert not any("hostPort" in port for port in container(name).get("ports", []))


@pytest.mark.parametrize("name", OURS)
def test_limits_are_those_of_compose(name: str) -> None:
    wanted, resources = SERVICES[name]["deploy"]["resources"]["limits"], container(name)["resources"]
    assert float(resources["limits"]["cpu"]) == float(wanted["cpus"])
    assert resources["limits"]["memory"] == f"{wanted['memory']}i"
    assert resources["requests"]["memory"] == resources["limits"]["memory"]
    assert {mount.partition(",size=")[2] + "i" for mount in SERVICES[name]["tmpfs"]} == {"1gi"}
    assert {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}} in pod(name)["volumes"]
    assert resources["limits"]["ephemeral-storage"] == "1280Mi", "more than /tmp, and the log"


@pytest.mark.parametrize("name", OURS)
def test_only_tmp_and_the_crawler_s_state_are_writable(name: str) -> None:
    mounts = container(name)["volumeMounts"]
    writable = [mount["mountPath"] for mount in mounts if not mount.get("readOnly")]
    kept = [one["target"] for one in SERVICES[name].get("volumes", []) if not one.get("read_only")]
    assert writable == ["/tmp", *kept]
    assert sorted(mount["name"] for mount in mounts) == sorted(volume["name"] for volume in pod(name)["volumes"])
    assert not any({"hostPath", "persistentVolumeClaim"} & set(volume) for volume in pod(name)["volumes"])


@pytest.mark.parametrize("name", FIVE)
def test_probes_ask_what_the_services_answer(name: str) -> None:
    answered = set(re.findall(r'web\.get\("(/\w+)"', (ROOT / "shared/health.py").read_text("utf-8")))
    startup, readiness, liveness = (container(name)[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness"))
    assert {one["httpGet"]["path"] for one in (startup, readiness, liveness)} == answered
    assert readiness["httpGet"]["path"] == "/readyz"
    assert startup["httpGet"] == liveness["httpGet"]
    assert {"name": "health", "containerPort": HEALTH_PORT} in container(name)["ports"]
    assert {one["httpGet"]["port"] for one in (startup, readiness, liveness)} == {"health"}


@pytest.mark.parametrize("name", FIVE)
def test_a_stalled_process_ends_itself_before_the_kubelet_ends_it(name: str) -> None:
    compose, liveness = SERVICES[name]["healthcheck"], container(name)["livenessProbe"]
    stall = HealthSettings.model_fields["stall_seconds"].default
    assert (liveness["failureThreshold"] - 1) * liveness["periodSeconds"] >= stall
    assert f"{liveness['periodSeconds']}s" == compose["interval"]
    assert f"{liveness['timeoutSeconds']}s" == compose["timeout"]
    startup = container(name)["startupProbe"]
    assert f"{startup['failureThreshold'] * startup['periodSeconds']}s" == compose["start_period"]


@pytest.mark.parametrize("name", FIVE)
def test_a_stop_has_its_time(name: str) -> None:
    grace = pod(name)["terminationGracePeriodSeconds"]
    before = container(name).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    assert (before > 0) == (name == "api"), "nobody is sent to the others"
    assert grace >= before + DeliverySettings.model_fields["stop_seconds"].default + 2 * service.LEAVE_SECONDS
    assert f"{grace}s" == SERVICES[name]["stop_grace_period"]


@pytest.mark.parametrize("name", FIVE)
def test_rollouts_fit_consumer_groups(name: str) -> None:
    spec = WORKLOADS[name]
    rolling = spec["strategy"]["rollingUpdate"]
    assert rolling == (
        {"maxSurge": 0, "maxUnavailable": 1} if name in CONSUMERS else {"maxSurge": 1, "maxUnavailable": 0}
    )
    assert spec["minReadySeconds"] > 0
    partitions = min((topic.partitions for topic in CONSUMERS.get(name, ())), default=None)
    for folder in (BASE, EXAMPLE):
        replicas = build(folder).one("Deployment", f"warta-{name}")["spec"]["replicas"]
        assert partitions is None or replicas <= partitions, "a member without a partition is never ready"


@pytest.mark.parametrize("name", FIVE)
def test_selectors_find_their_pods_and_no_others(name: str) -> None:
    spec = WORKLOADS[name]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == labels(name)
    budget = MANIFESTS.one("PodDisruptionBudget", f"warta-{name}")["spec"]
    assert budget["selector"]["matchLabels"] == labels(name)
    assert budget["maxUnavailable"] == 1, "with one replica a minimum would hold up every drain"
    spread = pod(name)["topologySpreadConstraints"]
    assert [one["topologyKey"] for one in spread] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    assert all(one["labelSelector"]["matchLabels"] == labels(name) for one in spread)


def test_names_on_the_web_are_not_looked_up_in_the_cluster_first() -> None:
    assert pod("crawler")["dnsConfig"] == {"options": [{"name": "ndots", "value": "1"}]}


def test_only_the_api_is_served() -> None:
    (only,) = MANIFESTS.of("Service").values()
    assert only["spec"]["selector"] == labels("api")
    assert [port["targetPort"] for port in only["spec"]["ports"]] == ["api"]
    published = {str(port["containerPort"]) for port in container("api")["ports"] if port["name"] == "api"}
    assert published == {SERVICES["api"]["environment"]["WARTA_API_PORT"]}
    assert all("type" not in one["spec"] for one in MANIFESTS.of("Service").values()), "inside of the cluster"


def test_bootstrap_can_be_applied_again() -> None:
    """A Job can't be changed: so each version has its own, and none stays."""
    job = WORKLOADS["bootstrap"]
    assert WORKLOADS["bootstrap"]["template"]["metadata"]["labels"] == labels("bootstrap")
    assert pod("bootstrap")["restartPolicy"] == "Never", "what failed leaves its log"
    assert job["ttlSecondsAfterFinished"] > 0
    assert job["backoffLimit"] > 6
    assert "livenessProbe" not in container("bootstrap")


def test_a_parser_has_room_for_its_workers() -> None:
    workers = int(MANIFESTS.config_maps["warta-parser"]["WARTA_PARSER_WORKERS"])
    assert workers == ParserSettings.model_fields["workers"].default
    assert workers <= float(container("parser")["resources"]["limits"]["cpu"])
