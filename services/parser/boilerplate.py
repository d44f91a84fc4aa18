"""Lines of a page that belong to the site and not to the article, in Indonesian and English."""

import re

_LINES = (
    # advertisements and scrolling
    r"iklan( layanan)?|advertise?ment|ads?|sponsored( content)?|promoted|powered by .*|skip( iklan| ad)?",
    r"tutup( iklan)?|close",
    r"(scroll|gulir|geser|swipe)\b.*(bawah|lanjut|membaca|konten|continue|down|reading).*",
    r"(lanjut(kan)? (membaca|baca)|continue reading|(baca )?selengkapnya|read more|load more)\b.*",
    r"(muat lainnya|lihat semua)\b.*|artikel (berikut|selanjutnya) (setelah|di bawah).*",
    # pointers to other articles
    r"(baca|simak|lihat|tonton|dengarkan|saksikan|cek)( (juga|pula|selengkapnya|(artikel |berita )?lainnya))?\s*:.*",
    r"(baca|simak|lihat|tonton|saksikan) (juga )?(video|foto|infografis|podcast)( (berikut|di bawah))?( ini)?\s*:.*",
    r"(baca|simak|tonton|saksikan|lihat) (juga|pula)\b.*|(see|read) also\b.*|also read\b.*|related:.*",
    r"\((baca|simak|lihat)( juga| pula)?\s*:.*\)",
    r"(simak|saksikan|tonton) video\b.*|\[gambas:.*\]|\[simak.*\]|\[baca.*\]",
    r"(pilihan|rekomendasi) (editor|redaksi)\b.*|editor'?s? (choice|pick).*",
    r"(berita|artikel) (terkait|lainnya|sebelumnya|selanjutnya)[:.]?",
    r"artikel ini (telah|sudah|pernah) (tayang|terbit|dimuat).*|berita ini (telah|sudah) tayang.*",
    # of other languages, and of players and readers' accounts
    r"(published|last updated|updated|posted)\b.{0,80}\b(\d{4}|ago|read)\b.{0,40}",
    r"\d+ min(ute)?s?\.?( read)?|(lesedauer|reading time|tempo di lettura|temps de lecture)\b.{0,30}",
    r"(create|register|sign (up|in)|log ?in|subscribe|already)\b.{0,60}\b(account|newsletters?|now|sign in)\b.{0,60}",
    r"don.t have an account.{0,40}|recommended( from| videos| for| reading)?( \w+)?|we apologize, but this video.*",
    r"try refreshing your browser.*|article content( continued)?|story continues below.*",
    r"this advertisement has not loaded.*|advertisement \d+|anzeige|werbung|publicité|publicidad|pubblicità|reklame?",
    r"(please )?enable (javascript|cookies)\b.*|.{0,40}your browser (does not|doesn't) support\b.*",
    r"(lesen sie (auch|hier|mehr)|mehr zum thema|auch interessant|das könnte (sie|dich) auch)\b.{0,200}",
    r"(à lire( aussi)?|lire( aussi| également)|leggi anche|le[eé] también|[tl]e puede interesar)\b\s*:?.{0,200}",
    r"(leia (também|mais)|saiba mais|veja também|lees ook|läs (även|också|mer)|l[eæ]s også|lue myös)\b\s*:?.{0,200}",
    r"(читайте также|смотрите также|также по теме|(zobacz|czytaj) (też|także|również))\b\s*:?.{0,200}",
    r"(photo|foto|image|bild|picture|imagen)s?( credit| by| courtesy)?\s?:.{2,80}|placeholder image.{0,4}",
    r"read next:?|see also:?|explore further|more( stories)?:|also read:?|listen to (this )?article\b.{0,40}",
    # sponsors
    r"konten (ber)?sponsor\b.*",
    r"konten ini (merupakan )?kerja ?sama.*",
    # sharing and following
    r"(share|bagikan|sebarkan|shares?)( (this|ke|via|berita|artikel)\b.*)?\s*:?",
    r"(\d+\s*)?(shares?|komentar|comments?|views?|dibaca)",
    r"(copy|salin) (link|tautan)\b.*|(link|tautan)( telah| berhasil)? (copied|disalin)\b.*|url telah tercopy",
    r"facebook|twitter|whats ?app|telegram|line|instagram|linkedin|pinterest|threads|x|e-?mail|print|cetak",
    r"google ?\+|google news",
    r"(ikuti|follow|dapatkan|cek|gabung|join|temukan|update)\b.*\b(google ?news|whats ?app|telegram|saluran)\b.*",
    r"(ikuti|follow|dapatkan|gabung|join)\b.*\b(channel|aplikasi|newsletter|notifikasi|berita terkini)\b.*",
    r"(tulis|berikan|kirim) komentar.*|(belum ada|jadilah yang pertama).*komentar.*|laporkan komentar.*",
    # accounts
    r"(atau )?(masuk|daftar|login|sign in|register|log in)\b.*\bdi sini",
    r"atau (masuk|daftar|login) (melalui|dengan|via)\b.*|(belum|sudah) (memiliki|punya) akun\b.*|konfirmasi email",
    r"jika anda tidak menerima email,?|kirim(kan)? (lagi|ulang)( sekarang)?",
    r"login|log ?in|masuk|daftar|register|sign ?up|sign ?in|berlangganan|subscribe|langganan",
    # what pictures and players leave behind
    r"image-gnews|(klik untuk )?(perbesar|memperbesar)( gambar)?|zoom|loading\.*|memuat\.*",
    r"video player.*|play|pause|volume",
    # footers
    r"(copyright|hak cipta|©|\(c\)|&copy;).*|all rights reserved.*|(pewarta|editor|copyright)\s*:.*copyright.*",
    r"tentang kami|redaksi|pedoman media siber|kebijakan privasi|privacy policy|hubungi kami|kontak( kami)?|karir",
    r"info iklan|disclaimer|syarat (dan|&) ketentuan|terms of (use|service)|about us|contact us|kode etik|peta situs",
    r"sitemap|rss",
)
# Of lower-case lines: without regard to case, and with groups, it takes three times as long to fail.
_BOILERPLATE = re.compile(re.sub(r"(?<!\\)\((?!\?)", "(?:", "|".join(_LINES)))
_TELLING = ("sandi", "aktivasi", "back to video", "aktivitas jurnalistik")  # found sooner than the pattern fails
_TELLTALE = re.compile(
    r"\b(?:lupa|atur ulang|reset) (?:kata )?sandi\b|\b(?:link|tautan) aktivasi\b|back to video$"
    r"|tidak ada aktivitas jurnalistik dalam pembuatan konten ini$",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"(?:(?:baca|simak|lihat|tonton)(?: (?:juga|pula))?|pilihan (?:editor|redaksi)|(?:see|read) also|also read)\s*:?",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(copyright|hak cipta|©|all rights reserved|tentang kami|pedoman media siber|kebijakan privasi).*", re.IGNORECASE
)
_SPONSOR_LABEL = re.compile(
    r"(konten )?(ber)?(sponsor|mitra)|sponsored( content| post)?|disponsori( oleh .*)?|advertorial|info(to)?rial"
    r"|promoted( by .*)?|konten (ber)?(sponsor|iklan|promosi|mitra|berbayar)|paid (post|content)|brand(ed)? content"
    r"|partner content|promosi|\(?adv\.?\)?",
    re.IGNORECASE,
)
_MAX_LENGTH = 300


def is_boilerplate(line: str) -> bool:
    """Whether all of this clean line is the site's own."""
    if len(line) > _MAX_LENGTH:
        return False
    bare = line.strip(" .|>»-–•*")
    lowered = bare.lower()
    if _BOILERPLATE.fullmatch(lowered):
        return True
    return any(word in lowered for word in _TELLING) and _TELLTALE.search(bare) is not None


def is_pointer(line: str) -> bool:
    """Whether the line announces that the title of another article follows ("Baca juga:")."""
    return _POINTER.fullmatch(line) is not None


def is_footer(line: str) -> bool:
    return _FOOTER.fullmatch(line) is not None


def is_sponsor_label(line: str) -> bool:
    """Whether the line marks the item beside it as paid for. A bare "Iklan" is an advertisement's slot, not a label."""
    return len(line) <= 40 and _SPONSOR_LABEL.fullmatch(line) is not None


def without_boilerplate(lines: list[str]) -> list[str]:
    """The article's own lines; the title that follows a bare "Baca juga:" goes with it."""
    kept: list[str] = []
    pointed = False
    for line in lines:
        if is_boilerplate(line) or is_pointer(line):
            pointed = is_pointer(line)
        elif pointed and len(line) < 160 and not line.endswith("."):
            pointed = False
        else:
            kept.append(line)
            pointed = False
    return kept
