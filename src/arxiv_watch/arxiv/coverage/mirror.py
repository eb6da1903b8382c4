"""A collected file that somebody publishes daily, as a source of days."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import urlsplit

import requests

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.collected import Collection, parse_collection
from arxiv_watch.arxiv.coverage.days import PollDays, has_trouble, is_half_known, unusual
from arxiv_watch.arxiv.coverage.harvest import KEPT
from arxiv_watch.arxiv.session import BadDocumentError, NotNowError
from arxiv_watch.arxiv.session.transport import user_agent
from arxiv_watch.arxiv.sources.page import Item, Page, Source
from arxiv_watch.arxiv.store.announcements import QUERY, AnnouncementStore
from arxiv_watch.arxiv.taxonomy import listed_under
from arxiv_watch.bounds import Bounds, OutOfBoundsError, bounded_session
from arxiv_watch.clock import Clock
from arxiv_watch.errors import UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

# Twenty fields of a week with three weeks of background are 10 MB (docs/scaling.md).
MIRROR_BOUNDS = Bounds(connect=10.0, pause=30.0, whole=120.0, size=64 * 2**20)
_OK = 200


class Mirror:
    """A collected file as a source of days."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._lines = {(line.category, line.day): line for line in collection.poll.window}
        self._items: dict[tuple[Category, date], list[Item]] = {}
        for announcement in collection.poll.announcements:
            for category, announce_type in announcement.types.items():
                item = Item(announcement.paper, announce_type)
                self._items.setdefault((category, announcement.day), []).append(item)
        self.source = Source("mirror", self.document, has_past=True)

    def background(self, categories: Sequence[Category]) -> tuple[Paper, ...]:
        """Return the unlisted examples of some categories."""
        return listed_under(categories, self.collection.poll.background)

    def line(self, category: Category, day: date) -> Coverage | None:
        """Return how completely the file holds a category's day, or None if it does not tell."""
        return self._lines.get((category, day))

    def document(self, category: Category, day: date) -> Page:
        """Return what the file shows of a category's day.

        Raises:
            BadDocumentError: It does not hold the day whole, or holds other papers than it declares.
        """
        line = self.line(category, day)
        if line is None or not line.state.is_whole:
            raise BadDocumentError(f"the mirror does not hold {category} of {day} whole")
        items = self._items.get((category, day), [])
        if _declared(line) != _counted(items):
            raise BadDocumentError(f"the mirror holds other papers of {category} on {day} than it declares")
        return Page(tuple(items), length=len(items))

    def searched(self, query: str, today: date) -> Mapping[date, list[Item]] | None:
        """Return what an extra search found, by day; None if it was not made, or not whole, for today."""
        lines = [line for line in self.collection.poll.coverage if line.category == query]
        is_fresh = any(line.state is CoverageState.FRESH and line.day == today for line in lines)
        if not is_fresh:
            return None
        found: dict[date, list[Item]] = {}
        for announcement in self.collection.poll.announcements:
            if query in announcement.queries:
                found.setdefault(announcement.day, []).append(Item(announcement.paper, AnnounceType.NEW))
        return found


def _declared(line: Coverage) -> tuple[int, int, int, ArxivId | None, ArxivId | None]:
    return line.new, line.cross, line.replace, line.min_id, line.max_id


def _counted(items: list[Item]) -> tuple[int, int, int, ArxivId | None, ArxivId | None]:
    types = Counter(item.type for item in items)
    new = [item.paper.id for item in items if item.type is AnnounceType.NEW]
    replaced = types[AnnounceType.REPLACE] + types[AnnounceType.REPLACE_CROSS]
    return len(new), types[AnnounceType.CROSS], replaced, min(new, default=None), max(new, default=None)


def read_mirror(url: str, clock: Clock, *, contact: str, deadline: datetime) -> Mirror:
    """Fetch the file that a mirror publishes; today's, or it is of no use.

    Redirects are followed, as those of release assets must be.

    Raises:
        NotNowError: There is none to be had.
        BadDocumentError: It is no collected file, or an old one.
    """
    host = urlsplit(url).netloc
    with bounded_session(clock, MIRROR_BOUNDS, lambda: deadline) as session:
        try:
            response = session.get(url, headers={"User-Agent": user_agent(contact)})
        except (requests.RequestException, OutOfBoundsError) as error:
            about = str(error) if isinstance(error, OutOfBoundsError) else type(error).__name__
            raise NotNowError(Trouble(TroubleKind.REFUSED, "mirror", about, host)) from error
    if response.status_code != _OK:
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


_logger = logging.getLogger(__name__)


def take_days(mirror: Mirror, days: PollDays, ask_second_source: Callable[[], None]) -> bool:
    """Record what a mirror shows, where a feed would be believed; return whether no day is left open.

    On a first run nothing is known yet that could prove it; then OAI-PMH is asked, and it is read again.
    """
    is_whole = _take_all(mirror, days)
    if not is_whole:
        ask_second_source()
        is_whole = _take_all(mirror, days)
    if is_whole:
        days.store.forget(days.today - KEPT)
    return is_whole


def _take_all(mirror: Mirror, days: PollDays) -> bool:
    for day in days.all:
        if timetable.is_weekend(day):
            _take_weekend(mirror, days, day)
        else:
            _take_day(mirror, days, day)
    known = (days.known(category, day) for day in days.all for category in days.categories)
    return all(coverage.state.is_whole for coverage in known)


def _take_weekend(mirror: Mirror, days: PollDays, day: date) -> None:
    """Record that a week-end is quiet, where whoever made the mirror has proved it: it has no papers."""
    for category in days.categories:
        line = mirror.line(category, day)
        is_open = not days.known(category, day).state.is_whole
        if is_open and line is not None and line.state is CoverageState.QUIET:
            days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))


def _take_day(mirror: Mirror, days: PollDays, day: date) -> None:
    """Record a day of a mirror.

    A category without papers is quiet if another was believed and it has none on most days.
    """
    empty: list[Category] = []
    believed = False
    for category in days.categories:
        known, line = days.known(category, day), mirror.line(category, day)
        is_better = line is not None and is_half_known(known) and not is_half_known(line)
        if known.state.is_whole and not is_better:
            continue
        answer = days.read(mirror.source, category, day)
        page, fault = days.judged(mirror.source, category, day, answer)
        if fault is None and line is not None:
            days.enter(_as_mirrored(line), page.items)
            believed = True
        elif fault and fault.kind is TroubleKind.EMPTY and not days.store.ids(category, day):
            empty.append(category)
        else:
            _logger.info("%s of %s: %s", category, day, fault)
    for category in empty if believed else ():
        if not unusual(0, days.store.recent_counts(category, day)):
            days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))


def _as_mirrored(line: Coverage) -> Coverage:
    """Return a day of a mirror as ours: one that it knows from OAI-PMH alone is no better known here."""
    ours = Coverage(line.category, line.day, CoverageState.FRESH, source="mirror")
    if not has_trouble(line, TroubleKind.OAI_ONLY):
        return ours
    troubles = tuple(each for each in line.troubles if each.kind is TroubleKind.OAI_ONLY)
    return replace(ours, state=CoverageState.REPAIRED, troubles=troubles)


def take_search(mirror: Mirror, query: str, store: AnnouncementStore, today: date) -> Coverage | None:
    """Record what a search found where a mirror made it; None if it did not, or not whole, or not today."""
    found = mirror.searched(query, today)
    if found is None:
        return None
    for day, items in found.items():
        store.add(f"{QUERY}{query}", day, items, "mirror")
    count = sum(map(len, found.values()))
    return Coverage(query, today, CoverageState.FRESH, new=count, source="mirror")
