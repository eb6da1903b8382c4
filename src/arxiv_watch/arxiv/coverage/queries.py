"""Extra searches: what each finds in the known batches is recorded like announcements of a category."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.batches import Batch
from arxiv_watch.arxiv.coverage.evidence import BatchEvidence
from arxiv_watch.arxiv.session.refusals import MalformedError, trouble_of
from arxiv_watch.arxiv.sources.api import QUERY_DAYS, SearchApi
from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.store.announcements import QUERY
from arxiv_watch.clock import Clock
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Coverage, CoverageState, Paper
from arxiv_watch.troubles import Trouble, TroubleKind


def search(query: str, api: SearchApi, evidence: BatchEvidence, clock: Clock) -> Coverage:
    """Record what a search, in arXiv's query syntax, finds in the batches, and say how it went."""
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
