"""A caption without the words that name the photographer or agency, as sites put them behind it."""

import re

_LABELS = (
    r"photo(?:graph(?:y|er)?)?s?|(?:symbol|archiv)?(?:fotos?|bild(?:er)?)|fotograf[ií]a|fotografie|imag(?:es?|en)|pictures?"
    r"|illustration|ilustrasi|(?:photo |image |picture )?credits?|cr[ée]dit(?:s|o)?(?: photo)?|quelle|source|sumber"
    r"|fuente|fonte|kilde|kuva|do[ck]|courtesy|사진(?: ?출처| ?제공)?|写真|撮影"
)
_AGENCIES = (
    r"AP|AFP|Reuters|EFE|EPA|dpa|APA|ANSA|LaPresse|Getty|PA (?:Wire|Images|Media)|Imago|Shutterstock|Alamy|Bloomberg"
    r"|Xinhua|Keystone|NTB|Ritzau|Scanpix|ANP|Belga|Lusa|ANTARA(?: FOTO)?|picture.alliance|Europa Press|Anadolu|TASS"
    r"|SIPA|Associated Press|Press Association|iStock\w*|Pixabay|Unsplash|Depositphotos|123RF"
    r"|Yonhap|연합뉴스|Kyodo|Handout"
)
_LABELLED = re.compile(
    rf"(?:(?:^|[\s|.,;–—-]{{1,4}}|\s?[(\[（]\s?)(?P<label>{_LABELS})\s*(?P<mark>[:=：/]|\b(?:by|von|oleh|courtesy)\b).{{1,120}}"
    r"|\s?(?:©|[(（][cｃ][)）]).{1,80})$",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    rf"(?<![^\W_])(?:(?i:{_AGENCIES}))(?![^\W_])|\b[A-Z]{{3,}}/\s?[A-Z]|共同|時事|ロイター|ＡＰ|ＡＦＰ"
)
_LAST_WORDS = re.compile(r"(?:(?<=[.!?…”\"»)])\s*|\s[|–—]\s|＝)[^.!?|＝]{1,90}(?:\.[^.!?|＝]{1,40}){0,2}\.?$")
_BARE = re.compile(r"\s+(?:(?:AFP|AP|Reuters|NurPhoto|Anadolu) via )?Getty Images$")
_BRACKETED = re.compile(r"\s*[(\[（](?P<said>[^()\[\]（）]{2,90})[)\]）]\.?$")
_MAKERS = re.compile(r"[^\W\d]/\s?[A-Z]|(?:撮影|提供)$|^(?i:do[ck]|istimewa)\b")
_SMALL = frozenset(
    {
        "de",
        "da",
        "di",
        "del",
        "la",
        "le",
        "van",
        "von",
        "der",
        "bin",
        "via",
        "and",
        "for",
        "für",
        "dpa",
        "y",
        "e",
        "foc",
    }
)
_EDGES = " ()[]（）|–—＝.,;"
_LEAST = 3


def split_credit(text: str) -> tuple[str, str | None]:
    """(the caption, who took the picture), the caption empty where it is a credit and nothing else."""
    if (found := _LAST_WORDS.search(text)) is not None:
        said = found[0].strip(_EDGES)
        if _AGENCY.search(said) and not _has_common_words(said):
            return _parted(text, found)
    if (found := _LABELLED.search(text)) is not None and not _is_in_a_sentence(found):
        return _parted(text, found)
    if (found := _BARE.search(text)) is not None:
        return _parted(text, found)
    if (found := _BRACKETED.search(text)) is not None and (
        _AGENCY.search(found["said"]) or _MAKERS.search(found["said"])
    ):
        return _parted(text, found)
    return text, None


def _has_common_words(text: str) -> bool:
    return any(word.islower() and word not in _SMALL for word in re.findall(r"[^\W\d_]+", text))


def _is_in_a_sentence(found: re.Match[str]) -> bool:
    """As in "a photo by the river"."""
    return bool(found["label"]) and found["label"].islower() and found["mark"].isalpha()


def _parted(text: str, found: re.Match[str]) -> tuple[str, str | None]:
    caption = text[: found.start()].rstrip(" |–—-,;")
    if found.start() < len(text) and text[found.start()] in ".!?":
        caption += text[found.start()]
    if caption and len(caption) < _LEAST:
        return text, None
    return caption, found[0].strip(_EDGES)
