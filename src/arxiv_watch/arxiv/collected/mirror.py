"""A collected file that somebody publishes daily, as a source of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

import requests

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.collected.collection import Collection, parse_collection
from arxiv_watch.arxiv.session.refusals import BadDocumentError, NotNowError
from arxiv_watch.arxiv.session.transport import user_agent
from arxiv_watch.arxiv.sources.page import Item, Page, Source
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
