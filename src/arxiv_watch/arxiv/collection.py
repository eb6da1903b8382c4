"""One poll as a portable file: collected by one machine, worked on by many, or published as a mirror.

The file is gzipped JSON, made from the cache and not the cache itself. It holds everything that a run asks of
arXiv: announcements with their coverage, the background, and the metadata of the lists' papers.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.page import Item, Page, Source
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.refusals import BadDocumentError, NotNowError
from arxiv_watch.arxiv.taxonomy import canonical, listed_under
from arxiv_watch.arxiv.transport import user_agent
from arxiv_watch.bounds import Bounds, OutOfBoundsError
from arxiv_watch.clock import Clock
from arxiv_watch.errors import UsageError
from arxiv_watch.files import open_input, writing
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION: Literal[1] = 1
MOST_BYTES = 1 << 30  # of the unzipped file; a thousand lists of twenty fields take 90 MB (docs/scaling.md)
# Twenty fields of a week with three weeks of background are 10 MB (docs/scaling.md).
MIRROR_BOUNDS = Bounds(connect=10.0, pause=30.0, whole=120.0, size=64 * 2**20)
_OK = 200

_COLLECT_AGAIN = "collect again with `arxiv-watch poll --collect FILE`"


@dataclass(frozen=True, slots=True)
class Collection:
    """What one poll brought home for all watches.

    Attributes:
        version: The form of the file.
        made: When it was collected, UTC.
        categories: The categories that were read.
        queries: The extra searches that were made.
        first: The first day whose announcements are in it.
        poll: The announcements, their coverage, and the background.
        metadata: What arXiv knows of the lists' papers.
        unknown: Those that arXiv was asked for and does not know: nothing is missing of them.
    """

    version: Literal[1]
    made: datetime
    categories: tuple[Category, ...]
    queries: tuple[str, ...]
    first: date
    poll: Poll
    metadata: tuple[Paper, ...]
    unknown: tuple[ArxivId, ...] = ()


@cache
def _adapter() -> TypeAdapter[Collection]:
    from pydantic import TypeAdapter  # `--help` starts without it

    return TypeAdapter(Collection)


def write_collection(path: Path, collection: Collection) -> None:
    """Write the file, whole or not at all.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        with writing(path) as file:
            file.write(gzip.compress(_adapter().dump_json(collection), mtime=0))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another file") from error


def read_collection(path: Path) -> Collection:
    """Read a file of `poll --collect`.

    Raises:
        UsageError: It is missing, cut, larger than `MOST_BYTES`, of another version, or no such file.
    """
    try:
        with open_input(path) as file:
            return parse_collection(file.read(MOST_BYTES + 1), str(path))
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}", _COLLECT_AGAIN) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", _COLLECT_AGAIN) from error


def parse_collection(zipped: bytes, name: str) -> Collection:
    """Read the bytes of such a file.

    Args:
        zipped: The file's bytes.
        name: What errors call it.

    Raises:
        UsageError: They are cut, unpack to more than `MOST_BYTES`, or are of another version or kind.
    """
    try:
        with gzip.open(io.BytesIO(zipped)) as file:
            data = file.read(MOST_BYTES + 1)
    except EOFError as error:
        raise UsageError(f"{name} is cut off", f"transfer it again, or {_COLLECT_AGAIN}") from error
    except (OSError, zlib.error) as error:
        raise UsageError(f"{name} cannot be read: {error}", _COLLECT_AGAIN) from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name} holds more than {MOST_BYTES >> 20} MB", _COLLECT_AGAIN)
    return _parse(data, name)


def _parse(data: bytes, name: str) -> Collection:
    from pydantic import ValidationError  # `--help` starts without it

    try:
        return _adapter().validate_json(data)
    except ValidationError as error:
        faults = {".".join(map(str, fault["loc"])): fault for fault in error.errors()}
    # A file of another version may be unlike ours in everything, and only its version is to blame.
    if (version := faults.get("version")) is not None and version["type"] == "literal_error":
        message = f"{name} is of version {version['input']}, and this arxiv-watch reads version {VERSION}"
        raise UsageError(message, "collect and work with the same release of arxiv-watch")
    where, fault = next(iter(faults.items()))
    message = f"{name} is no file of `poll --collect`: {where or 'it'}: {fault['msg']}"
    raise UsageError(message, _COLLECT_AGAIN)


class CollectedArxiv:
    """arXiv as a collected file shows it; it makes no request.

    Args:
        collection: The file.
        clock: Tells whether a newer batch has been announced since.
    """

    requests = 0
    trouble = ""
    """Why the last `metadata` fell short, or empty."""

    def __init__(self, collection: Collection, clock: Clock) -> None:
        self._collection = collection
        self._clock = clock
        self._metadata = {paper.id: paper for paper in collection.metadata}

    def poll(
        self,
        categories: Sequence[Category],
        *,
        queries: Sequence[str] = (),
        since: date | None = None,
        reader: str = "",
    ) -> Poll:
        """Return what was collected; a file of an earlier day is told as failed coverage of today.

        Raises:
            UsageError: The file lacks a category or query, or begins after `since`.
        """
        del reader  # whatever was handled elsewhere is listed, proposed or rejected there
        held = self._collection
        missing = [name for name in categories if canonical(name) not in held.categories]
        missing += [query for query in queries if query not in held.queries]
        told = {line.category for line in held.poll.coverage}  # without a line a day would pass for quiet
        missing += [name for name in (*categories, *queries) if name not in told and name not in missing]
        if missing:
            message = f"the collected file lacks {', '.join(missing)}"
            raise UsageError(message, f"{_COLLECT_AGAIN}, with this config")
        if since is not None and since < held.first:
            raise UsageError(
                f"the collected file begins on {held.first}", f"collect again with --since {since}"
            )
        today = timetable.listing_day(self._clock.now())
        collected = timetable.listing_day(held.made)
        if not timetable.announcement_days(collected + timedelta(days=1), today):
            return held.poll
        about = f"the file was collected on {collected}; {_COLLECT_AGAIN}"
        old = (Trouble(TroubleKind.STALE, about=about),)
        late = [
            Coverage(name, today, CoverageState.FAILED, source="file", troubles=old) for name in categories
        ]
        return replace(held.poll, coverage=(*late, *held.poll.coverage))

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Do nothing: a file remembers nothing, and pull requests tell what was proposed or rejected."""

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return what was collected of these papers."""
        found = {paper: self._metadata[paper] for paper in ids if paper in self._metadata}
        missing = len(set(ids) - found.keys() - set(self._collection.unknown))
        self.trouble = f"{missing} of them are not in the collected file" if missing else ""
        return found


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

    def document(self, category: Category, day: date) -> Page:
        """Return what the file shows of a category's day.

        Raises:
            BadDocumentError: It does not hold the day whole, or holds other papers than it declares.
        """
        line = self._lines.get((category, day))
        if line is None or not line.state.is_whole:
            raise BadDocumentError(f"the mirror does not hold {category} of {day} whole")
        items = self._items.get((category, day), [])
        if _declared(line) != _counted(items):
            raise BadDocumentError(f"the mirror holds other papers of {category} on {day} than it declares")
        events = sorted(map(str, (item.event for item in items)))
        digest = hashlib.sha256("\n".join(events).encode()).hexdigest()
        return Page(tuple(items), length=len(items), digest=digest)

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


def read_mirror(url: str, clock: Clock, *, contact: str, deadline: datetime | None) -> Mirror:
    """Fetch the file that a mirror publishes; today's, or it is of no use.

    Args:
        url: Its address; redirects are followed, as those of release assets must be.
        clock: Tells the time.
        contact: An e-mail address for the User-Agent, or empty.
        deadline: The moment by which the run ends, in UTC, or None.

    Raises:
        NotNowError: There is none to be had.
        BadDocumentError: It is no collected file, or an old one.
    """
    import requests  # few polls have a mirror

    from arxiv_watch.bounded_adapter import BoundedAdapter  # likewise

    host = urlsplit(url).netloc
    with requests.Session() as session:
        adapter = BoundedAdapter(clock, MIRROR_BOUNDS, lambda: deadline)
        for scheme in ("http://", "https://"):
            session.mount(scheme, adapter)
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
