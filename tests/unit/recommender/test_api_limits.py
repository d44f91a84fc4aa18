"""Token buckets, who a client is, what is asked of the recommender, and the settings' rule."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.recommender.api import asking
from services.recommender.api.asking import Asker
from services.recommender.api.rate import Buckets, client_of
from services.recommender.api.settings import ApiSettings
from shared.delivery import Outgoing
from shared.events import RelatedRequested

KEY = "sebuah-kunci-yang-panjang"


@given(st.lists(st.floats(0, 10), max_size=60), st.floats(0.1, 50), st.integers(1, 20))
def test_no_client_gets_more_than_its_rate(waits: list[float], rate: float, burst: int) -> None:
    buckets = Buckets(rate=rate, burst=burst)
    now, passed = 0.0, 0
    for wait in waits:
        now += wait
        verdict = buckets.take("a", now)
        passed += verdict.allowed
        assert passed <= burst + rate * now + 1e-6
        assert verdict.allowed or verdict.remaining == 0
        if not verdict.allowed:
            assert Buckets(rate=rate, burst=burst).take("a", now).allowed
            assert verdict.retry_after >= 1


def test_after_the_told_seconds_a_request_passes() -> None:
    buckets = Buckets(rate=0.3, burst=1)
    assert buckets.take("a", 0).allowed
    refused = buckets.take("a", 0)
    assert not refused.allowed
    assert buckets.take("b", 0).allowed
    assert buckets.take("a", refused.retry_after).allowed


def test_only_the_latest_clients_are_remembered() -> None:
    buckets = Buckets(rate=1, burst=1, most=2)
    for client in "abca":
        assert buckets.take(client, 0).allowed, "`a` was forgotten meanwhile"
    assert not buckets.take("c", 0).allowed


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("10.0.0.1", ["1.2.3.4"], 0, "10.0.0.1"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], 1, "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4", "10.0.0.2"], 2, "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4"], 3, "1.2.3.4"),
        ("10.0.0.1", [], 1, "10.0.0.1"),
        ("10.0.0.1", ["nonsense"], 1, "10.0.0.1"),
        ("2001:db8:1:2:3::4", [], 0, "2001:db8:1:2::/64"),
        ("::ffff:1.2.3.4", [], 0, "1.2.3.4"),
        ("", [], 0, ""),
    ],
)
def test_who_a_client_is(peer: str, forwarded: list[str], proxies: int, client: str) -> None:
    assert client_of(peer, forwarded, proxies=proxies) == client


async def test_an_article_is_asked_for_once_in_five_minutes() -> None:
    sent: list[Outgoing] = []
    now = 1000.0

    async def publish(outgoing: Outgoing) -> None:
        sent.append(outgoing)

    asker = Asker(publish, steady=lambda: now)
    running = asyncio.create_task(asker.run())
    for article_id in ("a", "b", "a"):
        asker.ask(article_id)
    now += 299
    asker.ask("a")
    now += 1
    asker.ask("a")
    while len(sent) < 3:
        await asyncio.sleep(0)
    running.cancel()
    assert [one.key for one in sent] == ["a", "b", "a"]
    assert sent[0].event == RelatedRequested(article_id="a", because_of="api")


async def test_without_kafka_asking_neither_waits_nor_grows() -> None:
    async def publish(outgoing: Outgoing) -> None:
        await asyncio.Event().wait()

    asker = Asker(publish, steady=lambda: 0.0)
    for number in range(asking.MOST_WAITING + asking.MOST_REMEMBERED):
        asker.ask(str(number))
    assert asker._queue.qsize() == asking.MOST_WAITING
    assert len(asker._asked) == asking.MOST_WAITING


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "api.example.org", ""])
def test_beyond_loopback_it_needs_keys_or_a_word(host: str) -> None:
    with pytest.raises(ValidationError, match="WARTA_API_KEYS"):
        ApiSettings(host=host)
    ApiSettings(host=host, public=True)
    ApiSettings(host=host, keys=KEY)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_on_loopback_it_needs_none(host: str) -> None:
    assert ApiSettings(host=host).accepted == ()


@pytest.mark.parametrize(
    "wrong",
    [{"keys": "pendek"}, {"keys": f"{KEY},pendek"}, {"keys": ","}, {"cors_origins": "*"},
     {"cors_origins": "https://a.example/"}, {"rate_per_second": -1}, {"burst": 0}],
)  # fmt: skip
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        ApiSettings(**wrong)
    assert KEY not in str(caught.value.errors(include_input=False, include_url=False))
