"""An article whose every field carries script injections: what reads it must show them as text or not at all."""

import json
from datetime import datetime, timedelta
from html import escape

from sample.dates import day_and_time, iso
from sample.page import Head, frame

TITLE = 'Pelatihan Penulisan Judul untuk Relawan <script>alert("judul")</script> & "Kutip" \'Tunggal\''
_IMAGE = "<img src=x onerror=alert(1)>"


def hostile_page(path: str, *, base: str, now: datetime) -> str:
    """Render the page: two JSON-LD scripts, one of them cut by its own text, and injections in every place."""
    published_at = (now - timedelta(hours=30)).replace(second=0, microsecond=0)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": TITLE,
        "description": f"Ringkasan {_IMAGE}",
        "datePublished": iso(published_at),
        "author": {"@type": "Person", "name": '"><svg onload=alert(2)>', "url": "javascript:alert(3)"},
        "image": "javascript:alert(4)",
        "keywords": ["relawan", "<b onmouseover=alert(5)>penulisan</b>", "${jndi:ldap://127.0.0.1/x}"],
        "articleBody": "Teks </script><script>alert(6)</script> di tengah.",
    }
    cut = json.dumps(data)
    whole = json.dumps(data | {"articleBody": None}).replace("<", "\\u003c")
    head = Head(
        title=TITLE,
        description=f"Ringkasan {_IMAGE} {{{{7*7}}}}",
        url=base + path,
        canonical=base + path,
        section="nasional",
        image="javascript:alert(7)",
        keywords=("relawan", "penulisan", '"><script>alert(8)</script>'),
        author='"><svg onload=alert(2)>',
        published_at=published_at,
        extra=(
            f'<script type="application/ld+json">{cut}</script>\n<script type="application/ld+json">{whole}</script>\n'
            '<base href="javascript:/a/"><meta http-equiv="refresh" content="600; url=javascript:alert(9)">'
        ),
    )
    main = f"""<article class="detail" onclick="alert(10)">
<div class="detail-title"><h1 class="title">{escape(TITLE)}</h1>
<div class="box-avatar"><p class="label">Editor</p>
<p class="title bold">Nirmala {escape("<script>alert(11)</script>")}</p></div>
<p class="date">{day_and_time(published_at)}</p></div>
<figure class="foto-detail"><img src="javascript:alert(12)" onerror="alert(13)" alt="&quot; onload=&quot;alert(14)">
<figcaption>Relawan menyimak pelatihan {escape(_IMAGE)} di balai warga.</figcaption></figure>
<div class="detail-in" id="isi">
<p><strong>WARTA CONTOH</strong>, <strong>Sleman</strong> - Puluhan relawan belajar menulis judul yang jujur di balai
warga Sleman. Pemateri meminta mereka menulis {escape('<script>alert("isi")</script>')} di papan agar tahu bedanya
teks dan perintah.</p>
<script>document.title = "diambil alih"; document.cookie = "x=1";</script>
<p onmouseover="alert(15)">Peserta kemudian memeriksa <a href="javascript:alert(16)">tautan yang mencurigakan</a> dan
<a href="data:text/html,<script>alert(17)</script>">tautan lain</a> sebelum membagikannya kepada tetangga.</p>
{_IMAGE}<svg><script>alert(18)</script></svg><iframe srcdoc="<script>alert(19)</script>"></iframe>
<p style="background:url(javascript:alert(20))">Pelatihan ditutup dengan kuis; judul yang terlalu heboh langsung dicoret
dan penulisnya diminta mencari kata yang lebih tenang.</p>
<math><mtext></p><img src=x onerror=alert(21)></mtext></math>
<p>Panitia berencana mengulang acara serupa bulan depan dengan peserta dari kalurahan lain.
\u202egnilaw halada ini\u202c</p>
</div>
</article>
<section class="rekomendasi-artikel"><h2 class="title-section">Rekomendasi Artikel</h2>
<article class="card"><h3 class="title line3"><a href="javascript:alert(22)">Judul {escape(_IMAGE)}</a></h3>
<p class="time">2 jam lalu</p><p class="teaser">{escape("<script>alert(23)</script>")}</p></article></section>"""
    return frame(head, main, base=base)
