"""The demo page in Chromium, on the API's own server and a store in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from playwright.async_api import BrowserContext, Page, Request, Route, expect

from services.recommender.api.answers import FoundArticle
from services.recommender.api.app import application
from services.recommender.api.settings import ApiSettings
from shared.articles import Image
from shared.clock import utcnow
from shared.events import Related
from tests.support.accessibility import low_contrast, unnamed
from tests.support.api import ID, REMOVED_ID, UNKNOWN_ID, MemoryStore, article, listed
from tests.support.browser import Complaints, chromium, served

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60"/></svg>'
KEY = "sebuah-kunci-yang-panjang"
OWN = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>{{7*7}}${alert(4)}\u202etxt.exe"
LONG = OWN + "a" * 600
JAVASCRIPT = "javascript:alert(5)//https://contoh.id/"
BAD = (
    JAVASCRIPT, " java\nscript:alert(6)", "data:text/html,<script>alert(7)</script>", "vbscript:x", "//contoh.id/x",
    "https://redaksi:sandi@jahat.example/", "blob:https://contoh.id/1", "",
)  # fmt: skip


def number(count: int) -> str:
    return f"{count:032x}"


def item(count: int, *, hours: int | None, now: datetime, **changes: Any) -> Related:
    fields: dict[str, Any] = {
        "article_id": number(count), "title": f"Judul {count}", "url": f"https://contoh.id/{count}",
        "site": "contoh.id", "score": 1 / count, "parts": {"topic": 0.8, "time": 0.5}, "topics": ("Rusia",),
        "reason": {"id": f"topik: Rusia · {hours} jam lalu", "en": f"topic: Rusia · {hours} hours ago"},
        "published_at": None if hours is None else now - timedelta(hours=hours), "teaser": "Teras berita.",
    }  # fmt: skip
    return Related(**fields | changes)


def hit(count: int, **changes: Any) -> FoundArticle:
    fields: dict[str, Any] = {
        "article_id": number(count), "title": f"Judul {count}", "url": f"https://contoh.id/{count}",
        "site": "contoh.id", "score": 1.0, "teaser": "Teras.", "published_at": utcnow() - timedelta(hours=count),
        "image_url": "https://gambar.example/1.png",
    }  # fmt: skip
    return FoundArticle(**fields | changes)


def stocked() -> MemoryStore:
    """An article with a list whose second place an editor has filled."""
    store, now = MemoryStore(), utcnow()
    store.articles[ID] = article(
        title="Korea Utara dan Rusia Makin Akrab", lead="Teras.", authors=("Penulis",), section="Dunia",
        topics=("Rusia", "PBB"), images=(Image(url="https://gambar.example/besar.png", caption="Keterangan"),),
        published_at=now - timedelta(days=3), language="id",
    )  # fmt: skip
    items = (
        item(1, hours=30, now=now), item(2, hours=90, now=now, parts={"editor": 1.0}), item(3, hours=None, now=now),
        item(4, hours=18, now=now, image_url="https://gambar.example/baik.svg"), item(5, hours=2, now=now),
    )  # fmt: skip
    store.lists[ID] = listed(at=now, items=items)
    store.hits = tuple(hit(count) for count in range(1, 31))
    return store


class Opened:
    """A page of a browser, on a store; `complaints` are the browser's, `asked` what other hosts heard."""

    def __init__(self, page: Page, url: str, asked: list[Request]) -> None:
        self.asked = asked
        self.page = page
        self.url = url
        self.complaints = Complaints(page)

    async def open(self, path: str) -> None:
        await self.page.goto(self.url + path)
        await self.settled()

    async def settled(self) -> None:
        await expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    async def titles(self) -> list[str]:
        return await self.page.locator(".card .title").all_inner_texts()


@asynccontextmanager
async def opened(
    store: MemoryStore, *, width: int = 1000, scheme: Any = "light", **settings: Any
) -> AsyncIterator[Opened]:
    async with served(application(store, ApiSettings(**settings), size=10)) as url, chromium() as browser:
        context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(15_000)
        asked = await only_here(context, url)
        yield Opened(await context.new_page(), url, asked)


async def only_here(context: BrowserContext, url: str) -> list[Request]:
    """Other hosts answer with a picture under an address with `baik`, else with what is none. What they were asked."""
    asked: list[Request] = []

    async def answer(route: Route) -> None:
        asked.append(route.request)
        good = "baik" in route.request.url
        await route.fulfill(content_type="image/svg+xml" if good else "image/png", body=PICTURE if good else "rusak")

    await context.route(lambda address: not address.startswith(url), answer)
    return asked


async def test_hostile_texts_stay_texts_and_hostile_links_are_none() -> None:
    store, now = stocked(), utcnow()
    hostile = [
        item(
            count, hours=count, now=now, title=LONG, url=bad, site=LONG, image_url=bad, teaser=LONG, topics=(LONG,),
            reason={"id": LONG, "en": LONG}, parts={LONG: 1e308, "__proto__": 0.5, "constructor": -1.0, "topic": 0.1},
        )
        for count, bad in enumerate(BAD, 1)
    ]  # fmt: skip
    hostile.append(item(99, hours=1, now=now, article_id='"><script>', url="https://contoh.id/99"))
    store.lists[ID] = listed(at=now, items=tuple(hostile), size=20, shortfall=LONG)
    store.articles[ID] = article(
        title=LONG, url=JAVASCRIPT, site=LONG, lead=LONG, section=LONG, authors=(LONG,), editors=(LONG,), body=(LONG,),
        topics=(LONG,), images=(Image(url=JAVASCRIPT, caption=LONG),), language='id" onload="alert(8)', dateline=LONG,
    )  # fmt: skip
    store.hits = tuple(
        hit(count, title=LONG, site=LONG, teaser=LONG, url=bad, image_url=bad) for count, bad in enumerate(BAD, 1)
    )
    async with opened(store, width=320) as at:
        for path in ("/", f"/?q={'<script>alert(9)</script>'}", f"/a/{ID}?size=20", f"/#/articles/{ID}"):
            await at.page.goto("about:blank")
            await at.open(path)
            for button in await at.page.locator("button.why").all():
                await button.click()
            assert await at.page.locator(":is(main, header) :is(script, iframe, svg, object, style, base)").count() == 0
            attributes = await at.page.eval_on_selector_all(
                "main *", "all => all.flatMap(one => one.getAttributeNames())"
            )
            assert not [name for name in attributes if name.startswith("on") or name in {"style", "srcdoc"}]
            schemes = await at.page.eval_on_selector_all("a", "all => all.map(one => one.protocol)")
            assert set(schemes) == {"http:"} | ({"https:"} if "a" * 32 in path else set())
            outward = await at.page.eval_on_selector_all(
                "main a", "all => all.filter(one => one.origin !== location.origin).map(one => one.rel)"
            )
            assert set(outward) <= {"noopener noreferrer nofollow"}
            assert "jahat.example" not in await at.page.content()
            assert await at.page.locator("main img").count() == 0
            assert "<script>alert(1)</script>" in await at.page.locator("main").inner_text()
            assert "\u202e" not in await at.page.locator("main").inner_text()
            assert await at.page.evaluate("document.documentElement.scrollWidth") <= 320
        assert at.complaints.heard == []


async def test_the_widget_shows_the_newest_first_and_pins_at_their_places() -> None:
    async with opened(stocked()) as at:
        await at.open(f"/a/{ID}")
        assert await at.titles() == ["Judul 5", "Judul 2", "Judul 4", "Judul 1", "Judul 3"]
        await expect(at.page.locator(".card").nth(1)).to_contain_text("Pilihan redaksi")
        await expect(at.page.locator(".card").nth(2).locator("time")).to_have_text("18 jam lalu")
        await expect(at.page.locator(".shortfall")).to_contain_text("Hanya 5 dari 10 artikel.")
        await expect(at.page.locator("figure")).to_have_count(1)  # what is no picture has vanished
        await expect(at.page.locator(".card").nth(2).locator("figure.shown img")).to_be_visible()
        assert {one.url for one in at.asked} == {"https://gambar.example/baik.svg", "https://gambar.example/besar.png"}
        assert not [one for one in at.asked if "referer" in one.headers]
        assert at.complaints.heard == []


async def test_kenapa_opens_from_the_keyboard_and_stays_open_when_the_list_changes() -> None:
    async with opened(stocked()) as at:
        await at.open(f"/a/{ID}")
        button = at.page.locator("button.why").first
        panel = at.page.locator(".why-panel").first
        await at.page.locator(".card a").first.focus()
        for _ in range(2):  # the site's link, then the button
            await at.page.keyboard.press("Tab")
        await expect(button).to_be_focused()
        await expect(panel).to_be_hidden()
        await at.page.keyboard.press("Enter")
        await expect(button).to_have_attribute("aria-expanded", "true")
        await expect(panel).to_contain_text("topik: Rusia · 2 jam lalu")
        await expect(panel).to_contain_text("0,80")
        assert await panel.get_attribute("id") == await button.get_attribute("aria-controls")
        await at.page.keyboard.press("Space")
        await expect(panel).to_be_hidden()
        assert at.complaints.heard == []


async def test_mode_size_and_language_are_the_readers() -> None:
    store = stocked()
    async with opened(store) as at:
        await at.open(f"/a/{ID}")
        assert store.computed == []
        await at.page.get_by_label("Sezaman").check()
        await at.settled()
        await at.page.get_by_label("Jumlah").select_option("5")
        await at.settled()
        assert [(one["mode"], one["size"]) for one in store.computed] == [("context", 10), ("context", 5)]
        assert at.page.url.endswith(f"/a/{ID}?mode=context&size=5")
        await at.page.get_by_role("button", name="English").click()
        await at.settled()
        await expect(at.page.get_by_role("heading", name="Related articles")).to_be_visible()
        await at.page.get_by_role("button", name="why?").click()
        await expect(at.page.locator(".reason")).to_have_text("topics: Rusia")
        await at.open("/")
        await expect(at.page.get_by_role("heading", name="Newest")).to_be_visible()
        assert at.complaints.heard == []


async def test_searching() -> None:
    store = stocked()
    async with opened(store) as at:
        await at.open("/")
        assert [search.text for search in store.searches] == [None]
        await at.page.get_by_role("searchbox").fill("korea utara")
        await at.page.keyboard.press("Enter")
        await expect(at.page.get_by_role("heading", name="Hasil untuk “korea utara”")).to_be_visible()
        await at.settled()
        await expect(at.page.locator(".count")).to_have_text("30 artikel")
        await at.page.get_by_role("button", name="Tampilkan lagi").click()
        await expect(at.page.locator(".card")).to_have_count(25)
        assert (store.searches[-1].text, store.searches[-1].skip) == ("korea utara", 13)
        await at.page.locator(".title a").first.click()
        assert at.page.url == f"{at.url}/a/{number(1)}"


async def test_errors_say_what_to_do() -> None:
    store = stocked()
    async with opened(store) as at:
        for path, said in (
            (f"/a/{UNKNOWN_ID}", "tidak ditemukan"),
            ("/a/nonsense", "tidak ditemukan"),
            (f"/a/{REMOVED_ID}", "dihapus"),
        ):
            await at.open(path)
            await expect(at.page.get_by_role("alert")).to_contain_text(said)
        store.error = TimeoutError()
        await at.open(f"/a/{ID}")
        await expect(at.page.get_by_role("alert")).to_contain_text("belum bisa menjawab")
        store.error = None
        await at.page.get_by_role("button", name="Coba lagi").click()
        await expect(at.page.locator(".card")).to_have_count(5)
        await at.page.route("**/articles/**", lambda route: route.abort())
        await at.page.reload()
        await expect(at.page.get_by_role("alert")).to_contain_text("tidak terjangkau")

        async def too_many(route: Route) -> None:
            await route.fulfill(
                status=429, headers={"Retry-After": "12"}, content_type="application/problem+json", body="{}"
            )

        await at.page.unroute_all()
        await at.page.route("**/articles/*/related", too_many)
        await at.page.reload()
        await expect(at.page.locator(".related").get_by_role("alert")).to_contain_text("12 detik")
        await expect(at.page.get_by_role("heading", level=1)).to_have_text("Korea Utara dan Rusia Makin Akrab")


async def test_a_list_past_its_time_is_renewed_and_stays_where_that_fails() -> None:
    store = stocked()
    async with opened(store) as at:
        await at.page.clock.install()
        await at.open(f"/a/{ID}")
        await at.page.locator("button.why").nth(2).click()
        store.lists[ID] = msgspec.structs.replace(store.lists[ID], items=store.lists[ID].items[:4])
        await at.page.clock.fast_forward("15:30")
        await expect(at.page.locator(".card")).to_have_count(4)
        await expect(at.page.locator("button.why[aria-expanded=true]")).to_have_count(1)
        store.error = TimeoutError()
        await at.page.clock.fast_forward("15:30")
        await expect(at.page.locator(".stale")).to_contain_text("belum bisa diperbarui")
        await expect(at.page.locator(".card")).to_have_count(4)
        store.error = None
        await at.page.get_by_role("button", name="Coba lagi").click()
        await expect(at.page.locator(".stale")).to_have_count(0)


async def test_a_key_is_asked_for_and_kept_in_the_tab_alone() -> None:
    async with opened(stocked(), keys=KEY) as at:
        await at.open(f"/a/{ID}")
        await at.page.get_by_label("Kunci API").fill("salah")
        await at.page.keyboard.press("Enter")
        await expect(at.page.get_by_role("alert")).to_contain_text("ditolak")
        await at.page.get_by_label("Kunci API").fill(KEY)
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(".card")).to_have_count(5)
        await at.open("/")
        await expect(at.page.locator(".card")).to_have_count(13)
        assert KEY not in at.page.url
        kept = "JSON.stringify([document.cookie, {...localStorage}])"
        assert KEY not in await at.page.evaluate(kept)
        await at.page.get_by_role("button", name="Lupakan kunci API").click()
        await expect(at.page.get_by_label("Kunci API")).to_be_visible()


async def test_it_can_be_read_and_used_by_everybody() -> None:
    for scheme in ("light", "dark"):
        async with opened(stocked(), width=320, scheme=scheme) as at:
            for path in ("/", "/?q=korea", f"/a/{ID}", f"/a/{UNKNOWN_ID}"):
                await at.open(path)
                for button in await at.page.locator("button.why").all():
                    await button.click()
                assert await at.page.evaluate("document.documentElement.scrollWidth") <= 320, path
                assert await low_contrast(at.page) == [], (scheme, path)
                assert await unnamed(at.page) == [], path
                assert await at.page.locator("body > :is(main, header, footer)").count() == 3
                assert await at.page.locator("h1, [role=alert] h2").count() >= 1
