"""The ways in which lists write their entries, and what each asks of a new one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """A way in which entries are written.

    Attributes:
        in_cells: It is a row, learned column by column; a pipe in a title would part two cells.
        in_tags: It is HTML: no backslash escapes there, it goes only among whole rows or items on lines of
            their own, and it shows no other heading how entries are written.
        is_heading: Its title is in its first line, which is a heading.
        bears_number: Its marker may hold a number.
        is_plain: A linked title will do, where there is nothing to learn from.
        is_parted: Rules and lines of years may stand between entries.
        is_open: What follows it, such as a figure, may belong to it.
        needs_gap: Without a blank line it would run into the next one.
    """

    in_cells: bool = False
    in_tags: bool = False
    is_heading: bool = False
    bears_number: bool = False
    is_plain: bool = False
    is_parted: bool = False
    is_open: bool = False
    needs_gap: bool = False


STYLES = {
    "bullet": Style(is_plain=True, is_parted=True),
    "numbered": Style(bears_number=True),
    "table": Style(in_cells=True),
    "paragraph": Style(is_plain=True, is_parted=True, is_open=True, needs_gap=True),
    "html": Style(in_tags=True),
    "heading": Style(is_heading=True, bears_number=True, needs_gap=True),
    "": Style(),  # under a heading without entries
}
