"""The days of a poll and how completely each category's are known: pages are judged, and days written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.coverage.evidence import BatchEvidence
from arxiv_watch.arxiv.coverage.judge import fault_of
from arxiv_watch.arxiv.session.refusals import trouble_of
from arxiv_watch.arxiv.sources.page import Item, Page, Source
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind


@dataclass(slots=True)
class PollDays:
    """The days of some categories, as they become known during one poll.

    Attributes:
        categories: What is read.
        evidence: What pages are judged by.
        store: Where days are written.
        clock: Tells the time.
    """

    categories: Collection[Category]
    evidence: BatchEvidence
    store: AnnouncementStore
    clock: Clock
    _touched: set[tuple[Category, date]] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The listing day."""
        return self.evidence.today

    @property
    def working(self) -> list[date]:
        """The Mondays to Fridays of the window, oldest first."""
        return timetable.announcement_days(self.evidence.first, self.today)

    @property
    def all(self) -> list[date]:
        """The working days and today, oldest first."""
        return list(dict.fromkeys([*self.working, self.today]))

    def known(self, category: Category, day: date) -> Coverage:
        """Return what is known of a day; one that was never read is like one that failed."""
        return self.store.coverage(category, day) or Coverage(category, day, CoverageState.FAILED)

    def enter(self, coverage: Coverage, items: Collection[Item] = ()) -> None:
        """Write what is known of a day now, and what was found of it."""
        self.store.enter(coverage, items, self.clock.now())
        self._touched.add((coverage.category, coverage.day))

    def read(self, source: Source, category: Category, day: date) -> Page | Trouble:
        """Return what a source shows of a day, or why it shows nothing."""
        try:
            return source.read(category, day)
        except ArxivUnavailableError as error:
            return trouble_of(error, source.name)

    def judged(
        self, source: Source, category: Category, day: date, answer: Page | Trouble
    ) -> tuple[Page, Trouble | None]:
        """Return the page, an empty one if there is none, and what is wrong; None if it is the whole day."""
        if isinstance(answer, Trouble):
            return Page(()), answer
        return answer, fault_of(answer, day, self.evidence.past(category, day), source.name)

    def rows(self) -> tuple[Coverage, ...]:
        """Return the coverage of every category and day, as far as anything is known of it."""
        rows = (self.store.coverage(category, day) for day in self.all for category in self.categories)
        return tuple(row for row in rows if row is not None)

    def news(self) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        return tuple(
            row
            for row in self.rows()
            if row.day == self.today or (row.category, row.day) in self._touched or not row.state.is_whole
        )


def has_trouble(coverage: Coverage, kind: TroubleKind) -> bool:
    """Return whether there is a trouble of a kind with a day."""
    return any(trouble.kind is kind for trouble in coverage.troubles)


def is_half_known(coverage: Coverage) -> bool:
    """Return whether a day is known from OAI-PMH alone at best.

    That has neither later cross-lists nor replacements that were held: the day's own page is wanted.
    """
    return not coverage.state.is_whole or has_trouble(coverage, TroubleKind.OAI_ONLY)
