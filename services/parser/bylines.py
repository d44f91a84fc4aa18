"""The byline that readers see: links and boxes named for authors near the title, and lines that begin "By", "Oleh"…"""

import re
from itertools import islice

from services.parser.text import clean
from services.parser.tree import LexborNode, ancestors, attribute, lines_of, text_of

BY = re.compile(
    r"^(?:(?:written |text |story |words )?by|oleh|ditulis oleh|laporan|von|par|por|di|door|av|af|od|yazan|autor"
    r"|autor(?:in|a|es|en|zy)?(?:/autor(?:in)?)?|auteure?s?|author|penulis|reporter|editor|pewarta|jurnalis|wartawan|kontributor"
    r"|text|texte|texto|testo|tekst|foto|记者|記者|文)\s*[:：\s]\s*",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"^(?:von|par|por|di|door|av|af|od|text|foto)\s+(?!(?-i:[A-Z])\S*\s+\S)", re.IGNORECASE)
_BY_LINE = re.compile(
    r"^(?:by|oleh|von|par|por|door|av|af|od|written by|text by|texte?|texto)\s*[:：]?\s+(?P<names>\S.{1,100})$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:laporan (?:wartawan|reporter|jurnalis|kontributor)(?: [\w-]+\.(?:com|id|co\.id|net))?,?"
    r"|ditulis oleh|autor(?:in|a|es|en)?(?:/autor(?:in)?)?|auteure?s?|authors?|penulis|reporter|pewarta"
    r"|jurnalis|wartawan|kontributor|文\s*[/／:：]|[记記]者)\s*[:：]?\s*(?P<names>\S.{1,100})$",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"(?:^|[\s_-])(?:by-?line|bylines|authors?|author-?(?:name|link|list|info|box)|autor(?:e|es|en|in|as?)?"
    r"|auteurs?|penulis|reporter"
    r"|pewarta|writers?|journalist|redakteur|skribent|kirjoittaja|forfatter|tacgia)(?:$|[\s_-])"
    r"|(?:^|[a-z\s])(?:Byline|Author)(?:$|[A-Z\s_-])",
)  # fmt: skip
_BOXES = (
    "[class*='author' i], [class*='byline' i], [class*='autor' i], [class*='auteur' i], [class*='penulis' i],"
    "[class*='reporter' i], [class*='writer' i], [class*='journalist' i], [itemprop~='author'],"
    "[data-testid*='byline' i]"
)
_LINKS = ", ".join(
    f"a[href*='/{folder}/']" for folder in ("author", "authors", "penulis", "reporter", "jurnalis", "autor", "auteur")
)
_OUTLET = re.compile(r"\S+\.(?:com|id|co\.id|net|org)|detik\w+|jurnalis|wartawan|reporter|kontributor", re.IGNORECASE)
_SEGMENT = re.compile(r"\s*[|·•]\s*|\s+[-–—]\s+|,\s+")
_OTHERS = re.compile(
    r"comment|related|recommend|sidebar|footer|popul|newsletter|most-?read|teaser|card|widget|quote|caption|credit|photo",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"aside", "footer", "nav", "figure", "figcaption", "blockquote"})
_LEVELS = 6
_MOST_NAMES = 8
_MOST_NODES = 50
_NEAR = 12
_CLOSE = 6
_LONGEST = 120
_NAME = re.compile(
    r"(?:(?:[^\W\d_a-z][\w'’.-]*|de|da|di|do|dos|del|della|la|le|van|von|der|den|ten|ter|el|al|bin|binti|af|zu|y|e|dr\.|prof\.)(?:\s+|$)){2,6}"
)
_UNSPACED_NAME = re.compile(r"[\u3400-\u9fff\u30a0-\u30ff]{2,6}|[가-힣]{2,4}")
_NO_NAME = re.compile(
    r"\b(?:read|more|view|follow|share|updated?|published|posted|subscribe|sign|newsletter|comments?|print|save|min|minutes?"
    r"|kommentare?|teilen|drucken|folgen|lesen|uhr|januar|februar|märz|april|mai|juni|juli|august|september|oktober"
    r"|november|dezember|am|pm|baca|selengkapnya|jakarta|wib|compartir|comentarios|leer|suivre|partager|about|contact"
    r"|all|latest|home|profile|email|twitter|facebook|image|photo|foto|getty)\b",
    re.IGNORECASE,
)  # fmt: skip


def read_byline(title_node: LexborNode | None) -> list[str]:
    """Names as the first byline in the title's part of the page gives them, not yet split."""
    scope = _scope(title_node)
    if scope is None or title_node is None:
        return []
    for nodes in (scope.css("a[rel~='author']"), _boxes(scope), scope.css(_LINKS)):
        shown = [node for node in nodes[:_MOST_NODES] if not _is_of_others(node, scope)]
        if (names := _of_nodes(shown)) and len(names) <= _MOST_NAMES:
            return names
    return _of_lines([line for line in lines_of(scope) if len(line) < _LONGEST], title=text_of(title_node))


def _of_lines(lines: list[str], *, title: str) -> list[str]:
    """A line with an author's label anywhere, else one that begins "By" shortly after the title."""
    start = next((place for place, line in enumerate(lines) if line == title), 0)
    for pattern, part in ((_BY_LINE, lines[start : start + _NEAR]), (_LABEL, lines)):
        for line in part:
            if (found := pattern.match(line)) is not None and (names := _parts(found["names"])):
                return names
    return next((names for line in lines[start + 1 : start + _CLOSE] if (names := _with_outlet(line))), [])


def _with_outlet(line: str) -> list[str]:
    """The name in "Ayu Lestari - Kabar.com" or "Ayu Lestari, Jurnalis"."""
    name, *rest = _SEGMENT.split(line)
    return [name] if rest and looks_like_a_name(name) and _OUTLET.fullmatch(rest[0]) else []


def _scope(title_node: LexborNode | None) -> LexborNode | None:
    """The title's article, else what is around it."""
    if title_node is None:
        return None
    around = list(islice(ancestors(title_node), _LEVELS))
    named = next((node for node in around if node.tag in {"article", "main"}), None)
    return named or next((node for node in reversed(around) if node.tag != "body"), None)


def _boxes(scope: LexborNode) -> list[LexborNode]:
    found = scope.css(_BOXES)
    return [
        node
        for node in found
        if attribute(node, "itemprop") or attribute(node, "data-testid") or _BOX.search(attribute(node, "class"))
    ]


def _is_of_others(node: LexborNode, scope: LexborNode) -> bool:
    for parent in ancestors(node):
        if parent.mem_id == scope.mem_id:
            return False
        if parent.tag in _OUTSIDE or _OTHERS.search(attribute(parent, "class")):
            return True
    return False


def _of_nodes(nodes: list[LexborNode]) -> list[str]:
    """The names in the first box that has any, and in those beside it."""
    names: list[str] = []
    place: int | None = None
    for node in nodes:
        beside = node.parent.mem_id if node.parent is not None else None
        if place is not None and beside != place:
            continue
        links = [clean(link.text()) for link in node.css("a[href]")]
        found = [name for name in links if looks_like_a_name(name)] or [
            name for line in lines_of(node)[:6] for name in _parts(BY.sub("", line))
        ]
        if found:
            names += found
            place = beside
    return list(dict.fromkeys(names))


def _parts(text: str) -> list[str]:
    parts = split_people(text)
    return parts if parts and all(map(looks_like_a_name, parts[:1])) else []


_DEGREE = re.compile(  # after a name: "Ayu Lestari, S.H., M.Si."
    r"(?:[SMBAD]\.[A-Z]\w{0,3}(?:\.\w{1,3})*|Sp\.\w{1,3}|Ph\.?D|SH|MH|SE|ST|MT|MM|MBA|MSi|MPd|SPd|SSos|LLM|Jr|Sr|III?)\.?"
)
_ROLE = re.compile(
    r"(?:[\w'’&-]+ ){0,4}(?:correspondent|editor|reporter|writer|columnist|journalist|contributor|analyst"
    r"|bureau chief|in [A-Z]\w+)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[,;|/、，；／]|\s[–—-]\s|\s(?:dan|and|und|et|y|og|och|en|ja|ve|&)\s)\s*")


def split_people(text: str) -> list[str]:
    """The parts of "A, B and C", without a degree or a post after a name."""
    parts = [part for part in _SPLIT.split(clean(text)) if part]
    return [part for place, part in enumerate(parts) if not (place and is_of_the_one_before(part))]


def is_of_the_one_before(part: str) -> bool:
    """Whether what stands after a name and a comma is no other name, but a degree or a post."""
    return _DEGREE.fullmatch(part) is not None or _ROLE.fullmatch(part) is not None


def without_label(name: str) -> str:
    """A name without "By" before it. "Di Maria" and "Von der Leyen" are names, "Di Anna Rossi" names Anna Rossi."""
    return name if _PREPOSITION.match(name) else BY.sub("", name)


def looks_like_a_name(text: str) -> bool:
    """Two to six words that begin as names do, or a few characters of a script without blanks."""
    if not 2 <= len(text) <= 50 or _NO_NAME.search(text):
        return False
    return _NAME.fullmatch(text) is not None or _UNSPACED_NAME.fullmatch(text) is not None
