"""The days of a poll: OAI-PMH's evidence of each, its coverage, and whether a page is all of it.

Feeds are judged by identifiers, listings by what they declare.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.session import trouble_of
from arxiv_watch.arxiv.sources.feeds import MAX_ITEMS
from arxiv_watch.arxiv.sources.oai import sets_of
from arxiv_watch.arxiv.sources.page import Event, Item, Page, Source
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.arxiv.store.records import RecordStore
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.arxiv.timetable import WINDOW
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

# A paper given another category after its announcement is in OAI-PMH's record before it is in a feed,
# and a replacement that moderation held is announced later than the schedule says.
_TOLERATED = 0.05
_TOLERATED_REPLACEMENTS = 0.2
_ENOUGH_DAYS = 3  # to know what is usual


@dataclass(frozen=True, slots=True)
class BatchEvidence:
    """The known batches and the records in them; no source is asked for them.

    Attributes:
        first: Of the window.
        today: The listing day.
    """

    records: RecordStore
    store: AnnouncementStore
    first: date
    today: date

    @property
    def recent(self) -> date:
        """The first day of the window that holes are looked for on."""
        return max(self.first, self.today - WINDOW)

    def batches(self) -> dict[date, Batch]:
        """Return the batches of the window and the week before, by day."""
        return self.records.batches(self.first - WINDOW, self.today)

    def batch(self, day: date) -> Batch | None:
        """Return a day's batch, an empty one if it is known that there was none, or None."""
        return self.records.batches(day, day).get(day)

    def has_batch(self, day: date) -> bool:
        """Return whether it is known that something was announced on a day."""
        batch = self.batch(day)
        return batch is not None and not batch.is_empty

    def newest(self) -> date | None:
        """Return the day of the latest batch that is known, or None."""
        return max((day for day, batch in self.batches().items() if not batch.is_empty), default=None)

    def is_whole(self, category: Category, day: date) -> bool:
        """Return whether OAI-PMH has a whole batch of a day, and the records of the category in it.

        That there was no batch is certain once a later one is known: OAI-PMH may lag behind.
        """
        batch, newest = self.batch(day), self.newest()
        if batch is None or batch.missing:
            return False
        if batch.is_empty:
            return newest is not None and newest > day
        harvests = (self.records.harvest(each) for each in sets_of(category))
        return any(covered and covered[1] >= day for covered in harvests)

    def is_silent(self, category: Category, day: date) -> bool:
        """Return whether a whole batch of OAI-PMH has nothing in a category."""
        is_whole = self.is_whole(category, day)
        return is_whole and not (self.expected(category, day) or self.replaced(category, day))

    def expected(self, category: Category, day: date) -> frozenset[str]:
        """Return the records of a category in a day's batch, as bare identifiers.

        Papers that the category showed in the week before are of an earlier batch, wherever the border seems
        to be.
        """
        batch = self.batch(day)
        if batch is None:
            return frozenset()
        listed = self.records.listed(batch)
        bases = {identifier.base for identifier, names in listed if belongs(category, names)}
        earlier = self.store.known(category, day - WINDOW, day)
        return frozenset(bases - {base for base, _, kind in earlier if kind.is_first})

    def replaced(self, category: Category, day: date) -> frozenset[str]:
        """Return the papers of a category whose replacements are scheduled for a day, as bare identifiers."""
        if not self.has_batch(day):
            return frozenset()
        listed = self.records.replaced(day)
        return frozenset(identifier.base for identifier, names in listed if belongs(category, names))

    def largest_before(self, category: Category, day: date) -> ArxivId | None:
        """Return the largest identifier that was new on any earlier day, or None on a first run."""
        ends = [batch.max_id for other, batch in self.batches().items() if other < day and batch.max_id]
        return max([*ends, *self.store.new_ids(category, day - WINDOW, day)], default=None)

    def unshown(self, category: Category, day: date) -> list[Item]:
        """Return the records of a category's day that no source has shown on that day."""
        shown = self.store.ids(category, day)
        first = self._papers(self.expected(category, day) - shown)
        replaced = self._papers(self.replaced(category, day) - shown)
        return [
            *(item_of(paper, category) for paper in first),
            *(item_of(paper, category, is_first=False) for paper in replaced),
        ]

    def _papers(self, bases: Iterable[str]) -> list[Paper]:
        papers = (self.records.record(ArxivId(base)) for base in sorted(bases))
        return [paper for paper in papers if paper is not None]


def item_of(paper: Paper, category: Category, *, is_first: bool = True) -> Item:
    """Return a paper as a category announces it first, or its latest version: new where it is at home."""
    is_home = belongs(category, paper.categories[:1])
    if is_first:
        first = replace(paper, id=ArxivId(paper.id.base, 1))
        return Item(first, AnnounceType.NEW if is_home else AnnounceType.CROSS)
    return Item(paper, AnnounceType.REPLACE if is_home else AnnounceType.REPLACE_CROSS)


@dataclass(slots=True)
class PollDays:
    """The days of some categories, as they become known during one poll."""

    categories: Collection[Category]
    evidence: BatchEvidence
    clock: Clock
    _touched: set[tuple[Category, date]] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The listing day."""
        return self.evidence.today

    @property
    def store(self) -> AnnouncementStore:
        """Where days are written."""
        return self.evidence.store

    @property
    def working(self) -> list[date]:
        """The Mondays to Fridays of the window, oldest first."""
        return timetable.announcement_days(self.evidence.first, self.today)

    @property
    def all(self) -> list[date]:
        """The working days and today, oldest first."""
        return list(dict.fromkeys([*self.working, self.today]))

    def known(self, category: Category, day: date) -> Coverage:
        """Return the coverage of a day; one that was never read is like one that failed."""
        return self.store.coverage(category, day) or Coverage(category, day, CoverageState.FAILED)

    def enter(self, coverage: Coverage, items: Collection[Item] = ()) -> None:
        """Write the coverage of a day, and the items that were found of it."""
        self.store.enter(coverage, items, self.clock.now())
        self._touched.add((coverage.category, coverage.day))

    def read(self, source: Source, category: Category, day: date) -> Page | Trouble:
        """Return the page that a source shows of a day, or why it shows none."""
        try:
            return source.read(category, day)
        except ArxivUnavailableError as error:
            return trouble_of(error, source.name)

    def judged(
        self, source: Source, category: Category, day: date, answer: Page | Trouble
    ) -> tuple[Page, Trouble | None]:
        """Return the page, an empty one if there is none, and its fault; None if it is the whole day."""
        if isinstance(answer, Trouble):
            return Page(()), answer
        return answer, fault_of(answer, day, category, self.evidence, source.name)

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


def fault_of(
    page: Page, day: date, category: Category, evidence: BatchEvidence, source: str = "rss"
) -> Trouble | None:
    """Return the gravest fault of a page that was read for a day, or None if it is the whole day.

    New papers bear identifiers that no earlier batch reached. So a feed whose new papers do not is an
    old one, whatever its dates say; a feed of replacements alone is old if all of it is known.
    """
    faults_of = _faults_of_feed if page.day is None else _faults_of_listing
    faults = faults_of(page, day, category, evidence)
    return next((Trouble(kind, source, about) for kind, about in faults), None)


def _faults_of_listing(
    page: Page, day: date, category: Category, evidence: BatchEvidence
) -> Iterator[tuple[TroubleKind, str]]:
    """Yield the faults of a page that bears its day and declares how many papers it has.

    An empty page looks the same for a day without a batch, for a category without papers, and while
    arXiv's pages lag behind: it counts where OAI-PMH knows of the day and of no paper in it.
    """
    if page.day != day:
        yield TroubleKind.OTHER_DAY, f"it shows {page.day}"
    if not page.is_whole:
        yield TroubleKind.SHORT, f"{len(page.items)} of {page.expected} papers"
    if not page.items and (evidence.batch(day) is None or evidence.expected(category, day)):
        yield TroubleKind.EMPTY, "no papers"
    if page.quarantined:
        about = f"{len(page.quarantined)} cannot be read: {page.quarantined[0]}"
        yield TroubleKind.DAMAGED, about


def _faults_of_feed(
    feed: Page, day: date, category: Category, evidence: BatchEvidence
) -> Iterator[tuple[TroubleKind, str]]:
    """Yield the faults of a feed, which says neither its day nor how many papers it must have."""
    if not feed.length:
        yield TroubleKind.EMPTY, "no items"
    if feed.length >= MAX_ITEMS:
        yield TroubleKind.TRUNCATED, f"{feed.length} items, which is where arXiv cuts feeds off"
    known = evidence.store.known(category, date.min, day)
    largest = evidence.largest_before(category, day)
    if old := _stale(feed, known, largest):
        yield TroubleKind.STALE, old
    expected = evidence.expected(category, day)
    shown = {item.paper.id.base for item in feed.items}
    for name, wanted, tolerated in (
        ("papers", expected, _TOLERATED),
        ("replacements", evidence.replaced(category, day), _TOLERATED_REPLACEMENTS),
    ):
        missing = wanted - shown
        if len(missing) > tolerated * len(wanted):
            about = f"{len(missing)} {name} that OAI-PMH lists are not in it, such as {min(missing)}"
            yield TroubleKind.THIN, about
    if feed.quarantined:
        about = f"{len(feed.quarantined)} items cannot be read: {'; '.join(feed.quarantined[:3])}"
        yield TroubleKind.DAMAGED, about
    if not (known or _reaches_further(feed, evidence.batch(day), largest)):
        yield TroubleKind.UNPROVEN, "nothing shows yet that this is today's batch"
    if not expected and not evidence.is_whole(category, day):
        odd = unusual(len(feed.ids(AnnounceType.NEW)), evidence.store.recent_counts(category, day))
        if odd:
            yield TroubleKind.THIN, odd


def unusual(count: int, usual: Sequence[int]) -> str:
    """Return why a number of new papers is suspicious beside those of recent days, or an empty string."""
    if len(usual) < _ENOUGH_DAYS or count >= median(usual) / 2:
        return ""
    return f"{count} new papers, where {median(usual):g} are usual"


def _stale(feed: Page, known: Collection[Event], largest: ArxivId | None) -> str:
    """Return why a feed is an old one, or an empty string."""
    events = {item.event for item in feed.items}
    if events and events <= set(known):
        return f"all of its {len(events)} items were announced before"
    new = feed.ids(AnnounceType.NEW)
    old = {identifier for identifier in new if largest is not None and identifier <= largest}
    if 2 * len(old) > len(new):  # an old feed is old throughout: a few such papers are a border that is off
        return f"{len(old)} of its {len(new)} new papers belong to an earlier batch (such as {min(old)})"
    return ""


def _reaches_further(feed: Page, batch: Batch | None, largest: ArxivId | None) -> bool:
    """Return whether a feed has a paper of the day's batch, or one beyond all earlier batches."""
    recent = {item.paper.id for item in feed.items if item.type.is_first}
    return any(
        (batch is not None and identifier in batch) or (largest is not None and identifier > largest)
        for identifier in recent
    )
