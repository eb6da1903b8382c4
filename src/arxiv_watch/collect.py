"""The first half of a run, for many machines: one poll for all watches, and metadata for their lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.collected import VERSION, Collection
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

    The publisher only reads the lists. `since` is the first announcement day to collect; None for all of the
    last week. With the collection come the errors: of each list that could not be read, whose own run will
    fail again, and of a background or of metadata that arXiv did not give whole.
    """
    started = clock.now()
    categories = tuple(sorted({canonical(name) for watch in watches for name in watch.categories}))
    queries = tuple(sorted({query for watch in watches for query in watch.queries}))
    poll = arxiv.poll(categories, queries=queries, since=since)
    made = clock.now()
    if all(coverage.day != listing_day(made) for coverage in poll.coverage):
        made = started  # before midnight: the day that was polled is not the one after it
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
    # Of a paper that arXiv refused to look up, nobody knows whether it is unknown.
    unknown = () if arxiv.trouble else tuple(sorted(needed - metadata.keys()))
    errors += _lacking(poll, arxiv.trouble)
    papers = tuple(metadata.values())
    collection = Collection(VERSION, made, categories, queries, first, poll, papers, unknown)
    return collection, tuple(errors)


def _lacking(poll: Poll, trouble: str) -> Iterator[ArxivWatchError]:
    again = "collect again; until then runs say what they lack"
    if poll.background_trouble:
        about = f"the background to judge papers against could not be collected: {poll.background_trouble}"
        yield ArxivUnavailableError(about, again)
    if trouble:
        yield ArxivUnavailableError(f"what listed papers are about could not be collected: {trouble}", again)
