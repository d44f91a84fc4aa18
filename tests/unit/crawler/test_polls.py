from datetime import UTC, datetime, timedelta

from services.crawler.polls import Polls, sources_of
from services.crawler.sites import parse_sites

NOW = datetime(2024, 10, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED, MAP = "https://contoh.example/rss", "https://contoh.example/sitemap.xml"
SITES = parse_sites(f'[a]\nfeeds = ["{FEED}"]\nsitemaps = ["{MAP}"]\n')


def test_sources_are_due_at_once_then_after_their_interval_and_never_twice_at_a_time() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=5 * MINUTE))

    def due(now: datetime) -> list[str]:
        return [source.url for source in polls.due(now, lambda _url: True)]

    assert due(NOW) == [FEED, MAP]
    assert due(NOW + 60 * MINUTE) == []
    polls.ended(FEED, NOW)
    polls.ended(MAP, NOW)
    assert due(NOW + MINUTE / 2) == []
    assert due(NOW + MINUTE) == [FEED]
    assert due(NOW + 5 * MINUTE) == [MAP]


def test_robots_is_polled_as_a_sitemap_where_none_is_listed() -> None:
    sites = parse_sites(f'[a]\nfeeds = ["{FEED}"]\n')
    sources = sources_of(sites, feed_every=MINUTE, sitemap_every=5 * MINUTE)
    assert [(source.url, source.kind, source.every) for source in sources] == [
        (FEED, "feed", MINUTE),
        ("https://contoh.example/robots.txt", "sitemap", 5 * MINUTE),
    ]


def test_only_what_is_mine_is_due_and_a_new_owner_polls_at_once() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=MINUTE))
    assert polls.due(NOW, lambda _url: False) == []
    assert len(polls.due(NOW, lambda _url: True)) == 2
    polls.ended(FEED, NOW)
    polls.forget(lambda _url: True)
    assert len(polls.due(NOW, lambda _url: True)) == 2


def test_the_end_of_an_unknown_source_is_ignored() -> None:
    polls = Polls([])
    polls.ended(FEED, NOW)
    assert polls.due(NOW, lambda _url: True) == []
