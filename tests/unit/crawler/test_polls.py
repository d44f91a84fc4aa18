from datetime import UTC, datetime, timedelta

from services.crawler.polls import SILENT_AFTER, SILENT_FAILURES, Polls, sources_of
from services.crawler.sites import parse_sites

NOW = datetime(2024, 10, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED, MAP = "https://contoh.example/rss", "https://contoh.example/sitemap.xml"
SITES = parse_sites(f'[a]\nfeeds = ["{FEED}"]\nsitemaps = ["{MAP}"]\n')


def everything(_url: str) -> bool:
    return True


def due(polls: Polls, now: datetime) -> list[str]:
    return [source.url for source in polls.due(now, everything)]


def test_sources_are_due_at_once_then_after_their_interval_and_never_twice_at_a_time() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=5 * MINUTE))
    assert due(polls, NOW) == [FEED, MAP]
    assert due(polls, NOW + 60 * MINUTE) == []
    polls.ended(FEED, NOW, new=20)
    polls.ended(MAP, NOW, new=0)
    assert due(polls, NOW + MINUTE / 2) == []
    assert due(polls, NOW + MINUTE) == [FEED]
    assert due(polls, NOW + 5 * MINUTE) == [MAP]


def test_robots_is_polled_as_a_sitemap_where_the_site_says_so() -> None:
    sites = parse_sites(f'[a]\nfeeds = ["{FEED}"]\nrobots_sitemaps = true\n')
    sources = sources_of(sites, feed_every=MINUTE, sitemap_every=5 * MINUTE)
    assert [(source.url, source.kind, source.every) for source in sources] == [
        (FEED, "feed", MINUTE),
        ("https://contoh.example/robots.txt", "sitemap", 5 * MINUTE),
    ]


def test_only_what_is_mine_is_due_and_a_new_owner_polls_at_once() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=MINUTE))
    assert polls.due(NOW, lambda _url: False) == []
    assert len(due(polls, NOW)) == 2
    polls.ended(FEED, NOW, new=0)
    polls.forget(everything)
    assert len(due(polls, NOW)) == 2


def test_the_end_of_an_unknown_source_is_ignored() -> None:
    polls = Polls([])
    polls.ended(FEED, NOW, new=0)
    assert due(polls, NOW) == []


def test_a_source_that_has_moved_is_polled_at_its_usual_interval() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=MINUTE))
    now = NOW
    for _ in range(500):
        assert FEED in due(polls, now)
        polls.ended(FEED, now, new=0, moved=True)
        now += MINUTE
    assert polls.told(now)["sources_silent"] == 0


def test_many_sources_of_a_slow_host_leave_it_every_other_turn() -> None:
    feeds = [f"https://contoh.example/rss/{number}" for number in range(20)]
    polls = Polls(sources_of(parse_sites(f"[a]\nfeeds = {feeds}"), feed_every=MINUTE, sitemap_every=MINUTE))
    turn, turns, waiting, polled = timedelta(seconds=10), 2000, list[str](), 0
    for number in range(turns):
        now = NOW + number * turn
        waiting += due(polls, now)
        if waiting:
            polls.ended(waiting.pop(0), now, new=3, turn=turn)
            polled += 1
    assert turns * 0.4 < polled <= turns / 2 + len(feeds)


def polled_until(polls: Polls, end: datetime, *, new: int | None) -> datetime:
    now = NOW
    while now < end:
        if FEED in due(polls, now):
            polls.ended(FEED, now, new=new)
        now += MINUTE
    return now


def test_a_dead_source_is_told_once_and_again_after_it_was_read() -> None:
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=MINUTE))
    polled_until(polls, NOW + SILENT_AFTER - 2 * MINUTE, new=None)
    assert polls.silent(NOW + SILENT_AFTER - 2 * MINUTE) == []
    now = NOW + SILENT_AFTER
    assert [source.url for source in polls.silent(now)] == [FEED]
    assert polls.silent(now + MINUTE) == []
    assert polls.told(now)["sources_silent"] == 1
    assert polls.told(now)["oldest_source_seconds"] == 3600
    polls.ended(FEED, now, new=0)
    assert polls.told(now)["sources_silent"] == 0
    for _ in range(SILENT_FAILURES):
        polls.ended(FEED, now, new=None)
    assert [source.read_at for source in polls.silent(now + SILENT_AFTER)] == [now]


def test_a_source_that_nobody_polled_for_a_while_is_not_silent() -> None:
    """The brake was on, say."""
    polls = Polls(sources_of(SITES, feed_every=MINUTE, sitemap_every=MINUTE))
    due(polls, NOW)
    polls.ended(FEED, NOW, new=3)
    assert polls.silent(NOW + 100 * SILENT_AFTER) == []
