"""Where in a section a new entry goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, Section


@dataclass(frozen=True, slots=True)
class Slot:
    """A place between entries.

    Attributes:
        line: Index of the line before which the new lines go, from 0.
        neighbour: The entry it stands beside.
        after: Whether it comes after the neighbour.
        gap: Number of blank lines between entries.
    """

    line: int
    neighbour: Entry
    after: bool
    gap: int


def choose_slot(section: Section, identifier: ArxivId, end: str | None = None) -> Slot:
    """Choose the place of a new entry in a section that has entries.

    Args:
        section: The section.
        identifier: The paper.
        end: `top` or `bottom`, where the history shows what people do; None to go by the present order.
    """
    run = _main_run(section)
    order = section.order
    if order in {"newest-first", "oldest-first"} and not _numbered(run):
        return _sorted_slot(run, identifier, newest_first=order == "newest-first")
    if (end or ("top" if order in {"prepend", "newest-first"} else "bottom")) == "top" and not _numbered(run):
        return _before(run, 0)
    return _after(run, len(run) - 1)


def _main_run(section: Section) -> list[Entry]:
    """Return the last run that is not much smaller than the others, with papers in it."""
    sizes = Counter(entry.run for entry in section.entries if entry.ids) or Counter(
        entry.run for entry in section.entries
    )
    style = section.style
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    return [entry for entry in section.entries if entry.run == last and entry.style == style] or [
        entry for entry in section.entries if entry.run == last
    ]


def _numbered(run: Sequence[Entry]) -> bool:
    return run[0].style == "numbered"


def _sorted_slot(run: list[Entry], identifier: ArxivId, *, newest_first: bool) -> Slot:
    keyed = [(index, entry.ids[0]) for index, entry in enumerate(run) if entry.ids]
    if newest_first:
        older = next((index for index, other in keyed if other < identifier), None)
        return _after(run, len(run) - 1) if older is None else _before(run, older)
    older = next((index for index, other in reversed(keyed) if other < identifier), None)
    return _before(run, 0) if older is None else _after(run, older)


def _before(run: list[Entry], index: int) -> Slot:
    return Slot(run[index].line - 1, run[index], after=False, gap=_gap(run, index))


def _after(run: list[Entry], index: int) -> Slot:
    return Slot(run[index].end_line, run[index], after=True, gap=_gap(run, index + 1))


def _gap(run: list[Entry], index: int) -> int:
    """Count the blank lines between entries near a place: those of most of the five nearest gaps."""
    gaps = [later.line - earlier.end_line - 1 for earlier, later in pairwise(run)]
    near = gaps[max(index - 3, 0) : index + 2] or gaps
    counts = Counter(gap for gap in near if gap >= 0)
    return max(counts, key=lambda gap: counts[gap], default=0)
