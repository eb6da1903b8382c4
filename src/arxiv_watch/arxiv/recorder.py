"""Writing down what each category's days hold, and repairing them from pages that count themselves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import AnnouncementStore, DayEntry, Lacks
from arxiv_watch.arxiv.feeds import Item
from arxiv_watch.arxiv.listing import Listing
from arxiv_watch.arxiv.proof import Proof
from arxiv_watch.arxiv.refusals import trouble_of
from arxiv_watch.arxiv.sources import Sources
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

DAY_OFF = Trouble(TroubleKind.DAY_OFF, about="arXiv announced that it takes the day off")
OAI_ONLY = Trouble(TroubleKind.OAI_ONLY)

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

    def enter(self, category: Category, day: date, items: Collection[Item], entry: DayEntry) -> None:
        """Write a day down."""
        self.store.enter(category, day, items, entry, self.clock.now())
        self._touched.add((category, day))

    def repair(
        self,
        category: Category,
        day: date,
        name: str,
        source: Callable[[Category], Listing],
        troubles: list[Trouble],
    ) -> bool:
        """Read a page with its own counts; what it shows of this day is the whole day."""
        try:
            listing = source(category)
        except ArxivUnavailableError as error:
            troubles.append(trouble_of(error, name))
            return False
        trouble = self._doubt(category, day, listing, name)
        if trouble is not None:
            troubles.append(trouble)
            return False
        state, lacks = CoverageState.REPAIRED if listing.items else CoverageState.QUIET, Lacks.NOTHING
        if listing.quarantined:
            state, lacks = CoverageState.STARVED, Lacks.REST
            about = f"{len(listing.quarantined)} cannot be read: {listing.quarantined[0]}"
            troubles.append(Trouble(TroubleKind.DAMAGED, name, about))
        self.enter(category, day, listing.items, DayEntry(state, name, tuple(troubles), lacks=lacks))
        return True

    def _doubt(self, category: Category, day: date, listing: Listing, name: str) -> Trouble | None:
        """Return why a page does not show a day, or not all of it, or None.

        An empty page looks the same for a day without a batch, for a category without papers, and while
        arXiv's pages lag behind: it counts where OAI-PMH knows of the day and of no paper in it.
        """
        if listing.day != day:
            return Trouble(TroubleKind.OTHER_DAY, name, f"it shows {listing.day}")
        if not listing.is_whole:
            about = f"{len(listing.items)} of {listing.expected} papers"
            return Trouble(TroubleKind.SHORT, name, about)
        if not listing.items and (self.proof.batch(day) is None or self.proof.expected(category, day)):
            return Trouble(TroubleKind.EMPTY, name, "no papers")
        return None

    def page_of(self, day: date) -> Callable[[Category], Listing]:
        """Return what fetches a category's own page of a day."""
        return lambda category: self.sources.catch_up(category, day)

    def add(self, category: Category, day: date, items: Sequence[Item], source: str) -> None:
        """Record what another source, `oai` or `api`, adds to a day that is better known by it.

        A day of which only that is known is not whole: later cross-lists are on its own page alone.
        """
        row = self.store.coverage(category, day)
        added = self.store.add(category, day, items, "oai")
        is_closed = row is not None and row.state.is_whole
        if not added or (is_closed and not any(item.type in _FIRST for item in items)):
            return
        troubles = [*(row.troubles if row else ()), Trouble(TroubleKind.ADDED, source, count=added)]
        if is_closed:
            lacks = max(self.store.lacks(category, day), Lacks.LITTLE)
        else:
            lacks = Lacks.REST
            troubles.append(OAI_ONLY)
        shown = row.source if row and row.source else "oai"
        self.enter(category, day, (), DayEntry(CoverageState.REPAIRED, shown, tuple(troubles), lacks=lacks))

    def damage(self, category: Category, day: date) -> tuple[Trouble, ...]:
        """Return what showed entries of a day that could not be read: they may be of any paper."""
        row = self.store.coverage(category, day)
        troubles = row.troubles if row else ()
        return tuple(trouble for trouble in troubles if trouble.kind is TroubleKind.DAMAGED)

    def close(self, category: Category, day: date) -> None:
        """Close a day that OAI-PMH has a whole batch of, if all of it in the category is recorded by now.

        Whatever was tried before: a category without papers on a day is quiet, and one whose papers had
        come by other ways is repaired. What OAI-PMH cannot know of, an unreadable entry, stays open.
        """
        row = self.store.coverage(category, day)
        is_open = row is None or not row.state.is_whole
        if not is_open or self.damage(category, day) or not self.proof.is_whole(category, day):
            return
        troubles = row.troubles if row else ()
        batch = self.proof.batch(day)
        if batch is not None and batch.is_empty and day in timetable.HOLIDAYS:
            self.enter(category, day, (), DayEntry(CoverageState.QUIET, "oai", (DAY_OFF,)))
            return
        state = CoverageState.REPAIRED if self.store.ids(category, day) else CoverageState.QUIET
        source = row.source if row and row.source else "oai"
        self.enter(category, day, (), DayEntry(state, source, (*troubles, OAI_ONLY), lacks=Lacks.REST))

    def days(self, categories: Sequence[Category], first: date, today: date) -> tuple[Coverage, ...]:
        """Return the coverage of every category and day, as far as anything is known of it."""
        days = dict.fromkeys([*timetable.announcement_days(first, today), today])
        rows = (self.store.coverage(category, day) for day in days for category in categories)
        return tuple(row for row in rows if row is not None)

    def coverage(self, categories: Sequence[Category], first: date, today: date) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        return tuple(
            row
            for row in self.days(categories, first, today)
            if row.day == today or (row.category, row.day) in self._touched or not row.state.is_whole
        )
