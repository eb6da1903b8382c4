"""What entries count where a new one is learned from them: those nearest in time most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, Section

T = TypeVar("T", bound=Hashable)
_REACH = 3  # identifiers before and after; measured on 32 lists with `benchmarks/lists.py`
_BESIDE = 0.25  # what the entry beside the new one's place counts more, and the second half of that
_HALVED = 10  # entries from the new one's place, there the base counts half
_MOST_LINKS = 100  # of one entry; nobody writes more


def of_style(section: Section, style: str) -> list[Entry]:
    """Return the papers of a section in a style, without lines in which many entries have run together."""
    return [
        entry
        for entry in section.entries
        if entry.ids and entry.style == style and len(entry.urls) <= _MOST_LINKS
    ]


def weights(
    entries: Sequence[Entry], identifier: ArxivId, line: int | None = None, base: float = 0.0
) -> list[float]:
    """Weigh entries: those of the paper's month, those with the next identifiers, and those beside its place.

    Args:
        entries: The entries of one section.
        identifier: The new paper.
        line: The line it goes to; what stands there was mostly added last.
        base: What the entry next to that place counts for itself, and those ten further on half as much.
    """
    place = sum(entry.ids[0] < identifier for entry in entries)
    counts = [closeness(entry, identifier) for entry in entries]
    distance = {entry.line: abs(entry.line - (line or 0)) for entry in entries}
    for steps, index in enumerate(
        sorted(range(len(entries)), key=lambda index: distance[entries[index].line])
    ):
        counts[index] += base * _HALVED / (_HALVED + steps)
        counts[index] += _BESIDE / (1 + steps) if line is not None else 0.0
    for rank, index in enumerate(sorted(range(len(entries)), key=lambda index: entries[index].ids[0])):
        steps = place - rank if rank < place else rank - place + 1
        counts[index] += 1 / (1 + steps) if steps <= _REACH else 0.0
    return counts


def closeness(entry: Entry, identifier: ArxivId) -> float:
    """Return how near two papers are in time: 1 in the same month, a quarter in the next."""
    return nearness(entry.ids[0].month_index - identifier.month_index)


def nearness(months: int) -> float:
    """Return how near two papers so many months apart are."""
    return 1.0 / (1 + abs(months)) ** 2


def most_common(values: Iterable[tuple[T, float]]) -> T | None:
    """Return the value of the greatest weight; the first of equals, and None of nothing."""
    totals: dict[T, float] = {}
    for value, weight in values:
        totals[value] = totals.get(value, 0.0) + weight
    return max(totals, key=lambda value: totals[value], default=None)
