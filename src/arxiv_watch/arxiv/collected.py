"""One poll as a portable file: collected by one machine, worked on by many, or published as a mirror.

The file is gzipped JSON, made from the cache and not the cache itself. It holds everything that a run asks of
arXiv: announcements with their coverage, the background, and the metadata of the lists' papers.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.clock import Clock
from arxiv_watch.errors import UsageError
from arxiv_watch.files import open_input, writing
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

VERSION: Literal[1] = 1
MOST_BYTES = 1 << 30  # of the unzipped file; a thousand lists of twenty fields take 90 MB (docs/scaling.md)
COLLECT_AGAIN = "collect again with `arxiv-watch poll --collect FILE`"


@dataclass(frozen=True, slots=True)
class Collection:
    """One poll for all watches.

    Attributes:
        version: Of the file's form.
        made: In UTC.
        first: The first day whose announcements are in it.
        metadata: Of the lists' papers.
        unknown: Papers of the lists that arXiv was asked for and does not know.
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
        raise UsageError(f"no file {path}", COLLECT_AGAIN) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", COLLECT_AGAIN) from error


def parse_collection(zipped: bytes, name: str) -> Collection:
    """Read the bytes of such a file, which errors call by `name`."""
    try:
        with gzip.open(io.BytesIO(zipped)) as file:
            data = file.read(MOST_BYTES + 1)
    except EOFError as error:
        raise UsageError(f"{name} is cut off", f"transfer it again, or {COLLECT_AGAIN}") from error
    except (OSError, zlib.error) as error:
        raise UsageError(f"{name} cannot be read: {error}", COLLECT_AGAIN) from error
    if len(data) > MOST_BYTES:
        raise UsageError(f"{name} holds more than {MOST_BYTES >> 20} MB", COLLECT_AGAIN)
    return _parse(data, name)


def _parse(data: bytes, name: str) -> Collection:
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
    raise UsageError(message, COLLECT_AGAIN)


class CollectedArxiv:
    """arXiv as a collected file shows it, for machines that ask arXiv nothing."""

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
        """Return what was collected since a day; of an old file, today's coverage has failed.

        Raises:
            UsageError: The file lacks a category or query, or begins after `since`, or that is still to come.
        """
        del reader  # whatever was handled elsewhere is listed, proposed or rejected there
        held = self._collection
        covered = {row.category for row in held.poll.coverage}  # without a row a day would pass for quiet
        held_names = covered.intersection((*held.categories, *held.queries))
        names = tuple(dict.fromkeys(map(canonical, categories)))
        missing = [name for name in (*names, *queries) if name not in held_names]
        if missing:
            message = f"the collected file lacks {', '.join(missing)}"
            raise UsageError(message, f"{COLLECT_AGAIN}, with this config")
        today = timetable.listing_day(self._clock.now())
        collected = timetable.listing_day(held.made)
        first = timetable.first_day(since, today) if since else held.first
        if first < held.first:
            raise UsageError(
                f"the collected file begins on {held.first}", f"collect again with --since {since}"
            )
        poll = _since(first, held.poll, collected)
        if not timetable.announcement_days(collected + timedelta(days=1), today):
            return poll
        about = f"the file was collected on {collected}; {COLLECT_AGAIN}"
        old = (Trouble(TroubleKind.STALE, about=about),)
        late = [Coverage(name, today, CoverageState.FAILED, source="file", troubles=old) for name in names]
        return replace(poll, coverage=(*late, *poll.coverage))

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Do nothing: a file remembers nothing, and pull requests show what was proposed or rejected."""

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return the collected metadata of these papers."""
        found = {paper: self._metadata[paper] for paper in ids if paper in self._metadata}
        missing = len(set(ids) - found.keys() - set(self._collection.unknown))
        self.trouble = f"{missing} of them are not in the collected file" if missing else ""
        return found


def _since(first: date, poll: Poll, collected: date) -> Poll:
    """Return a poll's part from a day on: the coverage of the day it was made on is always in it."""
    return replace(
        poll,
        announcements=tuple(each for each in poll.announcements if each.day >= first),
        coverage=tuple(row for row in poll.coverage if row.day >= min(first, collected)),
        handled=tuple(each for each in poll.handled if each.day >= first),
    )
