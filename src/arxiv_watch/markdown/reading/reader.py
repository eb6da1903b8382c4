"""Reading a list: which heading an entry stands under, and which blocks are entries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import zip_longest

from arxiv_watch.errors import ListError
from arxiv_watch.markdown.blocks import Node, list_blocks, parse_blocks
from arxiv_watch.markdown.document import Document, Entry, PaperList
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.format import FileText
from arxiv_watch.markdown.formats.heading import read_heading
from arxiv_watch.markdown.formats.html import read_element
from arxiv_watch.markdown.formats.item import has_entries_below, heading_of, read_item
from arxiv_watch.markdown.formats.paragraph import names_paper, read_paragraph, read_titled_list
from arxiv_watch.markdown.formats.table import read_row
from arxiv_watch.markdown.reading.sections import (
    YEAR_LINE,
    OpenHeading,
    OpenSection,
    finish_sections,
    heading_text,
    summary_text,
)
from arxiv_watch.markdown.text.inline import linked_ids
from arxiv_watch.markdown.text.lines import BOM, decode, dominant_newline, split_lines, strip_ending

# Levels of headings that are none to Markdown; one more for each fold or item around them.
_SUMMARY_LEVEL, _BOLD_LEVEL, _BULLET_LEVEL = 7, 20, 30
_DEEPEST = 40  # headings above one another; more are none that a reader could follow
# matches "**Serving**:", a heading in bold letters
_BOLD_LINE = re.compile(r"\s*(\*\*|__)(?P<text>[^*\[\]]+?)(\*\*|__)\s*+(?:[:：]\s*+)?")
# an entry in HTML, `<li>A Title`, by the name of its format
_ELEMENTS = "|".join(
    f"(?P<{name}>{style.element.found.pattern})" for name, style in FORMATS.items() if style.element
)
# matches "<h2>Serving</h2>", "<summary>2024</summary>", "<details>", "<li>A Title" and a comment
_HTML_EVENT = re.compile(
    r"<!--.*?(?:-->|\Z)|<h(?P<level>[1-6])\b[^<>]*>(?P<title>(?:(?!<h[1-6]\b).)*?)</h(?P=level)\s*>|"
    r"<summary\b[^<>]*>(?P<summary>(?:(?!<summary\b).)*?)</summary\s*>|(?P<open><details\b[^<>]*>)|"
    rf"(?P<close></details\s*>)|{_ELEMENTS}",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
# matches "<h2 align=center>Serving</h2>"
_INNER_HEADING = re.compile(r"<h([1-6])\b[^<>]*>((?:(?!<h[1-6]\b).)*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)


def parse_list(files: Mapping[str, bytes]) -> PaperList:
    """Read the files of one list, given as their bytes by their paths.

    Raises:
        ListError: There is no paper in any of them.
    """
    documents = tuple(parse_document(path, data) for path, data in sorted(files.items()))
    paper_list = PaperList(documents)
    if not paper_list.placed and not paper_list.ids:
        names = ", ".join(sorted(files)) or "no file"
        raise ListError(
            f"no paper found in {names}", "`list:` must name the Markdown file that holds the papers"
        )
    return paper_list


def parse_document(path: str, data: bytes) -> Document:
    """Read one file."""
    text = decode(data)
    lines = [strip_ending(line) for line in split_lines(text.removeprefix(BOM))]
    nodes, references = parse_blocks(lines)
    file = FileText(lines, references)
    walker = _Walker(file)
    walker.walk(nodes)
    walker.fold_headings()
    return Document(
        path=path,
        data=data,
        newline=dominant_newline(text),
        sections=tuple(finish_sections(walker.found(), file, path)),
        linked=frozenset(linked_ids(text)),
        lines=tuple(lines),
        references=references,
        blocks=tuple(list_blocks(nodes)),
    )


class _Walker:
    """Goes through the blocks in order and keeps the headings that stand above."""

    def __init__(self, file: FileText) -> None:
        self._file = file
        self._headings: list[OpenHeading] = []
        self._details = 0
        self._sections: dict[tuple[int, ...], OpenSection] = {}
        self._current = self._open()

    def found(self) -> list[OpenSection]:
        """Return the sections, in the order of the file."""
        return [one for one in self._sections.values() if one.headings or one.entries]

    def fold_headings(self) -> None:
        """Make entries of headings that stand for one paper each: no entries below, but a link to it."""
        holding = {key: one for key, one in self._sections.items() if one.linked or one.entries}
        above = {key[:size] for key in holding for size in range(1, len(key))}
        found = {
            key: headed
            for key, one in holding.items()
            if key[1:] and key not in above and key[:-1] in self._sections
            if (headed := read_heading(self._file, one.headings[-1].line, one.end, one.entries))
        }
        sure = {key[:-1] for key, (_, is_sure) in found.items() if is_sure}
        beside = Counter(key[:-1] for key in found)
        for key, (entry, _) in found.items():
            # A name beside titles is a title; one alone above items is a topic, unless it bears a number.
            alone = beside[key[:-1]] == 1 and not entry.number
            if key[:-1] in sure and not (alone and self._sections[key].entries):
                del self._sections[key]
                self._sections[key[:-1]].entries.append(entry)

    def walk(self, nodes: list[Node], depth: int = 0) -> None:
        """Read blocks that stand in so many items."""
        taken: Node | None = None
        for node, following in zip_longest(nodes, nodes[1:]):
            if node is taken:
                continue
            self._current.empty &= node.kind == "heading"
            if node.kind == "heading":
                self._push(node.level, self._text(node), node.start)
                self._current.linked |= names_paper(self._file, node)
            self._extend(node)
            if node.kind == "list":
                for item in node.children:
                    self._item(item, depth)
            elif node.kind == "table":
                self._table(node)
            elif node.kind == "paragraph":
                taken = self._paragraph(node, following)
            elif node.kind == "html":
                self._html(node)
            elif node.kind == "quote":
                self.walk(node.children, depth)
            elif node.kind == "rule":
                self._current.breaks.append(node.start)

    def _text(self, node: Node) -> str:
        return self._file.text(node.start, node.end)

    def _open(self) -> OpenSection:
        key = tuple(heading.line for heading in self._headings)
        if key not in self._sections:
            self._sections[key] = OpenSection(tuple(self._headings))
        self._current = self._sections[key]
        return self._current

    def _push(self, level: int, raw: str, line: int) -> None:
        text = heading_text(raw)
        if not text:
            return
        self._headings = [one for one in self._headings if one.level < level][: _DEEPEST - 1]
        self._headings.append(OpenHeading(level, text, line, self._details))
        self._open()

    def _extend(self, node: Node) -> None:
        """Let what stands under the current heading end where a block ends; a rule closes it."""
        self._current.closed |= node.kind == "rule" and self._current.linked
        if not self._current.closed:
            self._current.end = node.end

    def _close_fold(self, line: int) -> None:
        self._details = max(self._details - 1, 0)
        self._headings = [one for one in self._headings if one.details <= self._details]
        self._open().breaks.append(line)

    def _add(self, entry: Entry | None) -> None:
        if entry:
            self._current.entries.append(entry)

    def _paragraph(self, node: Node, following: Node | None) -> Node | None:
        """Read a paragraph; return the list below it where that is of one entry with it."""
        links = following if following and following.kind == "list" else None
        if links and (entry := read_titled_list(self._file, node, links)):
            self._extend(links)
            self._add(entry)
            return links
        text = self._text(node)
        bold = _BOLD_LINE.fullmatch(text)
        if bold and following and following.kind in {"list", "table"}:
            self._push(_BOLD_LEVEL, bold["text"], node.start)
            return None
        entries = read_paragraph(self._file, node.start, node.end)
        self._current.entries += entries
        if not entries and not YEAR_LINE.fullmatch(text):
            self._current.breaks.append(node.start)
            self._current.loose.append(range(node.start, node.end))
            self._current.linked |= names_paper(self._file, node)
        return None

    def _table(self, node: Node) -> None:
        head = next((child.start for child in node.children if child.kind == "head"), None)
        if self._current.entries:
            self._current.breaks.append(node.start)
        for row in node.children:
            if row.kind != "row":
                continue
            if entry := read_row(self._file, row.start, head):
                self._add(entry)
            else:
                self._current.breaks.append(row.start)

    def _item(self, item: Node, depth: int) -> None:
        lists = [child for child in item.children if child.kind == "list"]
        if heading := heading_of(self._file, item):
            self._push(_BULLET_LEVEL + depth, heading, item.start)
            self.walk(item.children[1:], depth + 1)
            self._close_item(_BULLET_LEVEL + depth)
        elif lists and has_entries_below(self._file, item, lists):
            self._add(read_item(self._file, item, lists[0].start))
            for below in (child for one in lists for child in one.children):
                self._item(below, depth + 1)
        else:
            self._add(read_item(self._file, item, item.end))

    def _close_item(self, level: int) -> None:
        self._headings = [one for one in self._headings if one.level < level]
        self._open()

    def _html(self, node: Node) -> None:
        text = self._text(node)
        line, position = node.start, 0
        for match in _HTML_EVENT.finditer(text):
            line += text.count("\n", position, match.start())
            position = match.start()
            last = line + match[0].rstrip().count("\n") + 1
            if match["level"]:
                self._push(int(match["level"]), match["title"], line)
            elif match["summary"] is not None:
                self._summary(match["summary"], line)
            elif match["open"]:
                self._details += 1
            elif match["close"]:
                self._close_fold(line)
            elif style := FORMATS.get(match.lastgroup or ""):
                self._add(read_element(self._file, style, match[0], line, last))

    def _summary(self, inner: str, line: int) -> None:
        heading = _INNER_HEADING.search(inner)
        if heading:
            self._push(int(heading[1]), heading[2], line)
        else:
            self._push(_SUMMARY_LEVEL + self._details, summary_text(inner), line)
