"""Which rule people follow when they place an entry: learned from where they placed the last ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.history.arrivals import Arrivals
from arxiv_watch.markdown.placing.rules import RULES, Beside, entries_beside, present_rule

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
    return choose_habit(own, others, present_rule(section), beside, identifier)


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
