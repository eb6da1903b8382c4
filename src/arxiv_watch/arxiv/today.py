"""Today's feeds: read, judged, and repaired from the next source."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import DayEntry, Lacks
from arxiv_watch.arxiv.coverage import Past, judge, keeps_items, state_after, unusual
from arxiv_watch.arxiv.mirror import Mirror
from arxiv_watch.arxiv.proof import WINDOW
from arxiv_watch.arxiv.recorder import DAY_OFF, Recorder
from arxiv_watch.arxiv.refusals import trouble_of
from arxiv_watch.arxiv.sources import FeedDocument
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import Category, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """A category's feed as it was fetched, and what is wrong with it.

    Attributes:
        document: The feed, or None where there is none.
        trouble: Why there is none, or what was found when it was judged; None if all is well.
    """

    document: FeedDocument | None = None
    trouble: Trouble | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether the feed has nothing of its day: it is empty, or still an old one."""
        return self.trouble is not None and self.trouble.kind in {TroubleKind.EMPTY, TroubleKind.STALE}


class Today:
    """The listing day.

    Args:
        recorder: Where it is written down.
        today: The listing day.
    """

    def __init__(self, recorder: Recorder, today: date) -> None:
        self._recorder = recorder
        self._today = today
        self._listing_day: date | None = None

    def read(self, category: Category, kind: str = "rss") -> Reading:
        """Fetch a feed, or say why it is unavailable."""
        try:
            return Reading(self._recorder.sources.feed(category, kind))
        except ArxivUnavailableError as error:
            return Reading(trouble=trouble_of(error, kind))

    def _judged(self, category: Category, reading: Reading, kind: str) -> Reading:
        if reading.document is None:
            return reading
        feed, digest = reading.document.feed, reading.document.digest
        return Reading(reading.document, judge(feed, self._today, self._past(category), digest, kind))

    def _past(self, category: Category) -> Past:
        batches, day = self._recorder.proof.batches(), self._today
        known = self._recorder.store.known(category, before=day)
        earlier = [each for each in timetable.announcement_days(day - WINDOW, day) if each < day]
        ends = [batch.max_id for other, batch in batches.items() if other < day and batch.max_id]
        ends += [
            row.max_id
            for row in (self._recorder.store.coverage(category, each) for each in earlier)
            if row and row.max_id
        ]
        return Past(
            batches,
            known,
            max(ends, default=None),
            self._recorder.proof.expected(category, day),
            self._recorder.proof.replaced(category, day),
            frozenset(filter(None, (self._recorder.store.digest(category, each) for each in earlier))),
            self._recorder.store.recent_counts(category, day),
            self._recorder.proof.is_whole(category, day),
        )

    def take(self, mirror: Mirror, categories: Iterable[Category]) -> None:
        """Record what a mirror shows of this day's categories, where a feed that shows it would be believed.

        One without papers is quiet if another was believed and it has none on most days.
        """
        empty: list[Category] = []
        believed = False
        for category in categories:
            if self._recorder.is_closed(category, self._today):
                continue
            try:
                reading = Reading(mirror.document(category, self._today))
            except ArxivUnavailableError as error:
                _logger.info("%s", error.message)
                continue
            trouble = self._judged(category, reading, "mirror").trouble
            if trouble is None and reading.document is not None:
                entry = DayEntry(CoverageState.FRESH, "mirror", digest=reading.document.digest)
                self._recorder.enter(category, self._today, reading.document.feed.items, entry)
                believed = True
            elif trouble is not None and trouble.kind is TroubleKind.EMPTY:
                empty.append(category)
            else:
                _logger.info("%s of %s: %s", category, self._today, trouble)
        for category in empty if believed else ():
            if not unusual(0, self._recorder.store.recent_counts(category, self._today)):
                self._recorder.enter(category, self._today, (), DayEntry(CoverageState.QUIET, "mirror"))

    def settle(self, category: Category, reading: Reading) -> None:
        """Record a good feed; go on to the next source with any other."""
        reading = self._judged(category, reading, "rss")
        document, trouble = reading.document, reading.trouble
        if document and trouble is None:
            entry = DayEntry(CoverageState.FRESH, "rss", digest=document.digest)
            self._recorder.enter(category, self._today, document.feed.items, entry)
            return
        troubles = [trouble] if trouble else []
        if self._is_quiet(category, reading) or self._is_unpublished(category, reading, troubles):
            return
        if self._repair_from_atom(category, troubles) or self._repair_from_pages(category, troubles):
            return
        is_known = document is not None or reading.says_nothing  # an unchanged feed is not sent again
        state = state_after(trouble) if is_known else CoverageState.FAILED
        items = document.feed.items if document and keeps_items(trouble) else ()
        source = "rss" if items else ""
        seen = (*self._recorder.damage(category, self._today), *troubles, *self._recorder.proof.troubles)
        self._recorder.enter(category, self._today, items, DayEntry(state, source, seen, lacks=Lacks.REST))

    def _is_quiet(self, category: Category, reading: Reading) -> bool:
        """Record a day on which a small category has no paper: its feed and OAI-PMH agree on that."""
        is_empty = reading.trouble is not None and reading.trouble.kind is TroubleKind.EMPTY
        if not (is_empty and self._recorder.proof.is_silent(category, self._today)):
            return False
        self._recorder.enter(category, self._today, (), DayEntry(CoverageState.QUIET, "oai"))
        return True

    def _is_unpublished(self, category: Category, reading: Reading, troubles: list[Trouble]) -> bool:
        """Return whether today's batch is not out for anybody, and if so record that.

        OAI-PMH has no batch of today, and one listing page still shows an earlier day.
        """
        if not reading.says_nothing or not self._recorder.proof.was_asked:
            return False
        batch = self._recorder.proof.batch(self._today)
        if batch is not None and not batch.is_empty:
            return False
        if self._listing_day is None:
            try:
                self._listing_day = self._recorder.sources.listing(category).day
            except ArxivUnavailableError as error:
                troubles.append(trouble_of(error, "listing"))
                return False
        if self._listing_day >= self._today:
            return False
        if self._today in timetable.HOLIDAYS:
            entry = DayEntry(CoverageState.QUIET, "oai", (DAY_OFF,))
        else:
            about = f"today's batch is not out: OAI-PMH has none, the listing is of {self._listing_day}"
            waiting = Trouble(TroubleKind.UNPUBLISHED, about=about)
            entry = DayEntry(CoverageState.WAITING, "oai", (waiting,), lacks=Lacks.REST)
        self._recorder.enter(category, self._today, (), entry)
        return True

    def settle_weekend(self, category: Category) -> None:
        """Record that a week-end is quiet, if the second source says so."""
        proof = self._recorder.proof
        entry = DayEntry(CoverageState.QUIET, "oai")
        if not proof.was_asked:
            about = "a week-end, but nothing proves it quiet"
            troubles = (Trouble(TroubleKind.UNPUBLISHED, about=about), *proof.troubles)
            entry = DayEntry(CoverageState.WAITING, "", troubles, lacks=Lacks.REST)
        self._recorder.enter(category, self._today, (), entry)

    def _repair_from_atom(self, category: Category, troubles: list[Trouble]) -> bool:
        """Read the same feed at its other address, which is cached apart from the first."""
        reading = self._judged(category, self.read(category, "atom"), "atom")
        if reading.trouble is not None:
            troubles.append(reading.trouble)
        if reading.document is None or reading.trouble is not None:
            return False
        entry = DayEntry(CoverageState.REPAIRED, "atom", tuple(troubles), reading.document.digest)
        self._recorder.enter(category, self._today, reading.document.feed.items, entry)
        return True

    def _repair_from_pages(self, category: Category, troubles: list[Trouble]) -> bool:
        """Read the listing, which may be of another day, and then the day's own page."""
        day = self._today
        if self._recorder.repair(category, day, "listing", self._recorder.sources.listing, troubles):
            return True
        batch = self._recorder.proof.batch(day)
        if batch is None or batch.is_empty:
            return False  # nothing says that there is such a page yet
        return self._recorder.repair(category, day, "catchup", self._recorder.page_of(day), troubles)
