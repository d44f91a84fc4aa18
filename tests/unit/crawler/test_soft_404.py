"""What a host gives in the place of what isn't there ends as soft_404, and no page of its own does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.answer import Answer
from services.crawler.gone import Rules
from services.crawler.job import Again, Ended, Job
from services.crawler.known import RETRY_PASSING_AFTER, Known
from services.crawler.partition import Partition
from services.crawler.revisits import Revisits
from services.crawler.settings import CrawlerSettings
from services.crawler.sites import parse_sites
from services.crawler.soft_404 import MOST_ADDRESSES, SameBodies, says_missing
from services.crawler.verdict import Judge
from services.crawler.visit import Visitor
from shared.codec import wrap
from shared.events import CrawlRequested, FetchFailed, FetchSettled, FoundBy
from tests.support.loopback import Site
from tests.support.visiting import visiting

NOW = datetime(2025, 7, 31, 12, tzinfo=UTC)
HOST = "contoh.example"
SITES = parse_sites(f'[a]\nhosts = ["{HOST}", "127.0.0.1"]\ntrusted = ["/resmi/"]\n')
JUDGE = Judge(sites=SITES, max_attempts=3, first_pause=timedelta(0))


def job(url: str, *, found_by: FoundBy = "link", asked: bool = True, kind: str = "page", host: str = HOST) -> Job:
    fields = {"url": url, "found_by": found_by, "kind": kind}
    request = CrawlRequested(**fields)  # type: ignore[arg-type]
    envelope = wrap(request, source="/t", time=NOW) if asked else None
    return Job(
        url=url, host=host, request=request, partition=Partition(0), envelope=envelope, offset=0 if asked else None
    )


def moved(wanted: Job, location: str) -> Ended:
    answer = Answer(url=wanted.url, status=302, fetched_at=NOW, headers=(("location", location),))
    verdict = JUDGE.answer(wanted, answer, None, NOW)
    assert isinstance(verdict, Ended)
    return verdict


@pytest.mark.parametrize("location", ["/", f"https://www.{HOST}/", "/index.html", "/beranda", "/id/", "/?utm_source=x"])
@pytest.mark.parametrize("found_by", ["link", "feed", "sitemap", "canonical", "redirect"])
def test_a_page_that_leads_to_the_front_page_is_missing(location: str, found_by: FoundBy) -> None:
    ended = moved(job(f"https://{HOST}/read/1", found_by=found_by), location)
    assert isinstance(ended.outcome, FetchSettled)
    assert (ended.outcome.outcome, ended.outcome.reason, ended.outcome.status) == ("refused", "soft_404", 302)
    assert ended.outcome.final_url is not None
    assert ended.is_missing
    assert ended.follows == ()


def test_a_page_that_is_looked_at_again_may_have_gone_so() -> None:
    assert moved(job(f"https://{HOST}/read/1", found_by="refetch", asked=False), "/").outcome.reason == "soft_404"


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        (job(f"https://{HOST}/read/1"), "/?p=1"),
        (job(f"https://{HOST}/read/1"), "/read/1/judul"),
        (job(f"http://{HOST}/"), f"https://www.{HOST}/"),
        (job(f"https://{HOST}/id"), "/"),
        (job(f"https://{HOST}/kanal", found_by="seed"), "/"),
        (job(f"https://{HOST}/resmi/1"), "/"),
        (job(f"https://{HOST}/rss", kind="feed"), "/"),
    ],
)
def test_other_redirects_are_followed(wanted: Job, location: str) -> None:
    ended = moved(wanted, location)
    assert ended.outcome.reason == "redirected"
    assert len(ended.follows) == 1


def test_the_fourth_address_of_one_body_is_missing_and_the_first_stay() -> None:
    bodies = SameBodies()
    urls = [f"https://{HOST}/{number}" for number in range(9)]
    assert [bodies.is_elsewhere(HOST, url, b"tidak ada") for url in urls] == [False] * 3 + [True] * 6
    assert not any(bodies.is_elsewhere(HOST, url, b"tidak ada") for url in urls[:MOST_ADDRESSES])
    assert not bodies.is_elsewhere("lain.example", urls[-1], b"tidak ada")
    assert not bodies.is_elsewhere(HOST, urls[-1], b"ada")


@given(st.lists(st.tuples(st.integers(0, 30), st.binary(max_size=2)), max_size=80))
def test_a_body_of_its_own_is_never_missing_and_memory_is_bounded(pages: list[tuple[int, bytes]]) -> None:
    bodies = SameBodies(most=5)
    for number, common in pages:
        assert not bodies.is_elsewhere(HOST, f"https://{HOST}/{number}", b"artikel %d" % number)
        bodies.is_elsewhere(HOST, f"https://{HOST}/{number}", common)
    assert len(bodies._addresses) <= 5


@pytest.fixture
async def visitor(site: Site) -> AsyncIterator[Visitor]:
    settings = CrawlerSettings.model_validate({"delay_seconds": 0.0, "backoff_seconds": 0.0})
    async with visiting(settings, (site.netloc,), sites=SITES) as made:
        yield made


async def test_a_host_with_one_answer_for_all(site: Site, visitor: Visitor) -> None:
    async def any_page(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"<h1>Selamat datang</h1>" if "artikel" not in request.path else request.path.encode())

    urls = [site.handle(f"/{name}{number}", any_page) for number in range(6) for name in ("artikel", "x", "resmi/")]
    found: dict[str, str | None] = {}
    for url in urls:
        verdict: Again | Ended | None = None
        while not isinstance(verdict, Ended):
            verdict = await visitor.visit(job(url, host="127.0.0.1"))
        assert (verdict.page is None) == (verdict.outcome.reason == "soft_404")
        found[url.partition(site.netloc)[2]] = verdict.outcome.reason
    # Of its addresses two that are not trusted came among the first.
    assert {path for path, reason in found.items() if reason} == {"/x2", "/x3", "/x4", "/x5"}


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (b"<html><head><title>Halaman tidak ditemukan | Kabar</title></head>", True),
        (b"<TITLE class=x>\n 404 Not Found\n</TITLE>", True),
        ("<title>Página não encontrada</title>".encode(), True),
        (b"<title>Page &#110;ot found</title>", True),
        (b"<title>Warga menanam seribu pohon</title>", False),
        (b"<title>Page not found</title><meta property=article:published_time content=2024-10-08>", False),
        (b'<title>Not found</title><script>{"datePublished": "2024-10-08"}</script>', False),
        (b"\xff\xfe<t\x00i\x00t\x00l\x00e", False),
        (b"", False),
    ],
)
def test_what_says_that_nothing_is_there(page: bytes, says: bool) -> None:
    assert says_missing(page) is says


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_any_bytes_are_judged(begin: bytes, title: bytes) -> None:
    assert says_missing(begin + b"<title>" + title) is False


async def test_only_a_page_that_was_there_is_missing_by_its_title_and_none_by_bytes_that_many_share(
    site: Site, visitor: Visitor
) -> None:
    answer = {"body": b"<title>Berita</title>"}

    async def page(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=answer["body"])

    partition = Partition(0)

    async def visit(path: str, found_by: FoundBy = "link") -> Ended:
        verdict: Again | Ended | None = None
        while not isinstance(verdict, Ended):
            wanted = job(site.handle(path, page), host="127.0.0.1", found_by=found_by)
            verdict = await visitor.visit(msgspec.structs.replace(wanted, partition=partition))
        partition.known.note(wrap(verdict.outcome, source="/t", time=NOW, root=f"{path} {answer}"))
        return verdict

    for number in range(5):
        answer["body"] = b"<title>Berita %d</title>" % number
        assert (await visit(f"/{number}")).page is not None
    answer["body"] = b"<title>Halaman tidak ditemukan</title>"
    new = await visit("/baru")
    assert isinstance(new.outcome, FetchSettled)
    assert (new.page is not None, new.outcome.outcome, new.outcome.why) == (True, "published", "not_found")
    gone = await visit("/0")
    assert (gone.page, gone.outcome.reason, gone.is_missing) == (None, "soft_404", True)
    assert (await visit("/0", "seed")).page is not None  # who insists gets what is there
    answer["body"] = b"<title>Kembali sebentar lagi</title>"
    ends = [await visit(f"/{number}") for number in range(5)]
    assert [end.outcome.reason for end in ends] == [None, None, None, "soft_404", "soft_404"]
    assert not any(end.is_missing for end in ends)


def test_such_a_refusal_passes_and_the_page_is_looked_at_again() -> None:
    known = Known(revisits=Revisits([timedelta(hours=1), timedelta(hours=9)]))
    url = f"https://{HOST}/read/1"
    asked = wrap(CrawlRequested(url=url, found_by="feed"), source="/t", time=NOW)
    known.note(wrap(FetchSettled(url=url, outcome="published", settled_at=NOW, found_by="feed"), source="/t", time=NOW))
    later = NOW + timedelta(hours=1)
    gone = FetchSettled(url=url, outcome="refused", reason="soft_404", settled_at=later)
    known.note(wrap(gone, source="/t", time=later, root="x"))
    assert known.due_of(url) == NOW + timedelta(hours=9)
    assert known.is_duplicate(asked, url, later)
    assert not known.is_duplicate(asked, url, later + RETRY_PASSING_AFTER)


def test_what_was_a_soft_404_from_the_first_is_the_parsers_no_good_answer_and_not_looked_at_again() -> None:
    known = Known(revisits=Revisits([timedelta(hours=1)]), gone=Rules(ages=(timedelta(hours=1),)))
    url = f"https://{HOST}/read/1"
    new = FetchSettled(url=url, outcome="published", settled_at=NOW, found_by="link", why="not_found")
    known.note(wrap(new, source="/t", time=NOW))
    assert known.due_of(url) is None
    assert not known.gone.has_answered(HOST)
    assert known.is_duplicate(wrap(CrawlRequested(url=url, found_by="link"), source="/t", time=NOW), url, NOW)


def test_it_neither_counts_nor_saves_a_page_that_answered_404() -> None:
    known = Known(gone=Rules(ages=(timedelta(hours=1), timedelta(hours=13))))
    url = f"https://{HOST}/read/1"
    known.note(wrap(FetchSettled(url=url, outcome="published", settled_at=NOW, found_by="feed"), source="/t", time=NOW))
    gone = known.judged(FetchFailed(url=url, reason="not_found", settled_at=NOW, status=404))
    known.note(wrap(gone, source="/t", time=NOW, root="404"))
    due = known.due_of(url)
    assert gone.removal == "awaited"
    assert due is not None
    front = FetchSettled(url=url, outcome="refused", reason="soft_404", settled_at=due)
    known.note(wrap(front, source="/t", time=due, root="soft"))
    assert known.due_of(url) == due
    last = NOW + timedelta(hours=13)
    assert known.judged(FetchFailed(url=url, reason="not_found", settled_at=last, status=404)).removal == "done"
