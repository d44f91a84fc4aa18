"""Lines that state a time and little else: a page's header has them, a sentence with a date is none."""

import re
from datetime import datetime, tzinfo

from services.parser import zones
from services.parser.dates import Moment, read_moment
from services.parser.months import MONTHS

_WEEK_DAYS = (
    "senin selasa rabu kamis jum at jumat sabtu minggu ahad sen sel rab kam sab min mon monday tue tues tuesday wed "
    "wednes wednesday thu thurs thursday fri friday sat saturday sun sunday montag dienstag mittwoch donnerstag "
    "freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi dimanche lunes "
    "martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica segunda "
    "terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag mandag tirsdag onsdag "
    "torsdag fredag lørdag søndag måndag tisdag lördag söndag poniedziałek wtorek środa czwartek piątek sobota "
    "niedziela pazartesi salı çarşamba perşembe cuma cumartesi pazar понедельник вторник среда четверг пятница "
    "суббота воскресенье pahing pon wage kliwon legi"
)
_LABELS = (
    "diperbarui diterbitkan dipublikasikan publikasi dipublikasi terbit tayang ditayangkan rilis dirilis diunggah "
    "dimuat diposting posting ditulis terakhir update updated published posted created last on pada tanggal date by "
    "veröffentlicht erschienen erstellt publiziert aktualisiert stand vom lesezeit publié posté créé mis jour "
    "publicado publicada actualizado atualizado em en pubblicato aggiornato gepubliceerd geplaatst publicerad "
    "publicerat uppdaterad publisert publiceret oppdatert opublikowano dodano yayınlanma giriş опубликовано "
    "geschrieben uhr uur um am le à el il alle ore a las la às op om de del kl klo den в г pukul jam at pk pkl h hr "
    "hrs hs p m pm views view dibaca kali komentar share shares minute minutes min mins menit minuten baca read st nd "
    "rd th er"
)
_EAST_ASIAN = (
    "年 月 日 時 时 分 秒 년 월 일 시 분 초 公開 公開日 配信 掲載 更新 入力 입력 등록 発行 発表 发布 "
    "发布时间 来源 來源 火 水 木 金 土"
)
_WORDS = frozenset((*f"{_WEEK_DAYS} {_LABELS} {_EAST_ASIAN}".split(), *MONTHS, *zones.NAMES.lower().split("|")))
_BYLINE = re.compile(
    r"(?<!\w)(?i:oleh|by|penulis|reporter|editor|von|par|por|di|da|door|av|af)\s*:?\s+"
    r"(?:[A-ZÀ-Þ][\w'’.-]*(?:\s+|(?=\W)|$)){1,5}"
)
_MODIFIED = re.compile(
    r"\b(diperbarui|update[d]?|diubah|modified|pembaruan|aktualisiert|mis(?:e)? à jour|modifié|actualizado|atualizado"
    r"|aggiornato|bijgewerkt|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|güncelleme|обновлено)\b"
    r"|更新|수정|最終更新",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(diterbitkan|dipublikasikan|terbit|tayang|ditayangkan|published|posted|created|veröffentlicht|erstellt|publié"
    r"|publicado|pubblicato|gepubliceerd|publicerad|publisert|opublikowano|yayınlanma|giriş|опубликовано)\b|公開|입력",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"\s*[|•·»]\s*|\s+[-–—]\s+")
_OUTLET = re.compile(r"^[\w.]+(?: \w+)?\s*[-–|]")
_PLACE = re.compile(r"^[A-Z][\w.]+(?: [A-Z][\w.]+)?,\s+(?=\W*\d)")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 100
_FEW = 4  # letters
_NAME_WORDS = 5


def read_date_line(text: str, *, now: datetime, default_zone: tzinfo = zones.WIB) -> Moment | None:
    """The time that a whole line states: beside it only week days, labels, bylines, and a short outlet or place."""
    if len(text) > _LONGEST or (moment := read_moment(text, now=now, default_zone=default_zone)) is None:
        return None
    if moment.precision == "age" or _is_bare(_PLACE.sub("", text)):
        return moment
    parts = [part for part in _SEGMENT.split(text) if not _is_name(part)]
    return moment if len(parts) <= 2 and all(map(_is_bare, parts)) else None


def _is_bare(text: str) -> bool:
    """Whether nothing but what belongs to a date is said."""
    return _letters_beside(text) <= _FEW or _letters_beside(_OUTLET.sub("", _BYLINE.sub("", text))) <= _FEW


def _letters_beside(text: str) -> int:
    return sum(len(word) for word in _WORD.findall(text.lower()) if word not in _WORDS)


def _is_name(part: str) -> bool:
    """Whether a part of the line can be a person, a section or an outlet."""
    return not any(map(str.isdigit, part)) and len(part.split()) <= _NAME_WORDS and not part.endswith((".", "!", "?"))


def of_publication(text: str) -> str:
    """What the line says of the first publication: "Terbit 7 Oktober | Diperbarui 8 Oktober" has both."""
    found = _MODIFIED.search(text)
    if found is None:
        return text
    after = _PUBLISHED.search(text, found.end())
    return text[after.start() :] if after is not None else text[: found.start()]


def of_modification(text: str) -> str:
    """What the line says of the last change; "" where it tells of none."""
    found = _MODIFIED.search(text)
    if found is None:
        return ""
    after = _PUBLISHED.search(text, found.end())
    return text[found.start() : after.start()] if after is not None else text[found.start() :]


def without_label(text: str) -> str:
    """What follows a word for publication: "Diterbitkan 2 jam lalu" is an age."""
    found = _PUBLISHED.match(text.lstrip())
    return text.lstrip()[found.end() :].lstrip(" :") if found is not None else text


def is_modification(text: str) -> bool:
    """Whether the line says that its time is that of a change ("Diperbarui …")."""
    return _MODIFIED.search(text) is not None
