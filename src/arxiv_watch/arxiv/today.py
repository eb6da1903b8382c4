"""Today's feeds: read, judged, and repaired from the next source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.announcement_store import Entry, Lacks
from arxiv_watch.arxiv.coverage import Finding, Past, judge
from arxiv_watch.arxiv.feeds import Feed
from arxiv_watch.arxiv.proof import WINDOW
from arxiv_watch.arxiv.recorder import Recorder
from arxiv_watch.arxiv.sources import Document, UnchangedError
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import Category, CoverageState


@dataclass(slots=True)
class Reading:
    """A category's feed as it was fetched and judged, with everything that was wrong so far."""

    document: Document | None = None
    finding: Finding | None = None
    troubles: list[str] = field(default_factory=list)

    @property
    def feed(self) -> Feed | None:
        """The feed, or None if there is none."""
        return self.document.feed if self.document else None


class Today:
    """The listing day.

    Args:
        book: Where it is written down.
        today: The listing day.
    """

    def __init__(self, book: Recorder, today: date) -> None:
        self._book = book
        self._today = today
        self._listing_day: date | None = None

    def read(self, category: Category, kind: str = "rss") -> Reading:
        """Fetch a feed, or say why it is unavailable."""
        try:
            return Reading(self._book.sources.feed(category, kind))
        except UnchangedError as error:
            return Reading(finding=Finding.STALE, troubles=[error.message])
        except ArxivUnavailableError as error:
            return Reading(troubles=[f"{kind}: {error.message.removeprefix(f'{kind}: ')}"])

    def _judge(self, category: Category, reading: Reading, kind: str = "rss") -> None:
        if reading.document is None:
            return
        past = self._past(category)
        reading.finding, why = judge(reading.document.feed, self._today, past, reading.document.digest)
        if why:
            reading.troubles.append(f"{kind}: {why}")

    def _past(self, category: Category) -> Past:
        batches, day = self._book.proof.batches(), self._today
        known = self._book.store.known(category, before=day)
        earlier = [each for each in timetable.announcement_days(day - WINDOW, day) if each < day]
        ends = [batch.max_id for other, batch in batches.items() if other < day and batch.max_id]
        ends += [
            row.max_id
            for row in (self._book.store.coverage(category, each) for each in earlier)
            if row and row.max_id
        ]
        return Past(
            batches,
            known,
            max(ends, default=None),
            self._book.proof.expected(category, day),
            self._book.proof.replaced(category, day),
            frozenset(filter(None, (self._book.store.digest(category, each) for each in earlier))),
            self._book.store.recent_counts(category, day),
        )

    def settle(self, category: Category, reading: Reading) -> None:
        """Record a good feed; go on to the next source with any other."""
        self._judge(category, reading)
        document = reading.document
        if document and reading.finding is Finding.WHOLE:
            entry = Entry(CoverageState.FRESH, "rss", digest=document.digest)
            self._book.enter(category, self._today, document.feed.items, entry)
            return
        troubles = list(reading.troubles)
        if self._is_unpublished(category, reading, troubles):
            return
        if self._repair_from_atom(category, troubles) or self._repair_from_pages(category, troubles):
            return
        state = reading.finding.state if reading.finding else CoverageState.FAILED
        items = reading.feed.items if reading.feed and reading.finding and reading.finding.keeps_items else ()
        source = "rss" if items else ""
        self._book.enter(
            category, self._today, items, Entry(state, source, self._book.told(troubles), lacks=Lacks.REST)
        )

    def _is_unpublished(self, category: Category, reading: Reading, troubles: list[str]) -> bool:
        """Return whether today's batch is not out for anybody, and if so record that.

        OAI-PMH has no batch of today, and one listing page still shows an earlier day.
        """
        if reading.finding not in {Finding.EMPTY, Finding.STALE} or not self._book.proof.was_asked:
            return False
        batch = self._book.proof.batch(self._today)
        if batch is not None and not batch.is_empty:
            return False
        if self._listing_day is None:
            try:
                self._listing_day = self._book.sources.listing(category).day
            except ArxivUnavailableError as error:
                troubles.append(f"listing: {error.message}")
                return False
        if self._listing_day >= self._today:
            return False
        if self._today in timetable.HOLIDAYS:
            entry = Entry(CoverageState.QUIET, "oai", "arXiv announced that it takes the day off")
        else:
            waiting = f"today's batch is not out: OAI-PMH has none, the listing is of {self._listing_day}"
            entry = Entry(CoverageState.WAITING, "oai", self._book.told([waiting]), lacks=Lacks.REST)
        self._book.enter(category, self._today, (), entry)
        return True

    def settle_weekend(self, category: Category) -> None:
        """Record that a week-end is quiet, if the second source says so."""
        if self._book.proof.was_asked:
            self._book.enter(category, self._today, (), Entry(CoverageState.QUIET, "oai"))
            return
        trouble = f"a week-end, but nothing proves it quiet: {self._book.proof.trouble}"
        entry = Entry(CoverageState.WAITING, "", self._book.told([trouble]), lacks=Lacks.REST)
        self._book.enter(category, self._today, (), entry)

    def _repair_from_atom(self, category: Category, troubles: list[str]) -> bool:
        """Read the same feed at its other address, which is cached apart from the first."""
        reading = self.read(category, "atom")
        self._judge(category, reading, "atom")
        if reading.document is None or reading.finding is not Finding.WHOLE:
            troubles += reading.troubles
            return False
        entry = Entry(CoverageState.REPAIRED, "atom", "; ".join(troubles), reading.document.digest)
        self._book.enter(category, self._today, reading.document.feed.items, entry)
        return True

    def _repair_from_pages(self, category: Category, troubles: list[str]) -> bool:
        """Read the listing, which may be of another day, and then the day's own page."""
        day = self._today
        if self._book.repair(category, day, "listing", self._book.sources.listing, troubles):
            return True
        batch = self._book.proof.batch(day)
        if batch is None or batch.is_empty:
            return False  # nothing says that there is such a page yet
        return self._book.repair(category, day, "catchup", self._book.page_of(day), troubles)
