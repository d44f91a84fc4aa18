"""For pages too short for statistics: the text after the title, or of the densest element."""

from services.parser.boilerplate import without_boilerplate
from services.parser.paragraphs import paragraphs_of
from services.parser.text import clean, ends_a_sentence, fold, words
from services.parser.text_body import is_related_heading
from services.parser.text_lines import is_paragraph
from services.parser.tree import LexborHTMLParser, LexborNode, ancestors, text_of


def after_title(title_node: LexborNode) -> list[str]:
    """The sentences between the title and a related list, in the closest ancestor that has any: for short pages."""
    title = fold(text_of(title_node))
    for around in ancestors(title_node):
        lines = paragraphs_of(around)
        start = next((place for place, line in enumerate(lines) if fold(line) == title), -1) + 1
        end = next(
            (place for place, line in enumerate(lines) if place >= start and is_related_heading(line)), len(lines)
        )
        found = [line for line in lines[start:end] if ends_a_sentence(line) and len(words(line)) > 1]
        if any(is_paragraph(line) for line in without_boilerplate(found)):
            return found
    return []


def densest_paragraphs(tree: LexborHTMLParser) -> LexborNode | None:
    """For pages too short for statistics: the element whose own paragraphs hold most text."""
    best: tuple[int, LexborNode | None] = (0, None)
    totals: dict[int, int] = {}
    for paragraph in tree.css("p"):
        parent = paragraph.parent
        if parent is None:
            continue
        links = sum(len(link.text()) for link in paragraph.css("a"))
        totals[parent.mem_id] = totals.get(parent.mem_id, 0) + max(0, len(clean(paragraph.text())) - 2 * links)
        if totals[parent.mem_id] > best[0]:
            best = (totals[parent.mem_id], parent)
    return best[1]
