"""What the words above a list of links say: how clearly they announce articles that belong to this one."""

import re
from functools import lru_cache

from services.parser.text import clean

LONGEST = 60
_NEWS = r"(?:berita|artikel|kabar|tulisan|news|warta)"
_RELATED = re.compile(
    rf"(?:kumpulan )?(?:{_NEWS} )?(?:yang )?terkait(?: lainnya)?|(?:bacaan|konten) terkait"
    rf"|{_NEWS} (?:sejenis|serupa|berkaitan)"
    rf"|(?:baca|simak|lihat)(?: {_NEWS})? (?:juga|pula|terkait)(?: {_NEWS}(?: (?:ini|lainnya))?)?",
    re.IGNORECASE,
)
_RECOMMENDED = re.compile(
    rf".+ {_NEWS} terkait|{_NEWS} terkait .+|rekomendasi(?: .+)?|{_NEWS} (?:rekomendasi|pilihan)"
    rf"|pilihan (?:editor|redaksi|untuk(?:mu| anda))|(?:{_NEWS} yang )?(?:mungkin )?(?:anda|kamu)"
    r" (?:(?:mungkin|juga) )*(?:suka|menyukai|tertarik).*|mungkin anda suka"
    r"|(?:read )?related(?: (?:articles?|news|stories|story|posts?|content|reading|coverage))?"
    r"|(?:see|read) also|also read|read next|also of interest|editor['’s]*s? picks?"
    r"|recommended(?: (?:for you|reading|articles?|stories))?|you (?:may|might) (?:also )?(?:like|be interested in)",
    re.IGNORECASE,
)
_OF_OTHER_LANGUAGES = re.compile(
    r"(?:lesen|sehen) sie auch|lies auch|auch interessant|mehr (?:zum thema|dazu|zu diesem thema)"
    r"|das könnte (?:sie|dich) (?:auch )?interessieren|(?:ähnliche|verwandte|passende) (?:artikel|beiträge|themen)"
    r"|(?:à )?(?:lire|voir) (?:aussi|également)|(?:sur|dans) le même (?:sujet|thème)"
    r"|articles? (?:liés?|similaires?|associés?)"
    r"|(?:noticias?|notas?|artículos?|contenidos?) relacionad[oa]s?|(?:te|le) puede(?: también)? interesar"
    r"|le[ea] también|mira también|ver también|también te puede interesar"
    r"|leggi anche|(?:articoli|notizie|contenuti) correlat[ie]|(?:ti )?potrebbe(?:ro)?(?: anche)? interessar(?:e|ti)"
    r"|(?:leia|veja|confira) também|(?:notícias|matérias|artigos|conteúdos?) relacionad[oa]s?|sobre o mesmo tema"
    r"|lees (?:ook|meer)|gerelateerde? (?:artikelen|nieuws|berichten)|meer over (?:dit onderwerp|dit thema)"
    r"|läs (?:även|också)|relaterade (?:artiklar|nyheter)|les også|relaterte (?:artikler|saker)|læs også|lue myös"
    r"|(?:czytaj|zobacz|przeczytaj) (?:też|także|również)|podobne artykuły|powiązane artykuły"
    r"|(?:ilgili|i̇lgili|benzer) haberler|читайте (?:также|ещё|еще)|смотрите также|(?:новости )?по теме|похожие новости"
    r"|関連(?:記事|ニュース)|あわせて読みたい|관련\s?(?:기사|뉴스)|相[关關](?:新[闻聞]|[阅閱][读讀]|文章|[报報][道導])|延伸[阅閱][读讀]",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    rf"{_NEWS} lain(?:nya)?|{_NEWS} .{{0,20}} lainnya|lainnya|baca {_NEWS} (?:.{{0,20}} )?lainnya|jangan lewatkan"
    r"|read more|more (?:from|on|stories|news|articles|like this)(?: .*)?"
    r"|weitere (?:artikel|nachrichten|meldungen|themen)"
    r"|leia mais|más noticias|autres articles|altri articoli|meer nieuws",
    re.IGNORECASE,
)
_NOT_RELATED = re.compile(
    r"\b(?:ter|most[ -])?popul\w*|\bterbaru\b|\bterkini\b|\blatest\b|\btrending\b|\bmost (?:read|viewed)\b"
    r"|\bmeistgelesen"
    r"|\bmás leíd|\bpiù letti\b|\bles plus lus\b|\bto(?:pi[ck]s?|pik)\b|\btags?\b|\btagar\b|\bkomentar\b|\bcomments?\b"
    r"|\bvideos?\b|\bfoto\b|\bindeks\b|\bheadlines?\b",
    re.IGNORECASE,
)
_WAYS = ((3, _RELATED), (2, _RECOMMENDED), (2, _OF_OTHER_LANGUAGES), (1, _OTHERS))
_HINTS = frozenset({
    "terkait", "juga", "pula", "rekomendasi", "lain", "lainnya", "pilihan", "serupa", "sejenis", "berkaitan", "suka",
    "menyukai", "tertarik", "lewatkan", "baca", "simak", "lihat", "related", "also", "recommended", "more",
    "interested", "like", "next", "pick", "picks", "thema", "dazu", "auch", "interessieren", "ähnliche", "verwandte",
    "passende", "weitere", "aussi", "également", "sujet", "thème", "lié", "liés", "similaires", "associés",
    "relacionada", "relacionadas", "relacionado", "relacionados", "interesar", "también", "noticias", "anche",
    "correlati", "correlate", "interessare", "interessarti", "também", "tema", "mais", "ook", "gerelateerd",
    "gerelateerde", "meer", "även", "också", "relaterade", "også", "relaterte", "myös", "też", "także", "również",
    "podobne", "powiązane", "haberler", "также", "ещё", "еще", "теме", "похожие", "autres", "altri",
})  # fmt: skip
_EAST_ASIAN_HINT = re.compile(r"関連|あわせて|관련|相[关關]|延伸")
_POINTER = re.compile(
    r"[(\[\s]*(?:(?:(?:baca|simak|lihat|tonton)(?: berita)? (?:juga|pula)|(?:read|see) also|also read)\b\s*[:：|]?"
    r"|(?:baca|simak|lihat|related|read more|lesen sie auch|(?:à )?lire aussi|leggi anche|le[ea] también|leia também"
    r"|lees ook|les også|läs även|читайте также)\s*[:：])\s+(?P<title>\S.{8,})",
    re.IGNORECASE,
)
_BARE_POINTER = re.compile(r"(?:baca|simak|lihat)", re.IGNORECASE)
_POINTING = re.compile(r"(?:baca|simak|lihat)(?: (?:juga|pula))?", re.IGNORECASE)
_EDGES = " :：.|»«>–—•·-()[]\u200b"


def may_announce(text: str) -> bool:
    """Whether a text has a word of those that announce articles: a cheap test before `strength_of`."""
    lowered = text.lower()
    if ":" in lowered or "(" in lowered or "[" in lowered:
        lowered = lowered.replace(":", " ").replace("(", " ").replace("[", " ")
    return not _HINTS.isdisjoint(lowered.split()) or (
        not text.isascii() and _EAST_ASIAN_HINT.search(text) is not None
    )  # fmt: skip


@lru_cache(maxsize=1024)  # a site's pages have the same words
def strength_of(text: str) -> int:
    """3 for "Berita Terkait" and "Baca Juga", 2 for recommendations, 1 for merely other articles, 0 for none of them.

    Words of other languages are 2: where an Indonesian page has English ones beside its own, they head what was chosen
    by a machine.
    """
    line = clean(text)
    said = line.strip(_EDGES)
    if len(said) > LONGEST:
        return 0
    if ":" in line and _BARE_POINTER.fullmatch(said):
        return 3
    return next((rank for rank, way in _WAYS if way.fullmatch(said)), 0)


def is_pointing(text: str) -> bool:
    """Whether the words, "Baca juga", are those that point to one article from within the text."""
    return _POINTING.fullmatch(clean(text).strip(_EDGES)) is not None


def pointed_title(text: str) -> str | None:
    """The title behind the words that point to it ("Baca juga: …"), or None where the text has no such words."""
    found = _POINTER.fullmatch(text)
    return found["title"].rstrip(")] ") if found is not None else None


def is_other_heading(text: str) -> bool:
    """Whether the words head what is on every page or no articles: popular and latest ones, topics, videos."""
    return len(text) <= LONGEST and _NOT_RELATED.search(text) is not None
