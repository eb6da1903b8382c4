"""Which rule people follow where they insert, told from the entries they inserted before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.arrivals import Arrivals
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.rules import RULES, Neighbour, neighbours

# Chosen on the histories of sixty lists, by the share of insertions that what came before them foretells.
_OWN = 20  # insertions under the heading itself that are looked at
_OTHERS = 40  # insertions anywhere in the file
_FADING = (
    0.85  # what an insertion counts of the next one: what was done last says more than what was done most
)
_FADING_OTHERS = 0.95
_WEIGHT_OF_OTHERS = 2.0  # own insertions that all others together stand for
_WEIGHT_OF_ORDER = 0.3  # own insertions that the order of the entries stands for
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
    found = _precedents(document, arrivals)
    own = found.get(section.line, ())[:_OWN]
    others = sorted((one for ones in found.values() for one in ones), key=lambda one: one.age)[:_OTHERS]
    if not others:
        return None
    scores: Counter[str] = Counter({present_rule(section): _WEIGHT_OF_ORDER})
    _count(scores, own, _FADING, 1.0)
    _count(scores, others, _FADING_OTHERS, _WEIGHT_OF_OTHERS / sum(_fading(others, _FADING_OTHERS)))
    beside = neighbours(document, section, arrivals)
    rules = [name for name, rule in RULES.items() if rule.anchor(beside, identifier)]
    best = max(rules, key=lambda rule: (scores[rule], rule == present_rule(section)))
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


@lru_cache(maxsize=_REMEMBERED)
def _precedents(document: Document, arrivals: Arrivals) -> dict[int, list[Precedent]]:
    """Find the last insertions under each heading, the last one first, by the line of the heading."""
    sections = [section for section in document.sections if section.category and section.entries]
    standing = {section.line: neighbours(document, section, arrivals) for section in sections}
    sizes = Counter(one.age for beside in standing.values() for one in beside)
    return {
        line: [
            Precedent(one.age, _explaining(beside, index))
            for index, one in sorted(enumerate(beside), key=lambda pair: pair[1].age)
            if one.entry.ids and not one.moved and one.age < arrivals.read and sizes[one.age] <= _BULK
            if any(other.age > one.age for other in beside)
        ][:_OTHERS]
        for line, beside in standing.items()
    }


def _explaining(beside: Sequence[Neighbour], index: int) -> frozenset[str]:
    """Tell which rules put an entry where it is, among those that were there before it."""
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
