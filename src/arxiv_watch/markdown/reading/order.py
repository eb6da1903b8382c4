"""In which order people keep the entries of a section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from arxiv_watch.markdown.document import Entry
from arxiv_watch.wording import SHORT_MONTHS

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
_STRICT = 0.85  # share of neighbours in order from which people keep it
_SHOWN = 0.6  # share of entries from which the dates that they show tell their order
_CHANCE_IDS, _CHANCE_MONTHS, _CHANCE_TITLES = 3, 2, 5  # so many may be in order by chance


def shown_date(text: str) -> tuple[int, int]:
    """Return the year and month of the latest date in an entry's text; 0 for what it does not show.

    A date with a month is one: in "AAAI 2026 - Aug 2025" the year is the conference's.
    """
    dates = []
    for found in _DATE.finditer(_ADDRESS.sub(" ", text)):
        month = SHORT_MONTHS.index(found[1].lower()) + 1 if found[1] else int(found[3] or 0)
        dates.append((int(found[2]), month))
    return max(dates, key=lambda date: (date[1] > 0, date), default=(0, 0))


def tell_order(entries: Sequence[Entry], dates: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Name the order of entries, and what it is one of: `id`, `date`, `month`, or nothing.

    That is `newest-first` or `oldest-first` by their identifiers, by the dates that most of them show, or by
    the months of their identifiers, which many lists follow and nothing finer: TsinghuaC3I's of reinforcement
    learning, GeorgeDu's. Else it is `alphabetical`, or the end at which they grow: `prepend` or `append`.

    Args:
        entries: In the order of the file.
        dates: The date that each of them shows.
    """
    if not entries:
        return "", ""
    ids = [entry.ids[0] for entry in entries if entry.ids]
    shown = [date for date in dates if date[0]]
    months = [one.month for one in ids]
    for key, values, is_enough in (
        ("id", [one.sort_key for one in ids], len(ids) > _CHANCE_IDS),
        ("date", shown, len(shown) >= _SHOWN * len(entries)),
        ("month", months, len(set(months)) > _CHANCE_MONTHS),
    ):
        if is_enough and (told := _direction(values)):
            return "oldest-first" if told > 0 else "newest-first", key
    titles = [entry.title.casefold() for entry in entries if entry.title]
    if len(titles) > _CHANCE_TITLES and titles == sorted(titles):
        return "alphabetical", ""
    steps = [(one > other) - (one < other) for one, other in pairwise(one.sort_key for one in ids)]
    return "prepend" if sum(steps) > 0 else "append", ""


def _direction(keys: Sequence[Any]) -> int:
    """Return 1 where keys rise from one neighbour to the next that differs, -1 where they fall, or else 0."""
    pairs = [(one, other) for one, other in pairwise(keys) if one != other]
    rising = sum(one < other for one, other in pairs)
    if not pairs or _STRICT * len(pairs) > max(rising, len(pairs) - rising):
        return 0
    return 1 if 2 * rising > len(pairs) else -1
