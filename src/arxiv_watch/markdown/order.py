"""The order a section's entries are in, as far as it shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from arxiv_watch.markdown.document import Entry

STRICT = 0.85  # share of neighbours in order from which people keep it
_FEWEST = 3
_CHANCE = 5  # titles that may be in order by chance


def tell_order(entries: Sequence[Entry]) -> str:
    """Name the order of a section: `newest-first`, `oldest-first`, `alphabetical`, `prepend` or `append`."""
    if not entries:
        return ""
    rising, falling = share_in_order(entries)
    if len([entry for entry in entries if entry.ids]) > _FEWEST:
        if rising >= STRICT and rising > falling:
            return "oldest-first"
        if falling >= STRICT and falling > rising:
            return "newest-first"
    titles = [entry.title.casefold() for entry in entries if entry.title]
    if len(titles) > _CHANCE and titles == sorted(titles):
        return "alphabetical"
    return "prepend" if falling > rising else "append"


def share_in_order(entries: Sequence[Entry]) -> tuple[float, float]:
    """Return which share of neighbouring identifiers rises and which falls; equal months count for both."""
    keys = [entry.ids[0].sort_key for entry in entries if entry.ids]
    pairs = list(pairwise(keys))
    if not pairs:
        return 0.0, 0.0
    rising = sum(one <= other for one, other in pairs)
    falling = sum(one >= other for one, other in pairs)
    return rising / len(pairs), falling / len(pairs)
