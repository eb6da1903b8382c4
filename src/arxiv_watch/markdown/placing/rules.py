"""The rules by which people place a new entry, and which of them they follow: learned from the last ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.history.changes import Arrivals
from arxiv_watch.markdown.reading.sections import shown_date

# Compared on the insertions in the histories of sixty lists, later of thirty; the rest was set by hand.
_OWN = 20  # insertions under the heading itself that are looked at
_OTHERS = 40  # insertions anywhere in the file
# What an insertion counts of the next one: what was done last says more than what was done most.
_FADING, _FADING_OTHERS = 0.85, 0.95
_WEIGHT_OF_OTHERS = 3.0  # own insertions that all others together stand for
_WEIGHT_OF_ORDER = 1.0  # own insertions that entries kept in order of time stand for
_WEIGHT_OF_END = 0.3  # and those that show no more than an end at which the list grows
_AGREEMENT = 10  # power of a score: weak rules at one place, however many, outvote no strong one elsewhere
_BULK = 30  # entries of one commit; more were not placed one by one
_REMEMBERED = 8  # files


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry that others may be placed beside.

    Attributes:
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


def entries_beside(document: Document, section: Section, arrivals: Arrivals | None = None) -> list[Standing]:
    """Return the entries of a section that are written as most of its papers are, in their order."""
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


def main_run(beside: Sequence[Standing]) -> range:
    """Return the last run that is not much smaller than the others."""
    runs = [one.entry.run for one in beside if one.entry.ids]
    sizes = Counter(runs or [one.entry.run for one in beside])
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    inside = [index for index, one in enumerate(beside) if one.entry.run == last]
    return range(inside[0], inside[-1] + 1)


Find = Callable[[Sequence[Standing], ArxivId], int | None]
"""Counts the entries above a paper's place; None where they do not show what a rule needs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which people place entries.

    Attributes:
        words: Where they go, after "new entries go".
        find: Finds the place.
        direction: Of several papers at one place, later ones come later (1), first (-1), or as given (0).
    """

    words: str
    find: Find
    direction: int = 0

    def neighbour(self, place: int, entries: int) -> int:
        """Return which of the entries a place is beside: that below it where later papers come first.

        Then a new entry goes above its neighbour, else below it; at an end there is one neighbour only.
        """
        is_below = place == entries or (place > 0 and self.direction >= 0)
        return place - is_below


def _added_last(beside: Sequence[Standing]) -> list[int]:
    last = min(one.age for one in beside)
    return [index for index, one in enumerate(beside) if one.age == last]


Compare = Callable[[Standing, ArxivId], int | None]
"""Says if an entry is earlier than a paper (-1), as old (0) or later (1); None where it does not show it."""
_EARLIER, _NOT_LATER, _NOT_EARLIER = (-1,), (-1, 0), (0, 1)


def _by_id(one: Standing, paper: ArxivId) -> int | None:
    ids = one.entry.ids
    return (ids[0] > paper) - (ids[0] < paper) if ids else None


def _by_month(one: Standing, paper: ArxivId) -> int | None:
    ids, asked = one.entry.ids, paper.month_index
    return (ids[0].month_index > asked) - (ids[0].month_index < asked) if ids else None


def _by_date(one: Standing, paper: ArxivId) -> int | None:
    """Compare the date that an entry shows; where it shows a year alone, the years."""
    shown, asked = (one.year, one.month), (paper.month.year, paper.month.month if one.month else 0)
    return (shown > asked) - (shown < asked) if one.year else None


def _above_first(compare: Compare, wanted: Sequence[int]) -> Find:
    """Find the place above the first entry that compares so with a paper, or else below all."""

    def find(beside: Sequence[Standing], paper: ArxivId) -> int | None:
        if all(compare(one, paper) is None for one in beside):
            return None
        fitting = (index for index, one in enumerate(beside) if compare(one, paper) in wanted)
        return next(fitting, len(beside))

    return find


def _below_last(compare: Compare, wanted: Sequence[int]) -> Find:
    """Find the place below the last entry that compares so with a paper, or else above all."""

    def find(beside: Sequence[Standing], paper: ArxivId) -> int | None:
        if all(compare(one, paper) is None for one in beside):
            return None
        places = range(len(beside), 0, -1)
        return next((place for place in places if compare(beside[place - 1], paper) in wanted), 0)

    return find


# Of rules that explain the past equally well the first one is taken.
RULES: Mapping[str, Rule] = {
    "bottom": Rule("to the end of the last group", lambda beside, _: main_run(beside).stop),
    "top": Rule("to the top of the last group", lambda beside, _: main_run(beside).start, -1),
    "oldest-first": Rule("in order, oldest first", _below_last(_by_id, _EARLIER), 1),
    "newest-first": Rule("in order, newest first", _above_first(_by_id, _EARLIER), -1),
    "very-bottom": Rule("to the end", lambda beside, _: len(beside)),
    "very-top": Rule("to the top", lambda _beside, _: 0, -1),
    # Of one date the last added comes first.
    "first-of-date": Rule("above those of their date, newest first", _above_first(_by_date, _NOT_LATER), -1),
    # Of one date the first added comes first.
    "last-of-date": Rule("below those of their date, newest first", _below_last(_by_date, _NOT_EARLIER)),
    "end-of-date": Rule("below those of their date, oldest first", _below_last(_by_date, _NOT_LATER)),
    "first-of-month": Rule(
        "above those of their month, newest first", _above_first(_by_month, _NOT_LATER), -1
    ),
    "end-of-month": Rule("below those of their month, oldest first", _below_last(_by_month, _NOT_LATER)),
    "before-last": Rule("above the one added last", lambda beside, _: _added_last(beside)[0], -1),
    "after-last": Rule("below the one added last", lambda beside, _: _added_last(beside)[-1] + 1),
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


@dataclass(frozen=True, slots=True)
class Habit:
    """How people place entries under a heading.

    Attributes:
        rule: One of `RULES`.
        right: How many of the last insertions it explains.
        tried: How many there were.
        own: Whether these were under the heading itself, not anywhere in the file.
    """

    rule: str
    right: int
    tried: int
    own: bool


def learn_habit(
    document: Document, section: Section, arrivals: Arrivals, identifier: ArxivId
) -> Habit | None:
    """Return by which rule people place a paper under a heading with entries; None where nothing shows it."""
    sections, others = _past(document, arrivals)
    beside, inserted = sections[section.line]
    own = [explaining(beside, index) for index in inserted[:_OWN]]
    return choose_habit(own, others, present_rule(section), beside, identifier)


def choose_habit(
    own: Sequence[frozenset[str]],
    others: Sequence[frozenset[str]],
    present: str,
    beside: Sequence[Standing],
    identifier: ArxivId,
) -> Habit | None:
    """Choose the place that rules speak for, the more the better they explain where people inserted.

    Rules that lead to one place speak together; the best of them is named. Of each insertion under the
    heading (`own`) and anywhere in the file, the last one first, the rules are given that explain it.
    `present` is the rule that the order of the entries speaks for.
    """
    own, others = own[:_OWN], others[:_OTHERS]
    if not others:
        return None
    scores: Counter[str] = Counter()
    scores.update({present: _WEIGHT_OF_END if present in {"top", "bottom"} else _WEIGHT_OF_ORDER})
    total = sum(_FADING_OTHERS**steps for steps in range(len(others)))
    for found, fading, weight in ((own, _FADING, 1.0), (others, _FADING_OTHERS, _WEIGHT_OF_OTHERS / total)):
        for steps, rules in enumerate(found):
            scores.update(dict.fromkeys(rules, fading**steps * weight))
    found_places = {name: rule.find(beside, identifier) for name, rule in RULES.items()}
    places = {name: place for name, place in found_places.items() if place is not None}
    votes: Counter[int] = Counter()
    for name, place in places.items():
        votes[place] += scores[name] ** _AGREEMENT
    best = max(places, key=lambda rule: (votes[places[rule]], scores[rule], rule == present))
    seen = own or others
    return Habit(best, sum(best in rules for rules in seen), len(seen), own=bool(own))


@lru_cache(maxsize=_REMEMBERED)
def _past(
    document: Document, arrivals: Arrivals
) -> tuple[Mapping[int, tuple[list[Standing], list[int]]], Sequence[frozenset[str]]]:
    """Find out who came when, once for all headings of a file.

    Returns:
        By the line of its heading, the entries of a section, and which of them people inserted one by one,
        the last one first; and the rules that explain the last insertions anywhere, the last one first.
    """
    every = {
        section.line: entries_beside(document, section, arrivals)
        for section in document.sections
        if section.entries
    }
    sizes = Counter(one.age for beside in every.values() for one in beside)
    found = {line: (beside, _inserted(beside, sizes, arrivals.read)) for line, beside in every.items()}
    insertions = [(beside, index) for beside, inserted in found.values() for index in inserted]
    last = sorted(insertions, key=lambda pair: pair[0][pair[1]].age)[:_OTHERS]
    return found, [explaining(beside, index) for beside, index in last]


def _inserted(beside: Sequence[Standing], sizes: Mapping[int, int], read: int) -> list[int]:
    """Return the entries that a person put between older ones, not with many others, the last one first."""
    oldest = max(one.age for one in beside)
    return [
        index
        for index, one in sorted(enumerate(beside), key=lambda pair: pair[1].age)
        if one.entry.ids and not one.moved and one.age < min(read, oldest) and sizes[one.age] <= _BULK
    ]


def explaining(beside: Sequence[Standing], index: int) -> frozenset[str]:
    """Return the rules that put an entry where it is, among those that were there before it."""
    new = beside[index]
    old = [one for one in beside if one.age > new.age]
    above = sum(one.age > new.age for one in beside[:index])
    is_first_of_run = all(one.entry.run != new.entry.run for one in old)
    return frozenset(
        name
        for name, rule in RULES.items()
        if rule.find(old, new.entry.ids[0]) == above
        if is_first_of_run or old[rule.neighbour(above, len(old))].entry.run == new.entry.run
    )
