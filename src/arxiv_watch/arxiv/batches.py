"""The batches of announcements, found from identifiers and datestamps alone.

Identifiers are given in the order of announcement, so a batch is a range of them; where one ends and the
next begins, the datestamps of OAI-PMH show.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.sources.oai import Header
from arxiv_watch.identifiers import ArxivId

NEIGHBOURS = 10  # the identifiers just below one, which were announced with it or before
WITNESSES = 3  # so many of them must bear a datestamp out; the others may have been edited since


@dataclass(frozen=True, slots=True)
class Batch:
    """The new papers of one announcement, over all of arXiv; without ends if nothing was announced.

    Attributes:
        missing: Identifiers between the two ends that no source has shown yet.
    """

    day: date
    min_id: ArxivId | None = None
    max_id: ArxivId | None = None
    missing: tuple[ArxivId, ...] = ()

    def __contains__(self, identifier: ArxivId) -> bool:
        if self.min_id is None or self.max_id is None:
            return False
        return self.min_id <= identifier <= self.max_id

    @property
    def is_empty(self) -> bool:
        """Whether nothing was announced."""
        return self.min_id is None

    def size(self) -> int:
        """Return how many identifiers lie between the two ends, both included."""
        if self.min_id is None or self.max_id is None:
            return 0
        return self.max_id.sort_key[-1] - self.min_id.sort_key[-1] + 1


def batch_days(headers: Iterable[Header]) -> dict[ArxivId, date]:
    """Return the day each paper was announced on, as far as identifiers and datestamps show it.

    A datestamp is never before the announcement, so a paper was announced no later than any with a higher
    identifier was last changed. One datestamp in some 11,000 is early all the same, and would draw every
    batch below it to its day: one that not even three of the ten identifiers below it bear out is ignored.
    """
    in_order = sorted(headers, key=lambda header: header.id)
    stamps = [header.datestamp for header in in_order]
    believed = [_is_borne_out(stamps, place) for place in range(len(stamps))]
    # What follows the last believed datestamp is of its batch, or of a later one that does not show yet.
    earliest = max(
        (stamp for stamp, counts in zip(stamps, believed, strict=True) if counts), default=date.max
    )
    days: dict[ArxivId, date] = {}
    for header, counts in zip(reversed(in_order), reversed(believed), strict=True):
        if counts:
            earliest = min(earliest, header.datestamp)
        days[header.id] = timetable.weekday_on_or_before(earliest)
    return days


def _is_borne_out(stamps: Sequence[date], place: int) -> bool:
    """Return whether identifiers just below one show that they had been announced by its datestamp."""
    below = stamps[max(place - NEIGHBOURS, 0) : place]
    needed = min(WITNESSES, (len(below) + 1) // 2)
    return sum(stamp <= stamps[place] for stamp in below) >= needed


def batches_of(days: Mapping[ArxivId, date]) -> dict[date, Batch]:
    """Return the batches that identifiers with their announcement days make up, without the two oldest.

    The oldest day is where everything older was put that changed since. The next one's end is right, but
    it may have taken in the last papers of the batch before, if none of those changed earlier.
    """
    groups: dict[date, list[ArxivId]] = {}
    for identifier, day in days.items():
        groups.setdefault(day, []).append(identifier)
    in_order = sorted(groups.items())
    return {
        day: Batch(day, min(ids), max(ids), tuple(_holes(max(before), ids)))
        for (_, before), (day, ids) in pairwise(in_order[1:])
    }


def merge_batches(known: Mapping[date, Batch], found: Mapping[date, Batch]) -> dict[date, Batch]:
    """Return what two answers say together; an identifier belongs to the earliest day ever seen for it.

    Later answers can only be later: whenever a record is edited its datestamp moves on. Say Friday was known
    to end at 2611.00240, and that paper was edited since: now Friday is found to end at 00239, and Monday to
    go from 00240 to 00280. Then Friday ends at 00240 all the same, and Monday goes on from there.
    """
    merged: dict[date, Batch] = {}
    end: ArxivId | None = None
    for day in sorted({*known, *found}):
        before, now = known.get(day, Batch(day)), found.get(day, Batch(day))
        ids = [each for batch in (before, now) for each in (batch.min_id, batch.max_id) if each is not None]
        first, last = min(ids, default=None), max(ids, default=None)
        if first is None or last is None or (end is not None and last <= end):
            merged[day] = Batch(day)
            continue
        if end is not None and first <= end:
            first = ArxivId(f"{_month(last)}.{_next_number(end, last):0{len(last.base.split('.')[1])}}")
        missing = now.missing if day in found else before.missing
        if before.max_id == now.max_id:
            missing = tuple(sorted({*missing} & {*before.missing}))
        merged[day], end = Batch(day, first, last, missing), last
    return merged


def _holes(before: ArxivId, ids: Collection[ArxivId]) -> list[ArxivId]:
    """Return the identifiers missing of a batch, which begins where the batch before ended."""
    present, last = {identifier.base for identifier in ids}, max(ids)
    month, number = last.base.split(".")
    if _month(min(ids)) != month:
        return []  # two batches taken for one, because all of the first was edited since
    numbers = range(_next_number(before, last), int(number))
    candidates = (f"{month}.{each:0{len(number)}}" for each in numbers)
    return [ArxivId(base) for base in candidates if base not in present]


def _next_number(end: ArxivId, last: ArxivId) -> int:
    """Return with which number the batch of `last` begins after one that ended: each month begins at 1."""
    return int(end.base.split(".")[1]) + 1 if _month(end) == _month(last) else 1


def _month(identifier: ArxivId) -> str:
    """Return the year and month of an identifier, such as 2611; those before 2007 have none."""
    month, dot, _ = identifier.base.partition(".")
    return month if dot else ""
