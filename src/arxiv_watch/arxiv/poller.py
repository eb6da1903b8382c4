"""One poll: read every category's feed, prove it, repair it, catch up, and say how complete it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from arxiv_watch.arxiv import almanac
from arxiv_watch.arxiv.coverage import Finding, Past, judge
from arxiv_watch.arxiv.feeds import Feed, Item
from arxiv_watch.arxiv.ledger import Entry, Lacks, Ledger
from arxiv_watch.arxiv.listing import Listing
from arxiv_watch.arxiv.proof import WINDOW, Proof
from arxiv_watch.arxiv.refusals import BadDocumentError
from arxiv_watch.arxiv.sources import Document, Sources, UnchangedError
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState

CATCH_UP = timedelta(days=90)  # arXiv's catch-up pages reach no further back
_FIRST = {AnnounceType.NEW, AnnounceType.CROSS}
CLOSED = {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}
FIRST_RUN_REQUESTS = 24  # beyond so many, days that nobody has missed yet wait for the next run
USUAL_REQUESTS = 14


@dataclass(frozen=True, slots=True)
class Budget:
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


@dataclass(slots=True)
class _Reading:
    """A category's feed as it was fetched and judged, with everything that was wrong so far."""

    document: Document | None = None
    finding: Finding | None = None
    troubles: list[str] = field(default_factory=list)

    @property
    def feed(self) -> Feed | None:
        return self.document.feed if self.document else None


class Poller:
    """Reads the days of a window for some categories.

    Args:
        sources: Feeds and pages.
        proof: The second source.
        ledger: What is known and what is written.
        clock: Tells the time.
        categories: What to read.
        first: The first day of the window.
        today: The listing day.
    """

    def __init__(
        self,
        sources: Sources,
        proof: Proof,
        ledger: Ledger,
        clock: Clock,
        *,
        categories: Sequence[Category],
        first: date,
        today: date,
    ) -> None:
        self._sources = sources
        self._proof = proof
        self._ledger = ledger
        self._clock = clock
        self._categories = categories
        self._first = first
        self._today = today
        self._touched: set[tuple[Category, date]] = set()
        self._listing_day: date | None = None

    def run(self, budget: Budget, *, required_from: date) -> None:
        """Read today, prove it, repair what can be repaired, and catch up on missed days.

        Args:
            budget: For days that nobody has missed.
            required_from: From this day on, every day is caught up whatever it costs.
        """
        is_weekend = almanac.is_weekend(self._today)
        still_open = [category for category in self._categories if not self._is_closed(category, self._today)]
        readings = {} if is_weekend else {category: self._read(category) for category in still_open}
        self._proof.learn(even_if_known=is_weekend and bool(still_open))
        self._proof.harvest()
        for category, reading in readings.items():
            self._settle(category, reading)
        for category in still_open if is_weekend else ():
            self._settle_weekend(category)
        self._reconcile()
        self._catch_up(budget, required_from)
        self._fill_holes()

    def coverage(self) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        days = dict.fromkeys([*almanac.announcement_days(self._first, self._today), self._today])
        rows = []
        for day in days:
            for category in self._categories:
                row = self._ledger.coverage(category, day)
                shown = day == self._today or (category, day) in self._touched
                if row is not None and (shown or row.state not in CLOSED):
                    rows.append(row)
        return tuple(rows)

    # Today

    def _is_closed(self, category: Category, day: date) -> bool:
        row = self._ledger.coverage(category, day)
        return row is not None and row.state in CLOSED

    def _read(self, category: Category, kind: str = "rss") -> _Reading:
        try:
            return _Reading(self._sources.feed(category, kind))
        except UnchangedError as error:
            return _Reading(finding=Finding.STALE, troubles=[error.message])
        except ArxivUnavailableError as error:
            return _Reading(troubles=[f"{kind}: {error.message.removeprefix(f'{kind}: ')}"])

    def _judge(self, category: Category, reading: _Reading, kind: str = "rss") -> None:
        if reading.document is None:
            return
        past = self._past(category)
        reading.finding, why = judge(reading.document.feed, self._today, past, reading.document.digest)
        if why:
            reading.troubles.append(f"{kind}: {why}")

    def _past(self, category: Category) -> Past:
        batches, day = self._proof.batches(), self._today
        known = self._ledger.known(category, before=day)
        earlier = [each for each in almanac.announcement_days(day - WINDOW, day) if each < day]
        ends = [batch.max_id for other, batch in batches.items() if other < day and batch.max_id]
        ends += [
            row.max_id
            for row in (self._ledger.coverage(category, each) for each in earlier)
            if row and row.max_id
        ]
        return Past(
            batches,
            known,
            max(ends, default=None),
            self._proof.expected(category, day),
            self._proof.replaced(category, day),
            frozenset(filter(None, (self._ledger.digest(category, each) for each in earlier))),
            self._ledger.recent_counts(category, day),
        )

    def _settle(self, category: Category, reading: _Reading) -> None:
        """Record a good feed; go on to the next source with any other."""
        self._judge(category, reading)
        document = reading.document
        if document and reading.finding is Finding.WHOLE:
            entry = Entry(CoverageState.FRESH, "rss", digest=document.digest)
            self._enter(category, self._today, document.feed.items, entry)
            return
        troubles = list(reading.troubles)
        if self._is_unpublished(category, reading, troubles):
            return
        if self._repair_from_atom(category, troubles) or self._repair_from_pages(category, troubles):
            return
        state = reading.finding.state if reading.finding else CoverageState.FAILED
        items = reading.feed.items if reading.feed and reading.finding and reading.finding.keeps_items else ()
        source = "rss" if items else ""
        self._enter(
            category, self._today, items, Entry(state, source, self._told(troubles), lacks=Lacks.REST)
        )

    def _is_unpublished(self, category: Category, reading: _Reading, troubles: list[str]) -> bool:
        """Tell whether today's batch is not out for anybody, and if so record that.

        OAI-PMH has no batch of today, and one listing page still shows an earlier day.
        """
        if reading.finding not in {Finding.EMPTY, Finding.STALE} or not self._proof.was_asked:
            return False
        batch = self._proof.batch(self._today)
        if batch is not None and not batch.is_empty:
            return False
        if self._listing_day is None:
            try:
                self._listing_day = self._sources.listing(category).day
            except ArxivUnavailableError as error:
                troubles.append(f"listing: {error.message}")
                return False
        if self._listing_day is None or self._listing_day >= self._today:
            return False
        if self._today in almanac.HOLIDAYS:
            entry = Entry(CoverageState.QUIET, "oai", "arXiv announced that it takes the day off")
        else:
            waiting = f"today's batch is not out: OAI-PMH has none, the listing is of {self._listing_day}"
            entry = Entry(CoverageState.WAITING, "oai", self._told([waiting]), lacks=Lacks.REST)
        self._enter(category, self._today, (), entry)
        return True

    def _settle_weekend(self, category: Category) -> None:
        if self._proof.was_asked:
            self._enter(category, self._today, (), Entry(CoverageState.QUIET, "oai"))
            return
        trouble = f"a week-end, but nothing proves it quiet: {self._proof.trouble}"
        entry = Entry(CoverageState.WAITING, "", self._told([trouble]), lacks=Lacks.REST)
        self._enter(category, self._today, (), entry)

    def _repair_from_atom(self, category: Category, troubles: list[str]) -> bool:
        """Read the same feed at its other address, which is cached apart from the first."""
        reading = self._read(category, "atom")
        self._judge(category, reading, "atom")
        if reading.document is None or reading.finding is not Finding.WHOLE:
            troubles += reading.troubles
            return False
        entry = Entry(CoverageState.REPAIRED, "atom", "; ".join(troubles), reading.document.digest)
        self._enter(category, self._today, reading.document.feed.items, entry)
        return True

    def _repair_from_pages(self, category: Category, troubles: list[str]) -> bool:
        """Read the listing, which may be of another day, and then the day's own page."""
        day = self._today
        if self._repair(category, day, "listing", self._sources.listing, troubles):
            return True
        batch = self._proof.batch(day)
        if batch is None or batch.is_empty:
            return False  # nothing says that there is such a page yet
        return self._repair(category, day, "catchup", self._page_of(day), troubles)

    def _repair(
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
        batch = self._proof.batch(day)
        expected = self._proof.expected(category, day)
        if not listing.items and (batch is None or expected):
            troubles.append(f"{name}: no papers")
            return False
        state, lacks = CoverageState.REPAIRED if listing.items else CoverageState.QUIET, Lacks.NOTHING
        if listing.quarantined:
            state, lacks = CoverageState.STARVED, Lacks.REST
            troubles.append(f"{name}: {len(listing.quarantined)} cannot be read: {listing.quarantined[0]}")
        self._enter(category, day, listing.items, Entry(state, name, "; ".join(troubles), lacks=lacks))
        return True

    def _enter(self, category: Category, day: date, items: Collection[Item], entry: Entry) -> None:
        self._ledger.enter(category, day, items, entry, self._clock.now())
        self._touched.add((category, day))

    def _told(self, troubles: Sequence[str]) -> str:
        again = almanac.next_slot(self._clock.now())
        return f"{'; '.join(troubles)}. A poll after {again:%Y-%m-%d %H:%M} UTC reads it again"

    # Every day of the window

    def _reconcile(self) -> None:
        """Record what OAI-PMH knows of the window's batches and no other source has shown."""
        for day in almanac.announcement_days(self._first, self._today):
            for category in self._categories:
                self._add(category, day, self._proof.items(category, day), "OAI-PMH")

    def _fill_holes(self) -> None:
        """Look for identifiers that no source has shown, and say so where it may concern a category."""
        for category, day, item in self._proof.chase_holes():
            self._add(category, day, [item], "the search API")
        for day, batch in self._proof.batches().items():
            if batch.missing and day >= self._first:
                for category in self._categories:
                    self._report_holes(category, day, len(batch.missing), batch.size())

    def _report_holes(self, category: Category, day: date, missing: int, size: int) -> None:
        row = self._ledger.coverage(category, day)
        if row is None or row.state not in CLOSED or day < self._today - WINDOW:
            return
        told = f"{missing} identifiers of that day's batch are in no source yet"
        concerns = missing * (row.new / size) >= 1
        if told in row.detail and not concerns:
            return
        detail = "; ".join(filter(None, (row.detail, told)))
        digest = self._ledger.digest(category, day)
        entry = Entry(row.state, row.source, detail, digest, self._ledger.lacks(category, day))
        if concerns:
            entry = Entry(CoverageState.STARVED, row.source, self._told([detail]), digest, Lacks.REST)
        self._enter(category, day, (), entry)

    def _add(self, category: Category, day: date, items: Sequence[Item], name: str) -> None:
        """Record what another source adds to a day, which is better known by it.

        A day of which only that is known is not whole: later cross-lists are on its own page alone.
        """
        row = self._ledger.coverage(category, day)
        added = self._ledger.add(category, day, items, "oai")
        is_closed = row is not None and row.state in CLOSED
        if not added or (is_closed and not any(item.type in _FIRST for item in items)):
            return
        details = [row.detail] if row and row.detail else []
        details.append(f"{added} announcements from {name}")
        if is_closed:
            lacks = max(self._ledger.lacks(category, day), Lacks.LITTLE)
        else:
            lacks = Lacks.REST
            details.append("its own page, read by a later poll, adds later cross-lists")
        source = row.source if row and row.source else "oai"
        self._enter(category, day, (), Entry(CoverageState.REPAIRED, source, "; ".join(details), lacks=lacks))

    def _catch_up(self, budget: Budget, required_from: date) -> None:
        """Read the pages of missed days, newest first."""
        days = [day for day in almanac.announcement_days(self._first, self._today) if day < self._today]
        for day in reversed(days):
            for category in self._categories:
                lacks = self._ledger.lacks(category, day)
                if lacks is Lacks.NOTHING or self._is_known_quiet(category, day):
                    continue
                if budget.is_left or (day >= required_from and lacks is Lacks.REST):
                    self._catch_up_on(category, day, self._ledger.coverage(category, day))

    def _is_known_quiet(self, category: Category, day: date) -> bool:
        """Close a holiday that OAI-PMH has no batch of; any other such day is asked for."""
        batch = self._proof.batch(day)
        if batch is None or not batch.is_empty or day not in almanac.HOLIDAYS:
            return False
        detail = "arXiv announced that it takes the day off"
        self._enter(category, day, (), Entry(CoverageState.QUIET, "oai", detail))
        return True

    def _catch_up_on(self, category: Category, day: date, row: Coverage | None) -> None:
        troubles = [row.detail.split(". A poll after", maxsplit=1)[0]] if row and row.detail else []
        if self._repair(category, day, "catchup", self._page_of(day), troubles):
            return
        if row is None or row.state not in CLOSED:
            state = row.state if row and row.state is not CoverageState.WAITING else CoverageState.FAILED
            source = row.source if row else ""
            self._enter(category, day, (), Entry(state, source, self._told(troubles), lacks=Lacks.REST))

    def _page_of(self, day: date) -> Callable[[Category], Listing]:
        return lambda category: self._sources.catch_up(category, day)


def _check_day(listing: Listing, day: date) -> None:
    """Make sure that a page shows a day, and all of it.

    Raises:
        BadDocumentError: It is of another day, or shows fewer papers than it says.
    """
    if listing.day is not None and listing.day != day:
        raise BadDocumentError(f"it shows {listing.day}")
    if not listing.is_whole:
        raise BadDocumentError(f"{len(listing.items)} of {sum(listing.declared.values())} papers")
