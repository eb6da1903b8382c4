"""The days before today: known from one source, missed, or with holes in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import DayEntry, Lacks
from arxiv_watch.arxiv.proof import WINDOW
from arxiv_watch.arxiv.record_store import Batch
from arxiv_watch.arxiv.recorder import Recorder
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind

FIRST_RUN_REQUESTS = 20  # beyond so many, days that nobody has missed yet wait for the next run
USUAL_REQUESTS = 14


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """How many requests may go into days that are known from OAI-PMH alone.

    Attributes:
        spent: Returns how many requests the run has made.
        limit: From so many on, such days wait for the next run.
    """

    spent: Callable[[], int]
    limit: int

    @property
    def is_left(self) -> bool:
        """Whether another request may be made."""
        return self.spent() < self.limit


class Window:
    """All days of a poll's window.

    Args:
        recorder: Where they are written down.
        categories: What is read.
        first: The first day.
        today: The listing day.
    """

    def __init__(self, recorder: Recorder, categories: Sequence[Category], first: date, today: date) -> None:
        self._recorder = recorder
        self._categories = categories
        self._first = first
        self._today = today

    def reconcile(self) -> None:
        """Record what OAI-PMH and the search API know of the batches and no other source has shown.

        What is whole by that is closed, whatever became of its feeds and pages.
        """
        for category, day, item in self._recorder.proof.chase_holes():
            self._recorder.add(category, day, [item], "api")
        for day in timetable.announcement_days(self._first, self._today):
            for category in self._categories:
                self._recorder.add(category, day, self._recorder.proof.items(category, day), "oai")
                self._recorder.close(category, day)

    def report_holes(self) -> None:
        """Say which days lack identifiers that no source has shown, where it may concern a category."""
        for day, batch in self._recorder.proof.batches().items():
            if batch.missing and day >= self._first:
                for category in self._categories:
                    self._report_holes(category, day, batch)

    def _report_holes(self, category: Category, day: date, batch: Batch) -> None:
        row = self._recorder.store.coverage(category, day)
        if row is None or not row.state.is_whole or day < self._today - WINDOW:
            return
        missing = len(batch.missing)
        holes = Trouble(TroubleKind.HOLES, count=missing)
        is_likely = missing * (row.new / batch.size()) >= 1
        concerns = is_likely or self._recorder.proof.is_unread(category, batch.missing)
        if holes in row.troubles and not concerns:
            return
        state = CoverageState.STARVED if concerns else row.state
        lacks = Lacks.REST if concerns else self._recorder.store.lacks(category, day)
        digest = self._recorder.store.digest(category, day)
        self._recorder.enter(
            category, day, (), DayEntry(state, row.source, (*row.troubles, holes), digest, lacks)
        )

    def catch_up(self, budget: RequestBudget, required_from: date) -> None:
        """Read the pages of missed days, newest first.

        Args:
            budget: For days that nobody has missed.
            required_from: From this day on, every day is caught up whatever it costs.
        """
        days = [day for day in timetable.announcement_days(self._first, self._today) if day < self._today]
        for day in reversed(days):
            for category in self._categories:
                lacks = self._recorder.store.lacks(category, day)
                if lacks is Lacks.NOTHING:
                    continue
                if budget.is_left or (day >= required_from and lacks is Lacks.REST):
                    self._catch_up_on(category, day, self._recorder.store.coverage(category, day))

    def _catch_up_on(self, category: Category, day: date, row: Coverage | None) -> None:
        known = row.troubles if row else ()
        troubles = [trouble for trouble in known if trouble.kind is not TroubleKind.OAI_ONLY]
        if self._recorder.repair(category, day, "catchup", self._recorder.page_of(day), troubles):
            return
        if row is None or not row.state.is_whole:
            state = row.state if row and row.state is not CoverageState.WAITING else CoverageState.FAILED
            source = row.source if row else ""
            seen = (*troubles, *self._recorder.proof.troubles)
            self._recorder.enter(category, day, (), DayEntry(state, source, seen, lacks=Lacks.REST))
