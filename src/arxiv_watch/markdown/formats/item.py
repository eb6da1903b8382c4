"""Items of Markdown lists, with bullets or numbers; some are headings to what stands below them."""

from __future__ import annotations

from collections.abc import Sequence

from arxiv_watch.markdown.blocks import Node
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import Candidate, FileText, Format, leads_inside
from arxiv_watch.markdown.text.inline import visible
from arxiv_watch.markdown.text.labels import is_label

BULLET = Format("bullet", is_plain=True, is_parted=True)
NUMBERED = Format("numbered", bears_number=True)


def candidate_of(file: FileText, start: int, end: int) -> Candidate:
    """Return an item's lines, or the first of them, without its marker."""
    text = file.text(start, end)
    return file.candidate(start, end, text[BULLET.marker_end(text) :])


def read_item(file: FileText, item: Node, end: int) -> Entry | None:
    """Read an item up to a line; None for an empty one and for a line of a table of contents."""
    found = candidate_of(file, item.start, end)
    if not found.text.strip() or found.is_contents:
        return None
    style = NUMBERED if item.ordered else BULLET
    title = style.title(found.text, found.links)
    return found.entry(style, title, number=style.number_of(file.lines[item.start]))


def is_heading(file: FileText, item: Node, lists: Sequence[Node]) -> bool:
    """Return whether an item is a heading to those below it: it links to no page, they have papers."""
    own = candidate_of(file, item.start, lists[0].start)
    leads_away = any(not link.url.startswith("#") for link in own.links)  # but back to the top
    return not leads_away and bool(visible(own.text)) and _has_papers(file, lists)


def _has_papers(file: FileText, lists: Sequence[Node]) -> bool:
    text = "\n".join(file.text(one.start, one.end) for one in lists)
    below = file.candidate(lists[0].start, lists[-1].end, text)
    titles = [below.label(link) for link in below.links if link.id]
    if titles:
        return len(titles) > 1 or not is_label(titles[0])
    return any(
        not leads_inside(link.url) and not is_label(below.text[slice(*link.label)])
        for link in below.links
        if link.kind == "link"
    )


def is_heading_to_paragraphs(file: FileText, item: Node) -> bool:
    """Return whether an item is a heading to paragraphs below it, each with a linked title."""
    first, *rest = item.children or [item]
    if not rest or first.kind != "paragraph" or candidate_of(file, first.start, first.end).links:
        return False
    below = [file.candidate(node.start, node.end, file.text(node.start, node.end)) for node in rest]
    return all(any(link.id and not is_label(one.label(link)) for link in one.links) for one in below)


def has_entries_below(file: FileText, item: Node, lists: Sequence[Node]) -> bool:
    """Return whether the items below one with a link are papers of their own."""
    papers = candidate_of(file, item.start, lists[0].start).papers
    for node in (child for one in lists for child in one.children):
        below = candidate_of(file, node.start, node.end)
        for link in below.links:
            if link.id and link.id not in papers and not is_label(below.label(link)):
                return True
    return False
