"""The days of a poll: today is read, judged and repaired; missed days are caught up; holes are reported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import DayEntry, Lacks
from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.harvest import KEPT, WINDOW, Harvest
from arxiv_watch.arxiv.judge import Past, fault_of, unusual
from arxiv_watch.arxiv.page import Item, Page, Source
from arxiv_watch.arxiv.refusals import trouble_of
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

_DAY_OFF = Trouble(TroubleKind.DAY_OFF, about="arXiv announced that it takes the day off")
_OAI_ONLY = Trouble(TroubleKind.OAI_ONLY)

# A feed that has nothing of its day: it is empty, or still an old one.
_SAYS_NOTHING = {TroubleKind.EMPTY, TroubleKind.STALE}
# An old batch says nothing of the day; every other fault of a feed leaves its items as far as they go.
_OLD = {TroubleKind.STALE, TroubleKind.UNPROVEN}

_logger = logging.getLogger(__name__)


class Window:
    """The days of some categories, as they become known during one poll.

    Args:
        sources: The places to read, in the order in which they are asked.
        harvest: What OAI-PMH shows, by which they are judged, and where days are written.
        clock: Tells the time.
    """

    def __init__(self, sources: Sequence[Source], harvest: Harvest, clock: Clock) -> None:
        self._first_source, *self._other_sources = sources
        self._harvest, self._store, self._clock = harvest, harvest.store, clock
        self._categories, self._today = harvest.categories, harvest.today
        self._days = timetable.announcement_days(harvest.first, harvest.today)
        self._latest_day: date | None = None
        self._touched: set[tuple[Category, date]] = set()

    def read(self, may_spend: Callable[[], bool], required_from: date) -> None:
        """Read today, prove it, repair what can be repaired, and catch up on missed days.

        Args:
            may_spend: Whether another request may go into days that are known from OAI-PMH alone.
            required_from: From this day on, every day is caught up whatever it costs.
        """
        is_weekend = timetable.is_weekend(self._today)
        still_open = [name for name in self._categories if not self._known(name, self._today).state.is_whole]
        # The feeds come first, together: what OAI-PMH knows of them is newer than they are.
        pages = {
            name: self._page(self._first_source, name, self._today) for name in still_open if not is_weekend
        }
        self._harvest.update(even_if_known=is_weekend and bool(still_open))
        for category in still_open:
            if is_weekend:
                self._settle_weekend(category)
            else:
                self._settle(category, pages[category])
        self._reconcile()
        self._catch_up(may_spend, required_from)
        self._report_holes()

    def take(self, mirror: Source) -> bool:
        """Record what a mirror shows, where a feed would be believed; return whether no day is left open.

        On a first run nothing is known yet that could prove it; then OAI-PMH is asked, and it is read again.
        """
        is_whole = self._take_all(mirror)
        if not is_whole:
            self._harvest.update()
            is_whole = self._take_all(mirror)
        if is_whole:
            self._store.forget(self._today - KEPT)
        return is_whole

    def coverage(self) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        return tuple(
            row
            for row in self.all_coverage()
            if row.day == self._today or (row.category, row.day) in self._touched or not row.state.is_whole
        )

    def all_coverage(self) -> tuple[Coverage, ...]:
        """Return the coverage of every category and day, as far as anything is known of it."""
        days = dict.fromkeys([*self._days, self._today])
        rows = (self._store.coverage(category, day) for day in days for category in self._categories)
        return tuple(row for row in rows if row is not None)

    def _known(self, category: Category, day: date) -> DayEntry:
        return self._store.day(category, day)

    def _enter(self, category: Category, day: date, items: Collection[Item], entry: DayEntry) -> None:
        self._store.enter(category, day, items, entry, self._clock.now())
        self._touched.add((category, day))

    def _page(self, source: Source, category: Category, day: date) -> Page | Trouble:
        try:
            return source.read(category, day)
        except ArxivUnavailableError as error:
            return trouble_of(error, source.name)

    def _judged(self, source: Source, category: Category, day: date, page: Page | Trouble) -> Trouble | None:
        """Return why there is no page, or what is wrong with it."""
        if isinstance(page, Trouble):
            return page
        harvest, store, since = self._harvest, self._store, day - WINDOW
        batches = harvest.batches()
        ends = [batch.max_id for other, batch in batches.items() if other < day and batch.max_id]
        past = Past(
            batches,
            store.known(category, date.min, day),
            max([*ends, *store.new_ids(category, since, day)], default=None),
            harvest.expected(category, day),
            harvest.replaced(category, day),
            store.digests(category, since, day),
            store.recent_counts(category, day),
            harvest.is_whole(category, day),
        )
        return fault_of(page, day, past, source.name)

    def _take_all(self, mirror: Source) -> bool:
        """Record what a mirror shows of every day; return whether no day is left open."""
        for day in self._days:
            self._take_day(mirror, day)
        return all(
            self._known(category, day).state.is_whole
            for day in {*self._days, self._today}
            for category in self._categories
        )

    def _take_day(self, mirror: Source, day: date) -> None:
        """Record a day of a mirror.

        A category without papers is quiet if another was believed and it has none on most days.
        """
        empty: list[Category] = []
        believed = False
        for category in self._categories:
            if self._known(category, day).state.is_whole:
                continue
            page = self._page(mirror, category, day)
            trouble = self._judged(mirror, category, day, page)
            if trouble is None and isinstance(page, Page):
                entry = DayEntry(CoverageState.FRESH, mirror.name, digest=page.digest)
                self._enter(category, day, page.items, entry)
                believed = True
            elif trouble is not None and trouble.kind is TroubleKind.EMPTY:
                empty.append(category)
            else:
                _logger.info("%s of %s: %s", category, day, trouble)
        for category in empty if believed else ():
            if not unusual(0, self._store.recent_counts(category, day)):
                self._enter(category, day, (), DayEntry(CoverageState.QUIET, mirror.name))

    def _settle(self, category: Category, page: Page | Trouble) -> None:
        """Record today's page of the first source if it is good; go on to the next source if not."""
        day, source = self._today, self._first_source
        trouble = self._judged(source, category, day, page)
        if trouble is None and isinstance(page, Page):
            self._enter(
                category, day, page.items, DayEntry(CoverageState.FRESH, source.name, digest=page.digest)
            )
            return
        troubles = [trouble] if trouble else []
        kind = trouble.kind if trouble else None
        if kind is TroubleKind.EMPTY and self._harvest.is_silent(category, day):
            self._enter(category, day, (), DayEntry(CoverageState.QUIET, "oai"))
            return
        if kind in _SAYS_NOTHING and self._is_unpublished(category, troubles):
            return
        for other in self._other_sources:
            # Of a page of this very day, nothing says that it exists before the batch does.
            is_there = not other.has_past or self._harvest.has_batch(day)
            if is_there and self._repair(other, category, day, troubles):
                return
        state, items = CoverageState.FAILED, tuple[Item, ...]()
        if isinstance(page, Page):
            state = CoverageState.STALE if kind in _OLD else CoverageState.STARVED
            items = () if kind in _SAYS_NOTHING else page.items
        damage = [each for each in self._known(category, day).troubles if each.kind is TroubleKind.DAMAGED]
        seen = (*damage, *troubles, *self._harvest.troubles)
        self._enter(
            category, day, items, DayEntry(state, source.name if items else "", seen, lacks=Lacks.REST)
        )

    def _is_unpublished(self, category: Category, troubles: list[Trouble]) -> bool:
        """Return whether today's batch is not out for anybody, and if so record that.

        OAI-PMH has no batch of today, and one listing page still shows an earlier day.
        """
        if not self._harvest.was_asked or self._harvest.has_batch(self._today):
            return False
        if self._latest_day is None:
            latest = next(source for source in self._other_sources if source.shows_latest)
            page = self._page(latest, category, self._today)
            if isinstance(page, Trouble):
                troubles.append(page)
                return False
            self._latest_day = page.day
        if self._latest_day is None or self._latest_day >= self._today:
            return False
        if self._today in timetable.HOLIDAYS:
            entry = DayEntry(CoverageState.QUIET, "oai", (_DAY_OFF,))
        else:
            about = f"today's batch is not out: OAI-PMH has none, the listing is of {self._latest_day}"
            waiting = Trouble(TroubleKind.UNPUBLISHED, about=about)
            entry = DayEntry(CoverageState.WAITING, "oai", (waiting,), lacks=Lacks.REST)
        self._enter(category, self._today, (), entry)
        return True

    def _settle_weekend(self, category: Category) -> None:
        """Record that a week-end is quiet, if the second source says so."""
        entry = DayEntry(CoverageState.QUIET, "oai")
        if not self._harvest.was_asked:
            about = "a week-end, but nothing proves it quiet"
            troubles = (Trouble(TroubleKind.UNPUBLISHED, about=about), *self._harvest.troubles)
            entry = DayEntry(CoverageState.WAITING, "", troubles, lacks=Lacks.REST)
        self._enter(category, self._today, (), entry)

    def _repair(self, source: Source, category: Category, day: date, troubles: list[Trouble]) -> bool:
        """Record what a source shows of a day, if it is believed; append what is wrong if it is not.

        A page that declares its papers is the whole day, but for entries that cannot be read.
        """
        page = self._page(source, category, day)
        trouble = self._judged(source, category, day, page)
        if trouble is not None:
            troubles.append(trouble)
        if isinstance(page, Trouble):
            return False
        if trouble is None:
            state, lacks = CoverageState.REPAIRED if page.items else CoverageState.QUIET, Lacks.NOTHING
        elif trouble.kind is TroubleKind.DAMAGED and page.day is not None:
            state, lacks = CoverageState.STARVED, Lacks.REST
        else:
            return False
        entry = DayEntry(state, source.name, tuple(troubles), page.digest, lacks)
        self._enter(category, day, page.items, entry)
        return True

    def _reconcile(self) -> None:
        """Record what OAI-PMH and the search API know of the batches and no other source has shown.

        What is whole by that is closed, whatever became of its feeds and pages.
        """
        for category, day, item in self._harvest.chase_holes():
            self._add(category, day, [item], "api")
        for day in self._days:
            for category in self._categories:
                self._add(category, day, self._harvest.items(category, day), "oai")
                self._close(category, day)

    def _add(self, category: Category, day: date, items: Sequence[Item], source: str) -> None:
        """Record what `oai` or `api` adds to a day that is better known by it.

        A day of which only that is known is not whole: later cross-lists are on its own page alone.
        """
        known = self._known(category, day)
        # What the API found is kept as OAI-PMH's, too: neither knows the day of a later cross-list, and the
        # feed or page that does may only correct what is marked `oai` (`AnnouncementStore._record`).
        added = self._store.add(category, day, items, "oai")
        is_closed = known.state.is_whole
        if not added or (is_closed and not any(item.type.is_first for item in items)):
            return
        troubles = (*known.troubles, Trouble(TroubleKind.ADDED, source, count=added))
        lacks = max(known.lacks, Lacks.LITTLE) if is_closed else Lacks.REST
        if not is_closed:
            troubles = (*troubles, _OAI_ONLY)
        entry = DayEntry(CoverageState.REPAIRED, known.source or "oai", troubles, lacks=lacks)
        self._enter(category, day, (), entry)

    def _close(self, category: Category, day: date) -> None:
        """Close a day that OAI-PMH has a whole batch of, if all of it in the category is recorded by now.

        Whatever was tried before: a category without papers on a day is quiet, and one whose papers had
        come by other ways is repaired. What OAI-PMH cannot know of, an unreadable entry, stays open.
        """
        known = self._known(category, day)
        is_damaged = any(trouble.kind is TroubleKind.DAMAGED for trouble in known.troubles)
        if known.state.is_whole or is_damaged or not self._harvest.is_whole(category, day):
            return
        if day in timetable.HOLIDAYS and not self._harvest.has_batch(day):
            self._enter(category, day, (), DayEntry(CoverageState.QUIET, "oai", (_DAY_OFF,)))
            return
        state = CoverageState.REPAIRED if self._store.ids(category, day) else CoverageState.QUIET
        troubles = (*known.troubles, _OAI_ONLY)
        self._enter(category, day, (), DayEntry(state, known.source or "oai", troubles, lacks=Lacks.REST))

    def _catch_up(self, may_spend: Callable[[], bool], required_from: date) -> None:
        """Read the pages of missed days, newest first."""
        for day in reversed([day for day in self._days if day < self._today]):
            for category in self._categories:
                known = self._known(category, day)
                is_required = day >= required_from and known.lacks is Lacks.REST
                if known.lacks is not Lacks.NOTHING and (may_spend() or is_required):
                    self._catch_up_on(category, day, known)

    def _catch_up_on(self, category: Category, day: date, known: DayEntry) -> None:
        troubles = [trouble for trouble in known.troubles if trouble.kind is not TroubleKind.OAI_ONLY]
        for source in self._other_sources:
            if source.has_past and self._repair(source, category, day, troubles):
                return
        if not known.state.is_whole:
            is_waiting = known.state is CoverageState.WAITING
            state = CoverageState.FAILED if is_waiting else known.state
            seen = (*troubles, *self._harvest.troubles)
            self._enter(category, day, (), DayEntry(state, known.source, seen, lacks=Lacks.REST))

    def _report_holes(self) -> None:
        """Say which days lack identifiers that no source has shown, where it may concern a category."""
        for day, batch in self._harvest.batches().items():
            if batch.missing and day in self._days and day >= self._today - WINDOW:
                for category in self._categories:
                    self._report_hole(category, day, batch)

    def _report_hole(self, category: Category, day: date, batch: Batch) -> None:
        known = self._known(category, day)
        if not known.state.is_whole:
            return
        new = len(self._store.new_ids(category, day, day + timedelta(days=1)))
        missing = len(batch.missing)
        holes = Trouble(TroubleKind.HOLES, count=missing)
        is_likely = missing * (new / batch.size()) >= 1
        concerns = is_likely or self._harvest.is_unread(category, batch.missing)
        if holes in known.troubles and not concerns:
            return
        entry = replace(known, troubles=(*known.troubles, holes))
        if concerns:
            entry = replace(entry, state=CoverageState.STARVED, lacks=Lacks.REST)
        self._enter(category, day, (), entry)
