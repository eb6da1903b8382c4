"""What entries count where a new one is learned from them: those near in time and place most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, Section

_NEIGHBOUR = 0.5  # what the entry beside the place counts more; the second a half of it, the third a third
_REACH = 3  # entries


def of_style(section: Section, style: str) -> list[Entry]:
    """Return the papers of a section that are written in a style."""
    return [entry for entry in section.entries if entry.ids and entry.style == style]


def weights(entries: Sequence[Entry], identifier: ArxivId, line: int, base: float) -> list[float]:
    """Weigh entries: those of the paper's time and those beside its place tell most of what is done now."""
    slot = sum(entry.end_line <= line for entry in entries)
    counts = []
    for index, entry in enumerate(entries):
        steps = slot - index if index < slot else index - slot + 1
        beside = _NEIGHBOUR / steps if steps <= _REACH else 0.0
        counts.append(base + closeness(entry, identifier) + beside)
    return counts


def closeness(entry: Entry, identifier: ArxivId) -> float:
    """Tell how near two papers are in time: 1 in the same month, a quarter in the next."""
    return 1.0 / (1 + abs(_months(entry.ids[0]) - _months(identifier))) ** 2


def _months(identifier: ArxivId) -> int:
    years, month = divmod(identifier.sort_key[0], 100)
    return 12 * years + month


def most_common(values: Iterable[tuple[str, float]]) -> str:
    """Return the value of the greatest weight; the first of equals, and nothing of nothing."""
    totals: dict[str, float] = {}
    for value, weight in values:
        totals[value] = totals.get(value, 0.0) + weight
    return max(totals, key=lambda value: totals[value], default="")
