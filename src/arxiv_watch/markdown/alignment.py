"""Padding the cells of a new table row to the width that its neighbours' cells share."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.rows import split_cells

_BESIDE = 8  # rows, nearest to the new one, that show how wide a column is


def rows_beside(document: Document, section: Section, neighbour: Entry) -> list[str]:
    """Return the header of a row's table, or an empty line, and the rows nearest to that row."""
    rows = [
        entry
        for entry in section.entries
        if entry.style == "table" and entry.header == neighbour.header and entry.line == entry.end_line
    ]
    rows.sort(key=lambda entry: abs(entry.line - neighbour.line))
    header = document.lines[neighbour.header - 1] if neighbour.header else ""
    return [header, *(document.lines[entry.line - 1] for entry in rows[:_BESIDE])]


def align(row: str, beside: Sequence[str]) -> str:
    """Pad each cell of a row as the cells above and below it are, where they have one width and it fits.

    Args:
        row: The new row.
        beside: The table's header, and rows of it.
    """
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
    widths = {_width(cell) for cell in column}
    width = min(widths)
    alike = [cell for cell in [title, *column] if _width(cell) == width]
    texts = {_width(cell.strip()) for cell in alike}
    left = {len(cell) - len(cell.lstrip()) for cell in column if cell.strip()}
    right = {len(cell) - len(cell.rstrip()) for cell in column if cell.strip()}
    blanks = width - _width(text)
    if len(widths) > 1 or len(texts) == 1 or blanks < min(left, default=0) + min(right, default=0):
        return ""
    if len(left) <= 1:
        before = min(left, default=0)
    elif len(right) == 1:
        before = blanks - min(right)
    else:
        before = blanks // 2
    return " " * before + text + " " * (blanks - before)


def _width(text: str) -> int:
    """Count the places that a text takes in a terminal, as formatters of Markdown do."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
