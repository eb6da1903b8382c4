"""A collected file that somebody publishes daily: its days are judged as a feed's are."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.collected import Collection, parse_collection
from arxiv_watch.arxiv.coverage.days import BatchEvidence, PollDays, has_trouble, is_half_known, unusual
from arxiv_watch.arxiv.coverage.harvest import KEPT
from arxiv_watch.arxiv.session import BadDocumentError, NotNowError
from arxiv_watch.arxiv.session.transport import user_agent
from arxiv_watch.arxiv.sources.page import Item, Page, Source
from arxiv_watch.arxiv.store.announcements import QUERY
from arxiv_watch.arxiv.taxonomy import listed_under
from arxiv_watch.bounds import Bounds, OutOfBoundsError, bounded_session
from arxiv_watch.clock import Clock
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

# Twenty fields of a week with three weeks of background are 10 MB (docs/scaling.md).
_BOUNDS = Bounds(connect=10.0, pause=30.0, whole=120.0, size=64 * 2**20)

_logger = logging.getLogger(__name__)


class Mirror:
    """A published file as a source of days."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._coverage = {(row.category, row.day): row for row in collection.poll.window}
        self._items: dict[tuple[Category, date], list[Item]] = {}
        for announcement in collection.poll.announcements:
            for category, announce_type in announcement.types.items():
                item = Item(announcement.paper, announce_type)
                self._items.setdefault((category, announcement.day), []).append(item)
        self._source = Source("mirror", self._page, has_past=True)

    def background(self, categories: Sequence[Category]) -> tuple[Paper, ...]:
        """Return the unlisted examples of some categories."""
        return listed_under(categories, self.collection.poll.background)

    def take_days(self, days: PollDays, ask_second_source: Callable[[], None]) -> bool:
        """Record the days of the file that would be believed of a feed; return whether none is left open.

        On a first run nothing is known yet that could prove it; then OAI-PMH is asked, and it is read again.
        """
        is_whole = self._take_all(days)
        if not is_whole:
            ask_second_source()
            is_whole = self._take_all(days)
        if is_whole:
            days.store.forget(days.today - KEPT)
        return is_whole

    def take_search(self, query: str, evidence: BatchEvidence) -> Coverage | None:
        """Record the papers of an extra search; return None if it was not made, or not whole, for today."""
        today, poll = evidence.today, self.collection.poll
        rows = [row for row in poll.coverage if row.category == query]
        if not any(row.state is CoverageState.FRESH and row.day == today for row in rows):
            return None
        found: dict[date, list[Item]] = {}
        for announcement in poll.announcements:
            if query in announcement.queries:
                found.setdefault(announcement.day, []).append(Item(announcement.paper, AnnounceType.NEW))
        for day, items in found.items():
            evidence.store.add(f"{QUERY}{query}", day, items, "mirror")
        count = sum(map(len, found.values()))
        return Coverage(query, today, CoverageState.FRESH, new=count, source="mirror")

    def _page(self, category: Category, day: date) -> Page:
        """Return a category's day, if the file holds all of it and the papers that it declares."""
        row = self._coverage.get((category, day))
        if row is None or not row.state.is_whole:
            raise BadDocumentError(f"the mirror does not hold {category} of {day} whole")
        items = self._items.get((category, day), [])
        if (row.new, row.cross, row.replace, row.min_id, row.max_id) != _counts(items):
            raise BadDocumentError(f"the mirror holds other papers of {category} on {day} than it declares")
        return Page(tuple(items), length=len(items))

    def _take_all(self, days: PollDays) -> bool:
        for day in days.all:
            if timetable.is_weekend(day):
                self._take_weekend(days, day)
            else:
                self._take_day(days, day)
        known = (days.known(category, day) for day in days.all for category in days.categories)
        return all(coverage.state.is_whole for coverage in known)

    def _take_weekend(self, days: PollDays, day: date) -> None:
        """Record that a weekend is quiet, where the file says that it is proved."""
        for category in days.categories:
            row = self._coverage.get((category, day))
            is_open = not days.known(category, day).state.is_whole
            if is_open and row is not None and row.state is CoverageState.QUIET:
                days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))

    def _take_day(self, days: PollDays, day: date) -> None:
        """Record a working day.

        A category without papers is quiet if another was believed and it has none on most days.
        """
        empty: list[Category] = []
        is_believed = False
        for category in days.categories:
            known, row = days.known(category, day), self._coverage.get((category, day))
            is_better = row is not None and is_half_known(known) and not is_half_known(row)
            if known.state.is_whole and not is_better:
                continue
            answer = days.read(self._source, category, day)
            page, fault = days.judged(self._source, category, day, answer)
            if fault is None and row is not None:
                days.enter(_as_mirrored(row), page.items)
                is_believed = True
            elif fault and fault.kind is TroubleKind.EMPTY and not days.store.ids(category, day):
                empty.append(category)
            else:
                _logger.info("%s of %s: %s", category, day, fault)
        for category in empty if is_believed else ():
            if not unusual(0, days.store.recent_counts(category, day)):
                days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))


def _counts(items: list[Item]) -> tuple[int, int, int, ArxivId | None, ArxivId | None]:
    """Return the numbers of new, cross-listed and replaced papers, and the ends of the new ones."""
    types = Counter(item.type for item in items)
    new = [item.paper.id for item in items if item.type is AnnounceType.NEW]
    replaced = types[AnnounceType.REPLACE] + types[AnnounceType.REPLACE_CROSS]
    return len(new), types[AnnounceType.CROSS], replaced, min(new, default=None), max(new, default=None)


def _as_mirrored(row: Coverage) -> Coverage:
    """Return a day of a mirror as ours: one that it knows from OAI-PMH alone is no better known here."""
    ours = Coverage(row.category, row.day, CoverageState.FRESH, source="mirror")
    if not has_trouble(row, TroubleKind.OAI_ONLY):
        return ours
    troubles = tuple(each for each in row.troubles if each.kind is TroubleKind.OAI_ONLY)
    return replace(ours, state=CoverageState.REPAIRED, troubles=troubles)


def read_mirror(url: str, clock: Clock, *, contact: str, deadline: datetime) -> Mirror:
    """Fetch the file that a mirror publishes; today's, or it is of no use.

    Redirects are followed, as those of release assets must be. Raises `NotNowError`, or `BadDocumentError`
    where the file is no collected one, or an old one.
    """
    host = urlsplit(url).netloc
    with bounded_session(clock, _BOUNDS, lambda: deadline) as session:
        try:
            response = session.get(url, headers={"User-Agent": user_agent(contact)})
        except (requests.RequestException, OutOfBoundsError) as error:
            about = str(error) if isinstance(error, OutOfBoundsError) else type(error).__name__
            raise NotNowError(Trouble(TroubleKind.REFUSED, "mirror", about, host)) from error
    if response.status_code != HTTPStatus.OK:
        about = f"{response.status_code} {response.reason}".strip()
        raise NotNowError(Trouble(TroubleKind.REFUSED, "mirror", about, host))
    if urlsplit(url).scheme == "https" and not response.url.startswith("https://"):
        raise BadDocumentError(f"the mirror {url} redirects to {response.url}, which is not encrypted")
    try:
        collection = parse_collection(response.content, url)
    except UsageError as error:
        raise BadDocumentError(f"mirror: {error.message}") from error
    made, today = timetable.listing_day(collection.made), timetable.listing_day(clock.now())
    if made != today:
        raise BadDocumentError(f"the mirror {url} was collected on {made}")
    return Mirror(collection)
