"""Pages that are made to keep a parser busy, of any size: one way to do so each."""

from collections.abc import Callable

Make = Callable[[int], str]
TITLE = "Judul yang panjang sekali"
_HEAD = f"<title>{TITLE}</title><meta property='og:type' content='article'>"
_FIRST = "Kalimat pertama yang cukup panjang untuk sebuah paragraf berita, begitu pula kalimat yang kedua."
_RUNS = {
    "blanks": " ", "tabs": "\t", "dashes": "-", "dashed": "a-", "digits": "1", "spaced digits": "1 ", "dotted": "1.",
    "names": "Ayu ", "bars": "| ", "commas": ", ", "se": "se ", "letters": "a", "capitals": "A", "colons": ":",
    "quotes": '"', "brackets": "(", "slashes": "/", "ages": "1 jam ", "soft blanks": "\u00a0", "wide": "\u6587",
    "entities": "&amp;lt;", "lesen sie": "lesen sie ", "scroll": "scroll ", "by": "by ", "mojibake": "Ã©â€",
    "months": "mei ", "dated": "1 mei ", "semicolons": ";", "backslashes": "\\", "hrefs": "?a=1&page=",
}  # fmt: skip
_NESTED = (
    "<div>", "<b>", "<span>", "<a href='/read/12345/x-y-z'>", "<ul><li>", "<table><tr><td>", "<blockquote>",
    "<section>", "<article>", "<p><em>", "<font>", "<h2>", "<dl><dd>", "<div class='related'>", "<div class='author'>",
    "<span itemprop='author'>", "<div itemprop='articleBody'>", "<figure>", "<time>",
    "<x-y>", "<svg><g>", "<form><fieldset>", "<aside>", "<template>", "<select>", "<button>", "<center>", "<details>",
)  # fmt: skip
_MANY = {
    "links": "<a href='/read/{n}/warga-desa-itu-pulang'>Warga desa itu pulang {n}</a> ",
    "bare links": "<a href='/a'>x</a>",
    "links of pages": "<a href='?page={n}'>{n}</a>",
    "links in lists": "<li><a href='/read/{n}/warga-desa-itu-pulang'>Warga desa itu pulang {n}</a></li>",
    "links of tags": "<a rel='tag' href='/tag/x-{n}'>Topik {n}</a>",
    "boxes of tags": "<div class='tags'><a href='/tag/x-{n}'>Topik {n}</a></div>",
    "labels of tags": "<b>Tags:</b>",
    "labels and links": "<b>Tags:</b> <a href='/tag/x-{n}'>Topik {n}</a> ",
    "authors": "<a rel='author' href='/a/{n}'>Ayu Lestari</a>",
    "boxes of authors": "<div class='author'>Penulis nomor {n}</div>",
    "nobody": "<div class='byline'>baca {n}</div>",
    "roles": "<p>Editor:</p><p>Ayu Lestari</p>",
    "microdata": "<span itemprop='author'><i itemprop='name'>Ayu {n}</i></span>",
    "headings": "<h2>Judul bagian yang ke {n}</h2>",
    "first headings": "<h1>Judul bagian yang ke {n}</h1>",
    "linked headings": "<h3><a href='/read/{n}/warga-desa-itu-pulang'>Warga desa itu pulang {n}</a></h3>",
    "headings of lists": "<h3>Berita Terkait</h3>",
    "boxes named for lists": "<div class='related-articles'><a href='/read/{n}/a-b-c-d'>Warga desa itu {n}</a></div>",
    "pictures loaded late": "<img src='/a.svg' data-x='x.jpg/x.jpg/{n}'>",
    "changed times": "<time class='updated' datetime='2024-10-08'>Diperbarui 8 Oktober 2024</time>",
    "text after a pointer": "<b>Baca juga</b> <a href='/read/{n}/a-b-c-d'>Warga desa itu {n}</a><p>kata kata</p>",
    "headings and lists": "<h3>Berita Terkait</h3><ul><li><a href='/read/{n}/a-b-c-d'>Warga desa itu {n}</a></li></ul>",
    "pointers": "<p>Baca juga: <a href='/read/{n}/a-b-c-d'>Warga desa itu pulang {n}</a></p>",
    "bare pointers": "<p>Baca juga:</p>",
    "times": "<time datetime='2024-10-0{d}T10:00:00Z'>x</time>",
    "broken times": "<time>99/99/9999 {n}</time>",
    "date lines": "<span>Selasa, 8 Oktober 2024 10:{d}0 WIB dan lain</span>",
    "published": "<i itemprop='datePublished' content='x'></i>",
    "images": "<img src='/a{n}.jpg'>",
    "figures": "<figure><img src='/a{n}.jpg'><figcaption>Warga desa itu pulang {n}</figcaption></figure>",
    "captions": "<div class='caption'>x</div>",
    "paragraphs": "<p>Kalimat yang ke {n} ini cukup panjang untuk menjadi sebuah paragraf dari berita, kata dia.</p>",
    "equal paragraphs": "<p>Kalimat yang sama ini cukup panjang untuk menjadi sebuah paragraf dari berita itu.</p>",
    "short paragraphs": "<p>ya</p>",
    "breaks": "ya<br>",
    "cells": "<td>ya",
    "rows": "<tr><td>ya {n}",
    "items": "<li>ya",
    "empty blocks": "<div></div>",
    "hidden blocks": "<div hidden>x</div>",
    "comments": "<!-- x -->",
    "open comments": "<!--",
    "open tags": "<",
    "unclosed formats": "<p><b><i>x",
    "misnested": "<a><p></a></p>",
    "teasers": "<div class='teaser'><a href='/read/{n}/a-b-c-d'>x</a> Kalimat pendek.</div>",
    "bodies": "<div itemprop='articleBody'>Kalimat pendek {n}.</div>",
    "meta": "<meta name='keywords' content='a{n}'>",
    "metas": "<meta name='n{n}' content='a{n}'>",
    "dates in meta": "<meta property='article:published_time' content='x{n}'>",
    "canonicals": "<link rel='canonical' href='/a{n}'>",
    "bases": "<base href='/a{n}/'>",
    "titles": "<title>x{n}</title>",
    "scripts": "<script>x{n}</script>",
    "JSON-LD": "<script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"a{n}\"}}</script>",
    "broken JSON-LD": "<script type='application/ld+json'>{{\"@type\":,</script>",
}  # fmt: skip


def _in_page(markup: str) -> str:
    return f"{_HEAD}<body><main><h1>{TITLE}</h1><p>{_FIRST}</p>{markup}</main>"


def _told(json: str) -> str:
    return _in_page(f"<script type='application/ld+json'>{json}</script>")


def _run(run: str) -> Callable[[int], str]:
    return lambda size: run * (size // len(run))


def _repeated(pattern: str) -> Make:
    return lambda size: _in_page("".join(pattern.format(n=n, d=n % 9 + 1) for n in range(size // 10)))


_PLACES: dict[str, Callable[[str], str]] = {
    "text": lambda run: _in_page(f"<p>{run}x</p>"),
    "title": lambda run: f"<title>{run}x</title><h1>{run}x</h1><p>{_FIRST}</p>",
    "meta": lambda run: f"<meta property='og:title' content='{run}x'><meta name=author content='{run}x'>"
    f"<meta name=keywords content='{run}x'><meta property='article:published_time' content='{run}x'>" + _in_page(""),
    "JSON-LD": lambda run: _told(
        '{"@type":"NewsArticle","headline":"%s","author":"%s","datePublished":"%s","keywords":"%s","articleBody":"%s",}'
        % ((run.replace("\\", "\\\\").replace('"', "'"),) * 5)
    ),
    "raw JSON-LD": lambda run: _told(f'{{"@type":"NewsArticle","headline":"{run}'),
    "time": lambda run: _in_page(f"<time datetime='{run}x'>{run}x</time>"),
    "byline": lambda run: _in_page(f"<div class='author'>{run}x</div><p>Oleh {run}</p><p>Editor: {run}</p>"),
    "related list": lambda run: _in_page(
        f"<h3>Berita Terkait</h3><ul><li><a href='/a-b-c-d/1'>{run} x y</a><li><a href='/{run}'>satu dua tiga</a></ul>"
    ),
    "link": lambda run: _in_page(f"<a href='{run}'>x</a><a href='/read/12345/a-b-c{run}=2'>x</a>"),
    "class": lambda run: _in_page(f"<div class='author {run}'>x</div><div class='{run}-related' style='{run}'>x</div>"),
    "caption": lambda run: _in_page(f"<figure><img src='/{run}.jpg'><figcaption>{run}x</figcaption></figure>"),
    "tag": lambda run: _in_page(f"<a rel=tag href='/tag/x'>{run}</a><a rel=tag href='/tag/y'>{run}</a>"),
    "dateline": lambda run: f"{_HEAD}<h1>{TITLE}</h1><p>Jakarta, {run} - {_FIRST}</p><p>{run}",
    "dump": lambda run: f"\0{TITLE}\n\n{run}x\n{run}\n{_FIRST}",
    "dumped lines": lambda run: f"\0{TITLE}\n\n" + run.replace(" ", "\n") + f"\n{_FIRST}",
}  # fmt: skip


def _placed(place: str, run: str) -> Make:
    return lambda size: _PLACES[place](_run(run)(size).replace("'", ""))


def kinds() -> dict[str, Make]:
    """By name, what makes a page of about so many characters; one that begins with a zero byte is plain text."""
    made: dict[str, Make] = {f"nested {tag}": _nested(tag) for tag in _NESTED}
    made |= {f"many {name}": _repeated(pattern) for name, pattern in _MANY.items()}
    made |= {f"{name} in {place}": _placed(place, run) for place in _PLACES for name, run in _RUNS.items()}
    made |= {
        "attributes": lambda size: _in_page("<p " + " ".join(f"a{n}=1" for n in range(size // 5)) + ">ya</p>"),
        "equal attributes": lambda size: _in_page("<p " + "a=1 " * (size // 4) + ">ya</p>"),
        "classes": lambda size: _in_page("<div class='" + " ".join(f"a{n}" for n in range(size // 5)) + "'>ya</div>"),
        "deep arrays": lambda size: _told("[" * size),
        "deep graphs": lambda size: _told('{"@graph":' * (size // 10)),
        "many nodes": lambda size: _told("[" + ",".join(['{"@type":"NewsArticle"}'] * (size // 20)) + "]"),
        "references": lambda size: _told(
            '{"@graph":[{"@type":"NewsArticle","headline":"a","author":['
            + ",".join('{"@id":"#a"}' for _ in range(size // 20))
            + ']},{"@id":"#a","@type":"Person","name":"Ayu Lestari"}]}'
        ),
        "equal headlines": lambda size: _told(
            "[" + ",".join(f'{{"@type":"NewsArticle","headline":"a","k{n}":1}}' for n in range(size // 20)) + "]"
        ),
        "strings in a row": lambda size: _told('{"@type":"NewsArticle",' + '"a" ' * (size // 4)),
        "members on lines": lambda size: _told("{" + '\n"a": "b "c" d"' * (size // 20) + "}"),
        "values in a row": lambda size: _told("{} " * (size // 3)),
        "commas in a row": lambda size: _told('{"@type":"NewsArticle"' + ", " * (size // 2) + "}"),
        "wrappers": lambda size: _told("<!--" + "//" * (size // 2)),
        "big number": lambda size: _told('{"@type":"NewsArticle","wordCount":' + "9" * size + "}"),
        "bylines in JSON-LD": lambda size: _told(
            '{"@type":"NewsArticle","author":[' + ",".join(f'{{"name":"Ayu {n}"}}' for n in range(size // 10)) + "]}"
        ),
        "nested authors": lambda size: _told('{"@type":"NewsArticle","author":' + "[" * size + "]" * size + "}"),
        "lines of a dump": lambda size: f"\0{TITLE}\n\n" + "Baris pendek\n" * (size // 10) + _FIRST,
        "lists in a dump": lambda size: f"\0{TITLE}\n\n{_FIRST}\n"
        + "Berita Terkait\nWarga pulang ke desa\n" * (size // 30),
    }  # fmt: skip
    return made


def _nested(tag: str) -> Make:
    return lambda size: _in_page(tag * (size // 10) + _FIRST)
