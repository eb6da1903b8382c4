"""Rows of tables: cells between pipes, and what each column holds by its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import FileText, Format
from arxiv_watch.markdown.text.fields import is_label
from arxiv_watch.markdown.text.inline import Link, visible
from arxiv_watch.markdown.text.titles import Title, find_title
from arxiv_watch.wording import width_of

TABLE = Format("table", in_cells=True)
PIPE = re.compile(r"(?<!\\)\|")  # matches the pipe of "A | B", not of "A \| B"
"""What parts two cells."""
# matches "Paper Title" and "论文标题"
_TITLE_COLUMN = re.compile(
    r"\W*(?:paper )?titles?\b.*|.*\btitle\b.*|\W*(?:论文|文章|論文)?(?:标题|题目|题名|タイトル).*",
    re.IGNORECASE,
)
# matches "**Paper**" and "论文名称"
_PAPER_COLUMN = re.compile(
    r"\W*(?:(?:papers?|publications?)\b.*|(?:论文|文章|文献|論文)(?:名称?)?\W*)", re.IGNORECASE
)
# matches "Authors" and "作者", "Abstract" and "摘要", whose cells may be longer than the title
_OTHER_COLUMN = re.compile(
    r"\W*(?:(?:first )?authors?|institut\w+|affiliations?|organi[sz]ations?|abstract|summary|tl;?dr"
    r"|key ?words?|descriptions?|notes?|comments?|作者|第一作者|单位|机构|摘要"
    r"|简介|关键词|备注|说明|著者|概要)\W*",
    re.IGNORECASE,
)
_NAME_COLUMN = re.compile(r"\W*(?:name|method|model)\W*", re.IGNORECASE)  # matches "Method"
# matches "No." and "序号"
_NUMBER_COLUMN = re.compile(r"\W*(?:#|no|nr|num|number|index|id|№|序号|编号|番号)\W*", re.IGNORECASE)
# matches "**Offline**", which names rows below
_GROUP = re.compile(r"\s*(?:\*\*|__)[^|\[\]]{1,60}(?:\*\*|__)\s*")
_LABEL_WORDS = 3  # of the longest label
_MOST_DIGITS = 9  # as CommonMark has it for items


def read_row(file: FileText, line: int, head: int | None) -> Entry | None:
    """Read a row, and its columns by the line of the header; None for one that holds no paper.

    Every cell of it is empty, or all but one in bold without a link, or its links lead into the list.
    """
    text = file.lines[line]
    cells = split_cells(text)
    filled = [cell for cell in cells if re.search(r"\w", text[slice(*cell)])]
    if not filled or (len(filled) == 1 < len(cells) and _GROUP.fullmatch(text[slice(*filled[0])])):
        return None
    found = file.candidate(line, line + 1, text)
    if found.is_contents:
        return None
    header, header_line = ("", 0) if head is None else (file.lines[head], head + 1)
    title = title_of_row(text, cells, header, found.links)
    return found.entry(TABLE, title, number=_number_of(text, cells, header), header=header_line)


def split_cells(text: str) -> list[tuple[int, int]]:
    """Find where each cell of a table row starts and ends; outer pipes make no cells."""
    bars = [match.start() for match in PIPE.finditer(text)]
    cells = [(one + 1, other) for one, other in pairwise([-1, *bars, len(text)])]
    if bars and not text[: bars[0]].strip():
        cells = cells[1:]
    if len(bars) > 1 and not text[bars[-1] + 1 :].strip():
        cells = cells[:-1]
    return cells


@lru_cache(maxsize=256)
def title_column(header: str, count: int) -> int | None:
    """Return which column holds the titles, by its header."""
    names = [header[slice(*cell)] for cell in split_cells(header)]
    for pattern in (_TITLE_COLUMN, _PAPER_COLUMN, _NAME_COLUMN):
        for index, name in enumerate(names[:count]):
            if pattern.fullmatch(visible(name)):
                return index
    return None


def title_of_row(text: str, cells: list[tuple[int, int]], header: str, links: list[Link]) -> Title | None:
    """Find the title in a row: in the column the header names, or where the longest text is.

    In a column for authors or abstracts only where no other has a title.
    """
    column = title_column(header, len(cells))
    names = [visible(header[slice(*cell)]) for cell in split_cells(header)]
    others = {cell for cell, name in zip(cells, names, strict=False) if _OTHER_COLUMN.fullmatch(name)}

    def promise(cell: tuple[int, int]) -> tuple[bool, bool, int]:
        is_named = column is not None and cell == cells[column]
        return cell in others and not is_named, not is_named, -len(visible(text[slice(*cell)]))

    best: Title | None = None
    for place, (start, end) in enumerate(sorted(cells, key=promise)):
        if best and (start, end) in others:
            break
        inside = [link.moved(-start) for link in links if start <= link.start < end]
        found = find_title(text[start:end], inside)
        if found and not is_label(found.text):
            if place == 0 or len(found.text.split()) > _LABEL_WORDS:
                return found.moved(start)
            best = best or found.moved(start)
    return best


def _number_of(text: str, cells: list[tuple[int, int]], header: str) -> int:
    """Read a row's number, where the first column holds them; else 0."""
    first = text[slice(*cells[0])].strip()
    names = split_cells(header) if first.isdecimal() and len(first) <= _MOST_DIGITS else []
    return int(first) if names and _NUMBER_COLUMN.fullmatch(header[slice(*names[0])].strip()) else 0


def pad_row(row: str, beside: Sequence[str]) -> str:
    """Pad each cell of a new row as the cells above and below it are, where they have one width and it fits.

    Args:
        row: The new row.
        beside: The table's header, and rows of it; nothing is padded without them.
    """
    if not beside:
        return row
    cells = split_cells(row)
    header, *rows = [[line[slice(*cell)] for cell in split_cells(line)] for line in beside]
    if len(rows) <= 1 or any(len(other) != len(cells) for other in rows):  # one shows no habit
        return row
    for column in reversed(range(len(cells))):
        start, end = cells[column]
        if end < len(row):  # what no pipe follows needs no padding
            title = header[column] if len(header) == len(cells) else ""
            padded = _pad(row[start:end].strip(), [other[column] for other in rows], title)
            row = row[:start] + (padded or row[start:end]) + row[end:]
    return row


def _pad(text: str, column: Sequence[str], title: str) -> str:
    """Return a cell's text with the blanks it needs; empty where the column has no width, or it is wider."""
    widths = {width_of(cell) for cell in column}
    width = min(widths)
    alike = [cell for cell in [title, *column] if width_of(cell) == width]
    texts = {width_of(cell.strip()) for cell in alike}
    left = {len(cell) - len(cell.lstrip()) for cell in column if cell.strip()}
    right = {len(cell) - len(cell.rstrip()) for cell in column if cell.strip()}
    blanks = width - width_of(text)
    if len(widths) > 1 or len(texts) == 1 or blanks < min(left, default=0) + min(right, default=0):
        return ""
    if len(left) <= 1:
        before = min(left, default=0)
    elif len(right) == 1:
        before = blanks - min(right)
    else:
        before = blanks // 2
    return " " * before + text + " " * (blanks - before)
