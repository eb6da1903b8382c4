"""The sources in their order, as docs/polling.md lists them: each is asked for the days not yet whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.coverage.days import PollDays, has_trouble, is_half_known
from arxiv_watch.arxiv.coverage.harvest import Harvest
from arxiv_watch.arxiv.sources.page import Item, Page, Source
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

_DAY_OFF = Trouble(TroubleKind.DAY_OFF, about="arXiv announced that it takes the day off")
_OAI_ONLY = Trouble(TroubleKind.OAI_ONLY)

# A feed that has nothing of its day: it is empty, or still an old one.
_SAYS_NOTHING = {TroubleKind.EMPTY, TroubleKind.STALE}
# What the first source's fault makes of a day that no other source repairs; every fault that is not here
# leaves the feed's items as far as they go.
_OPEN_STATES = {
    TroubleKind.REFUSED: CoverageState.FAILED,
    TroubleKind.QUIET_HOURS: CoverageState.FAILED,
    TroubleKind.EXHAUSTED: CoverageState.FAILED,
    TroubleKind.REJECTED: CoverageState.FAILED,
    TroubleKind.UNREADABLE: CoverageState.FAILED,
    TroubleKind.STALE: CoverageState.STALE,
    TroubleKind.UNPROVEN: CoverageState.STALE,
}
# Troubles that end with the day's own page.
_UNTIL_ITS_PAGE = {TroubleKind.OAI_ONLY, TroubleKind.ADDED}


class Ladder:
    """The sources, asked one after the other until a day is whole."""

    def __init__(self, sources: Sequence[Source], harvest: Harvest, days: PollDays) -> None:
        self._first_source, *self._other_sources = sources
        self._harvest, self._evidence, self._days = harvest, harvest.evidence, days
        self._latest_day: date | None = None

    def ask(self, may_spend: Callable[[], bool], required_from: date) -> None:
        """Read today, prove it, repair what can be repaired, and catch up on missed days.

        Args:
            may_spend: Returns whether another request may go into days that are known from OAI-PMH alone.
            required_from: From this day on, every day is caught up whatever it costs.
        """
        today, days = self._days.today, self._days
        still_open = [name for name in days.categories if not days.known(name, today).state.is_whole]
        if timetable.is_weekend(today):
            self._harvest.update(even_if_known=bool(still_open))
            for category in still_open:
                self._record_weekend(category)
        else:
            # The feeds come first, together: what OAI-PMH knows of them is newer than they are.
            feeds = {name: days.read(self._first_source, name, today) for name in still_open}
            self._harvest.update()
            for category, answer in feeds.items():
                self._record_today(category, answer)
        self._reconcile()
        self._catch_up(may_spend, required_from)
        self._report_holes()

    def _record_weekend(self, category: Category) -> None:
        """Record that a weekend is quiet, if the second source says so."""
        coverage = Coverage(category, self._days.today, CoverageState.QUIET, source="oai")
        if not self._harvest.was_asked:
            about = "a week-end, but nothing proves it quiet"
            troubles = (Trouble(TroubleKind.UNPUBLISHED, about=about), *self._harvest.troubles)
            coverage = replace(coverage, state=CoverageState.WAITING, source="", troubles=troubles)
        self._days.enter(coverage)

    def _record_today(self, category: Category, answer: Page | Trouble) -> None:
        """Record today's page of the first source if it is good; go on to the next source if not."""
        day, source = self._days.today, self._first_source
        page, fault = self._days.judged(source, category, day, answer)
        fresh = Coverage(category, day, CoverageState.FRESH, source=source.name)
        if fault is None:
            self._days.enter(fresh, page.items)
            return
        if fault.kind is TroubleKind.EMPTY and self._evidence.is_silent(category, day):
            self._days.enter(replace(fresh, state=CoverageState.QUIET, source="oai"))
            return
        troubles = [fault]
        if fault.kind in _SAYS_NOTHING and self._harvest.was_asked and not self._evidence.has_batch(day):
            latest = self._latest_listed(category, troubles)
            if latest is not None and latest < day:
                self._record_unpublished(category, latest)
                return
        for other in self._other_sources:
            # Of a page of this very day, nothing says that it exists before the batch does.
            is_there = not other.has_past or self._evidence.has_batch(day)
            if is_there and self._repair(other, category, day, troubles):
                return
        items = () if fault.kind in _SAYS_NOTHING else page.items
        known = self._days.known(category, day)
        damage = [each for each in known.troubles if each.kind is TroubleKind.DAMAGED]
        self._days.enter(
            replace(
                fresh,
                state=_OPEN_STATES.get(fault.kind, CoverageState.STARVED),
                source=source.name if items else "",
                troubles=(*damage, *troubles, *self._harvest.troubles),
            ),
            items,
        )

    def _latest_listed(self, category: Category, troubles: list[Trouble]) -> date | None:
        """Return the day of the latest batch by one listing page, read once; append why it cannot be read."""
        listing = next((source for source in self._other_sources if source.shows_latest), None)
        if self._latest_day is None and listing is not None:
            page = self._days.read(listing, category, self._days.today)
            if isinstance(page, Trouble):
                troubles.append(page)
            else:
                self._latest_day = page.day
        return self._latest_day

    def _record_unpublished(self, category: Category, latest: date) -> None:
        """Record that today's batch is not out: OAI-PMH has none, and a listing shows an earlier day."""
        today = self._days.today
        coverage = Coverage(category, today, CoverageState.QUIET, source="oai", troubles=(_DAY_OFF,))
        if today not in timetable.HOLIDAYS:
            about = f"today's batch is not out: OAI-PMH has none, the listing is of {latest}"
            waiting = Trouble(TroubleKind.UNPUBLISHED, about=about)
            coverage = replace(coverage, state=CoverageState.WAITING, troubles=(waiting,))
        self._days.enter(coverage)

    def _repair(self, source: Source, category: Category, day: date, troubles: list[Trouble]) -> bool:
        """Record a source's page of a day, if it is believed; append its fault to the troubles if it is not.

        A page that declares its papers is the whole day, but for entries that cannot be read.
        """
        page, fault = self._days.judged(source, category, day, self._days.read(source, category, day))
        if fault is not None:
            troubles.append(fault)
        if fault is None:
            state = CoverageState.REPAIRED if page.items else CoverageState.QUIET
        elif fault.kind is TroubleKind.DAMAGED and page.day is not None:
            state = CoverageState.STARVED
        else:
            return False
        coverage = Coverage(category, day, state, source=source.name, troubles=tuple(troubles))
        self._days.enter(coverage, page.items)
        return True

    def _reconcile(self) -> None:
        """Record the papers of the batches that only OAI-PMH and the search API have shown.

        A day that is whole by that is closed, whatever became of its feeds and pages.
        """
        for category, day, item in self._harvest.fill_holes():
            self._add(category, day, [item], "api")
        for day in self._days.working:
            for category in self._days.categories:
                self._add(category, day, self._evidence.unshown(category, day), "oai")
                self._close(category, day)

    def _add(self, category: Category, day: date, items: Sequence[Item], source: str) -> None:
        """Record the papers that `oai` or `api` adds to a day.

        A day known from them alone is not whole: later cross-lists are on its own page alone.
        """
        known = self._days.known(category, day)
        # What the API found is kept as OAI-PMH's, too: neither knows the day of a later cross-list, and the
        # feed or page that does may only correct what is marked `oai` (`AnnouncementStore._record`).
        added = self._days.store.add(category, day, items, "oai")
        is_closed = known.state.is_whole
        if not added or (is_closed and not any(item.type.is_first for item in items)):
            return
        troubles = [*known.troubles, Trouble(TroubleKind.ADDED, source, count=added)]
        if not is_closed:
            troubles.append(_OAI_ONLY)
        repaired = replace(known, state=CoverageState.REPAIRED, source=known.source or "oai")
        self._days.enter(replace(repaired, troubles=tuple(troubles)))

    def _close(self, category: Category, day: date) -> None:
        """Close a day that OAI-PMH has a whole batch of, if all of it in the category is recorded by now.

        A category without papers on a day is quiet, and one whose papers came from elsewhere is repaired. A
        day with an unreadable entry, of which OAI-PMH cannot know, stays open.
        """
        known = self._days.known(category, day)
        is_damaged = has_trouble(known, TroubleKind.DAMAGED)
        if known.state.is_whole or is_damaged or not self._evidence.is_whole(category, day):
            return
        if day in timetable.HOLIDAYS and not self._evidence.has_batch(day):
            quiet = Coverage(category, day, CoverageState.QUIET, source="oai", troubles=(_DAY_OFF,))
            self._days.enter(quiet)
            return
        state = CoverageState.REPAIRED if self._days.store.ids(category, day) else CoverageState.QUIET
        troubles = (*known.troubles, _OAI_ONLY)
        self._days.enter(replace(known, state=state, source=known.source or "oai", troubles=troubles))

    def _catch_up(self, may_spend: Callable[[], bool], required_from: date) -> None:
        """Read the pages of missed days, newest first."""
        for day in reversed([day for day in self._days.working if day < self._days.today]):
            for category in self._days.categories:
                known = self._days.known(category, day)
                is_half = is_half_known(known)
                is_wanted = is_half or has_trouble(known, TroubleKind.ADDED)
                if is_wanted and (may_spend() or (is_half and day >= required_from)):
                    self._catch_up_on(known)

    def _catch_up_on(self, known: Coverage) -> None:
        troubles = [trouble for trouble in known.troubles if trouble.kind not in _UNTIL_ITS_PAGE]
        for source in self._other_sources:
            if source.has_past and self._repair(source, known.category, known.day, troubles):
                return
        if not known.state.is_whole:
            is_waiting = known.state is CoverageState.WAITING
            state = CoverageState.FAILED if is_waiting else known.state
            self._days.enter(replace(known, state=state, troubles=(*troubles, *self._harvest.troubles)))

    def _report_holes(self) -> None:
        """Say which days lack identifiers that no source has shown, where it may concern a category."""
        for day, batch in self._evidence.batches().items():
            if batch.missing and day in self._days.working and day >= self._evidence.recent:
                for category in self._days.categories:
                    self._report_hole(category, day, batch)

    def _report_hole(self, category: Category, day: date, batch: Batch) -> None:
        known = self._days.known(category, day)
        if not known.state.is_whole:
            return
        new = len(self._days.store.new_ids(category, day, day + timedelta(days=1)))
        missing = len(batch.missing)
        holes = Trouble(TroubleKind.HOLES, count=missing)
        is_likely = missing * (new / batch.size()) >= 1
        concerns = is_likely or self._harvest.is_unread(category, batch.missing)
        if holes in known.troubles and not concerns:
            return
        state = CoverageState.STARVED if concerns else known.state
        self._days.enter(replace(known, state=state, troubles=(*known.troubles, holes)))
