"""What `kubectl kustomize` makes of a folder, as far as deploy/kubernetes goes; anything beyond that is an error.

It gives names no hash of their content, so that tests find them.
"""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

Object = dict[str, Any]
FIELDS = frozenset(
    {
        "apiVersion", "kind", "namespace", "resources", "components", "images", "replicas", "configMapGenerator",
        "patches",
    }
)  # fmt: skip
FILE = "kustomization.yaml"


class Built(msgspec.Struct):
    """The objects of files as they are after all patches, and the generated ConfigMaps' data by name."""

    objects: list[Object]
    config_maps: dict[str, dict[str, str]]

    def of(self, kind: str) -> dict[str, Object]:
        """The objects of a kind, by name."""
        return {one["metadata"]["name"]: one for one in self.objects if one["kind"] == kind}

    def one(self, kind: str, name: str) -> Object:
        """The object of that kind and name."""
        return self.of(kind)[name]


def read(path: Path) -> Any:
    """The one document of a file."""
    return YAML(typ="safe", pure=True).load(path)


def read_all(path: Path) -> list[Object]:
    """All documents of a file."""
    return list(YAML(typ="safe", pure=True).load_all(path))


def files_of(folder: Path) -> list[str]:
    """The names that a kustomization takes of its own folder."""
    told = read(folder / FILE)
    files = [name for name in told.get("resources", []) if (folder / name).is_file()]
    return files + [name for made in told.get("configMapGenerator", []) for name in made.get("files", [])]


def build(folder: Path) -> Built:
    """What is applied. A reference to what isn't there is an error."""
    built = Built([], {})
    _add(folder, built)
    names = [(one["kind"], one["metadata"]["name"]) for one in built.objects]
    assert len(names) == len(set(names))
    return built


def _add(folder: Path, built: Built) -> None:
    told = read(folder / FILE)
    assert set(told) <= FIELDS
    for name in (*told.get("resources", []), *told.get("components", [])):
        if (folder / name).is_dir():
            _add(folder / name, built)
        else:
            built.objects += read_all(folder / name)
    for made in told.get("configMapGenerator", []):
        _generate(folder, made, built)
    for patch in told.get("patches", []):
        target = built.one(**patch["target"])
        for step in YAML(typ="safe", pure=True).load(patch["patch"]):
            _replace(target, **step)
    for image in told.get("images", []):
        _rename(image, built.objects)
    for replicas in told.get("replicas", []):
        built.one("Deployment", replicas["name"])["spec"]["replicas"] = replicas["count"]
    if "namespace" in told:
        for one in built.objects:
            if one["kind"] != "Namespace":
                one["metadata"]["namespace"] = told["namespace"]


def _generate(folder: Path, made: Object, built: Built) -> None:
    data = dict(literal.split("=", 1) for literal in made.get("literals", []))
    data |= {name: (folder / name).read_text("utf-8") for name in made.get("files", [])}
    behavior, name = made.get("behavior", "create"), made["name"]
    assert (behavior == "create") == (name not in built.config_maps)
    built.config_maps[name] = built.config_maps[name] | data if behavior == "merge" else data


def _replace(target: Object, *, op: str, path: str, value: Any) -> None:
    assert op == "replace"
    place: Any = target
    *ways, last = [int(part) if part.isdecimal() else part for part in path.strip("/").split("/")]
    for way in ways:
        place = place[way]
    assert place[last] is not None
    place[last] = copy.deepcopy(value)


def containers_of(objects: Iterable[Object]) -> list[Object]:
    """The containers of all pods."""
    pods = [one["spec"]["template"]["spec"] for one in objects if "template" in one.get("spec", {})]
    return [container for pod in pods for container in pod["containers"]]


def _rename(image: Object, objects: Iterable[Object]) -> None:
    named = [one for one in containers_of(objects) if one["image"].partition(":")[0] == image["name"]]
    assert named
    for container in named:
        container["image"] = f"{image['newName']}:{image['newTag']}"
