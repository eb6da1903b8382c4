"""arXiv as a collected file shows it, for machines that ask arXiv nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.collected.collection import COLLECT_AGAIN, Collection
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.clock import Clock
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind


class CollectedArxiv:
    """arXiv as a collected file shows it; it makes no request.

    Args:
        collection: The file.
        clock: Tells whether a newer batch has been announced since.
    """

    requests = 0
    trouble = ""
    """Why the last `metadata` fell short, or empty."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        self._collection = collection
        self._clock = clock
        self._metadata = {paper.id: paper for paper in collection.metadata}

    def poll(
        self,
        categories: Sequence[Category],
        *,
        queries: Sequence[str] = (),
        since: date | None = None,
        reader: str = "",
    ) -> Poll:
        """Return what was collected since a day; an old file is told as failed coverage of today.

        Raises:
            UsageError: The file lacks a category or query, or begins after `since`, or that is still to come.
        """
        del reader  # whatever was handled elsewhere is listed, proposed or rejected there
        held = self._collection
        told = {line.category for line in held.poll.coverage}  # without a line a day would pass for quiet
        whole = told.intersection((*held.categories, *held.queries))
        names = tuple(dict.fromkeys(map(canonical, categories)))
        missing = [name for name in (*names, *queries) if name not in whole]
        if missing:
            message = f"the collected file lacks {', '.join(missing)}"
            raise UsageError(message, f"{COLLECT_AGAIN}, with this config")
        today = timetable.listing_day(self._clock.now())
        collected = timetable.listing_day(held.made)
        first = timetable.first_day(since, today) if since else held.first
        if first < held.first:
            raise UsageError(
                f"the collected file begins on {held.first}", f"collect again with --since {since}"
            )
        poll = _since(first, held.poll, collected)
        if not timetable.announcement_days(collected + timedelta(days=1), today):
            return poll
        about = f"the file was collected on {collected}; {COLLECT_AGAIN}"
        old = (Trouble(TroubleKind.STALE, about=about),)
        late = [Coverage(name, today, CoverageState.FAILED, source="file", troubles=old) for name in names]
        return replace(poll, coverage=(*late, *poll.coverage))

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Do nothing: a file remembers nothing, and pull requests tell what was proposed or rejected."""

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return what was collected of these papers."""
        found = {paper: self._metadata[paper] for paper in ids if paper in self._metadata}
        missing = len(set(ids) - found.keys() - set(self._collection.unknown))
        self.trouble = f"{missing} of them are not in the collected file" if missing else ""
        return found


def _since(first: date, poll: Poll, collected: date) -> Poll:
    """Return what a poll would have brought from a day on: the coverage of its own day is always in it."""
    return replace(
        poll,
        announcements=tuple(each for each in poll.announcements if each.day >= first),
        coverage=tuple(line for line in poll.coverage if line.day >= min(first, collected)),
        handled=tuple(each for each in poll.handled if each.day >= first),
    )
