"""One poll: read every category's feed, prove it, repair it, catch up, and say how complete it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from arxiv_watch.arxiv import almanac
from arxiv_watch.arxiv.api import Api
from arxiv_watch.arxiv.coverage import Finding, Past, batches_of, judge
from arxiv_watch.arxiv.documents import check_html, check_xml
from arxiv_watch.arxiv.feeds import Feed, Item, parse_feed
from arxiv_watch.arxiv.listing import Listing, parse_listing
from arxiv_watch.arxiv.oai import Oai, batch_days, sets_for
from arxiv_watch.arxiv.refusals import BadDocumentError
from arxiv_watch.arxiv.settings import ArxivSettings
from arxiv_watch.arxiv.store import QUERY, Batch, Store
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.arxiv.transport import Session
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper

WINDOW = timedelta(days=7)  # days that are read again, proven and repaired
CATCH_UP = timedelta(days=90)  # arXiv's catch-up pages reach no further back
BACKGROUND = timedelta(
    days=21
)  # the background is what was submitted in these days, but not in the last week
BACKGROUND_LIMIT = 20_000
IDENTIFIER_DAYS = (
    5  # how far before a day identifiers are asked for, so that the batch before it is among them
)
CATCH_UP_REQUESTS = 14  # a run's requests up to which days before the first run are still caught up

_CLOSED = {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """A category's feed as it was fetched, or why it was not."""

    feed: Feed | None = None
    trouble: str = ""
    failed: bool = False


class Poller:
    """Reads the days of a window for some categories.

    Args:
        settings: The endpoints.
        clock: Tells the time.
        session: Fetches.
        store: Remembers.
        categories: What to read.
        since: The first day, or None for the last week.
    """

    def __init__(
        self,
        settings: ArxivSettings,
        clock: Clock,
        session: Session,
        store: Store,
        *,
        categories: Sequence[Category],
        since: date | None,
    ) -> None:
        self._settings = settings
        self._session = session
        self._store = store
        self._oai = Oai(session, settings.oai_url)
        self._api = Api(session, settings.api_url)
        self._categories = tuple(dict.fromkeys(categories))
        self._clock = clock
        self._explicit = since is not None
        self.today = almanac.listing_day(clock.now())
        self.first = max(since or self.today - WINDOW, self.today - CATCH_UP)
        self._is_first_run = store.is_empty
        self._start = session.requests
        self._touched: set[tuple[Category, date]] = set()
        self._troubles: dict[str, str] = {}

    def run(self, queries: Sequence[str]) -> None:
        """Read today, prove it, repair what can be repaired, and catch up on missed days."""
        readings = {category: self._read(category) for category in self._open_today()}
        self._learn_batches()
        for category, reading in readings.items():
            self._settle(category, reading)
        if almanac.is_weekend(self.today):
            self._settle_weekend()
        self._harvest()
        self._reconcile()
        self._catch_up()
        for query in queries:
            self._search(query)

    def coverage(self) -> tuple[Coverage, ...]:
        """Return today's coverage of each category, and that of the days worked on or still open."""
        days = [*almanac.announcement_days(self.first, self.today)]
        if self.today not in days:
            days.append(self.today)
        rows = []
        for day in days:
            for category in self._categories:
                row = self._store.coverage(category, day)
                shown = day == self.today or (category, day) in self._touched
                if row is not None and (shown or row.state not in _CLOSED):
                    rows.append(row)
        queries = [
            Coverage(query, self.today, CoverageState.FAILED, source="api", detail=trouble)
            for query, trouble in self._troubles.items()
        ]
        return (*rows, *queries)

    def background(self) -> tuple[Paper, ...]:
        """Return the unlisted examples: one to three weeks old, none of this window's announcements."""
        announced = {row.paper.id for row in self._store.announcements(self._categories, self.first)}
        papers = (
            paper
            for _, paper in self._store.records(self.today - BACKGROUND, self.today - WINDOW)
            if paper.id not in announced and self._listed_under(paper)
        )
        return tuple(paper for paper, _ in zip(papers, range(BACKGROUND_LIMIT), strict=False))

    # Today

    def _open_today(self) -> list[Category]:
        if almanac.is_weekend(self.today):
            return []
        return [category for category in self._categories if not self._is_closed(category, self.today)]

    def _is_closed(self, category: Category, day: date) -> bool:
        row = self._store.coverage(category, day)
        return row is not None and row.state in _CLOSED

    def _read(self, category: Category, path: str = "rss") -> _Reading:
        try:
            body = self._session.fetch(f"{self._settings.rss_url}/{path}/{category}", check_xml)
            return _Reading(parse_feed(body))
        except ArxivUnavailableError as error:
            return _Reading(None, f"{path}: {error.message}", failed=True)

    def _learn_batches(self) -> None:
        """Ask OAI-PMH for all identifiers of the last days, unless every day's batch is known."""
        known = self._store.batches(self.first)
        days = almanac.announcement_days(max(self.first, self.today - WINDOW), self.today)
        unknown = [day for day in days if day not in known]
        weekend_open = almanac.is_weekend(self.today) and any(
            not self._is_closed(category, self.today) for category in self._categories
        )
        if not unknown and not weekend_open:
            return
        since = min([*unknown, self.today - timedelta(days=2)]) - timedelta(days=IDENTIFIER_DAYS)
        try:
            headers = self._oai.identifiers(since)
        except ArxivUnavailableError as error:
            self._batch_trouble = error.message
            return
        found = batches_of(batch_days(headers))
        newest = max(found, default=since)
        with self._store.transaction():
            for batch in found.values():
                if batch.day >= self.first:
                    self._store.put_batch(batch)
            for day in unknown:
                # A later batch, or a day that is over, shows that this one never came.
                if day not in found and min(found, default=day) < day and (day < newest or day < self.today):
                    self._store.put_batch(Batch(day))
        self._identifiers_read = True

    _batch_trouble = ""
    _identifiers_read = False

    def _past(self, category: Category, day: date) -> Past:
        batches = self._store.batches(self.first - WINDOW)
        ends = [batch.max_id for other, batch in batches.items() if other < day and batch.max_id is not None]
        known = self._store.known(category, before=day)
        ends += [identifier for identifier, kind in known if kind is AnnounceType.NEW]
        return Past(batches, known, max(ends, default=None))

    def _settle(self, category: Category, reading: _Reading) -> None:
        """Record a good feed; go on to the next source with any other."""
        past = self._past(category, self.today)
        finding, why = (judge(reading.feed, self.today, past)) if reading.feed else (None, reading.trouble)
        if reading.feed and finding is Finding.WHOLE:
            self._accept(
                category,
                self.today,
                reading.feed.items,
                CoverageState.FRESH,
                source="rss",
                detail=_quarantine(reading.feed),
            )
            return
        batch = past.batches.get(self.today)
        if finding is Finding.EMPTY and (batch is None or batch.min_id is None) and self._identifiers_read:
            self._settle_without_batch(category)
            return
        troubles = [why if reading.failed else f"rss: {why}"]
        for source in (self._from_atom, self._from_listing):
            if self._repair(category, self.today, source, troubles):
                return
        state = {
            Finding.STALE: CoverageState.STALE,
            Finding.TRUNCATED: CoverageState.STARVED,
            Finding.EMPTY: CoverageState.STARVED,
            Finding.UNPROVEN: CoverageState.STALE,
            None: CoverageState.FAILED,
        }[finding]
        if reading.feed and finding in {Finding.TRUNCATED, Finding.UNPROVEN}:
            self._accept(
                category, self.today, reading.feed.items, state, source="rss", detail=self._told(troubles)
            )
        else:
            self._accept(category, self.today, (), state, detail=self._told(troubles))

    def _settle_without_batch(self, category: Category) -> None:
        if self.today in almanac.HOLIDAYS:
            self._accept(
                category,
                self.today,
                (),
                CoverageState.QUIET,
                source="oai",
                detail="arXiv has announced a day off",
            )
        else:
            detail = "arXiv has not published today's batch yet"
            self._accept(
                category, self.today, (), CoverageState.WAITING, source="oai", detail=self._told([detail])
            )

    def _settle_weekend(self) -> None:
        for category in self._categories:
            if self._is_closed(category, self.today):
                continue
            if self._identifiers_read:
                self._accept(category, self.today, (), CoverageState.QUIET, source="oai")
            else:
                detail = self._told([f"a week-end, but nothing proves it quiet: {self._batch_trouble}"])
                self._accept(category, self.today, (), CoverageState.WAITING, detail=detail)

    def _repair(
        self,
        category: Category,
        day: date,
        source: Callable[[Category, date], tuple[Collection[Item], CoverageState, str]],
        troubles: list[str],
    ) -> bool:
        try:
            items, state, name = source(category, day)
        except ArxivUnavailableError as error:
            troubles.append(error.message)
            return False
        self._accept(category, day, items, state, source=name, detail="; ".join(troubles))
        return True

    def _from_atom(self, category: Category, day: date) -> tuple[Collection[Item], CoverageState, str]:
        reading = self._read(category, "atom")
        if reading.feed is None:
            raise BadDocumentError(reading.trouble)
        finding, why = judge(reading.feed, day, self._past(category, day))
        if finding is not Finding.WHOLE:
            raise BadDocumentError(f"atom: {why}")
        return reading.feed.items, CoverageState.REPAIRED, "atom"

    def _from_listing(self, category: Category, day: date) -> tuple[Collection[Item], CoverageState, str]:
        return self._from_page(category, day, f"list/{category}/new?skip=0&show=2000", "listing")

    def _from_catch_up(self, category: Category, day: date) -> tuple[Collection[Item], CoverageState, str]:
        return self._from_page(category, day, f"catchup/{category}/{day.isoformat()}?abs=True", "catchup")

    def _from_page(
        self, category: Category, day: date, path: str, name: str
    ) -> tuple[Collection[Item], CoverageState, str]:
        listing = self._page(f"{self._settings.listing_url}/{path}", category)
        if listing.day is not None and listing.day != day:
            raise BadDocumentError(f"{name}: it shows {listing.day}")
        if not listing.is_whole:
            raise BadDocumentError(f"{name}: {len(listing.items)} of {sum(listing.declared.values())} papers")
        if listing.items:
            return listing.items, CoverageState.REPAIRED, name
        batch = self._store.batches(self.first).get(day)
        if day == self.today and (batch is None or batch.min_id is None):
            raise BadDocumentError(f"{name}: no papers")
        return (), CoverageState.QUIET, name

    def _page(self, url: str, category: Category) -> Listing:
        return parse_listing(self._session.fetch(url, check_html), category)

    def _accept(
        self,
        category: Category,
        day: date,
        items: Collection[Item],
        state: CoverageState,
        *,
        source: str = "",
        detail: str = "",
    ) -> None:
        with self._store.transaction():
            self._store.record(items, category, day, source)
            self._store.cover(category, day, state, source, detail)
        self._touched.add((category, day))

    def _told(self, troubles: Sequence[str]) -> str:
        again = almanac.next_slot(self._clock.now())
        return f"{'; '.join(troubles)}. A poll after {again:%Y-%m-%d %H:%M} UTC reads it again"

    # The second source and the background

    def _harvest(self) -> None:
        """Fetch the records of these categories that changed since the last harvest."""
        newest = max(
            (day for day, batch in self._store.batches(self.first).items() if batch.min_id), default=None
        )
        for oai_set in sets_for(self._categories):
            covered = self._store.harvest(oai_set)
            wanted = min(self.first, self.today - BACKGROUND)
            if covered and covered[0] <= wanted and newest is not None and covered[1] >= newest:
                continue
            since = wanted
            if covered and covered[0] <= wanted:
                since = covered[1] - timedelta(days=2)  # errors of today can be pinned in a cache; overlap
            try:
                records = list(self._oai.records(oai_set, since))
            except ArxivUnavailableError as error:
                _logger.warning("OAI-PMH set %s: %s", oai_set, error.message)
                continue
            with self._store.transaction():
                self._store.put_records(oai_set, since, newest or since, records)
        self._store.forget(self.today - CATCH_UP)

    def _reconcile(self) -> None:
        """Record what OAI-PMH knows of the window's batches and no other source has shown."""
        batches = self._store.batches(self.first)
        found: dict[tuple[Category, date], list[Item]] = {}
        for _, paper in self._store.records(self.first - CATCH_UP, self.today + timedelta(days=1)):
            day = next((day for day, batch in batches.items() if paper.id in batch), None)
            if day is None:
                continue
            for category in self._categories:
                if belongs(category, paper.categories):
                    is_new = belongs(category, paper.categories[:1])
                    first = replace(paper, id=ArxivId(paper.id.base, 1))
                    kind = AnnounceType.NEW if is_new else AnnounceType.CROSS
                    found.setdefault((category, day), []).append(Item(first, kind))
        for (category, day), items in found.items():
            self._add_late(category, day, items)

    def _add_late(self, category: Category, day: date, items: Sequence[Item]) -> None:
        row = self._store.coverage(category, day)
        with self._store.transaction():
            added = self._store.record(items, category, day, "oai")
            if not added:
                return
            source = "oai" if row is None or not row.source else row.source
            before = f"{row.detail}; " if row and row.detail else ""
            detail = f"{before}{added} papers from OAI-PMH"
            self._store.cover(category, day, CoverageState.REPAIRED, source, detail)
        self._touched.add((category, day))

    # Missed days

    def _catch_up(self) -> None:
        """Read the pages of missed days, newest first; days before the first run only while it is cheap."""
        batches = self._store.batches(self.first)
        days = [day for day in almanac.announcement_days(self.first, self.today) if day < self.today]
        for day in reversed(days):
            for category in self._categories:
                if self._is_closed(category, day):
                    continue
                batch = batches.get(day)
                if batch is not None and batch.min_id is None:
                    self._accept(category, day, (), CoverageState.QUIET, source="oai")
                elif not self._is_first_run or self._explicit or self._spent() < CATCH_UP_REQUESTS:
                    self._catch_up_on(category, day)

    def _spent(self) -> int:
        return self._session.requests - self._start

    def _catch_up_on(self, category: Category, day: date) -> None:
        troubles: list[str] = []
        if not self._repair(category, day, self._from_catch_up, troubles):
            self._accept(category, day, (), CoverageState.FAILED, detail=self._told(troubles))

    # Extra searches

    def _search(self, query: str) -> None:
        try:
            papers = self._api.search(query, self.today)
        except ArxivUnavailableError as error:
            self._troubles[query] = self._told([error.message])
            return
        batches = self._store.batches(self.first)
        with self._store.transaction():
            for paper in papers:
                day = next((day for day, batch in batches.items() if paper.id in batch), None)
                if day is not None:
                    item = Item(replace(paper, id=ArxivId(paper.id.base, 1)), AnnounceType.NEW)
                    self._store.record([item], f"{QUERY}{query}", day, "api")

    def _listed_under(self, paper: Paper) -> bool:
        return any(belongs(category, paper.categories) for category in self._categories)


def _quarantine(feed: Feed) -> str:
    if not feed.quarantined:
        return ""
    return f"{len(feed.quarantined)} items could not be read: {'; '.join(feed.quarantined[:3])}"
