"""The rules by which people place a new entry among those of a section, and which of them they follow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.history.arrivals import Arrivals
from arxiv_watch.markdown.reading.sections import FEWEST_IN_ORDER, direction
from arxiv_watch.months import SHORT_MONTHS

# Matches "https://arxiv.org/abs/2403.01234" and "](papers/2024.pdf)". The parenthesis at its end may be
# missing: were it needed, each "](" of a text without one would be followed to the text's end.
_ADDRESS = re.compile(r"https?://\S+|\]\([^)\s]*\)?")
_DAY = r"[-./](?:3[01]|[12]\d|0?[1-9])(?!\d)"
# Matches "2024", "2024.10", "2024-03-27" and "Oct 2024"; digits of longer numbers are none.
_DATE = re.compile(
    rf"(?:\b({'|'.join(SHORT_MONTHS)})[a-z]*\.?,? ?)?(?<!\d)(20[0-3]\d)"
    rf"(?:[-./](1[0-2]|0?[1-9])(?!\d)(?:{_DAY})?)?(?![\d-]\d)",
    re.IGNORECASE,
)

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
_SHOWN = 0.6  # share of entries from which the dates that they show tell their order
_FEWEST_MONTHS = 3  # two may be in order by chance
_REMEMBERED = 8  # files


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
        anchor: Finds the place.
        words: Where it is, after "new entries go".
        direction: Of several papers at one place, later ones come later (1), first (-1), or as given (0).
    """

    anchor: Find
    words: str
    direction: int = 0


@dataclass(frozen=True, slots=True)
class Habit:
    """How people place entries under a heading.

    Attributes:
        rule: The rule, one of `RULES`.
        right: How many of the last insertions it explains.
        tried: How many there were.
        own: Whether these were under the heading itself, not anywhere in the file.
    """

    rule: str
    right: int
    tried: int
    own: bool


def shown_date(text: str) -> tuple[int, int]:
    """Return the year and month of the latest date in an entry's text; 0 for what it does not show.

    A date with a month is one: in "AAAI 2026 - Aug 2025" the year is the conference's.
    """
    dates = []
    for found in _DATE.finditer(_ADDRESS.sub(" ", text)):
        month = SHORT_MONTHS.index(found[1].lower()) + 1 if found[1] else int(found[3] or 0)
        dates.append((int(found[2]), month))
    return max(dates, key=lambda date: (date[1] > 0, date), default=(0, 0))


def entries_beside(document: Document, section: Section, arrivals: Arrivals | None = None) -> list[Standing]:
    """Return the entries of a section that are written as most of its papers are."""
    papers = [entry for entry in section.entries if entry.ids] or section.entries
    [(style, _)] = Counter(entry.style for entry in papers).most_common(1)
    return [
        Standing(
            entry,
            *shown_date(document.text(entry)),
            age=arrivals.ages[entry.line - 1] if arrivals else 0,
            moved=arrivals is not None and entry.line - 1 in arrivals.moved,
        )
        for entry in section.entries
        if entry.style == style
    ]


def main_run(beside: Beside) -> range:
    """Return the last run that is not much smaller than the others."""
    runs = [one.entry.run for one in beside if one.entry.ids]
    sizes = Counter(runs or [one.entry.run for one in beside])
    last = max(sizes, key=lambda run: (sizes[run] * 4 >= max(sizes.values()), run))
    inside = [index for index, one in enumerate(beside) if one.entry.run == last]
    return range(inside[0], inside[-1] + 1)


def _added_last(beside: Beside) -> list[int]:
    last = min(one.age for one in beside)
    return [index for index, one in enumerate(beside) if one.age == last]


def _above(find: Callable[[Beside], int]) -> Find:
    return lambda beside, _: Anchor(find(beside))


def _below(find: Callable[[Beside], int]) -> Find:
    return lambda beside, _: Anchor(find(beside), after=True)


def _above_first(fits: Callable[[Standing, ArxivId], bool]) -> Find:
    """Find the place above the first entry that fits a paper, or else below all."""

    def find(beside: Beside, identifier: ArxivId) -> Anchor:
        found = next((index for index, one in enumerate(beside) if fits(one, identifier)), None)
        return Anchor(len(beside) - 1, after=True) if found is None else Anchor(found)

    return find


def _below_last(fits: Callable[[Standing, ArxivId], bool]) -> Find:
    """Find the place below the last entry that fits a paper, or else above all."""

    def find(beside: Beside, identifier: ArxivId) -> Anchor:
        from_below = range(len(beside) - 1, -1, -1)
        found = next((index for index in from_below if fits(beside[index], identifier)), None)
        return Anchor(0) if found is None else Anchor(found, after=True)

    return find


def _if_dated(find: Find) -> Find:
    """Use a rule only where entries show their dates."""
    return lambda beside, identifier: find(beside, identifier) if any(one.year for one in beside) else None


def _is_earlier(one: Standing, identifier: ArxivId) -> bool:
    return bool(one.entry.ids) and one.entry.ids[0] < identifier


def _later_by(one: Standing, identifier: ArxivId) -> int:
    """Return whether an entry's date is after (1), before (-1) or that of a paper, as far as it shows one."""
    year, month = identifier.month.year, identifier.month.month
    shown, asked = ((one.year, one.month), (year, month)) if one.month else ((one.year, 0), (year, 0))
    return (shown > asked) - (shown < asked)


def _not_later(one: Standing, identifier: ArxivId) -> bool:
    return one.year > 0 and _later_by(one, identifier) <= 0


def _not_earlier(one: Standing, identifier: ArxivId) -> bool:
    return one.year > 0 and _later_by(one, identifier) >= 0


def _not_of_later_month(one: Standing, identifier: ArxivId) -> bool:
    return bool(one.entry.ids) and one.entry.ids[0].month <= identifier.month


# Of rules that explain the past equally well the first one is taken.
RULES: Mapping[str, Rule] = {
    "bottom": Rule(_below(lambda beside: main_run(beside)[-1]), "to the end of the last group"),
    "top": Rule(_above(lambda beside: main_run(beside)[0]), "to the top of the last group", -1),
    "oldest-first": Rule(_below_last(_is_earlier), "in order, oldest first", 1),
    "newest-first": Rule(_above_first(_is_earlier), "in order, newest first", -1),
    "very-bottom": Rule(_below(lambda beside: len(beside) - 1), "to the end"),
    "very-top": Rule(_above(lambda _: 0), "to the top", -1),
    # Of one date the last added first,
    "first-of-date": Rule(_if_dated(_above_first(_not_later)), "above those of their date, newest first", -1),
    # and in these the first added.
    "last-of-date": Rule(_if_dated(_below_last(_not_earlier)), "below those of their date, newest first"),
    "end-of-date": Rule(_if_dated(_below_last(_not_later)), "below those of their date, oldest first"),
    "first-of-month": Rule(_above_first(_not_of_later_month), "above those of their month, newest first", -1),
    "end-of-month": Rule(_below_last(_not_of_later_month), "below those of their month, oldest first"),
    "before-last": Rule(_above(lambda beside: _added_last(beside)[0]), "above the one added last", -1),
    "after-last": Rule(_below(lambda beside: _added_last(beside)[-1]), "below the one added last"),
}


def present_rule(section: Section, beside: Beside) -> str:
    """Return the rule that the order of a section's entries speaks for.

    In order of identifiers, of the dates that most entries show, or of months; else an end.

    Args:
        section: The section.
        beside: Its entries that others may be placed beside.
    """
    ids = [one.entry.ids[0] for one in beside if one.entry.ids]
    shown = [(one.year, one.month) for one in beside if one.year]
    months = [one.month for one in ids]
    for keys, is_enough, falling, rising in (
        ([one.sort_key for one in ids], len(ids) > FEWEST_IN_ORDER, "newest-first", "oldest-first"),
        (shown, len(shown) >= _SHOWN * len(beside), "first-of-date", "end-of-date"),
        (months, len(set(months)) >= _FEWEST_MONTHS, "first-of-month", "end-of-month"),
    ):
        if is_enough and (told := direction(keys)):
            return rising if told > 0 else falling
    return "top" if section.order in {"prepend", "newest-first"} else "bottom"


def learn_habit(
    document: Document, section: Section, arrivals: Arrivals, identifier: ArxivId
) -> Habit | None:
    """Return by which rule people place a paper under a heading, or None where nothing shows it.

    Args:
        document: The file.
        section: The section of it; it has entries.
        arrivals: With which commit each of its lines came.
        identifier: The paper.
    """
    sections, others = _past(document, arrivals)
    beside, inserted = sections[section.line]
    own = [explaining(beside, index) for index in inserted[:_OWN]]
    return choose_habit(own, others, present_rule(section, beside), beside, identifier)


def choose_habit(
    own: Sequence[frozenset[str]],
    others: Sequence[frozenset[str]],
    present: str,
    beside: Beside,
    identifier: ArxivId,
) -> Habit | None:
    """Choose the place that rules speak for, the more the better they explain where people inserted.

    Rules that lead to one place speak together; the best of them is named.

    Args:
        own: The rules that explain each insertion under the heading, the last one first.
        others: Those that explain each insertion anywhere in the file, the last one first.
        present: The rule that the order of the entries speaks for.
        beside: The entries.
        identifier: The paper.
    """
    own, others = own[:_OWN], others[:_OTHERS]
    if not others:
        return None
    scores: Counter[str] = Counter()
    scores.update({present: _WEIGHT_OF_END if present in {"top", "bottom"} else _WEIGHT_OF_ORDER})
    total = sum(_FADING_OTHERS**place for place in range(len(others)))
    for found, fading, weight in ((own, _FADING, 1.0), (others, _FADING_OTHERS, _WEIGHT_OF_OTHERS / total)):
        for place, rules in enumerate(found):
            scores.update(dict.fromkeys(rules, fading**place * weight))
    anchors = {name: rule.anchor(beside, identifier) for name, rule in RULES.items()}
    places = {name: anchor.above for name, anchor in anchors.items() if anchor}
    votes: Counter[int] = Counter()
    for name, place in places.items():
        votes[place] += scores[name] ** _AGREEMENT
    best = max(places, key=lambda rule: (votes[places[rule]], scores[rule], rule == present))
    seen = own or others
    return Habit(best, sum(best in rules for rules in seen), len(seen), own=bool(own))


@lru_cache(maxsize=_REMEMBERED)
def _past(
    document: Document, arrivals: Arrivals
) -> tuple[Mapping[int, tuple[Beside, list[int]]], Sequence[frozenset[str]]]:
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
    places = [(beside, index) for beside, inserted in found.values() for index in inserted]
    last = sorted(places, key=lambda place: place[0][place[1]].age)[:_OTHERS]
    return found, [explaining(beside, index) for beside, index in last]


def _inserted(beside: Beside, sizes: Mapping[int, int], read: int) -> list[int]:
    """Return the entries that a person put between older ones, not with many others, the last one first."""
    oldest = max(one.age for one in beside)
    return [
        index
        for index, one in sorted(enumerate(beside), key=lambda pair: pair[1].age)
        if one.entry.ids and not one.moved and one.age < min(read, oldest) and sizes[one.age] <= _BULK
    ]


def explaining(beside: Beside, index: int) -> frozenset[str]:
    """Return the rules that put an entry where it is, among those that were there before it."""
    new = beside[index]
    old = [one for one in beside if one.age > new.age]
    above = sum(one.age > new.age for one in beside[:index])
    runs = {one.entry.run for one in old}
    found = {name: rule.anchor(old, new.entry.ids[0]) for name, rule in RULES.items()}
    return frozenset(
        name
        for name, anchor in found.items()
        if anchor and anchor.above == above
        if old[anchor.index].entry.run == new.entry.run or new.entry.run not in runs
    )
