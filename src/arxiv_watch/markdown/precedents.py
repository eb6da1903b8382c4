"""Which rule people follow where they insert, told from the entries they inserted before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.arrivals import Arrivals
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.rules import RULES, Standing, entries_beside

# Compared on the insertions in the histories of sixty lists, later of thirty; the rest was set by hand.
_OWN = 20  # insertions under the heading itself that are looked at
_OTHERS = 40  # insertions anywhere in the file
_FADING = (
    0.85  # what an insertion counts of the next one: what was done last says more than what was done most
)
_FADING_OTHERS = 0.95
_WEIGHT_OF_OTHERS = 3.0  # own insertions that all others together stand for
_WEIGHT_OF_ORDER = 1.0  # own insertions that entries kept in order of time stand for
_WEIGHT_OF_END = 0.3  # and those that show no more than an end at which the list grows
_AGREEMENT = 10  # power of a score: weak rules at one place, however many, outvote no strong one elsewhere
_BULK = 30  # entries of one commit; more were not placed one by one
_REMEMBERED = 8  # files


@dataclass(frozen=True, slots=True)
class Precedent:
    """An insertion by a person: with which commit, and the rules that give its place."""

    age: int
    rules: frozenset[str]


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


def learn_habit(
    document: Document, section: Section, arrivals: Arrivals, identifier: ArxivId
) -> Habit | None:
    """Tell by which rule people place a paper under a heading, or None where nothing shows it.

    Args:
        document: The file.
        section: The section of it; it has entries.
        arrivals: With which commit each of its lines came.
        identifier: The paper.
    """
    past = _past(document, arrivals)
    beside, inserted = past.sections[section.line]
    own = [explaining(beside, index) for index in inserted[:_OWN]]
    return choose_habit(own, past.last, present_rule(section), beside, identifier)


def choose_habit(
    own: Sequence[Precedent],
    others: Sequence[Precedent],
    present: str,
    beside: Sequence[Standing],
    identifier: ArxivId,
) -> Habit | None:
    """Choose the place that rules speak for, the more the better they explain where people inserted.

    Rules that lead to one place speak together; the best of them is named.

    Args:
        own: Insertions under the heading, the last one first.
        others: Insertions anywhere in the file, the last one first.
        present: The rule that the order of the entries speaks for.
        beside: The entries.
        identifier: The paper.
    """
    own, others = own[:_OWN], others[:_OTHERS]
    if not others:
        return None
    scores: Counter[str] = Counter()
    scores.update({present: _WEIGHT_OF_ORDER if present.endswith("-first") else _WEIGHT_OF_END})
    _count(scores, own, _FADING, 1.0)
    _count(scores, others, _FADING_OTHERS, _WEIGHT_OF_OTHERS / sum(_fading(others, _FADING_OTHERS)))
    anchors = {name: rule.anchor(beside, identifier) for name, rule in RULES.items()}
    places = {name: anchor.above for name, anchor in anchors.items() if anchor}
    votes: Counter[int] = Counter()
    for name, place in places.items():
        votes[place] += scores[name] ** _AGREEMENT
    best = max(places, key=lambda rule: (votes[places[rule]], scores[rule], rule == present))
    seen = own or others
    return Habit(best, sum(best in one.rules for one in seen), len(seen), own=bool(own))


def present_rule(section: Section) -> str:
    """Return the rule that the order of a section's entries speaks for."""
    return {"prepend": "top", "append": "bottom", "alphabetical": "bottom"}.get(section.order, section.order)


def _count(scores: Counter[str], found: Sequence[Precedent], fading: float, weight: float) -> None:
    for one, share in zip(found, _fading(found, fading), strict=True):
        scores.update(dict.fromkeys(one.rules, share * weight))


def _fading(found: Sequence[Precedent], fading: float) -> list[float]:
    return [fading**place for place in range(len(found))]


@dataclass(frozen=True, slots=True)
class _Past:
    """What a file tells of earlier insertions.

    Attributes:
        sections: By the line of its heading, the entries of a section, and which of them people inserted one
            by one, the last one first.
        last: The last insertions anywhere, the last one first.
    """

    sections: Mapping[int, tuple[list[Standing], list[int]]]
    last: tuple[Precedent, ...]


@lru_cache(maxsize=_REMEMBERED)
def _past(document: Document, arrivals: Arrivals) -> _Past:
    """Find out who came when, once for all headings of a file."""
    sections = {
        section.line: entries_beside(document, section, arrivals)
        for section in document.sections
        if section.entries
    }
    sizes = Counter(one.age for beside in sections.values() for one in beside)
    found = {line: (beside, _inserted(beside, sizes, arrivals.read)) for line, beside in sections.items()}
    places = [(beside, index) for beside, inserted in found.values() for index in inserted]
    last = sorted(places, key=lambda place: place[0][place[1]].age)[:_OTHERS]
    return _Past(found, tuple(explaining(beside, index) for beside, index in last))


def _inserted(beside: Sequence[Standing], sizes: Mapping[int, int], read: int) -> list[int]:
    """Return the entries that a person put between older ones, not with many others, the last one first."""
    oldest = max(one.age for one in beside)
    return [
        index
        for index, one in sorted(enumerate(beside), key=lambda pair: pair[1].age)
        if one.entry.ids and not one.moved and one.age < min(read, oldest) and sizes[one.age] <= _BULK
    ]


def explaining(beside: Sequence[Standing], index: int) -> Precedent:
    """Tell which rules put an entry where it is, among those that were there before it."""
    new = beside[index]
    old = [one for one in beside if one.age > new.age]
    above = sum(one.age > new.age for one in beside[:index])
    runs = {one.entry.run for one in old}
    found = {name: rule.anchor(old, new.entry.ids[0]) for name, rule in RULES.items()}
    rules = frozenset(
        name
        for name, anchor in found.items()
        if anchor and anchor.above == above
        if old[anchor.index].entry.run == new.entry.run or new.entry.run not in runs
    )
    return Precedent(new.age, rules)
