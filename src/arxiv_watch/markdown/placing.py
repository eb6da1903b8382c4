"""Where in a section a new entry goes."""

from __future__ import annotations

from bisect import bisect
from collections import Counter
from dataclasses import dataclass

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a new entry.

    Attributes:
        line: Index of the line before which the new lines go, from 0.
        after: Whether it comes after the entry beside it.
        gap: Number of blank lines between entries.
        style: The style of the entries there; empty where there are none.
        neighbour: The entry it stands beside, or None under a heading without entries.
        direction: 1 where later papers come later, -1 where they come first, 0 where as they were given.
    """

    line: int
    after: bool
    gap: int
    style: str = ""
    neighbour: Entry | None = None
    direction: int = 0

    def rank(self, identifier: ArxivId) -> tuple[int, int]:
        """Rank papers that go to this one place."""
        month, _, number = identifier.sort_key
        return (self.direction * month, self.direction * number)


def next_number(section: Section, neighbour: Entry | None) -> tuple[int, int]:
    """Return the number of a new entry, and what each further one adds: nothing where all bear the same."""
    if neighbour is None:
        return 1, 1
    numbers = [entry.number for entry in section.entries if entry.style == neighbour.style]
    step = int(len(numbers) == 1 or len(set(numbers)) > 1)
    return neighbour.number + step, step


def choose_slot(section: Section, identifier: ArxivId, policy: str | None = None) -> Slot:
    """Choose the place of a new entry in a section that has entries.

    Args:
        section: The section.
        identifier: The paper.
        policy: `top`, `bottom`, `newest-first` or `oldest-first`, where the history shows what people do;
            None to go by the present order.
    """
    run = _main_run(section)
    policy = policy or {"prepend": "top", "append": "bottom", "alphabetical": "bottom"}.get(
        section.order, section.order
    )
    numbers = [entry.number for entry in run if entry.number]
    if len(numbers) == 1 or len(set(numbers)) > 1:  # elsewhere every later number would be wrong
        policy = "top" if numbers[0] > numbers[-1] else "bottom"
    if policy in {"newest-first", "oldest-first"}:
        return _sorted_slot(run, identifier, newest_first=policy == "newest-first")
    return _before(run, 0, -1) if policy == "top" else _after(run, len(run) - 1, 0)


def _main_run(section: Section) -> list[Entry]:
    """Return the last run that is not much smaller than the others, with papers in it."""
    papers = [entry for entry in section.entries if entry.ids] or section.entries
    sizes = Counter(entry.run for entry in papers)
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    styles = Counter(entry.style for entry in papers if entry.run == last)
    style = max(styles, key=lambda style: styles[style])
    return [entry for entry in section.entries if entry.run == last and entry.style == style]


def _sorted_slot(run: list[Entry], identifier: ArxivId, *, newest_first: bool) -> Slot:
    keyed = [(index, entry.ids[0]) for index, entry in enumerate(run) if entry.ids]
    if newest_first:
        older = next((index for index, other in keyed if other < identifier), None)
        return _after(run, len(run) - 1, -1) if older is None else _before(run, older, -1)
    older = next((index for index, other in reversed(keyed) if other < identifier), None)
    return _before(run, 0, 1) if older is None else _after(run, older, 1)


def _before(run: list[Entry], index: int, direction: int) -> Slot:
    return _slot(run, index, run[index].line - 1, after=False, direction=direction)


def _after(run: list[Entry], index: int, direction: int) -> Slot:
    return _slot(run, index, run[index].end_line, after=True, direction=direction)


def _slot(run: list[Entry], index: int, line: int, *, after: bool, direction: int) -> Slot:
    gap = _gap(run, index + after)
    return Slot(line, after=after, gap=gap, style=run[index].style, neighbour=run[index], direction=direction)


def empty_slot(document: Document, section: Section) -> Slot:
    """Return the place under a heading without entries: after what stands there, before the next heading."""
    index = bisect(document.sections, section.line, key=lambda other: other.line)
    end = document.sections[index].line - 1 if index < len(document.sections) else len(document.lines)
    while end > section.line and not document.lines[end - 1].strip():
        end -= 1
    return Slot(end, after=True, gap=1)


def _gap(run: list[Entry], index: int) -> int:
    """Count the blank lines between entries near a place: those of most of the five nearest gaps."""
    gaps = [entry.gap for entry in run[1:]]
    near = gaps[max(index - 3, 0) : index + 2] or gaps
    counts = Counter(gap for gap in near if gap >= 0)
    least = 1 if run[0].style in {"paragraph", "heading"} and all(gaps) else 0
    return max(counts, key=lambda gap: counts[gap], default=least)
