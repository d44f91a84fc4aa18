"""An Elasticsearch in memory, behind the real client: only the node that would talk HTTP is replaced.

It knows what convergence rests on: documents with external versions and their conflicts, gets that see a write at once
and searches that see it after a refresh, bulk with a verdict for each item, aliases with filters, points in time. It
has no mappings, no scores, and creates no index by itself.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from elastic_transport import (
    ApiResponseMeta,
    BaseAsyncNode,
    HttpHeaders,
    NodeConfig,
)
from elastic_transport import ConnectionError as EsConnectionError
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT
from elasticsearch import AsyncElasticsearch

Body = dict[str, Any]
Answer = tuple[int, Body]
# What becomes of a request that changes something: refused; cut before or after it took effect; or the caller dies.
Fault = Literal["none", "refused", "items_refused", "cut_before", "cut_after", "die_before", "die_after"]


class DiedError(Exception):
    """The process that asked is no more."""


class _Index:
    def __init__(self) -> None:
        self.written: dict[str, tuple[int, Body]] = {}
        self.visible: dict[str, tuple[int, Body]] = {}


class FakeElasticsearch:
    """`client()` speaks to it. `faults` are used up by the writes to come, one each."""

    def __init__(self) -> None:
        self.faults: deque[Fault] = deque()
        self._indices: dict[str, _Index] = {}
        self._aliases: dict[str, dict[str, Body | None]] = {}
        self._points: dict[str, list[tuple[str, str, int, Body]]] = {}

    def client(self) -> AsyncElasticsearch:
        """A client as shared.search makes it, on this server."""
        node = type("_Node", (_Node,), {"server": self})
        return AsyncElasticsearch("http://fake:9200", node_class=node, max_retries=0, retry_on_timeout=False)

    def create(self, index: str, aliases: dict[str, Body | None]) -> None:
        """An index behind aliases, each with the filter that it applies, or None."""
        self._indices[index] = _Index()
        for alias, only in aliases.items():
            self._aliases.setdefault(alias, {})[index] = only

    def visible_version(self, index: str, key: str) -> int | None:
        """The version of a document that a search would find now."""
        found = self._indices[index].visible.get(key)
        return found[0] if found else None

    def request(self, method: str, target: str, body: bytes) -> Answer:
        """Answer one request: its status and JSON. Raises for a fault."""
        url = urlsplit(target)
        parameters = dict(parse_qsl(url.query, keep_blank_values=True))
        path = [unquote(part) for part in url.path.strip("/").split("/")]
        name, verb = ("", path[0]) if path[0].startswith("_") else (path[0], path[1] if len(path) > 1 else "")
        rest = path[path.index(verb) + 1 :] if verb else []
        if verb == "_bulk" or (verb == "_doc" and method in {"PUT", "POST"}):
            return self._faulty(lambda fault: self._write(verb, name, rest, parameters, body, fault))
        document = msgspec.json.decode(body) if body else {}
        handlers: dict[str, Callable[[], Answer]] = {
            "_doc": lambda: self._get(name, rest[0], parameters),
            "_mget": lambda: (200, {"docs": [self._get(one.get("_index", name), one["_id"], parameters)[1]
                                             for one in _wanted(document)]}),
            "_search": lambda: self._search(name, document),
            "_count": lambda: (200, {"count": len(list(self._found(name, document.get("query"))))}),
            "_refresh": lambda: self._refresh(name),
            "_pit": lambda: self._point(method, name, document),
            "_alias": lambda: self._alias(method, rest[0] if rest else name),
        }  # fmt: skip
        try:
            return handlers[verb]()
        except _MissingError as missing:
            return 404, _error("index_not_found_exception", str(missing), 404)

    def _faulty(self, act: Callable[[Fault], Answer]) -> Answer:
        fault = self.faults.popleft() if self.faults else "none"
        match fault:
            case "refused":
                return 503, _error("unavailable", "no", 503)
            case "cut_before":
                raise EsConnectionError("cut")
            case "die_before":
                raise DiedError
        answer = act(fault)
        if fault == "cut_after":
            raise EsConnectionError("cut")
        if fault == "die_after":
            raise DiedError
        return answer

    def _write(
        self, verb: str, name: str, rest: list[str], parameters: dict[str, str], body: bytes, fault: Fault
    ) -> Answer:
        if verb == "_doc":
            try:
                answer = self._index(name, rest[0], msgspec.json.decode(body), parameters)
            except _MissingError as missing:
                return 404, _error("index_not_found_exception", str(missing), 404)
            if parameters.get("refresh") in {"true", ""}:
                self._refresh(name)
            return answer
        items: list[Body] = []
        lines = [line for line in body.split(b"\n") if line]
        for place, (action, source) in enumerate(zip(lines[::2], lines[1::2], strict=True)):
            meta = msgspec.json.decode(action)["index"]
            if fault == "items_refused" and place % 2:
                status, said = 429, _error("es_rejected_execution_exception", "full", 429)
            else:
                try:
                    status, said = self._index(
                        meta.get("_index", name), meta["_id"], msgspec.json.decode(source),
                        {key: str(value) for key, value in meta.items()} | parameters,
                    )  # fmt: skip
                except _MissingError as missing:
                    status, said = 404, _error("index_not_found_exception", str(missing), 404)
            items.append({"index": {"_id": meta["_id"], "status": status, **_item(said)}})
        if parameters.get("refresh") in {"true", ""}:
            for name_of in self._indices:
                self._refresh(name_of)
        return 200, {"errors": any("error" in item["index"] for item in items), "items": items}

    def _index(self, name: str, key: str, source: Body, parameters: dict[str, str]) -> Answer:
        if parameters.get("require_alias") == "true" and name not in self._aliases:
            raise _MissingError(name)
        index = self._one(name)
        held = self._indices[index].written.get(key)
        version = int(parameters["version"]) if "version" in parameters else (held[0] + 1 if held else 1)
        kind = parameters.get("version_type", "internal")
        if (
            held
            and kind.startswith("external")
            and not (version > held[0] or (kind[-3:] == "gte" and version == held[0]))
        ):
            return 409, _error("version_conflict_engine_exception", f"[{key}]: version conflict", 409)
        self._indices[index].written[key] = (version, source)
        result = "updated" if held else "created"
        return 200 if held else 201, {"_index": index, "_id": key, "_version": version, "result": result}

    def _get(self, name: str, key: str, parameters: dict[str, str]) -> Answer:
        index = self._one(name)
        held = self._indices[index].written.get(key)
        if held is None:
            return 404, {"_index": index, "_id": key, "found": False}
        found = {"_index": index, "_id": key, "_version": held[0], "found": True}
        if parameters.get("_source") != "false":
            includes = parameters.get("_source_includes")
            found["_source"] = _chosen(held[1], includes.split(",") if includes else None)
        return 200, found

    def _search(self, name: str, body: Body) -> Answer:
        if "pit" in body:
            rows = [row for row in self._points[body["pit"]["id"]] if _matches(row[1], row[3], body.get("query"))]
        else:
            rows = list(self._found(name, body.get("query")))
        keys = [_sort_key(sort) for sort in body.get("sort", [])]
        found = [([number if key == "_shard_doc" else row[3].get(key) for key in keys], row)
                 for number, row in enumerate(rows)]  # fmt: skip
        if keys:
            found.sort(key=lambda one: cast("Any", one[0]))
        if after := body.get("search_after"):
            found = [one for one in found if one[0] > after]
        wanted = body.get("_source", True)
        includes = wanted.get("includes") if isinstance(wanted, dict) else None
        hits = [
            {"_index": index, "_id": key, "_source": _chosen(source, includes), "sort": order}
            for order, (index, key, _, source) in found[: body.get("size", 10)]
        ]
        point = {"pit_id": body["pit"]["id"]} if "pit" in body else {}
        return 200, {"hits": {"total": {"value": len(rows)}, "hits": hits}, **point}

    def _refresh(self, name: str) -> Answer:
        for index in self._behind(name):
            self._indices[index].visible = dict(self._indices[index].written)
        return 200, {"_shards": {"failed": 0}}

    def _point(self, method: str, name: str, body: Body) -> Answer:
        if method == "DELETE":
            del self._points[body["id"]]
            return 200, {"succeeded": True, "num_freed": 1}
        point = f"point-{len(self._points)}"
        self._points[point] = list(self._found(name, None))
        return 200, {"id": point}

    def _alias(self, method: str, name: str) -> Answer:
        if name not in self._aliases:
            return 404, {} if method == "HEAD" else {"error": f"alias [{name}] missing", "status": 404}
        return 200, {index: {"aliases": {name: {"filter": only} if only else {}}}
                     for index, only in self._aliases[name].items()}  # fmt: skip

    def _found(self, name: str, query: Body | None) -> Iterator[tuple[str, str, int, Body]]:
        for index in self._behind(name):
            only = self._aliases.get(name, {}).get(index)
            for key, (version, source) in self._indices[index].visible.items():
                if _matches(key, source, only) and _matches(key, source, query):
                    yield index, key, version, source

    def _behind(self, name: str) -> list[str]:
        if name in self._indices:
            return [name]
        if name not in self._aliases:
            raise _MissingError(name)
        return list(self._aliases[name])

    def _one(self, name: str) -> str:
        (index,) = self._behind(name)
        return index


class _MissingError(Exception):
    pass


class _Node(BaseAsyncNode):
    server: FakeElasticsearch

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)

    async def perform_request(  # type: ignore[override]
        self, method: str, target: str, body: bytes | None = None, headers: HttpHeaders | None = None,  # noqa: ARG002
        request_timeout: Any = DEFAULT,  # noqa: ARG002
    ) -> NodeApiResponse:  # fmt: skip
        status, answer = self.server.request(method, target, body or b"")
        meta = ApiResponseMeta(
            node=self.config, duration=0.0, http_version="1.1", status=status,
            headers=HttpHeaders({"content-type": "application/vnd.elasticsearch+json; compatible-with=9",
                                 "x-elastic-product": "Elasticsearch"}),
        )  # fmt: skip
        return NodeApiResponse(meta, b"" if method == "HEAD" else msgspec.json.encode(answer))

    async def close(self) -> None:  # type: ignore[override]
        """Nothing is open."""


def _wanted(body: Body) -> list[Body]:
    return body.get("docs") or [{"_id": key} for key in body["ids"]]


def _sort_key(sort: Any) -> str:
    return sort if isinstance(sort, str) else str(next(iter(sort)))


def _chosen(source: Body, includes: list[str] | None) -> Body:
    if includes is None:
        return source
    return {key: value for key, value in source.items()
            if any(re.fullmatch(pattern.replace("*", ".*"), key) for pattern in includes)}  # fmt: skip


def _item(answer: Body) -> Body:
    if "error" in answer:
        return {"error": {"type": answer["error"]["type"], "reason": answer["error"]["reason"]}}
    return {key: answer[key] for key in ("_version", "result")}


def _error(kind: str, reason: str, status: int) -> Body:
    return {
        "error": {"type": kind, "reason": reason, "root_cause": [{"type": kind, "reason": reason}]},
        "status": status,
    }


def _matches(key: str, source: Body, query: Body | None) -> bool:
    if not query:
        return True
    ((kind, given),) = query.items()
    match kind:
        case "match_all":
            return True
        case "ids":
            return key in given["values"]
        case "term" | "terms":
            ((field, value),) = given.items()
            wanted = value if kind == "terms" else [value["value"] if isinstance(value, dict) else value]
            held = source.get(field)
            return any(one in wanted for one in (held if isinstance(held, list) else [held]))
        case "bool":
            return (
                all(_matches(key, source, one) for one in _listed(given.get("filter")))
                and not any(_matches(key, source, one) for one in _listed(given.get("must_not")))
            )  # fmt: skip
    raise NotImplementedError(kind)


def _listed(clauses: Any) -> list[Body]:
    return clauses if isinstance(clauses, list) else [clauses] if clauses else []
