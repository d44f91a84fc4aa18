"""The NetworkPolicies let each service reach what it needs alone: the crawler the web, and nobody's inside."""

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.guard import NEVER, is_public
from services.crawler.settings import CrawlerSettings
from services.recommender.api.settings import ApiSettings
from tests.contract.test_deployment import OURS, ROOT
from tests.contract.test_kubernetes_settings import USES_ELASTICSEARCH
from tests.support.kustomize import Object, build

EXAMPLE = build(ROOT / "deploy/kubernetes/overlays/example")
POLICIES = {name.removeprefix("warta-"): one["spec"] for name, one in EXAMPLE.of("NetworkPolicy").items()}
WEB = POLICIES["crawler-web"]["egress"]
BLOCKS = [
    (ipaddress.ip_network(to["ipBlock"]["cidr"]), [ipaddress.ip_network(net) for net in to["ipBlock"]["except"]])
    for to in WEB[0]["to"]
]
EDGES = [edge for block, others in BLOCKS for net in (block, *others) for edge in (net[0], net[-1])]
# What IANA's registries of special-purpose addresses keep from the public internet, and multicast.
SPECIAL = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001:db8::/32",
    )
)  # fmt: skip
METADATA = ("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fe80::a9fe:a9fe")


def selected(policy: Object) -> set[str]:
    """The services that a policy is for."""
    selector: dict[str, Any] = policy["podSelector"]
    assert selector["matchLabels"].get("app.kubernetes.io/name") == "warta"
    names = {selector["matchLabels"].get("app.kubernetes.io/component")} - {None} or set(OURS)
    for expression in selector.get("matchExpressions", []):
        assert (expression["key"], expression["operator"]) == ("app.kubernetes.io/component", "In")
        names &= set(expression["values"])
    return names


def reachable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(
        address in block and not any(address in net for net in others)
        for block, others in BLOCKS
        if block.version == address.version
    )


def test_each_policy_is_for_who_needs_it() -> None:
    assert {name: selected(policy) for name, policy in POLICIES.items()} == {
        "default-deny": set(OURS), "dns": set(OURS), "kafka": set(OURS), "elasticsearch": set(USES_ELASTICSEARCH),
        "crawler-web": {"crawler"}, "api": {"api"},
    }  # fmt: skip


def test_nothing_is_allowed_that_no_policy_names() -> None:
    assert POLICIES["default-deny"]["policyTypes"] == ["Ingress", "Egress"]
    assert not {"ingress", "egress"} & set(POLICIES["default-deny"])
    for name, policy in POLICIES.items():
        direction = {"api": ["Ingress"], "default-deny": ["Ingress", "Egress"]}.get(name, ["Egress"])
        assert policy["policyTypes"] == direction
        for rule in policy.get("egress", []):
            assert rule["to"], "an empty list is everybody"
            assert all(to for to in rule["to"])
            assert rule["ports"]


def test_ports_are_those_of_the_settings() -> None:
    assert len(WEB) == 1
    assert tuple(port["port"] for port in WEB[0]["ports"]) == CrawlerSettings.model_fields["allowed_ports"].default
    (serving,) = POLICIES["api"]["ingress"]
    assert [port["port"] for port in serving["ports"]] == [ApiSettings.model_fields["port"].default]
    (brokers,) = {
        address.rpartition(":")[2]
        for address in EXAMPLE.config_maps["warta-common"]["WARTA_KAFKA_BOOTSTRAP_SERVERS"].split(",")
    }
    assert [port["port"] for port in POLICIES["kafka"]["egress"][0]["ports"]] == [int(brokers)]
    nodes = EXAMPLE.config_maps["warta-elasticsearch"]["WARTA_ELASTICSEARCH_URL"].rpartition(":")[2]
    assert [port["port"] for port in POLICIES["elasticsearch"]["egress"][0]["ports"]] == [int(nodes)]


@pytest.mark.parametrize("address", METADATA)
def test_no_metadata_service_is_reachable(address: str) -> None:
    assert not reachable(ipaddress.ip_address(address))


def test_no_network_that_is_not_public_is_missing() -> None:
    assert {net for _, others in BLOCKS for net in others} == {*SPECIAL, *NEVER}


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_networks_are_left_out_to_the_edges_that_the_crawler_s_guard_knows(edge: Any) -> None:
    for address in {edge, edge + 1 if int(edge) < 2**edge.max_prefixlen - 1 else edge, edge - 1 if int(edge) else edge}:
        if address.version == 4 or address in ipaddress.ip_network("2000::/3"):
            assert reachable(address) == is_public(address)


@given(st.ip_addresses())
def test_the_crawler_reaches_what_its_guard_lets_it_fetch(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if reachable(address):
        assert is_public(address)
    elif address.version == 4:
        assert not is_public(address)
