"""Datelines that name the outlet, as Indonesian articles begin: "TEMPO.CO, Jakarta - ", "Jakarta (ANTARA) - "."""

import re

_PLACE = r"[A-Z][\w'’.]*(?:[ -][A-Z][\w'’.]*){0,3}"
_MIXED_CASE_PLACE = r"[A-Z][a-z][\w'’.]*(?: [A-Z][a-z][\w'’.]*){0,3}"
_DOMAIN = r"[A-Za-z]\w*(?i:\.(?:co\.id|com|co|id|net|tv|news|org))(?:\s(?:News|Indonesia))?"
_BRAND = r"(?:CNN|CNBC|BBC|VOA|VIVA|iNews|ANTARA|Antara|TEMPO|Tempo)(?: (?:Indonesia|News|NEWS|Interaktif))?"
_CAPITALS = r"[A-Z]{3,}(?: [A-Z]{3,}){0,3}"
_DASH = r"\s*(?:--?|–|—)\s*"
_PLACES = rf"{_PLACE}(?:,\s*{_PLACE})?"
_DATELINE = re.compile(
    rf"^(?P<dateline>"
    rf"(?:{_DOMAIN}|{_BRAND})\s?,\s*{_PLACES}"  # TEMPO.CO, Jakarta
    rf"|{_CAPITALS},\s*{_MIXED_CASE_PLACE}"
    rf"|{_PLACES},\s*(?:{_DOMAIN}|{_BRAND})"  # JAKARTA, KOMPAS.com
    rf"|{_PLACES}(?:,\s*\d[\d/]*)?\s*\((?:{_BRAND}|{_DOMAIN}|{_CAPITALS})\)"  # Mataram, NTB (ANTARA News)
    rf"|{_DOMAIN}"  # KOMPAS.com
    rf"){_DASH}(?=\S)"
)


def split_dateline(paragraph: str) -> tuple[str | None, str]:
    """The dateline and the paragraph without it; None where none names the outlet."""
    if (found := _DATELINE.match(paragraph)) is None:
        return None, paragraph
    return re.sub(r"\s+,", ",", found["dateline"]), paragraph[found.end() :]
