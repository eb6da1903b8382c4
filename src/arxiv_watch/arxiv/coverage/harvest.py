"""The requests to OAI-PMH and the search API: batches, records, missing identifiers, extra searches."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.batches import Batch, batch_days, batches_of, merge_batches
from arxiv_watch.arxiv.coverage.days import BatchEvidence, item_of
from arxiv_watch.arxiv.session import MalformedError, trouble_of
from arxiv_watch.arxiv.sources.api import PAGE, QUERY_DAYS, SearchApi
from arxiv_watch.arxiv.sources.oai import Oai, sets_for
from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.store.announcements import QUERY
from arxiv_watch.arxiv.store.records import HELD, RecordStore
from arxiv_watch.arxiv.taxonomy import OAI_SETS, belongs, spellings
from arxiv_watch.arxiv.timetable import BACKGROUND, WINDOW
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind

KEPT = WINDOW + 2 * HELD  # what no poll can need again is dropped
_OVERLAP = timedelta(days=2)  # "nothing found" of today can be pinned in a cache until midnight UTC
_BEFORE = timedelta(days=6)  # holds two batches at least, which batches_of needs to find the next

_logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Harvest:
    """The requests of one poll to OAI-PMH, and to the search API for identifiers that OAI-PMH lacks.

    Attributes:
        evidence: Its stores are written to.
        troubles: The first reason why OAI-PMH could not be read, or not completely.
        was_harvested: Whether the records were brought up to date in this run, as far as OAI-PMH let them be.
        was_asked: Whether OAI-PMH has answered in this run, with the latest batch that is known at least.
    """

    oai: Oai
    api: SearchApi
    evidence: BatchEvidence
    categories: Sequence[Category]
    troubles: tuple[Trouble, ...] = ()
    was_harvested: bool = False
    was_asked: bool = False
    _unharvested: dict[str, Trouble] = field(default_factory=dict)

    def update(self, *, even_if_known: bool = False) -> None:
        """Ask OAI-PMH for the batches of the last days and their records that are not known yet.

        With `even_if_known` the batches are asked for in any case, to learn that there is no newer one.
        """
        self._ask_batches(even_if_known=even_if_known)
        self._ask_records()

    def _ask_batches(self, *, even_if_known: bool) -> None:
        """Ask for the identifiers of the last days, unless all their batches are known and whole."""
        first, today, records = self.evidence.first, self.evidence.today, self.evidence.records
        known = records.batches(first, today)
        days = timetable.announcement_days(first, today)
        wanted = [day for day in days if day not in known or known[day].missing]
        if even_if_known:
            wanted.append(today)
        if not wanted:
            return
        since = min(*wanted, today - _OVERLAP) - _BEFORE
        try:
            found = batches_of(batch_days(self.oai.identifiers(since)))
        except ArxivUnavailableError as error:
            self.troubles = (trouble_of(error, "oai"),)
            return
        found = {day: batch for day, batch in found.items() if day <= today}
        latest = max((day for day, batch in known.items() if not batch.is_empty), default=date.min)
        self.was_asked = bool(found) and max(found) >= latest
        if not self.was_asked:
            about = "OAI-PMH does not list the latest batch that is known"
            self.troubles = (Trouble(TroubleKind.STALE, "oai", about),)
        oldest, newest = min(found, default=today), max(found, default=date.min)
        for day in days:
            # A later batch shows that a day without one will not get any; so does the day's end.
            if day not in found and oldest < day and (day < newest or day < today):
                found[day] = Batch(day)
        records.put_batches(merge_batches(known, found).values())

    def _ask_records(self) -> None:
        """Fetch the records of these categories that changed since the last harvest."""
        self.was_harvested = True
        today, records = self.evidence.today, self.evidence.records
        newest = self.evidence.newest()
        wanted = min(self.evidence.first, today - BACKGROUND)
        for oai_set in sets_for(self.categories):
            covered = records.harvest(oai_set)
            since = wanted
            if covered is not None and covered[0] <= wanted:
                if newest is not None and covered[1] >= newest:
                    continue
                since = covered[1] - _OVERLAP
            try:
                fetch_records(self.oai, records, oai_set, since=since, until=newest or since)
            except ArxivUnavailableError as error:
                _logger.warning("OAI-PMH set %s: %s", oai_set, error.message)
                self._unharvested[oai_set] = trouble_of(error, "oai")
                self.troubles = self.troubles or (self._unharvested[oai_set],)
                continue
            self._mark_missing(self.oai.unread)
            records.forget(today - KEPT)
            self.evidence.store.forget(today - KEPT)

    def _mark_missing(self, ids: Collection[ArxivId]) -> None:
        """Count papers whose records cannot be read as missing from their batches."""
        for batch in self.evidence.batches().values():
            missing = tuple(sorted({*batch.missing, *(each for each in ids if each in batch)}))
            if missing != batch.missing:
                self.evidence.records.put_batches([replace(batch, missing=missing)])

    def is_unread(self, category: Category, ids: Iterable[ArxivId]) -> bool:
        """Return whether one of these is known to be a category's, though its record cannot be read."""
        sets = {OAI_SETS[name] for name in spellings(category)}
        return any(not sets.isdisjoint(self.oai.unread.get(each, ())) for each in ids)

    def fill_holes(self) -> list[tuple[Category, date, Item]]:
        """Ask for the identifiers that no source has shown; return the papers of these categories.

        An identifier that the search API does not know stays a hole, for a week.
        """
        filled: list[tuple[Category, date, Item]] = []
        evidence = self.evidence
        for day, batch in evidence.records.batches(evidence.recent, evidence.today).items():
            unseen = [each for each in batch.missing if not evidence.store.has_paper(each)]
            papers = self._ask(unseen[:PAGE]) if unseen else {}
            filled += [
                (category, day, item_of(paper, category))
                for paper in papers.values()
                for category in self.categories
                if belongs(category, paper.categories)
            ]
            left = tuple(each for each in unseen if each not in papers)
            if left != batch.missing:
                evidence.records.put_batches([replace(batch, missing=left)])
        return filled

    def _ask(self, ids: Sequence[ArxivId]) -> dict[ArxivId, Paper]:
        try:
            return self.api.by_ids(ids)
        except ArxivUnavailableError as error:
            _logger.info("%d identifiers that no source has shown: %s", len(ids), error.message)
            return {}

    def background_trouble(self) -> Trouble | None:
        """Return why the background is missing or incomplete, or None.

        A harvest that failed today is made good by one of the last week.
        """
        today = self.evidence.today
        for oai_set, trouble in self._unharvested.items():
            covered = self.evidence.records.harvest(oai_set)
            if covered is None or covered[0] > today - BACKGROUND or covered[1] < today - WINDOW:
                return trouble
        return None


def fetch_records(oai: Oai, records: RecordStore, oai_set: str, *, since: date, until: date) -> None:
    """Write a whole harvest of a set: the records changed since a day, but for papers of long before it."""
    recent = [each for each in oai.records(oai_set, since) if each.submitted.date() >= since - HELD]
    records.put_records(oai_set, since, until, recent)


def search(query: str, api: SearchApi, evidence: BatchEvidence, clock: Clock) -> Coverage:
    """Record the papers of the known batches that an extra search finds, like announcements of a category."""
    today, batches = evidence.today, evidence.batches()
    row = Coverage(query, today, CoverageState.FAILED, source="api")
    try:
        results = api.search(query, today)
    except MalformedError as error:
        about = f"arXiv does not understand this query: {error.message}. Correct it under `queries:`"
        return replace(row, troubles=(Trouble(TroubleKind.REJECTED, about=about),))
    except ArxivUnavailableError as error:
        return replace(row, troubles=(trouble_of(error, "api"),), again=timetable.next_slot(clock.now()))
    found = 0
    for paper in results.papers:
        day = next((day for day, batch in batches.items() if paper.id in batch), None)
        if day is not None:
            found += 1
            item = Item(replace(paper, id=ArxivId(paper.id.base, 1)), AnnounceType.NEW)
            evidence.store.add(f"{QUERY}{query}", day, [item], "api")
    row = replace(row, state=CoverageState.STARVED, new=found)
    if not results.is_whole:
        about = (
            f"only the newest {len(results.papers)} of what it finds in {QUERY_DAYS} days are read: "
            "narrow it under `queries:`, or poll the category under `categories:`"
        )
        return replace(row, troubles=(Trouble(TroubleKind.TRUNCATED, about=about),))
    unplaced = _unplaced(results.papers, batches, today)
    if unplaced:
        about = f"{unplaced} of the papers it finds are in no batch that OAI-PMH has shown yet"
        again = timetable.next_slot(clock.now())
        return replace(row, troubles=(Trouble(TroubleKind.THIN, "api", about),), again=again)
    return replace(row, state=CoverageState.FRESH)


def _unplaced(papers: Sequence[Paper], batches: Mapping[date, Batch], today: date) -> int:
    """Return how many papers are newer than all known batches, if the latest batch is not known."""
    newest = max((batch.max_id for batch in batches.values() if batch.max_id), default=None)
    if newest is None:
        return len(papers)
    latest = timetable.weekday_on_or_before(today)
    if latest in batches or latest in timetable.HOLIDAYS:
        return 0  # in the evening the search API may have the next batch already
    return sum(paper.id > newest for paper in papers)
