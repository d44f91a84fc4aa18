"""What pages say that stand for what isn't there, in some thirty languages, whatever their status: soft 404s. Pure."""

import re

_PARTING = re.compile(r"\s*[|»«•·]\s*|\s[–—-]\s|::")
_MARKS = re.compile(r"[.!?…,:;\"“”()\[\]¡¿。！？、]+")
_AROUND = (
    "404|error|http|status|oh|oops|ups|uups|whoops|waduh|maaf|mohon maaf|sorry|galat|kesalahan|kode|we're|we are|kami"
    "|leider|désolé|fehler|erreur|erro|errore|lo sentimos|hata|ошибка"
)
_ID = (
    "(?:halaman|laman|artikel|berita|konten|dokumen|alamat|url|tautan|link|postingan|data)(?: web| berita)?"
    "(?: (?:ini|itu|tersebut|yang|anda|kamu|kalian|di|dicari|cari|minta|diminta|tuju|dituju|maksud|akses|kunjungi))*"
)
_EN = (
    "(?:(?:the|this|that|your|requested|web) )*(?:page|webpage|article|story|content|document|url|file|post|resource)"
    "(?: (?:that|you|you're|you are|are|were|looking|searching|for|requested|you've))*"
)
# What is missing, and that it is: in Indonesian and Malay, in English, then elsewhere.
_SENTENCES = (
    (_ID, "(?:tidak|tak|belum|gagal)(?: dapat| bisa| lagi)?(?: berhasil)? (?:ditemukan|ditemui|dijumpai)(?: lagi)?"),
    (_ID, "(?:tidak|tak|sudah tidak)(?: lagi)? (?:ada|tersedia|wujud)(?: lagi)?"),
    (_ID, "(?:telah|sudah) (?:dihapus|dipindahkan)"),
    ("(?:tidak|tak)(?: dapat| bisa)? menemukan", _ID),
    (_EN, "(?:(?:was|is|could|can|does|has) )?not(?: be| been)? (?:found|available|exists?|accessible)(?: anymore)?"),
    (_EN, "(?:cannot|can't|isn't|wasn't|couldn't|doesn't)(?: be)? (?:found|available|exist|accessible)(?: anymore)?"),
    (_EN, "(?:is )?no longer (?:available|exists?)"),
    ("(?:we )?(?:can't|cannot|can not|couldn't|could not|unable to) find", _EN),
    (
        "(?:(?:die|diese|der|dieser) )?(?:seite|artikel|inhalt|dokument)(?: wurde| konnte| ist| existiert)?",
        "(?:leider )?nicht(?: mehr)?(?: gefunden| verfügbar| vorhanden)?(?: werden)?",
    ),
    (
        "(?:de |deze )?(?:pagina|artikel)(?: werd| is| kan| bestaat)?",
        "niet(?: meer)?(?: gevonden| beschikbaar)?(?: worden)?",
    ),
    (
        "(?:cette |la |l')?(?:page|article)(?: demandée?| est)*",
        "(?:introuvable|inexistante?|non trouvée?|n'existe pas|n'existe plus)",
    ),
    (
        "(?:la |esta )?(?:página|pagina|noticia)(?: solicitada)?",
        "no (?:encontrada|existe|está disponible|disponible|se encuentra|se ha encontrado|fue encontrada)",
    ),
    ("(?:a |esta )?(?:página|pagina|notícia)", "não (?:encontrada|existe|foi encontrada|localizada|disponível)"),
    ("(?:la )?pagina(?: richiesta)?", "non (?:trovata|esiste|disponibile|è stata trovata|è disponibile)"),
    ("(?:aradığınız )?(?:sayfa|haber|içerik)", "(?:bulunamadı|mevcut değil)"),
    ("strona", "nie (?:została znaleziona|istnieje)"), ("nie", "(?:znaleziono|odnaleziono) strony"),
    ("stránka", "(?:nenalezena|nebyla nalezena|neexistuje|sa nenašla)"), ("pagina", "nu (?:a fost găsită|există)"),
    ("(?:az|a keresett) oldal", "nem (?:található|létezik)"),
    ("sidan", "(?:kunde inte hittas|hittades inte|finns inte|hittas inte)"),
    ("siden", "(?:blev ikke fundet|ble ikke funnet|findes ikke|finnes ikke|kunne ikke findes)"),
    ("sivua", "ei (?:löydy|löytynyt)"), ("страница", "не (?:найдена|существует)"), ("сторінку", "не знайдено"),
    ("сторінка", "не (?:знайдена|існує)"), ("страницата", "не (?:е намерена|беше намерена|съществува)"),
    ("(?:η )?σελίδα", "δεν (?:βρέθηκε|υπάρχει)"), ("không", "tìm thấy trang(?: .{0,20})?"), ("trang", "không tồn tại"),
    ("الصفحة(?: المطلوبة)?", "غير موجودة"), ("لم", "يتم العثور على الصفحة"),
    ("صفحه(?: مورد نظر)?", "(?:پیدا|یافت) نشد"),
    ("(?:הדף|העמוד)(?: המבוקש)?", "לא נמצא"), ("(?:पृष्ठ|पेज|पन्ना)", "नहीं मिला"), ("페이지를", "찾을 수 없습니다"),
    ("존재하지", "않는 페이지입니다"),
)  # fmt: skip
_WITHOUT_BLANKS = (
    "404", "not found", "ไม่พบ(?:หน้า|เนื้อหา).{0,30}",
    "(?:お探しの)?(?:ページ|記事)(?:が|は)(?:見つかりません(?:でした)?|存在しません)",
    "(?:[您你])?(?:访问|訪問|请求|要找|查找)?的?(?:页面|頁面|网页|網頁|文章|内容)(?:不存在|找不到|未找到|没有找到|已删除)了?",
    "(?:抱歉)?找不到(?:该|该页|此|這個|这个)?(?:页面|頁面|网页|網頁)?",
)  # fmt: skip
_SAID = "|".join((*_WITHOUT_BLANKS, *(f"{one} {other}" for one, other in _SENTENCES)))
_SAYS = re.compile(rf"(?:(?:{_AROUND}) )*(?:{_SAID})(?: (?:{_AROUND}|not found))*")


def says_not_found(title: str) -> bool:
    """Whether the title, or what stands before or after a site's name in it, says that nothing was found."""
    if len(title) > 150:
        return False
    parts = _PARTING.split(" ".join(title.split()).casefold().replace("’", "'"))
    plain = [" ".join(_MARKS.sub(" ", part).split()) for part in parts]
    return any(_SAYS.fullmatch(part) for part in plain[:1]) or any(
        _SAYS.fullmatch(part) for part in plain[1:] if part != "404"
    )
