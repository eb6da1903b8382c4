"""The rules by which people place a new entry among those of a section."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.arrivals import Arrivals
from arxiv_watch.markdown.document import Document, Entry, Section

# Matches "https://arxiv.org/abs/2403.01234" and "](papers/2024.pdf)". The parenthesis at its end may be
# missing: were it needed, each "](" of a text without one would be followed to the text's end.
_ADDRESS = re.compile(r"https?://\S+|\]\([^)\s]*\)?")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY = r"[-./](?:3[01]|[12]\d|0?[1-9])(?!\d)"
# Matches "2024", "2024.10", "2024-03-27" and "Oct 2024"; digits of longer numbers are none.
_DATE = re.compile(
    rf"(?:\b({_MONTHS})[a-z]*\.?,? ?)?(?<!\d)(20[0-3]\d)"
    rf"(?:[-./](1[0-2]|0?[1-9])(?!\d)(?:{_DAY})?)?(?![\d-]\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that others may be placed beside.

    Attributes:
        entry: The entry.
        year: The last year that its text shows, or 0.
        month: The month beside it, or 0.
        age: How many commits ago it came.
        moved: Whether it stood elsewhere before.
    """

    entry: Entry
    year: int = 0
    month: int = 0
    age: int = 0
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place among entries: which of them it is beside, and whether it is after it."""

    index: int
    after: bool = False

    @property
    def above(self) -> int:
        """How many of the entries are above the place."""
        return self.index + self.after


def shown_date(text: str) -> tuple[int, int]:
    """Return the year and month of the latest date in an entry's text; 0 for what it does not show."""
    dates = []
    for found in _DATE.finditer(_ADDRESS.sub(" ", text)):
        word = found[1]
        month = _MONTHS.split("|").index(word.lower()) + 1 if word else int(found[3] or 0)
        dates.append((int(found[2]), month))
    return max(dates, default=(0, 0))


def entries_beside(document: Document, section: Section, arrivals: Arrivals | None = None) -> list[Standing]:
    """Return the entries of a section that are written as most of its papers are."""
    papers = [entry for entry in section.entries if entry.ids] or section.entries
    [(style, _)] = Counter(entry.style for entry in papers).most_common(1)
    return [
        Standing(
            entry,
            *shown_date("\n".join(document.lines[entry.line - 1 : entry.end_line])),
            age=arrivals.ages[entry.line - 1] if arrivals else 0,
            moved=arrivals is not None and entry.line - 1 in arrivals.moved,
        )
        for entry in section.entries
        if entry.style == style
    ]


def _top(_beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(0)


def _bottom(beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(len(beside) - 1, after=True)


def main_run(beside: Sequence[Standing]) -> range:
    """Return the last run that is not much smaller than the others."""
    runs = [one.entry.run for one in beside if one.entry.ids]
    runs = runs or [one.entry.run for one in beside]
    sizes = Counter(runs)
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    inside = [index for index, one in enumerate(beside) if one.entry.run == last]
    return range(inside[0], inside[-1] + 1)


def _run_top(beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(main_run(beside)[0])


def _run_bottom(beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(main_run(beside)[-1], after=True)


def _newest_first(beside: Sequence[Standing], identifier: ArxivId) -> Anchor:
    for index, one in enumerate(beside):
        if one.entry.ids and one.entry.ids[0] < identifier:
            return Anchor(index)
    return Anchor(len(beside) - 1, after=True)


def _oldest_first(beside: Sequence[Standing], identifier: ArxivId) -> Anchor:
    for index in range(len(beside) - 1, -1, -1):
        if beside[index].entry.ids and beside[index].entry.ids[0] < identifier:
            return Anchor(index, after=True)
    return Anchor(0)


def _compare(one: Standing, identifier: ArxivId) -> int:
    """Tell whether an entry's date is after (1), before (-1) or that of a paper, as far as it shows one."""
    year, month = identifier.month.year, identifier.month.month
    if not one.month:
        return (one.year > year) - (one.year < year)
    return ((one.year, one.month) > (year, month)) - ((one.year, one.month) < (year, month))


def _first_of_date(beside: Sequence[Standing], identifier: ArxivId) -> Anchor | None:
    """Newest dates first, and of one date the last added."""
    dated = [index for index, one in enumerate(beside) if one.year]
    if not dated:
        return None
    found = next((index for index in dated if _compare(beside[index], identifier) <= 0), None)
    return Anchor(len(beside) - 1, after=True) if found is None else Anchor(found)


def _last_of_date(beside: Sequence[Standing], identifier: ArxivId) -> Anchor | None:
    """Newest dates first, and of one date the first added."""
    dated = [index for index, one in enumerate(beside) if one.year]
    if not dated:
        return None
    found = next((index for index in reversed(dated) if _compare(beside[index], identifier) >= 0), None)
    return Anchor(0) if found is None else Anchor(found, after=True)


def _end_of_date(beside: Sequence[Standing], identifier: ArxivId) -> Anchor | None:
    """Oldest dates first, and of one date the first added."""
    dated = [index for index, one in enumerate(beside) if one.year]
    if not dated:
        return None
    found = next((index for index in reversed(dated) if _compare(beside[index], identifier) <= 0), None)
    return Anchor(0) if found is None else Anchor(found, after=True)


def _before_last(beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(_latest(beside)[0])


def _after_last(beside: Sequence[Standing], _identifier: ArxivId) -> Anchor:
    return Anchor(_latest(beside)[-1], after=True)


def _latest(beside: Sequence[Standing]) -> list[int]:
    """Return the entries that came last."""
    last = min(one.age for one in beside)
    return [index for index, one in enumerate(beside) if one.age == last]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which people place entries.

    Attributes:
        anchor: Finds the place of a paper among the entries, or None where these do not show what it needs.
        words: Where it puts them, after "new entries go".
        direction: Of several papers at one place, later ones come later (1), first (-1), or as given (0).
    """

    anchor: Callable[[Sequence[Standing], ArxivId], Anchor | None]
    words: str
    direction: int = 0


# Of rules that explain the past equally well the first one is taken.
RULES: Mapping[str, Rule] = {
    "bottom": Rule(_run_bottom, "to the end of the last group"),
    "top": Rule(_run_top, "to the top of the last group", -1),
    "oldest-first": Rule(_oldest_first, "in order, oldest first", 1),
    "newest-first": Rule(_newest_first, "in order, newest first", -1),
    "very-bottom": Rule(_bottom, "to the end"),
    "very-top": Rule(_top, "to the top", -1),
    "first-of-date": Rule(_first_of_date, "above those of their date, newest first", -1),
    "last-of-date": Rule(_last_of_date, "below those of their date, newest first"),
    "end-of-date": Rule(_end_of_date, "below those of their date, oldest first"),
    "before-last": Rule(_before_last, "above the one added last", -1),
    "after-last": Rule(_after_last, "below the one added last"),
}
