"""Writing down what each category's days hold, and repairing them from pages that count themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import AnnouncementStore, Entry, Lacks
from arxiv_watch.arxiv.feeds import Item
from arxiv_watch.arxiv.listing import Listing
from arxiv_watch.arxiv.proof import Proof
from arxiv_watch.arxiv.refusals import BadDocumentError
from arxiv_watch.arxiv.sources import Sources
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState

_FIRST = {AnnounceType.NEW, AnnounceType.CROSS}


class Recorder:
    """The days of a window as they become known during one poll.

    Args:
        sources: Feeds and pages.
        proof: The second source.
        store: What is known and what is written.
        clock: Tells the time.
    """

    def __init__(self, sources: Sources, proof: Proof, store: AnnouncementStore, clock: Clock) -> None:
        self.sources = sources
        self.proof = proof
        self.store = store
        self.clock = clock
        self._touched: set[tuple[Category, date]] = set()

    def is_closed(self, category: Category, day: date) -> bool:
        """Return whether all papers of a category's day are known."""
        row = self.store.coverage(category, day)
        return row is not None and row.state.is_whole

    def enter(self, category: Category, day: date, items: Collection[Item], entry: Entry) -> None:
        """Write a day down."""
        self.store.enter(category, day, items, entry, self.clock.now())
        self._touched.add((category, day))

    def told(self, troubles: Sequence[str]) -> str:
        """Return troubles in words, with what happens next."""
        again = timetable.next_slot(self.clock.now())
        return f"{'; '.join(troubles)}. A poll after {again:%Y-%m-%d %H:%M} UTC reads it again"

    def repair(
        self,
        category: Category,
        day: date,
        name: str,
        source: Callable[[Category], Listing],
        troubles: list[str],
    ) -> bool:
        """Read a page with its own counts; what it shows of this day is the whole day."""
        try:
            listing = source(category)
            _check_day(listing, day)
        except ArxivUnavailableError as error:
            troubles.append(f"{name}: {error.message}")
            return False
        batch = self.proof.batch(day)
        expected = self.proof.expected(category, day)
        if not listing.items and (batch is None or expected):
            troubles.append(f"{name}: no papers")
            return False
        state, lacks = CoverageState.REPAIRED if listing.items else CoverageState.QUIET, Lacks.NOTHING
        if listing.quarantined:
            state, lacks = CoverageState.STARVED, Lacks.REST
            troubles.append(f"{name}: {len(listing.quarantined)} cannot be read: {listing.quarantined[0]}")
        self.enter(category, day, listing.items, Entry(state, name, "; ".join(troubles), lacks=lacks))
        return True

    def page_of(self, day: date) -> Callable[[Category], Listing]:
        """Return what fetches a category's own page of a day."""
        return lambda category: self.sources.catch_up(category, day)

    def add(self, category: Category, day: date, items: Sequence[Item], name: str) -> None:
        """Record what another source adds to a day, which is better known by it.

        A day of which only that is known is not whole: later cross-lists are on its own page alone.
        """
        row = self.store.coverage(category, day)
        added = self.store.add(category, day, items, "oai")
        is_closed = row is not None and row.state.is_whole
        if not added or (is_closed and not any(item.type in _FIRST for item in items)):
            return
        details = [row.detail] if row and row.detail else []
        details.append(f"{added} announcements from {name}")
        if is_closed:
            lacks = max(self.store.lacks(category, day), Lacks.LITTLE)
        else:
            lacks = Lacks.REST
            details.append("its own page, read by a later poll, adds later cross-lists")
        source = row.source if row and row.source else "oai"
        self.enter(category, day, (), Entry(CoverageState.REPAIRED, source, "; ".join(details), lacks=lacks))

    def coverage(self, categories: Sequence[Category], first: date, today: date) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        days = dict.fromkeys([*timetable.announcement_days(first, today), today])
        rows = []
        for day in days:
            for category in categories:
                row = self.store.coverage(category, day)
                shown = day == today or (category, day) in self._touched
                if row is not None and (shown or not row.state.is_whole):
                    rows.append(row)
        return tuple(rows)


def _check_day(listing: Listing, day: date) -> None:
    """Make sure that a page shows a day, and all of it.

    Raises:
        BadDocumentError: It is of another day, or shows fewer papers than it says.
    """
    if listing.day != day:
        raise BadDocumentError(f"it shows {listing.day}")
    if not listing.is_whole:
        raise BadDocumentError(f"{len(listing.items)} of {listing.expected} papers")
