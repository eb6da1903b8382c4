"""One poll: read every category's feed, prove it, repair it, catch up, and say how complete it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.mirror import Mirror
from arxiv_watch.arxiv.proof import WINDOW
from arxiv_watch.arxiv.record_store import HELD
from arxiv_watch.arxiv.recorder import Recorder
from arxiv_watch.arxiv.today import Today
from arxiv_watch.arxiv.window import RequestBudget, Window
from arxiv_watch.papers import Category, Coverage

CATCH_UP = timedelta(days=90)  # arXiv's catch-up pages reach no further back


class Poller:
    """Reads the days of a window for some categories.

    Args:
        recorder: Where they are written down, with the sources they are read from.
        categories: What to read.
        first: The first day of the window.
        today: The listing day.
    """

    def __init__(
        self, recorder: Recorder, *, categories: Sequence[Category], first: date, today: date
    ) -> None:
        self._recorder = recorder
        self._categories = categories
        self._first = first
        self._today = today

    def run(
        self, budget: RequestBudget, *, required_from: date, mirror: Mirror | None = None
    ) -> tuple[Coverage, ...]:
        """Read today, prove it, repair what can be repaired, and catch up on missed days.

        Args:
            budget: For days that nobody has missed.
            required_from: From this day on, every day is caught up whatever it costs.
            mirror: Is read before arXiv is; where it is believed, arXiv is not asked.

        Returns:
            Today's coverage of each category, and that of the days worked on or still open.
        """
        if mirror is not None and self._take(mirror):
            return self._recorder.coverage(self._categories, self._first, self._today)
        recorder, today = self._recorder, Today(self._recorder, self._today)
        is_weekend = timetable.is_weekend(self._today)
        still_open = [
            category for category in self._categories if not recorder.is_closed(category, self._today)
        ]
        readings = {} if is_weekend else {category: today.read(category) for category in still_open}
        recorder.proof.learn(even_if_known=is_weekend and bool(still_open))
        recorder.proof.harvest()
        for category, reading in readings.items():
            today.settle(category, reading)
        for category in still_open if is_weekend else ():
            today.settle_weekend(category)
        window = Window(recorder, self._categories, self._first, self._today)
        window.reconcile()
        window.catch_up(budget, required_from)
        window.report_holes()
        return recorder.coverage(self._categories, self._first, self._today)

    def _take(self, mirror: Mirror) -> bool:
        """Record what a mirror shows, and return whether no day is left open.

        On a first run nothing is known yet that could prove it; then OAI-PMH is asked, and it is read again.
        """
        days = timetable.announcement_days(self._first, self._today)
        for is_known in (True, False):
            if not is_known:
                self._recorder.proof.learn(even_if_known=False)
                self._recorder.proof.harvest()
            for day in days:
                Today(self._recorder, day).take(mirror, self._categories)
            wanted = {*days, self._today}
            if all(
                self._recorder.is_closed(category, day) for day in wanted for category in self._categories
            ):
                self._recorder.store.forget(self._today - WINDOW - 2 * HELD)
                return True
        return False
