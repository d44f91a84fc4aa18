"""A page in parts: each is fetched at its host's turn, all together are one page, and one that fails fails it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from services.crawler import kept_job
from services.crawler.admission import refusal_of_parts
from services.crawler.answer import Answer
from services.crawler.job import Ended, Job
from services.crawler.known import Known
from services.crawler.partition import Partition
from services.crawler.revisits import Revisits
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import parse_sites
from services.crawler.visit import Visitor
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchSettled
from shared.parts import PARTS_TYPE, unpack
from tests.support.loopback import Site
from tests.support.visiting import visiting

SETTINGS = CrawlerSettings.model_validate({"backoff_seconds": 0.0, "max_page_bytes": 1024})
URL = "https://contoh.example/read/1"
NOW = datetime(2024, 10, 8, 12, 0, tzinfo=UTC)


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    async with visiting(SETTINGS, (site.netloc,)) as made:
        yield made


def job(url: str, *parts: str) -> Job:
    request = CrawlRequested(url=url, found_by="canonical", depth=1, parts=parts)
    envelope = wrap(request, source="/t", time=NOW)
    return Job(url=url, host="127.0.0.1", request=request, partition=Partition(0), envelope=envelope, offset=0)


async def end_of(visitor: Visitor, wanted: Job) -> tuple[Ended, list[str]]:
    """As the crawl's loop has it: the end, and why there were further tries."""
    again: list[str] = []
    for _ in range(20):
        verdict = await visitor.visit(wanted)
        if isinstance(verdict, Ended):
            return verdict, again
        again.append(verdict.why)
        wanted = structs.replace(wanted, attempt=verdict.attempt, gathered=verdict.gathered or wanted.gathered)
        wanted = kept_job.decode(kept_job.encode(wanted), wanted.partition)
    raise AssertionError(again)


async def test_each_part_waits_for_its_turn_and_all_are_one_page(site: Site, visitor: Visitor) -> None:
    url = site.serve("/read/1", b"satu", ETag='"a"', X_Robots_Tag="nofollow")
    parts = [url, site.serve("/read/1/2", b"dua"), site.serve("/read/1/3", b"tiga")]
    end, again = await end_of(visitor, job(url, *parts))
    assert again == ["robots", "parts", "parts"]
    assert site.paths == ["/robots.txt", "/read/1", "/read/1/2", "/read/1/3"]
    assert end.page is not None
    assert (end.page.url, end.page.content_type, end.page.depth, end.page.found_by) == (url, PARTS_TYPE, 1, "canonical")
    assert [(part.url, part.body) for part in unpack(end.page.body)] == list(
        zip(parts, (b"satu", b"dua", b"tiga"), strict=True)
    )
    assert end.page.http_headers["x-robots-tag"] == "nofollow"
    assert isinstance(end.outcome, FetchSettled)
    assert (end.outcome.url, end.outcome.outcome, end.outcome.etag) == (url, "published", None)


async def test_a_single_part_is_published_as_it_came_in_the_place_of_the_page(site: Site, visitor: Visitor) -> None:
    url = f"http://{site.netloc}/read/1"
    whole = site.serve("/read/1/all", b"semua", Content_Type="text/html", ETag='"b"')
    end, _ = await end_of(visitor, job(url, whole))
    assert end.page is not None
    assert (end.page.url, end.page.final_url, end.page.body) == (url, whole, b"semua")
    assert end.page.content_type == "text/html"
    assert isinstance(end.outcome, FetchSettled)
    assert end.outcome.etag is None


async def test_a_part_that_fails_fails_the_page_and_says_which(site: Site, visitor: Visitor) -> None:
    url = site.serve("/read/1", b"satu")
    missing = f"http://{site.netloc}/read/1/2"
    elsewhere = site.serve("/read/1/all", status=302, Location="/read/1")
    for parts, reason, detail in (
        ((url, missing), "not_found", "part 2 of 2"),
        ((elsewhere,), "redirect_loop", "part 1 of 1: leads elsewhere"),
        ((url, site.serve("/read/1/besar", b"x" * 1021)), "too_large", "part 2 of 2"),
        ((url, site.serve("/read/1/rusak", status=502)), "http_error", "part 2 of 2"),
    ):
        end, _ = await end_of(visitor, job(url, *parts))
        assert end.page is None
        assert isinstance(end.outcome, FetchFailed)
        assert (end.outcome.url, end.outcome.reason) == (url, reason)
        assert end.outcome.detail.startswith(detail)


async def test_a_part_that_robots_forbids_is_refused(site: Site, visitor: Visitor) -> None:
    site.serve("/robots.txt", b"User-agent: *\nDisallow: /*/all")
    url = site.serve("/read/1")
    end, _ = await end_of(visitor, job(url, f"{url}/all"))
    assert isinstance(end.outcome, FetchSettled)
    assert (end.outcome.outcome, end.outcome.reason) == ("refused", "robots")


def test_parts_are_of_the_pages_host_and_admitted_like_it() -> None:
    sites = parse_sites('[a]\nhosts = ["contoh.example"]\nexclude = ["print"]\n')
    url = "https://contoh.example/read/1"
    assert refusal_of_parts((url, url + "?page=2"), url, sites) is None
    assert refusal_of_parts((url, "https://lain.example/read/1"), url, sites) == "off_site"
    assert refusal_of_parts((url, "https:/"), url, sites) == "off_site"
    assert refusal_of_parts((url + "/print",), url, sites) == "excluded"
    assert refusal_of_parts((url + "/a/a/a",), url, sites) == "trap"


def test_parts_are_fetched_though_the_page_is_known_but_once() -> None:
    known = Partition(0).known
    url = "https://contoh.example/read/1"
    page, parts = (
        wrap(CrawlRequested(url=url, parts=some), source="/t", time=NOW) for some in ((), (url, url + "?page=2"))
    )
    settled = FetchSettled(url=url, outcome="published", settled_at=NOW, etag='"a"')
    known.note(wrap(settled, source="/t", time=NOW, cause=page))
    assert known.is_duplicate(wrap(CrawlRequested(url=url), source="/t", time=NOW), url, NOW)
    assert not known.is_duplicate(parts, url, NOW)
    known.note(wrap(structs.replace(settled, etag=None), source="/t", time=NOW, cause=parts))
    assert known.is_duplicate(parts, url, NOW)
    state = known.get(url)
    assert state is not None
    assert state.etag is None


def test_a_page_and_its_parts_are_not_the_same_work() -> None:
    url = "https://contoh.example/read/1"
    keys = {job(url).key, job(url, url, url + "?page=2").key, job(url, url, url + "?page=2", url + "?page=3").key}
    assert len(keys) == 3


def test_no_server_packs_parts() -> None:
    headers = (("content-type", PARTS_TYPE),)
    answer = Answer(url="https://a.example/", status=200, fetched_at=NOW, headers=headers)
    assert answer.content_type == "application/octet-stream"


AGES = Revisits((timedelta(hours=1), timedelta(hours=4)))


def known_first_page() -> Known:
    known = Known(revisits=AGES)
    first = FetchSettled(url=URL, outcome="published", settled_at=NOW, etag='"a"', found_by="feed")
    known.note(wrap(first, source="/t", time=NOW, cause=job(URL).envelope))
    return known


@pytest.mark.parametrize(
    ("end", "etag"),
    [
        (FetchSettled(url=URL, outcome="published", settled_at=NOW, parts=2), '"a"'),
        (FetchSettled(url=URL, outcome="refused", reason="robots", settled_at=NOW, parts=2), None),
        (FetchFailed(url=URL, reason="not_found", settled_at=NOW, parts=2), None),
        (FetchFailed(url=URL, reason="timeout", settled_at=NOW, parts=2), None),
    ],
)
def test_a_page_is_looked_at_again_whatever_became_of_its_parts_which_come_again_unless_it_is_whole(
    end: FetchSettled | FetchFailed, etag: str | None
) -> None:
    known = known_first_page()
    known.note(wrap(end, source="/t", time=NOW, cause=job(URL, f"{URL}/2").envelope))
    state = known.get(URL)
    assert state is not None
    assert (state.etag, state.first_at) == (etag, NOW)
    assert known.due_of(URL) == NOW + timedelta(hours=1)


async def test_the_end_of_parts_says_how_many_there_were(site: Site, visitor: Visitor) -> None:
    url = site.serve("/read/1", b"satu")
    for parts in ((url, site.serve("/read/2", b"dua")), (url, f"http://{site.netloc}/tiada"), ()):
        end, _ = await end_of(visitor, job(url, *parts))
        assert not isinstance(end.outcome, FetchSettled) or end.outcome.outcome == "published"
        assert end.outcome.parts == len(parts)
