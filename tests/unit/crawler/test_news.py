"""What an operator is told of the crawl: figures as they are when they are asked for, and each warning once."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from services.crawler.gone import Rules
from services.crawler.news import EVERY, News
from services.crawler.partition import Partition
from services.crawler.polls import SILENT_AFTER, SILENT_FAILURES, Polls, Source
from shared.codec import wrap
from shared.events import FetchFailed, FetchSettled

NOW = datetime(2024, 10, 8, tzinfo=UTC)
HOST = "contoh.example"
FEED = Source(url=f"https://{HOST}/rss", kind="feed", every=timedelta(minutes=1))
HOUR = timedelta(hours=1)


def held_back(partition: Partition) -> None:
    url = f"https://{HOST}/read/1"
    partition.known.note(wrap(FetchSettled(url=url, outcome="published", settled_at=NOW), source="/t", time=NOW))
    for hours in (1, 2):
        failure = FetchFailed(url=url, reason="not_found", settled_at=NOW + hours * HOUR)
        partition.known.note(wrap(partition.known.judged(failure), source="/t", time=NOW, root=str(hours)))


def test_figures_are_of_now_and_each_warning_comes_once() -> None:
    polls = Polls([FEED])
    partition = Partition(0, gone=Rules(ages=(HOUR,), sick_pages=1, sick_share=0))
    news = News(polls, [partition])
    assert news.figures(NOW) == {
        "sources": 0, "sources_silent": 0, "oldest_source_seconds": 0.0, "paused_hosts": 0, "unreachable_hosts": 0,
        "held_removals": 0,
    }  # fmt: skip
    held_back(partition)
    partition.frontier.pause(HOST)
    for number in range(SILENT_FAILURES):
        now = NOW + number * SILENT_AFTER
        assert polls.due(now, lambda _url: True) == [FEED]
        polls.ended(FEED.url, now, new=None)
    figures = news.figures(NOW + HOUR)
    assert (figures["held_removals"], figures["paused_hosts"], figures["sources"]) == (1, 1, 1)
    with capture_logs() as told:
        for seconds in range(0, 60, 5):
            news.warn(NOW + 3 * HOUR + timedelta(seconds=seconds))
    assert sorted(line["event"] for line in told) == ["removals.held", "source.silent"]


def test_what_takes_a_look_at_everything_is_not_done_at_every_tick() -> None:
    partition = Partition(0, gone=Rules(ages=(HOUR,), sick_pages=1, sick_share=0))
    news = News(Polls([]), [partition])
    news.warn(NOW)
    held_back(partition)
    with capture_logs() as told:
        news.warn(NOW + EVERY / 2)
        assert not told
        news.warn(NOW + EVERY)
    assert [line["event"] for line in told] == ["removals.held"]
