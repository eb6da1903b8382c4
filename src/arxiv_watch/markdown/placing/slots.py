"""Where in a section a new entry goes."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.placing.rules import RULES, Standing, main_run
from arxiv_watch.markdown.reading.sections import YEAR_LINE

# matches '<a name="OCR"></a>' and "<a id='ocr'/>"
_ANCHOR = re.compile(r"\s*<a\s+(?:name|id)=[^<>]*>(?:\s*</a>)?\s*")
_RULE = re.compile(r" {0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*")  # matches "---" and "***"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a new entry.

    Attributes:
        line: Index of the line before which the new lines go, from 0.
        gap: The lines between entries: blank ones, or a rule among them.
        neighbour: The entry it stands beside, or None under a heading without entries.
        direction: 1 where later papers come later, -1 where they come first, 0 where as they were given.
    """

    line: int
    gap: tuple[str, ...]
    neighbour: Entry | None = None
    direction: int = 0

    @property
    def after(self) -> bool:
        """Whether it comes after the entry beside it, or after a heading without entries."""
        return self.neighbour is None or self.line >= self.neighbour.end_line

    @property
    def style(self) -> str:
        """The style of the entries there; empty where there are none."""
        return self.neighbour.style if self.neighbour else ""

    def rank(self, identifier: ArxivId) -> tuple[int, int]:
        """Rank papers that go to this one place."""
        month, _, number = identifier.sort_key
        return (self.direction * month, self.direction * number)


def next_number(section: Section, slot: Slot) -> tuple[int, int]:
    """Return the number of a new entry, and what each further one adds: nothing where all bear the same."""
    numbers = [entry.number for entry in section.entries if entry.style == slot.style]
    if slot.neighbour and is_counted(numbers):
        return slot.neighbour.number + 1, 1
    return Counter(numbers).most_common(1)[0][0], 0


def is_counted(numbers: Sequence[int]) -> bool:
    """Return whether people count entries on; in Markdown all may bear a `1.`, one by mistake another."""
    return len(numbers) == 1 or 2 * len(set(numbers)) > len(numbers)


def choose_slot(beside: Sequence[Standing], identifier: ArxivId, rule: str | None, order: str) -> Slot:
    """Choose the place of a new entry among the entries of a section, of which there are some.

    By the rule that people follow, if the history shows one, or else by that which the order of the entries
    speaks for, whose end is that of their main run.
    """
    run = main_run(beside)
    inside = beside[run.start : run.stop]
    numbers = [one.entry.number for one in inside if one.entry.number]
    if numbers and is_counted(numbers):  # elsewhere every later number would be wrong
        rule, order = None, "top" if numbers[0] > numbers[-1] else "bottom"
    if rule is None:
        rule, beside = order, inside if order in {"top", "bottom"} else beside
    chosen = RULES[rule]
    place = chosen.find(beside, identifier)
    if place is None:
        place = len(beside)
    neighbour = chosen.neighbour(place, len(beside))
    entry = beside[neighbour].entry
    line = entry.end_line if neighbour < place else entry.line - 1
    gap = _gap([one.entry for one in beside], place)
    return Slot(line, ("",) * gap, entry, chosen.direction)


def set_clear(document: Document, section: Section, slot: Slot, identifier: ArxivId) -> Slot:
    """Part a place from the entries around it as these are parted.

    By the rule that stands between most of them, below the figure of the entry above, above the line of an
    earlier year.
    """
    if slot.neighbour is None or not FORMATS[slot.style].is_parted:
        return slot
    if rule := _rule_between(document, section):
        return replace(slot, gap=rule)
    if slot.after:
        return replace(slot, line=_below(document, section, slot.neighbour))
    line = _above(document, section, slot.neighbour, identifier)
    return slot if line == slot.line else replace(slot, line=line, gap=slot.gap or ("",))


def _rule_between(document: Document, section: Section) -> tuple[str, ...]:
    """Return the lines with a rule that stand between most entries, such as a blank, `---` and a blank."""
    between = Counter(
        document.lines[one.end_line : other.line - 1] for one, other in pairwise(section.entries)
    )
    [(lines, count)] = between.most_common(1) or [((), 0)]
    is_usual = 2 * count > between.total() and any(map(_RULE.fullmatch, lines))
    return lines if is_usual else ()


def _above(document: Document, section: Section, entry: Entry, identifier: ArxivId) -> int:
    """Return the line, from 0, of an entry, or of an earlier year's line above it: `***2020:***`.

    The section's own heading is no such line: who asks for `2020` gets it.
    """
    end = _last_text(document.lines, section.line, entry.line - 1)
    year = YEAR_LINE.fullmatch(document.lines[end - 1]) if end > section.line else None
    return end - 1 if year and int(year[1]) < identifier.month.year else entry.line - 1


def _below(document: Document, section: Section, entry: Entry) -> int:
    """Return the line, from 0, below an entry, and below its figure or text where most entries have one."""
    if not FORMATS[entry.style].is_open:
        return entry.end_line
    lines, starts = document.lines, [other.line - 1 for other in section.entries]
    ends = [*starts[1:], empty_slot(document, section).line]
    own = [_last_text(lines, other.end_line, end) for other, end in zip(section.entries, ends, strict=True)]
    longer = sum(end > other.end_line for other, end in zip(section.entries, own, strict=True))
    return own[section.entries.index(entry)] if 2 * longer > len(own) else entry.end_line


def empty_slot(document: Document, section: Section) -> Slot:
    """Return the place under a heading without entries: after what stands there, before the next heading.

    An anchor that stands right above the next heading belongs to that one: `<a name="OCR"></a>` in a list
    such as amusi's CVPR papers with code.
    """
    index = bisect(document.sections, section.line, key=lambda other: other.line)
    end = document.sections[index].line - 1 if index < len(document.sections) else len(document.lines)
    end = _last_text(document.lines, section.line, end)
    lines = document.lines
    if end > section.line and _ANCHOR.fullmatch(lines[end - 1]) and not lines[end - 2].strip():
        end = _last_text(lines, section.line, end - 1)
    return Slot(end, gap=("",))


def _last_text(lines: Sequence[str], start: int, end: int) -> int:
    """Step back over blank lines, but not above `start`."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _gap(run: list[Entry], index: int) -> int:
    """Count the blank lines between entries near a place: those of most of the five nearest gaps."""
    gaps = [entry.gap for entry in run[1:]]
    near = gaps[max(index - 3, 0) : index + 2] or gaps
    counts = Counter(gap for gap in near if gap >= 0)
    least = 1 if FORMATS[run[0].style].needs_gap and all(gaps) else 0
    return max(counts, key=lambda gap: counts[gap], default=least)
