"""The first half of a run, for many machines: poll arXiv once for all watches, with what their lists need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from arxiv_watch.arxiv.collected.collection import VERSION, Collection
from arxiv_watch.arxiv.poll import Poll
from arxiv_watch.arxiv.taxonomy import canonical
from arxiv_watch.arxiv.timetable import first_day, listing_day
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ArxivUnavailableError, ArxivWatchError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.publish import Publisher
from arxiv_watch.watch import ArxivReader


def collect(
    watches: Sequence[WatchConfig],
    arxiv: ArxivReader,
    publisher: Publisher,
    clock: Clock,
    *,
    since: date | None = None,
) -> tuple[Collection, tuple[ArxivWatchError, ...]]:
    """Poll arXiv for all watches and gather the metadata that their lists will be learned from.

    Args:
        watches: What to watch for.
        arxiv: The way to arXiv.
        publisher: Where lists are read; nothing is delivered.
        clock: Tells when it was collected.
        since: The first announcement day to collect; None for all of the last week.

    Returns:
        The collection, and the errors: of each list that could not be read, whose own run will say so again,
        and of a background or of metadata that arXiv did not give whole.
    """
    started = clock.now()
    categories = tuple(sorted({canonical(name) for watch in watches for name in watch.categories}))
    queries = tuple(sorted({query for watch in watches for query in watch.queries}))
    poll = arxiv.poll(categories, queries=queries, since=since)
    made = _moment_of(poll, started, clock.now())
    needed: set[ArxivId] = set()
    errors: list[ArxivWatchError] = []
    for watch in watches:
        try:
            state = publisher.read(watch)
        except ArxivWatchError as error:
            errors.append(error)
            continue
        ignored = (ArxivId.parse(text) for text in watch.ignore)
        needed.update(state.paper_list.ids, state.ledger.rejected, state.needs, ignored)
    metadata = arxiv.metadata(sorted(needed))
    first = first_day(since, listing_day(made))
    # Of what arXiv refused to tell, nobody knows whether it is unknown.
    unknown = () if arxiv.trouble else tuple(sorted(needed - metadata.keys()))
    errors += _lacking(poll, arxiv.trouble)
    papers = tuple(metadata.values())
    collection = Collection(VERSION, made, categories, queries, first, poll, papers, unknown)
    return collection, tuple(errors)


def _moment_of(poll: Poll, started: datetime, ended: datetime) -> datetime:
    """Return a moment of the day that was polled: one that starts at midnight waits for the next."""
    is_of_end = any(line.day == listing_day(ended) for line in poll.coverage)
    return ended if is_of_end else started


def _lacking(poll: Poll, trouble: str) -> Iterator[ArxivWatchError]:
    again = "collect again; until then runs say what they lack"
    if poll.background_trouble:
        about = f"the background to judge papers against could not be collected: {poll.background_trouble}"
        yield ArxivUnavailableError(about, again)
    if trouble:
        yield ArxivUnavailableError(f"what listed papers are about could not be collected: {trouble}", again)
