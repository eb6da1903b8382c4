"""How wide the cells of a new row are: as those above and below it, where a column has one width."""

from __future__ import annotations

from collections.abc import Sequence

from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import split_cells
from arxiv_watch.markdown.placing.slots import Slot
from arxiv_watch.wording import width_of

_BESIDE = 8  # rows, nearest to the new one, that show how wide a column is


def rows_beside(document: Document, section: Section, slot: Slot) -> list[str]:
    """Return the header of the table that a row goes to, or an empty line, and the rows nearest to there.

    Nothing where no row is written.
    """
    neighbour = slot.neighbour
    if neighbour is None or not FORMATS[slot.style].in_cells:
        return []
    rows = [
        entry
        for entry in section.entries
        if entry.style == slot.style and entry.header == neighbour.header and entry.line == entry.end_line
    ]
    rows.sort(key=lambda entry: abs(entry.line - neighbour.line))
    return [document.header(neighbour), *map(document.text, rows[:_BESIDE])]


def pad_row(row: str, beside: Sequence[str]) -> str:
    """Pad each cell of a row as the cells above and below it are, where they have one width and it fits.

    Args:
        row: The new row.
        beside: The table's header, and rows of it; empty where no row is written.
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
