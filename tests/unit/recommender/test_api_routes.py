"""What the API answers, on a store in memory; tests/support/api.py holds each answer against the OpenAPI document."""

import asyncio
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import msgspec
import pytest
from elastic_transport import ConnectionError as EsConnectionError
from elasticsearch import ApiError
from openapi_spec_validator import validate

from services.recommender.api.store import Search
from services.recommender.lists import REMOVED
from services.recommender.stored import HOT, Heat
from shared.articles import article_id
from shared.events import RelatedComputed
from shared.urls import canonical_url
from tests.support.api import ID, NOW, REMOVED_ID, UNKNOWN_ID, Api, article, listed
from tests.support.cluster import ROOT

LIST = f"/articles/{ID}/related"
KEY = "sebuah-kunci-yang-panjang"


def decoded(answer: httpx.Response) -> RelatedComputed:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=RelatedComputed)


async def test_the_document_is_valid() -> None:
    for api in (Api(), Api(keys=KEY)):
        described = (await api.get("/openapi.json")).json()
        validate(described)
        assert set(described["paths"]) == {
            "/articles", "/articles/{article_id}", "/articles/{article_id}/related", "/newest", "/search",
        }  # fmt: skip


async def test_a_stored_list_is_served_as_it_is_while_it_is_good() -> None:
    api = Api()
    api.store.lists[ID] = listed()
    api.now = NOW + timedelta(minutes=14)
    answer = await api.get(LIST)
    assert answer.content == msgspec.json.encode(listed())
    assert answer.headers["cache-control"] == "max-age=60"
    assert (await api.get(f"{LIST}?mode=fresh&size=10")).content == answer.content
    assert api.store.computed == []
    assert api.asked == []
    api.now = NOW + timedelta(minutes=15)
    assert decoded(await api.get(LIST)).computed_at == api.now
    assert api.asked == [ID]


async def test_a_stored_list_is_asked_for_once_a_day_while_it_is_read() -> None:
    api = Api()
    api.store.lists[ID] = listed()
    api.store.heat = Heat(hot_until=NOW + HOT + timedelta(seconds=1))
    await api.get(LIST)
    assert api.asked == [], "a day has not passed since it was"
    for warm in (Heat(hot_until=NOW + HOT - timedelta(seconds=1)), Heat()):
        api.store.heat = warm
        assert decoded(await api.get(LIST)) == listed()
    await api.get(f"{LIST}?size=9")
    assert api.asked == [ID, ID]
    assert api.store.computed[1:] == []


async def test_a_list_that_is_not_stored_is_computed_and_asked_for() -> None:
    api = Api()
    answer = await api.get(LIST)
    assert decoded(answer) == listed()
    assert answer.headers["cache-control"] == "max-age=900"
    assert api.asked == [ID]


@pytest.mark.parametrize("query", ["mode=context", "size=9", "site=contoh.id&site=b.id"])
async def test_other_parameters_are_computed_and_not_asked_for(query: str) -> None:
    api = Api()
    api.store.lists[ID] = listed()
    decoded(await api.get(f"{LIST}?{query}"))
    (computed,) = api.store.computed
    assert computed["now"] == NOW
    assert computed["mode"] == ("context" if "context" in query else "fresh")
    assert computed["size"] == (9 if "size" in query else 10)
    assert computed["sites"] == ({"contoh.id", "b.id"} if "site" in query else frozenset())
    assert api.asked == []


async def test_a_past_time_is_computed_as_of_then() -> None:
    api = Api()
    api.store.lists[ID] = listed()
    answer = await api.get(f"{LIST}?now=2024-10-07T17:30:00%2B07:00")
    assert decoded(answer).computed_at == NOW - timedelta(days=1)
    assert answer.headers["cache-control"] == "max-age=60"
    assert api.asked == []


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (f"{LIST}?now=2024-10-08T10:30:01Z", "future"),
        (f"{LIST}?now=2024-10-08T10:30:00", "zone"),
        (f"{LIST}?now=2024-10-08T10:30:00+07:00", "%2B"),
        (f"{LIST}?now=0001-01-01T00:00:00%2B07:00", "zone"),
        (f"{LIST}?now=", "ISO 8601"),
        (f"{LIST}?size=0", "size"),
        (f"{LIST}?size=51", "size"),
        (f"{LIST}?size=%D9%A3", "size"),
        (f"{LIST}?mode=stale", "fresh, context"),
        (f"{LIST}?mode=fresh&mode=context", "more than once"),
        (f"{LIST}?site=", "site"),
        (f"{LIST}?site=https://contoh.id", "site"),
        (f"{LIST}?{'&'.join(f'site={n}.id' for n in range(21))}", "20 sites"),
        (f"{LIST}?siez=5", "siez"),
        (f"/articles/{ID}?size=5", "size"),
        ("/articles", "url is needed"),
        ("/articles?url=ftp://contoh.id/", "url"),
        ("/search", "q is needed"),
        ("/search?q=%20", "q is needed"),
        (f"/search?q={'a' * 201}", "200"),
        ("/search?q=a&from=990&size=20", "from + size"),
        ("/search?q=a&sort=oldest", "score, newest"),
        ("/newest?from=990&size=20", "from + size"),
        ("/newest?q=a", "unknown parameter 'q'"),
    ],
)
async def test_a_wrong_parameter_is_a_400_that_names_it(path: str, named: str) -> None:
    api = Api()
    answer = await api.get(path)
    assert answer.status_code == 400
    assert named in answer.json()["detail"]
    assert answer.headers["cache-control"] == "no-store"
    assert api.store.computed == []


async def test_unknown_and_removed_articles_are_told_apart() -> None:
    api = Api()
    for suffix in ("", "/related", "/related?mode=context"):
        assert (await api.get(f"/articles/{UNKNOWN_ID}{suffix}")).status_code == 404
        assert (await api.get(f"/articles/{REMOVED_ID}{suffix}")).status_code == 410
        assert (await api.get(f"/articles/nonsense{suffix}")).status_code == 404
    api.store.lists[REMOVED_ID] = listed(REMOVED_ID, items=(), shortfall=REMOVED)
    assert (await api.get(f"/articles/{REMOVED_ID}/related")).status_code == 410
    assert api.asked == []


async def test_an_article_comes_without_internals() -> None:
    api = Api()
    answer = await api.get(f"/articles/{ID}")
    assert answer.json()["body"] == ["Satu."]
    assert "rahasia" not in answer.text
    assert (await api.get("/articles?url=https://contoh.id/tidak-ada")).status_code == 404


async def test_an_article_is_found_by_any_form_of_its_url() -> None:
    api = Api()
    wanted = article_id(canonical_url("https://contoh.id/baca/1"))
    api.store.articles[wanted] = article(wanted)
    answer = await api.get("/articles?url=HTTPS://Contoh.id:443/baca/1%23komentar")
    assert answer.json()["article_id"] == wanted
    assert answer.headers["content-location"] == f"/articles/{wanted}"


async def test_a_search_is_passed_on() -> None:
    api = Api()
    answer = await api.get("/search?q=korea%20utara&site=Contoh.id&sort=newest&from=20&size=5")
    assert answer.json()["items"][0]["title"] == "Judul"
    (wanted,) = api.store.searches
    expected = Search(text="korea utara", sites=frozenset({"contoh.id"}), sort="newest", skip=20, size=5)
    assert wanted == expected


async def test_the_newest_are_asked_for_without_a_text() -> None:
    api = Api()
    answer = await api.get("/newest?site=Contoh.id&from=20&size=5")
    assert answer.json()["items"][0]["title"] == "Judul"
    assert api.store.searches == [Search(text=None, sites=frozenset({"contoh.id"}), sort="newest", skip=20, size=5)]


async def test_what_the_client_has_is_not_sent_again() -> None:
    api = Api()
    api.store.lists[ID] = listed()
    first = await api.get(LIST)
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for said in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = await api.get(LIST, If_None_Match=said)
        assert again.status_code == 304
        assert again.headers["etag"] == etag
        assert again.headers["cache-control"] == first.headers["cache-control"]
    assert (await api.get(LIST, If_None_Match='"x"')).status_code == 200
    api.store.lists[ID] = listed(shortfall="other")
    assert (await api.get(LIST, If_None_Match=etag)).status_code == 200


async def test_methods() -> None:
    api = Api()
    head = await api.request("HEAD", f"/articles/{ID}")
    assert head.status_code == 200
    assert head.headers["etag"] == (await api.get(f"/articles/{ID}")).headers["etag"]
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        refused = await api.request(method, LIST)
        assert refused.status_code == 405
        assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
        assert refused.headers["content-type"] == "application/problem+json"
    nowhere = await api.get("/nowhere")
    assert nowhere.status_code == 404
    assert "/openapi.json" in nowhere.json()["detail"]


def api_error(status: int, kind: str) -> ApiError:
    meta: Any = SimpleNamespace(status=status)
    return ApiError(kind, cast("Any", meta), {"error": {"type": kind}})


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (EsConnectionError("refused by 10.0.0.1"), 503, "try again"),
        (api_error(503, "unavailable"), 503, "try again"),
        (api_error(404, "index_not_found_exception"), 503, "warta bootstrap"),
        (TimeoutError(), 503, "in time"),
        (msgspec.ValidationError("secret text"), 500, "log"),
        (KeyError("secret text"), 500, "log"),
    ],
)
@pytest.mark.parametrize("path", [LIST, f"/articles/{ID}", "/search?q=a", "/newest"])
async def test_errors_of_the_store_never_show_insides(path: str, error: Exception, status: int, said: str) -> None:
    api = Api()
    api.store.error = error
    answer = await api.get(path)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert "secret" not in answer.text
    assert "10.0.0.1" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


async def test_equal_computations_are_one_and_too_many_are_refused() -> None:
    api = Api(computing=1, waiting=1)
    api.store.gate = asyncio.Event()
    same = [asyncio.create_task(api.get(f"{LIST}?mode=context")) for _ in range(5)]
    other = asyncio.create_task(api.get(f"{LIST}?size=3"))
    while not api.store.computed:
        await asyncio.sleep(0)
    for _ in range(20):
        await asyncio.sleep(0)
    refused = await api.get(f"{LIST}?size=4")
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    same[0].cancel()
    api.store.gate.set()
    answers = await asyncio.gather(*same[1:], other)
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(api.store.computed) == 2


async def test_an_answer_has_its_time() -> None:
    api = Api(timeout_seconds=0.05)
    api.store.gate = asyncio.Event()
    answer = await api.get(LIST)
    assert answer.status_code == 503
    api.store.gate.set()


async def test_keys() -> None:
    api = Api(keys=f"{KEY}, {KEY}-2")
    for headers in ({}, {"X_API_Key": "salah"}, {"Authorization": f"Basic {KEY}"}, {"Authorization": "Bearer "}):
        refused = await api.get(LIST, **headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert api.store.computed == []
    for headers in ({"X_API_Key": KEY}, {"Authorization": f"Bearer {KEY}-2"}):
        answer = await api.get(LIST, **headers)
        assert answer.status_code == 200
        assert answer.headers["vary"] == "Authorization, X-API-Key"
        assert answer.headers["cache-control"].startswith("private")


async def test_the_rate_of_a_client_is_limited() -> None:
    api = Api(rate_per_second=0.001, burst=3)
    assert (await api.get(LIST)).headers["ratelimit-policy"] == '"client";q=3;w=3000'
    assert (await api.get(LIST)).status_code == 200
    refused = await api.get(LIST)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 1000
    assert refused.headers["ratelimit"].startswith('"client";r=0;')
    assert len(api.store.computed) == 2


async def test_other_origins_read_only_where_allowed() -> None:
    origin = "https://redaksi.example"
    assert "access-control-allow-origin" not in (await Api().get(LIST, Origin=origin)).headers
    api = Api(cors_origins=(origin,))
    answer = await api.get(LIST, Origin=origin)
    assert answer.headers["access-control-allow-origin"] == origin
    assert "Origin" in answer.headers["vary"]
    assert "access-control-allow-origin" not in (await api.get(LIST, Origin="https://lain.example")).headers
    preflight = await api.request(
        "OPTIONS", LIST, Origin=origin, Access_Control_Request_Method="GET", Access_Control_Request_Headers="X-API-Key"
    )
    assert preflight.status_code == 200


async def test_the_documented_examples_work() -> None:
    api = Api(rate_per_second=0)
    wanted = article_id(canonical_url("https://example.org/berita/1"))
    api.store.articles[wanted] = article(wanted)
    api.now = NOW + timedelta(days=1)
    examples = re.findall(r'curl "http://127.0.0.1:8181(/[^"]+)"', (ROOT / "docs/api.md").read_text("utf-8"))
    assert len(examples) == 8
    for path in examples:
        assert (await api.get(path.replace("$ID", ID))).status_code == 200, path


async def test_a_long_query_is_refused() -> None:
    assert (await Api().get(f"/search?q={'a' * 5000}")).status_code == 414
