"""Paragraphs about one paper, or about one in each line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from arxiv_watch.markdown.blocks import Node
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import ITEM_MARKER, Candidate, FileText, Format
from arxiv_watch.markdown.formats.item import candidate_of
from arxiv_watch.markdown.formats.table import read_row
from arxiv_watch.markdown.text.fields import is_label
from arxiv_watch.markdown.text.inline import visible
from arxiv_watch.markdown.text.titles import Title, find_title

PARAGRAPH = Format(
    "paragraph",
    # matches "12、" of "12、[A Title](https://a.b)", a number that is none to Markdown
    marker=re.compile(rf"{ITEM_MARKER.pattern}|[ ]*\d{{1,4}}、[ ]*"),
    bears_number=True,
    is_plain=True,
    is_parted=True,
    is_open=True,
    needs_gap=True,
)
_QUOTE = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)  # matches "> " before a quoted line
_ROWLIKE = re.compile(r"[^|]*\|[^|\n]*\|.*")  # matches "| A Title | 2024 |", a row in a paragraph
# matches "our survey" and "please cite"
_ABOUT_LIST = re.compile(
    r"\b(?:our|this) (?:survey|review|repo(?:sitory)?|list|collection)\b|\blast updated?\b|\bplease cite\b"
    r"|\bif you (?:use|find)\b",
    re.IGNORECASE,
)
_TITLE_ALONE = re.compile(  # matches "**A Title**" and "[A Title](https://a.b)"
    r"\s*(?:\*\*|__)?(?:(?<=\*\*|__)[^*\n]+|\[[^\[\]\n]+\]\([^()\s]+\))(?:\*\*|__)?\s*"
)
_NAMED_LINK = re.compile(  # matches "Paper: https://arxiv.org/abs/2412.01292" and "代码：无"
    r"\W*(?:papers?|arxiv|pdf|abstract|code|github|project(?: page)?|website|homepage|home|demo|video"
    r"|data(?:sets?)?|models?|slides|poster|blog|supp(?:lement)?(?:ary)?|解读|论文(?:链接)?|代码(?:链接)?|项目(?:主页)?|主页|数据集?|链接)"
    r"(?:\([^()]*\))?\W{0,3}[:：]",
    re.IGNORECASE,
)
_FOOTNOTE = re.compile(r"\s*\[\^[^\]\s]+\]:")  # matches "[^1]:"
_PROSE_WORDS = 25
_LATEST_START = 60  # characters before a title; what begins later is prose
# matches the ":gem: " of ":gem: **A Title**" and the "- " of "- A Title"
_SIGNS = re.compile(r"(?:\s|:[a-z0-9_+-]+:|[^\w\s*_<\[(\"“《:])*")
# matches the "**" of "**A Title**" and the "<b" of "<b>A Title</b>"
_OPENING = re.compile(r"\*+|_+|<\w+|\[+|[(\"“《]|")
_LINKED = re.compile(r"\]\(|https?://|\bhref=")  # matches the "](" of "[Paper](https://a.b)"


def read_paragraph(file: FileText, start: int, end: int) -> list[Entry]:
    """Read the entries of a paragraph: one of several lines, one per line, or none if it is prose."""
    text = _QUOTE.sub("", file.text(start, end))
    if ("[" not in text and "http" not in text and "<a" not in text) or _FOOTNOTE.match(text):
        return []
    lines = text.split("\n")
    if all(_ROWLIKE.fullmatch(line) for line in lines) and len(lines) > 1:
        rows = (read_row(file, line, start) for line in range(start, end))
        return [row for row in rows if row and row.ids]
    pieces = (_candidate(file, start + first, start + last) for first, last in _pieces(lines))
    entries = (_titled(piece) for piece in pieces if piece.papers)
    return [entry for entry in entries if entry]


def read_titled_list(file: FileText, paragraph: Node, links: Node) -> Entry | None:
    """Read a title in bold or in a link, and the list below it that names each of its links.

    As `**Title**` above `- Paper: https://…` and `- Code: https://…`; None where it is no such list.
    """
    first = file.lines[paragraph.start]
    if paragraph.end - paragraph.start > 1 or not _TITLE_ALONE.fullmatch(first):
        return None
    items = (candidate_of(file, item.start, item.end) for item in links.children)
    if not all(_NAMED_LINK.match(item.text) for item in items):
        return None
    found = file.candidate(paragraph.start, links.end, file.text(paragraph.start, links.end))
    title = find_title(first, [link for link in found.links if link.end <= len(first)])
    return found.entry(PARAGRAPH, title) if title and len(found.papers) <= 1 else None


def names_paper(file: FileText, node: Node) -> bool:
    """Return whether a paragraph or heading links to one paper, by a label such as `Paper`."""
    return len(file.candidate(node.start, node.end, file.text(node.start, node.end)).papers) == 1


def with_unlinked(file: FileText, entries: Sequence[Entry], loose: Sequence[range]) -> list[Entry]:
    """Add the paragraphs that are written as a section's papers are, in the order of the file."""
    texts = [file.text(entry.line - 1, entry.end_line) for entry in entries if entry.style == PARAGRAPH.name]
    shapes = {shape for text in texts for shape in _shapes(text)}
    more = [
        entry
        for lines in (loose if shapes else ())
        if not shapes.isdisjoint(_shapes(file.text(lines.start, lines.stop)))
        if (entry := _read_unlinked(file, lines.start, lines.stop))
    ]
    return sorted([*entries, *more], key=lambda entry: entry.line)


def _shapes(text: str) -> Iterator[tuple[str, ...]]:
    """Yield how the lines begin, and which has a link, down to the first that has one.

    Of a text that begins with a mark it is enough that it has as many lines, wherever the links are.
    """
    lines = text.split("\n")
    linked = [bool(_LINKED.search(line)) for line in lines]
    if any(linked):
        first = linked.index(True)
        yield (*map(_mark, lines[: first + 1]), "")
        if mark := _mark(lines[0]):
            yield (mark, str(len(lines)))


def _mark(line: str) -> str:
    """Return the mark that a line begins with, such as `**`; empty for a letter."""
    signs = _SIGNS.match(line)
    opening = _OPENING.match(line, signs.end() if signs else 0)
    return opening[0] if opening else ""


def _read_unlinked(file: FileText, start: int, end: int) -> Entry | None:
    """Read a paragraph that links to no paper on arXiv: its title is linked, or a page of it is named."""
    found = _candidate(file, start, end)
    links = [link for link in found.links if link.kind != "image"]
    labels = [found.label(link) for link in links]
    named = any(map(_NAMED_LINK.match, found.text.split("\n")))
    entry = _titled(found) if links and not found.is_contents else None
    return entry if entry and (named or entry.title in labels or any(map(is_label, labels))) else None


def _candidate(file: FileText, start: int, end: int) -> Candidate:
    return file.candidate(start, end, _QUOTE.sub("", file.text(start, end)))


def _titled(found: Candidate) -> Entry | None:
    """Make an entry of lines with a title; None where they are prose."""
    title = find_title(found.text, found.links)
    if title is None or _ABOUT_LIST.search(found.text):
        return None
    if title.span[0] > _LATEST_START or (title.rest is None and _is_prose(found.text, title)):
        return None
    return found.entry(PARAGRAPH, title, number=PARAGRAPH.number_of(found.text))


def _is_prose(text: str, title: Title) -> bool:
    if "\n" in text.strip():
        return False
    around = visible(text[: title.span[0]] + text[title.span[1] :])
    return len(around.split()) > _PROSE_WORDS


def _pieces(lines: list[str]) -> list[tuple[int, int]]:
    """Split a paragraph into entries: each line that starts with a link or a bold title begins one."""
    if len(lines) == 1:
        return [(0, 1)]
    starts = [
        index
        for index, line in enumerate(lines)
        # Matches "**[A Title](http", "🔥 [A Title](http" and "12、[A Title](http".
        if re.match(r"\s*(?:\W{1,3} |\d{1,4}、\s*)?(?:\[(?!\[)|\*\*)\S.*\]\(http", line)
    ]
    joined = any(line.rstrip().endswith("\\") for line in lines[:-1])
    if len(starts) <= 1 or joined or starts[0] != 0:
        return [(0, len(lines))]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))
