"""What a section is: its entries, whether more belong there, its groups and its order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import PurePosixPath

from arxiv_watch.markdown.document import Entry, Section
from arxiv_watch.markdown.formats.format import FileText
from arxiv_watch.markdown.formats.paragraph import with_unlinked
from arxiv_watch.markdown.reading.heading_text import excludes_below, is_category
from arxiv_watch.markdown.reading.order import shown_date, tell_order

_NAME_WORDS = 3  # of what an item names, where it is no title
YEAR_LINE = re.compile(r"\W{0,12}((?:19|20)\d\d)\W{0,12}")  # matches "***2020:***"
"""A line that names the year of the entries below it."""


@dataclass(slots=True)
class OpenHeading:
    """A heading while a file is read; `line` counts from 0, `details` the folds that it stands in."""

    level: int
    text: str
    line: int
    details: int = 0


@dataclass(slots=True)
class OpenSection:
    """A section while a file is read.

    Attributes:
        headings: Those above its entries, outermost first.
        entries: The entries found so far.
        loose: The lines, from 0, of its paragraphs that link to no paper on arXiv.
        breaks: The lines, from 0, of prose and rules.
        empty: Whether nothing but headings stands in it.
        linked: Whether its heading or a paragraph links to a paper by a label.
        end: The line after what stands directly under the heading, from 0.
        closed: Whether a rule has ended that.
    """

    headings: tuple[OpenHeading, ...]
    entries: list[Entry] = field(default_factory=list)
    loose: list[range] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    empty: bool = True
    linked: bool = False
    end: int = 0
    closed: bool = False


def finish_sections(sections: Sequence[OpenSection], file: FileText, path: str) -> list[Section]:
    """Make the sections of a file of what was found in it."""
    finished = [_finish(section, file, path) for section in sections]
    beside = {section.path[:-1] for section in finished if section.category}
    above = {section.path[:size] for section in finished for size in range(len(section.path))}

    def is_awaiting(section: Section) -> bool:
        """Return whether papers are expected under an empty heading: there are some under those beside it."""
        where = section.path
        return bool(where) and is_category(where[-1]) and where[:-1] in beside and where not in above

    return [
        replace(section, category=True) if found.empty and is_awaiting(section) else section
        for found, section in zip(sections, finished, strict=True)
    ]


def _finish(found: OpenSection, file: FileText, path: str) -> Section:
    names = tuple(heading.text for heading in found.headings)
    entries: Sequence[Entry] = found.entries
    if found.loose and entries:
        entries = with_unlinked(file, entries, found.loose)
    entries = tuple(_in_groups(entries, found.breaks))
    style = main_style(entries)
    alike = [entry for entry in entries if entry.style == style]
    dates = [shown_date(file.text(entry.line - 1, entry.end_line)) for entry in alike]
    order, ordered_by = tell_order(alike, dates)
    return Section(
        path=names or (PurePosixPath(path).stem,),
        level=found.headings[-1].level if found.headings else 0,
        line=found.headings[-1].line + 1 if found.headings else 0,
        style=style,
        order=order,
        ordered_by=ordered_by,
        entries=entries,
        category=_holds_papers(names, entries),
    )


def main_style(entries: Sequence[Entry]) -> str:
    """Return the style of most papers, or of most entries where none is of arXiv; empty without entries."""
    styles = Counter(entry.style for entry in entries if entry.ids) or Counter(one.style for one in entries)
    return max(styles, key=lambda style: styles[style], default="")


def _holds_papers(names: tuple[str, ...], entries: tuple[Entry, ...]) -> bool:
    if names and (not is_category(names[-1]) or any(excludes_below(name) for name in names[:-1])):
        return False
    if any(entry.ids for entry in entries):
        return True
    titled = sum(len(entry.title.split()) > _NAME_WORDS for entry in entries)
    return titled * 2 > len(entries)


def _in_groups(entries: Sequence[Entry], breaks: Sequence[int]) -> Sequence[Entry]:
    """Number the groups that prose and rules part entries into; what stands between most parts none."""
    starts = {entry.line - 1 for entry in entries}  # a paper found late was taken for prose
    breaks = [line for line in breaks if line not in starts]
    runs = [bisect_left(breaks, entry.line - 1) for entry in entries]
    parted = sum(one != other for one, other in pairwise(runs))
    if 2 * parted >= len(entries) - 1:
        return entries
    return [replace(entry, run=run) if run else entry for entry, run in zip(entries, runs, strict=True)]
