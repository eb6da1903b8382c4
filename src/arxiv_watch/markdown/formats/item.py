"""Items of Markdown lists, with bullets or numbers; some are headings to what stands below them."""

from __future__ import annotations

from collections.abc import Sequence

from arxiv_watch.markdown.blocks import Node
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import Candidate, FileText, Format, leads_inside
from arxiv_watch.markdown.text.fields import is_label
from arxiv_watch.markdown.text.inline import visible

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


def heading_of(file: FileText, item: Node) -> str:
    """Return the text of an item that is a heading to what stands below it; empty for an entry.

    A heading links to no page, and below it are items with papers, or paragraphs that each link a title.
    """
    first, *rest = item.children or [item]
    if not rest:
        return ""
    lists = [child for child in rest if child.kind == "list"]
    own = candidate_of(file, item.start, lists[0].start if lists else first.end)
    leads_away = any(not link.url.startswith("#") for link in own.links)  # and not back to the top
    if not visible(own.text) or leads_away:
        return ""
    if lists:
        return own.text if _have_papers(file, lists) else ""
    below = [file.candidate(node.start, node.end, file.text(node.start, node.end)) for node in rest]
    is_heading = bool(below) and first.kind == "paragraph" and all(map(_links_title, below))
    return own.text if is_heading else ""


def _links_title(found: Candidate) -> bool:
    return any(link.id and not is_label(found.label(link)) for link in found.links)


def _have_papers(file: FileText, lists: Sequence[Node]) -> bool:
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


def has_entries_below(file: FileText, item: Node, lists: Sequence[Node]) -> bool:
    """Return whether the items below one with a link are papers of their own."""
    papers = candidate_of(file, item.start, lists[0].start).papers
    below = [candidate_of(file, node.start, node.end) for one in lists for node in one.children]
    return any(
        link.id and link.id not in papers and not is_label(found.label(link))
        for found in below
        for link in found.links
    )
