"""The door to arXiv: polls, metadata, and the announcements of past days."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from arxiv_watch.arxiv import almanac
from arxiv_watch.arxiv.api import PAGE, Api
from arxiv_watch.arxiv.manners import Manners
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.poller import Poller
from arxiv_watch.arxiv.refusals import NotNowError, RejectedError
from arxiv_watch.arxiv.settings import ArxivSettings, default_cache_dir, is_arxiv
from arxiv_watch.arxiv.store import QUERY, Store
from arxiv_watch.arxiv.transport import Session, Timeouts
from arxiv_watch.clock import Clock
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, Category, CoverageState, Paper

SINGLES = 5  # identifiers that a batch left out and that are asked for one by one in a run

_OPEN = {CoverageState.WAITING, CoverageState.STALE, CoverageState.STARVED, CoverageState.FAILED}


class Arxiv:
    """arXiv, polled politely and remembered in a cache.

    Use it as a context manager; nothing is opened before the first call.

    Args:
        settings: Where and how gently to ask.
        clock: Tells the time and waits.
        jitter: Returns random numbers from 0 to 1, for the spread of back-off waits.
        timeouts: For each request.
    """

    def __init__(
        self,
        settings: ArxivSettings,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._manners = Manners(
            _manners_folder(settings),
            clock,
            interval=settings.request_interval,
            floor=settings.backoff_floor,
            jitter=jitter,
        )
        self._session = Session(settings, clock, self._manners, timeouts or Timeouts())
        self._api = Api(self._session, settings.api_url)
        self._opened: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection and the cache."""
        self._session.close()
        if self._opened is not None:
            self._opened.close()
            self._opened = None

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
        """Read what was announced, and say how completely it was read.

        A category that cannot be read does not raise: its coverage says what is wrong and what happens next.

        Args:
            categories: arXiv categories.
            queries: Extra searches in arXiv's query syntax.
            since: The first day to deliver, up to 90 days back; None for all of the last week that the
                reader has not yet reported as handled.
            reader: Who asks; each reader has its own memory of what it has handled.
        """
        self._start()
        self._wait_for_midnight()
        store = self._store
        poller = Poller(self._settings, self._clock, self._session, store, categories=categories, since=since)
        poller.run(queries)
        cursor = store.last_seq()
        after = 0 if since else store.read_until(reader)
        asked = (*categories, *(f"{QUERY}{query}" for query in queries))
        announcements = store.announcements(asked, poller.first, after)
        coverage = poller.coverage()
        is_open = any(row.state in _OPEN for row in coverage)
        retry_at = almanac.next_slot(self._clock.now()) if is_open else None
        return Poll(tuple(announcements), coverage, poller.background(), retry_at, cursor)

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Remember that a poll's announcements were dealt with, so that the next one leaves them out.

        Until this is called every poll of the last week delivers them again, so whoever is killed in
        between loses nothing.
        """
        self._store.mark_read(reader, poll.cursor)

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return what the search API knows of these papers, from the cache where it was asked before.

        Papers that arXiv does not know, or cannot give now, are left out; the next call asks again.
        """
        self._start()
        wanted = list(dict.fromkeys(ids))
        store, now = self._store, self._clock.now()
        found = store.metadata(wanted)
        missing = [identifier for identifier in wanted if identifier not in found]
        absent = store.absent(missing, now)
        missing = [identifier for identifier in missing if identifier not in absent]
        try:
            for start in range(0, len(missing), PAGE):
                self._ask(missing[start : start + PAGE], alone=len(missing) == 1)
            for identifier in self._left_out(missing)[:SINGLES]:
                self._ask([identifier], alone=True)
        except NotNowError:
            pass  # what was found is kept; the rest is asked for by the next run
        return store.metadata(wanted)

    def announced(self, since: date, until: date, categories: Sequence[Category]) -> Iterator[Announcement]:
        """Yield what was announced from one day to another, oldest first, for replays.

        Days of the last ninety are read like missed ones; of older days only what is cached is known.
        """
        self._start()
        poller = Poller(
            self._settings, self._clock, self._session, self._store, categories=categories, since=since
        )
        poller.run(())
        for announcement in self._store.announcements(categories, since):
            if announcement.day <= until:
                yield announcement

    @property
    def _store(self) -> Store:
        if self._opened is None:
            self._opened = Store(self._settings.cache_dir / "arxiv.sqlite3")
        return self._opened

    def _start(self) -> None:
        self._manners.deadline = self._clock.now() + timedelta(seconds=self._settings.time_limit)

    def _wait_for_midnight(self) -> None:
        """Let New York's day turn over first: what is read while it does can be yesterday's."""
        quiet = almanac.quiet_until(self._clock.now(), api=False)
        deadline = self._manners.deadline
        if quiet is not None and deadline is not None and quiet <= deadline:
            self._clock.sleep((quiet - self._clock.now()).total_seconds())

    def _left_out(self, ids: Sequence[ArxivId]) -> list[ArxivId]:
        store = self._store
        known = {*store.metadata(ids), *store.absent(ids, self._clock.now())}
        return [identifier for identifier in ids if identifier not in known]

    def _ask(self, ids: Sequence[ArxivId], *, alone: bool = False) -> None:
        """Ask for up to a page of papers; an identifier that arXiv takes for malformed is left out."""
        if not ids:
            return
        try:
            papers = self._api.by_ids(ids)
        except RejectedError as error:
            bad = {identifier for identifier in ids if identifier.base in error.message} or set(
                ids[:1] if alone else ()
            )
            if not bad:
                raise NotNowError(error.message) from error
            self._store.put_absent(bad, self._clock.now())
            self._ask([identifier for identifier in ids if identifier not in bad], alone=alone)
            return
        self._store.put_metadata(papers)
        if alone and not papers:
            self._store.put_absent(ids, self._clock.now())


def _manners_folder(settings: ArxivSettings) -> Path:
    """Return where all processes that talk to the same hosts meet."""
    at_arxiv = any(is_arxiv(url) for url in settings.urls.values())
    return default_cache_dir() if at_arxiv else settings.cache_dir
