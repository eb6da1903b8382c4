"""The arXiv client: polls, metadata, and the announcements of past days."""

from __future__ import annotations

import logging
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.coverage.days import BatchEvidence, PollDays
from arxiv_watch.arxiv.coverage.harvest import Harvest, search
from arxiv_watch.arxiv.coverage.ladder import Ladder
from arxiv_watch.arxiv.coverage.mirror import Mirror, read_mirror
from arxiv_watch.arxiv.coverage.scheduled import background, replayed
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.session import RejectedError
from arxiv_watch.arxiv.session.rate_limiter import RateLimiter
from arxiv_watch.arxiv.session.transport import BOUNDS, Session
from arxiv_watch.arxiv.settings import ArxivSettings, default_cache_dir, is_arxiv
from arxiv_watch.arxiv.sources import sources_of
from arxiv_watch.arxiv.sources.api import PAGE, SearchApi
from arxiv_watch.arxiv.sources.oai import Oai
from arxiv_watch.arxiv.store import Cache
from arxiv_watch.arxiv.store.announcements import QUERY
from arxiv_watch.arxiv.store.database import FILE_NAME
from arxiv_watch.arxiv.taxonomy import canonical, check_categories
from arxiv_watch.bounds import Bounds
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError, UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, Category, Coverage, Paper

_logger = logging.getLogger(__name__)

FIRST_RUN_REQUESTS = 20  # beyond so many, days that no run has missed yet wait for the next run
USUAL_REQUESTS = 14
_MISSED_SHARE = 0.05  # of a list's papers that may be without metadata before that is worth saying
_SINGLES = 5  # identifiers that a page of metadata left out and that are asked for one by one in a run


class Arxiv:
    """arXiv, polled within its rate limits and cached.

    Use it as a context manager; nothing is opened before the first call. `jitter` returns random numbers
    from 0 to 1, for the spread of back-off waits.
    """

    def __init__(
        self,
        settings: ArxivSettings,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        bounds: Bounds = BOUNDS,
    ) -> None:
        self._settings = settings
        self._cache = Cache(settings.cache_folder / FILE_NAME)
        self._clock = clock
        self._limiter = RateLimiter(
            _common_folder(settings),
            clock,
            interval=settings.request_interval,
            floor=settings.backoff_floor,
            jitter=jitter,
        )
        self._session = Session(settings, clock, self._limiter, bounds)
        self._api = SearchApi(self._session, settings.api_url)
        self._oai = Oai(self._session, settings.oai_url)
        self._time_left = timedelta(seconds=settings.time_limit)
        self.trouble = ""
        """Why the last `metadata` could not ask for everything, or an empty string."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and the cache."""
        self._session.close()
        self._cache.close()

    @property
    def requests(self) -> int:
        """Number of requests made so far."""
        return self._session.requests

    def poll(
        self,
        categories: Sequence[Category],
        *,
        queries: Sequence[str] = (),
        since: date | None = None,
        reader: str = "",
    ) -> Poll:
        """Read the announcements, and say how completely they were read.

        A category that cannot be read does not raise: its coverage says what is wrong and what happens next.

        Args:
            categories: arXiv categories; the poll names each as arXiv's pages do, `eess.SY` for `cs.SY`.
            queries: Extra searches in arXiv's query syntax.
            since: The first day to deliver, up to 90 days back; None for all of the last week that the
                reader has not yet reported as handled.
            reader: The name under which is remembered what was handled.

        Raises:
            UsageError: A category does not exist, `since` is still to come, or the cache can neither be read
                nor made.
        """
        check_categories(categories)
        names = tuple(dict.fromkeys(map(canonical, categories)))
        self._time_left = timedelta(seconds=self._settings.time_limit)
        with self._timed():
            self._wait_for_midnight()
            return self._cache.attempt(lambda: self._poll(names, queries, since, reader))

    def _poll(
        self, categories: Sequence[Category], queries: Sequence[str], since: date | None, reader: str
    ) -> Poll:
        today = timetable.listing_day(self._clock.now())
        first = timetable.first_day(since, today)
        if since is not None and since < first:
            most = timetable.CATCH_UP.days
            _logger.warning("arXiv shows the last %d days, so none before %s is read", most, first)
        store, records = self._cache.announcements, self._cache.records
        spent = self._session.requests
        begun = store.first_day()
        limit = USUAL_REQUESTS if begun else FIRST_RUN_REQUESTS
        evidence = BatchEvidence(records, store, first, today)
        harvest = Harvest(self._oai, self._api, evidence, categories)
        days = PollDays(categories, evidence, self._clock)
        mirror = self._mirror()
        if mirror is None or not mirror.take_days(days, harvest.update):
            ladder = Ladder(sources_of(self._settings, self._session), harvest, days)
            ladder.ask(lambda: self._session.requests - spent < limit, since or begun or today)
        searches = [self._search(query, evidence, mirror) for query in queries]
        names = (*categories, *(f"{QUERY}{query}" for query in queries))
        left_out = store.unread(names, today - timetable.WINDOW, first, reader)
        # Before they are read: one that another process adds meanwhile may come twice, but is never skipped.
        cursor = store.cursor(name for name in names if name not in left_out)
        announcements, handled = store.announcements(names, first, None if since else reader)
        if mirror is not None and not harvest.was_harvested:  # our own records are not up to date
            unlisted = mirror.background(categories)
        else:
            unlisted = background(records, categories, today)
        return Poll(
            announcements=tuple(announcements),
            coverage=(*days.news(), *searches),
            background=unlisted,
            background_trouble=harvest.background_trouble(),
            handled=tuple(handled),
            window=days.rows(),
            cursor=cursor,
        )

    def _search(self, query: str, evidence: BatchEvidence, mirror: Mirror | None) -> Coverage:
        found = mirror.take_search(query, evidence) if mirror else None
        return found or search(query, self._api, evidence, self._clock)

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Record that a poll's announcements were processed, so that the next one leaves them out.

        Until this is called every poll of the last week delivers them again: a run that is killed loses none.
        """
        try:
            self._cache.attempt(lambda: self._cache.announcements.mark_read(reader, poll.cursor))
        except UsageError as error:  # it can hold no more: the next poll delivers the week again
            _logger.warning("%s", error)

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return the search API's metadata of these papers, from the cache where it was asked before.

        Papers that arXiv does not know, or cannot give now, are left out; a later call asks again.
        `trouble` says whether arXiv refused.
        """
        return self._cache.attempt(lambda: self._metadata(ids))

    def _metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        wanted = [ArxivId(identifier.base) for identifier in dict.fromkeys(ids)]
        try:
            with self._timed():
                self.trouble = self._look_up(wanted)
        except ArxivUnavailableError as error:
            self.trouble = error.message
        return self._cache.records.metadata(wanted)

    def _look_up(self, wanted: Sequence[ArxivId]) -> str:
        """Ask for the papers that are not known yet; return why the answer fell short, or an empty string."""
        missing = self._unknown(wanted)
        for start in range(0, len(missing), PAGE):
            self._ask(missing[start : start + PAGE])
        for identifier in self._unknown(missing)[:_SINGLES]:
            self._ask([identifier])
        left = len(self._unknown(missing))
        if left > _MISSED_SHARE * len(wanted):
            return f"arXiv answered for only {len(wanted) - left} of {len(wanted)} papers"
        return ""

    def _unknown(self, ids: Sequence[ArxivId]) -> list[ArxivId]:
        """Return the papers without metadata that may be asked for now."""
        records = self._cache.records
        known = {*records.metadata(ids), *records.absent(self._clock.now())}
        return [identifier for identifier in ids if identifier not in known]

    def _ask(self, ids: Sequence[ArxivId]) -> None:
        """Ask for up to a page of papers; an identifier that arXiv takes for malformed is left out."""
        if not ids:
            return
        records = self._cache.records
        try:
            papers = self._api.by_ids(ids)
        except RejectedError as error:
            bad = [identifier for identifier in ids if identifier.base in error.message]
            if not bad:
                raise
            records.put_absent(bad, self._clock.now())
            self._ask([identifier for identifier in ids if identifier not in bad])
            return
        records.put_metadata(papers)
        if len(ids) == 1 and not papers:
            records.put_absent(ids, self._clock.now())

    def announced(self, since: date, until: date, categories: Sequence[Category]) -> Iterator[Announcement]:
        """Yield the first announcements from one day to another, oldest first, for replays.

        It comes from one harvest of OAI-PMH, which is cached. Replacements and papers that were
        cross-listed later are not in it, and a paper that moderation held may be dated a day early.

        Raises:
            ArxivUnavailableError: OAI-PMH cannot be read completely.
        """
        given = 0
        # A day that has not begun in New York has no batch yet: its harvest would be taken for a whole one.
        until = min(until, timetable.listing_day(self._clock.now()))
        while True:
            try:
                with self._timed():
                    records = self._cache.records
                    rows = replayed(self._oai, records, since=since, until=until, categories=categories)
                    for row in islice(rows, given, None):
                        given += 1
                        yield row
            except sqlite3.Error as error:
                self._cache.renew(error)
            else:
                return

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Count the time against the run's limit: what polling leaves of it is there for metadata."""
        started = self._clock.now()
        self._limiter.deadline = started + self._time_left
        try:
            yield
        finally:
            self._time_left -= self._clock.now() - started

    def _wait_for_midnight(self) -> None:
        """Wait until New York's day has turned over: a page that is read while it does can be yesterday's."""
        quiet = timetable.quiet_until(self._clock.now(), api=False)
        if quiet is not None and quiet <= self._limiter.deadline:
            self._clock.sleep((quiet - self._clock.now()).total_seconds())

    def _mirror(self) -> Mirror | None:
        """Read the mirror, if one is configured; arXiv is asked where it falls short."""
        url = self._settings.mirror_url
        if not url:
            return None
        contact, deadline = self._settings.contact, self._limiter.deadline
        try:
            mirror = read_mirror(url, self._clock, contact=contact, deadline=deadline)
        except ArxivUnavailableError as error:
            _logger.warning("%s; arXiv is asked instead", error.message)
            return None
        self._cache.records.put_metadata({paper.id: paper for paper in mirror.collection.metadata})
        return mirror


def _common_folder(settings: ArxivSettings) -> Path:
    """Return the folder that all processes share which ask the same hosts."""
    at_arxiv = any(is_arxiv(url) for url in settings.urls)
    try:
        return default_cache_dir() if at_arxiv else settings.cache_folder
    except UsageError:  # no home, so no folder that the user's other processes share
        return settings.cache_folder
