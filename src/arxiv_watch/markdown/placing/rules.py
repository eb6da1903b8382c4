"""The rules by which people place a new entry among those of a section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.history.arrivals import Arrivals
from arxiv_watch.markdown.reading.sections import shown_date


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


Beside = Sequence[Standing]
"""The entries of a section that are written as most of its papers are, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place among entries: which of them it is beside, and whether it is after it."""

    index: int
    after: bool = False

    @property
    def above(self) -> int:
        """How many of the entries are above the place."""
        return self.index + self.after


Find = Callable[[Beside, ArxivId], Anchor | None]
"""Finds the place of a paper among entries; None where these do not show what a rule needs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which people place entries.

    Attributes:
        words: Where they go, after "new entries go".
        anchor: Finds the place.
        direction: Of several papers at one place, later ones come later (1), first (-1), or as given (0).
    """

    words: str
    anchor: Find
    direction: int = 0


def entries_beside(document: Document, section: Section, arrivals: Arrivals | None = None) -> list[Standing]:
    """Return the entries of a section that are written as most of its papers are."""
    return [
        Standing(
            entry,
            *shown_date(document.text(entry)),
            age=arrivals.ages[entry.line - 1] if arrivals else 0,
            moved=arrivals is not None and entry.line - 1 in arrivals.moved,
        )
        for entry in section.entries
        if entry.style == section.style
    ]


def main_run(beside: Beside) -> range:
    """Return the last run that is not much smaller than the others."""
    runs = [one.entry.run for one in beside if one.entry.ids]
    sizes = Counter(runs or [one.entry.run for one in beside])
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    inside = [index for index, one in enumerate(beside) if one.entry.run == last]
    return range(inside[0], inside[-1] + 1)


# The rules of an end.


def _at_top(_beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(0)


def _at_bottom(beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(len(beside) - 1, after=True)


def _at_top_of_run(beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(main_run(beside)[0])


def _at_bottom_of_run(beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(main_run(beside)[-1], after=True)


def _above_added_last(beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(_added_last(beside)[0])


def _below_added_last(beside: Beside, _paper: ArxivId) -> Anchor:
    return Anchor(_added_last(beside)[-1], after=True)


def _added_last(beside: Beside) -> list[int]:
    last = min(one.age for one in beside)
    return [index for index, one in enumerate(beside) if one.age == last]


# The rules of an order of time.

Compare = Callable[[Standing, ArxivId], int | None]
"""Says if an entry is earlier than a paper (-1), as old (0) or later (1); None where it does not show it."""
_EARLIER, _NOT_LATER, _NOT_EARLIER = (-1,), (-1, 0), (0, 1)


def _by_id(one: Standing, paper: ArxivId) -> int | None:
    ids = one.entry.ids
    return (ids[0] > paper) - (ids[0] < paper) if ids else None


def _by_month(one: Standing, paper: ArxivId) -> int | None:
    ids = one.entry.ids
    return (
        (ids[0].month_index > paper.month_index) - (ids[0].month_index < paper.month_index) if ids else None
    )


def _by_date(one: Standing, paper: ArxivId) -> int | None:
    """Compare the date that an entry shows; where it shows a year alone, the years."""
    shown, asked = (one.year, one.month), (paper.month.year, paper.month.month if one.month else 0)
    return (shown > asked) - (shown < asked) if one.year else None


def _above_first(compare: Compare, wanted: Sequence[int]) -> Find:
    """Find the place above the first entry that compares so with a paper, or else below all."""

    def find(beside: Beside, paper: ArxivId) -> Anchor | None:
        found = next((index for index, one in enumerate(beside) if compare(one, paper) in wanted), None)
        if found is None:
            return _at_bottom(beside, paper) if _compares(beside, compare, paper) else None
        return Anchor(found)

    return find


def _below_last(compare: Compare, wanted: Sequence[int]) -> Find:
    """Find the place below the last entry that compares so with a paper, or else above all."""

    def find(beside: Beside, paper: ArxivId) -> Anchor | None:
        from_below = reversed(range(len(beside)))
        found = next((index for index in from_below if compare(beside[index], paper) in wanted), None)
        if found is None:
            return _at_top(beside, paper) if _compares(beside, compare, paper) else None
        return Anchor(found, after=True)

    return find


def _compares(beside: Beside, compare: Compare, paper: ArxivId) -> bool:
    return any(compare(one, paper) is not None for one in beside)


# Of rules that explain the past equally well the first one is taken.
RULES: Mapping[str, Rule] = {
    "bottom": Rule("to the end of the last group", _at_bottom_of_run),
    "top": Rule("to the top of the last group", _at_top_of_run, -1),
    "oldest-first": Rule("in order, oldest first", _below_last(_by_id, _EARLIER), 1),
    "newest-first": Rule("in order, newest first", _above_first(_by_id, _EARLIER), -1),
    "very-bottom": Rule("to the end", _at_bottom),
    "very-top": Rule("to the top", _at_top, -1),
    # Of one date the last added first,
    "first-of-date": Rule("above those of their date, newest first", _above_first(_by_date, _NOT_LATER), -1),
    # and in these the first added.
    "last-of-date": Rule("below those of their date, newest first", _below_last(_by_date, _NOT_EARLIER)),
    "end-of-date": Rule("below those of their date, oldest first", _below_last(_by_date, _NOT_LATER)),
    "first-of-month": Rule(
        "above those of their month, newest first", _above_first(_by_month, _NOT_LATER), -1
    ),
    "end-of-month": Rule("below those of their month, oldest first", _below_last(_by_month, _NOT_LATER)),
    "before-last": Rule("above the one added last", _above_added_last, -1),
    "after-last": Rule("below the one added last", _below_added_last),
}
_RULE_OF_ORDER = {
    ("newest-first", "id"): "newest-first",
    ("oldest-first", "id"): "oldest-first",
    ("newest-first", "date"): "first-of-date",
    ("oldest-first", "date"): "end-of-date",
    ("newest-first", "month"): "first-of-month",
    ("oldest-first", "month"): "end-of-month",
    ("prepend", ""): "top",
}


def present_rule(section: Section) -> str:
    """Return the rule that the order of a section's entries speaks for: an end, where they are in none."""
    return _RULE_OF_ORDER.get((section.order, section.ordered_by), "bottom")
