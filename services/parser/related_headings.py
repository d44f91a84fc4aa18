"""What the words above a list of links say: how clearly they announce articles that belong to this one."""

import re

from services.parser.text import clean

LONGEST = 60
KEYWORD = re.compile(
    r"terkait|juga|pula|rekomendasi|lainnya|pilihan|serupa|sejenis|berkaitan|related|also|recommend|more|interested"
)
_NEWS = r"(?:berita|artikel|kabar|tulisan|news|warta)"
_RELATED = re.compile(
    rf"(?:kumpulan )?(?:{_NEWS} )?(?:yang )?terkait(?: lainnya)?|{_NEWS} (?:sejenis|serupa|berkaitan)"
    rf"|(?:baca|simak|lihat)(?: {_NEWS})? (?:juga|pula|terkait)",
    re.IGNORECASE,
)
_RECOMMENDED = re.compile(
    rf".+ {_NEWS} terkait|{_NEWS} terkait .+|rekomendasi(?: .+)?|{_NEWS} (?:rekomendasi|pilihan)"
    r"|pilihan (?:editor|redaksi|untuk(?:mu| anda))|(?:mungkin )?anda (?:mungkin )?(?:juga )?(?:suka|tertarik).*"
    r"|(?:read )?related(?: (?:articles?|news|stories|story|posts?|content|reading|coverage))?"
    r"|(?:see|read) also|also read"
    r"|recommended(?: (?:for you|reading|articles?|stories))?|you (?:may|might) (?:also )?(?:like|be interested in)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    rf"{_NEWS} lain(?:nya)?|{_NEWS} .{{0,20}} lainnya|lainnya|read more|more (?:from|on|stories|news|articles)(?: .*)?",
    re.IGNORECASE,
)
_EDGES = " :.|»«>–—•·-\u200b"


def strength_of(text: str) -> int:
    """3 for "Berita Terkait" and "Baca Juga", 2 for recommendations, 1 for merely other articles, 0 for none of them.

    English words are 2: where an Indonesian page has them beside its own, they head what was chosen by a machine.
    """
    said = clean(text).strip(_EDGES)
    if len(said) > LONGEST:
        return 0
    return next((rank for rank, way in ((3, _RELATED), (2, _RECOMMENDED), (1, _OTHERS)) if way.fullmatch(said)), 0)
