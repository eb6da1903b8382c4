"""Reading one entry: its papers, title, links and note."""

from __future__ import annotations

import re
from collections.abc import Mapping

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.reading.anatomy import (
    marker_end,
    number_of,
    number_of_row,
    split_cells,
    title_of,
    title_of_row,
)
from arxiv_watch.markdown.reading.blocks import Node
from arxiv_watch.markdown.text.inline import Link, bare_ids, scan_links, visible
from arxiv_watch.markdown.text.labels import is_label
from arxiv_watch.markdown.text.titles import Title, find_title

# Matches "Authors: Ada Lovelace", "Code" and "Paper link", items that tell of the one above them, not the
# titles "Code Llama: Open Foundation Models" and "Abstract Meaning Representation".
_ABOUT = re.compile(
    r"\W*(?:(?:authors?|by|affiliations?|institutions?|venue|published|tl;?dr)\b.*"
    r"|(?:conference|date|year|abstract|summary|keywords?|links?|papers?|code|project|arxiv|source)"
    r"(?:[\W\d]*|\W*[:：|(\[/–—].*|\s+-\s.*"
    r"|\s+(?:pages?|links?|code|repo\w*|website|available|at|by|from|here|is|and|we|this)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_QUOTE = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)  # matches "> " before a quoted line
_GROUP = re.compile(
    r"\s*(?:\*\*|__)[^|\[\]]{1,60}(?:\*\*|__)\s*"
)  # matches "**Offline**", which names rows below
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
# matches "#serving", "docs/more.md" and "papers/"
_HERE = re.compile(r"#|(?!\w+:)(?:.*\.md\b|.*/$)", re.DOTALL)
_FOOTNOTE = re.compile(r"\s*\[\^[^\]\s]+\]:")  # matches "[^1]:"
_PROSE_WORDS = 25
_TOPIC_WORDS = 2  # of a heading that may be a topic rather than a paper
_LATEST_START = 60  # characters before a title; what begins later is prose


class EntryReader:
    """Makes entries of the lines of a file.

    Args:
        lines: The lines, without their endings.
        references: Addresses of reference links by label.
    """

    def __init__(self, lines: list[str], references: Mapping[str, str]) -> None:
        self._lines = lines
        self._references = references

    def text(self, start: int, end: int) -> str:
        """Return the lines from `start` to `end`, excluded, as one text."""
        return "\n".join(self._lines[start:end])

    def own_text(self, start: int, end: int) -> str:
        """Return a list item's text without its marker."""
        text = self.text(start, end)
        return text[marker_end(text) :]

    def item(self, start: int, end: int, *, ordered: bool) -> Entry | None:
        """Read a list item; None for an empty one and for a line of a table of contents."""
        text = self.own_text(start, end)
        links = self._links(text)
        if not text.strip() or _is_contents(links):
            return None
        style, number = ("numbered", number_of(self._lines[start])) if ordered else ("bullet", 0)
        return self._entry(text, links, find_title(text, links), (start, end), style, number=number)

    def row(self, line: int, head: int | None) -> Entry | None:
        """Read a table row; None where every cell is empty, or all but one in bold without a link."""
        text = self._lines[line]
        cells = split_cells(text)
        filled = [cell for cell in cells if re.search(r"\w", text[slice(*cell)])]
        if not filled or (len(filled) == 1 < len(cells) and _GROUP.fullmatch(text[slice(*filled[0])])):
            return None
        links = self._links(text)
        if _is_contents(links):
            return None
        header = "" if head is None else self._lines[head]
        title, number = title_of_row(text, cells, header, links), number_of_row(text, cells, header)
        header_line = 0 if head is None else head + 1
        return self._entry(text, links, title, (line, line + 1), "table", number=number, header=header_line)

    def paragraph(self, start: int, end: int) -> list[Entry]:
        """Read the entries of a paragraph: one of several lines, one per line, or none if it is prose."""
        text = _QUOTE.sub("", self.text(start, end))
        if ("[" not in text and "http" not in text and "<a" not in text) or _FOOTNOTE.match(text):
            return []
        lines = text.split("\n")
        if all(_ROWLIKE.fullmatch(line) for line in lines) and len(lines) > 1:
            rows = (self.row(line, start) for line in range(start, end))
            return [row for row in rows if row and row.ids]
        entries = [self._piece(start + first, start + last) for first, last in _pieces(lines)]
        return [entry for entry in entries if entry]

    def unlinked(self, start: int, end: int) -> Entry | None:
        """Read a paragraph that links to no paper on arXiv: its title is linked, or a page of it is named."""
        text = _QUOTE.sub("", self.text(start, end))
        links = [link for link in self._links(text) if link.kind != "image"]
        labelled = any(is_label(visible(_label(text, link))) for link in links)
        named = any(map(_NAMED_LINK.match, text.split("\n")))
        entry = self._titled(text, links, start, end) if links and not _is_contents(links) else None
        titled = any(visible(_label(text, link)) == entry.title for link in links) if entry else False
        return entry if labelled or named or titled else None

    def titled_list(self, paragraph: Node, links: Node) -> Entry | None:
        """Read a title in bold or in a link, and the list below it that names each of its links.

        As `**Title**` above `- Paper: https://…` and `- Code: https://…`; None where it is no such list.
        """
        if paragraph.end - paragraph.start > 1 or not _TITLE_ALONE.fullmatch(self._lines[paragraph.start]):
            return None
        if not all(_NAMED_LINK.match(self.own_text(item.start, item.end)) for item in links.children):
            return None
        text = self.text(paragraph.start, links.end)
        found = self._links(text)
        title = find_title(self._lines[paragraph.start], self._links(self._lines[paragraph.start]))
        if title is None or len({link.id for link in found if link.id}) > 1:
            return None
        return self._entry(text, found, title, (paragraph.start, links.end), "paragraph")

    def names_paper(self, node: Node) -> bool:
        """Return whether a paragraph links to one paper by a label such as `Paper`."""
        return len({link.id for link in self._links(self.text(node.start, node.end)) if link.id}) == 1

    def headed(self, start: int, end: int, below: list[Entry]) -> tuple[Entry, bool] | None:
        """Read a heading that is a paper's title with all below it, and return whether it surely is one.

        Args:
            start: The heading's line, from 0.
            end: The line after the last one that belongs to it.
            below: What else was read there; lines that tell of the one paper, or the heading is no title.
        """
        text = self.text(start, end)
        body = text[marker_end(text, "heading") :]
        links = self._links(body)
        title = title_of(body, links, "heading")
        if title is None:
            return None
        head, is_long = body.partition("\n")[0], len(title.text.split()) > _TOPIC_WORDS
        around = next((link for link in links if link.start <= title.span[0] < link.end), None)
        # Below `### [A Title](https://a.b)` any text may tell of it: EdinburghNLP names metrics and data.
        is_whole = bool(around and is_long and not visible(head[: around.start] + head[around.end :]))
        told = 2 * sum(bool(entry.urls) for entry in below) <= len(below) if is_whole else False
        if not told and any(entry.title and not _ABOUT.fullmatch(entry.title) for entry in below):
            return None
        entry = self._entry(body, links, title, (start, end), "heading", number=number_of(text))
        if len(entry.ids) != 1 and not (is_whole and below and not entry.ids):
            return None
        return entry, bool(entry.ids) and (is_long or bool(around and around.id))

    def html(self, text: str, start: int, end: int) -> Entry | None:
        """Read an HTML list item or row that stands on some lines; None where it links to no paper."""
        links = self._links(text)
        if not any(link.id for link in links):
            return None
        return self._entry(text, links, find_title(text, links), (start, end), "html")

    def is_parent(self, item: Node, lists: list[Node]) -> bool:
        """Return whether an item is a heading to those below it: it links to no page, they have papers."""
        text = self.own_text(item.start, lists[0].start)
        leads_away = any(not link.url.startswith("#") for link in self._links(text))  # but back to the top
        return not leads_away and bool(visible(text)) and self._linked_below(lists)

    def holds_paragraphs(self, item: Node) -> bool:
        """Return whether an item is a heading to paragraphs below it, each with a linked title."""
        first, *rest = item.children or [item]
        if not rest or first.kind != "paragraph" or self._links(self.own_text(first.start, first.end)):
            return False
        titled = [
            any(link.id and not is_label(visible(_label(text, link))) for link in self._links(text))
            for text in (self.text(child.start, child.end) for child in rest)
        ]
        return all(titled)

    def has_entries_below(self, item: Node, lists: list[Node]) -> bool:
        """Return whether the items below one with a link are papers of their own."""
        own = {link.id for link in self._links(self.text(item.start, lists[0].start)) if link.id}
        for below in (child for one in lists for child in one.children):
            text = self.own_text(below.start, below.end)
            for link in self._links(text):
                if link.id and link.id not in own and not is_label(visible(_label(text, link))):
                    return True
        return False

    def _linked_below(self, lists: list[Node]) -> bool:
        below = "\n".join(self.text(child.start, child.end) for child in lists)
        links = self._links(below)
        if any(link.id for link in links):
            titles = [visible(_label(below, link)) for link in links if link.id]
            return any(not is_label(title) for title in titles) or len(titles) > 1
        return any(
            not _is_contents([link]) and not is_label(_label(below, link))
            for link in links
            if link.kind == "link"
        )

    def _links(self, text: str) -> list[Link]:
        return scan_links(text, self._references)

    def _piece(self, start: int, end: int) -> Entry | None:
        text = _QUOTE.sub("", self.text(start, end))
        links = self._links(text)
        return self._titled(text, links, start, end) if any(link.id for link in links) else None

    def _titled(self, text: str, links: list[Link], start: int, end: int) -> Entry | None:
        title = find_title(text, links)
        if _ABOUT_LIST.search(text):
            return None
        if title is None or title.span[0] > _LATEST_START or (title.rest is None and _is_prose(text, title)):
            return None
        return self._entry(text, links, title, (start, end), "paragraph")

    def _entry(
        self,
        text: str,
        links: list[Link],
        title: Title | None,
        lines: tuple[int, int],
        style: str,
        *,
        number: int = 0,
        header: int = 0,
    ) -> Entry:
        start, end = lines
        above = start
        while above > 0 and not self._lines[above - 1].strip():
            above -= 1
        ids: dict[ArxivId, None] = dict.fromkeys(link.id for link in links if link.id)
        return Entry(
            line=start + 1,
            end_line=end,
            ids=tuple(ids or dict.fromkeys(bare_ids(text))),
            title=title.text if title else "",
            urls=tuple(link.url for link in links if link.kind != "image"),
            note=_note(text, links, title),
            style=style,
            gap=start - above,
            number=number,
            header=header,
        )


def _label(text: str, link: Link) -> str:
    return text[slice(*link.label)]


def _is_contents(links: list[Link]) -> bool:
    """Return whether links lead only to places in the list itself."""
    targets = [link.url for link in links if link.kind != "image" and link.url]
    return bool(targets) and all(map(_HERE.match, targets))


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
        # Matches "**[A Title](http" and "🔥 [A Title](http".
        if re.match(r"\s*(?:\W{1,3} )?(?:\[(?!\[)|\*\*)\S.*\]\(http", line)
    ]
    joined = any(line.rstrip().endswith("\\") for line in lines[:-1])
    if len(starts) <= 1 or joined or starts[0] != 0:
        return [(0, len(lines))]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _note(text: str, links: list[Link], title: Title | None) -> str:
    """Return what else an entry says: its text without the title, link labels and separators."""
    cuts = [(link.start, link.end) for link in links]
    if title:
        cuts.append(title.span)
        cuts += [title.rest] if title.rest else []
    kept, position = [], 0
    for start, end in sorted(cuts):
        if start >= position:
            kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    # Matches " | [" between two parts of a note.
    return visible(re.sub(r"[\s|\[\](){}]+", " ", " ".join(kept))).strip(' :,.;-–—"“”*|\\')
