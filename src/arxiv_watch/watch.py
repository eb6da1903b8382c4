"""The use case: from what arXiv announced to proposals in a list, top to bottom.

`derive → decide → plan → apply`; everything before the publisher's `deliver` has no side effect
but the cache.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from arxiv_watch import model
from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.proof import WINDOW
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known, Policy, Rules, count_reasons, decide, screen
from arxiv_watch.errors import ArxivStaleError, ArxivUnavailableError, ArxivWatchError, ListError
from arxiv_watch.headings import select_paths
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, parse_list, refuse_fragment
from arxiv_watch.papers import Announcement, AnnounceType, Coverage, CoverageState, Paper
from arxiv_watch.proposals import Decision, Proposal, SkipReason, Verdict
from arxiv_watch.publish import Batch, Publisher, Shelf
from arxiv_watch.report.run import Run, WatchRun
from arxiv_watch.training import background_of, listed_ids, mentions_of, records_of

log = logging.getLogger(__name__)

MOST_TOLD = 5  # what still reads as one error
MOST_BACKGROUND = (
    10_000  # papers, the newest: what the cost of a normal day in docs/classifier.md is measured with
)


class ArxivReader(Protocol):
    """What a watch needs of arXiv."""

    @property
    def requests(self) -> int:
        """How many requests arXiv was sent."""

    @property
    def trouble(self) -> str:
        """Why the last `metadata` fell short, or empty."""

    def poll(
        self,
        categories: Sequence[str],
        *,
        queries: Sequence[str] = (),
        since: date | None = None,
        reader: str = "",
    ) -> Poll:
        """Read what was announced in these categories and is not handled yet."""

    def handled(self, poll: Poll, *, reader: str = "") -> None:
        """Remember that a poll's announcements need not be delivered again."""

    def metadata(self, ids: Sequence[ArxivId]) -> Mapping[ArxivId, Paper]:
        """Return what arXiv knows of these papers; those it does not know are left out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's report and the errors that parts of it ended with, first one first."""

    run: Run
    errors: tuple[ArxivWatchError, ...] = ()


def run_watches(
    watches: Sequence[WatchConfig],
    arxiv: ArxivReader,
    publisher: Publisher,
    clock: Clock,
    *,
    since: date | None = None,
    reader: str = "",
) -> Outcome:
    """Poll arXiv once for all watches, then serve each; one that fails does not stop the others.

    Args:
        watches: What to watch for.
        arxiv: The way to arXiv.
        publisher: Where lists are read and proposals go.
        clock: Tells the time.
        since: The first announcement day to look at; None for all that were not handled yet.
        reader: Under what name arXiv's cache remembers what was handled.
    """
    started = clock.now()
    categories = sorted({category for watch in watches for category in watch.categories})
    queries = sorted({query for watch in watches for query in watch.queries})
    poll = arxiv.poll(categories, queries=queries, since=since, reader=reader)
    runs: list[WatchRun] = []
    errors: list[ArxivWatchError] = []
    for watch in watches:
        try:
            runs.append(run_watch(watch, poll, arxiv, publisher, started.date()))
        except ArxivWatchError as error:
            errors.append(error)
            runs.append(_failed(watch, poll, error))
    if not errors and publisher.settles:
        arxiv.handled(poll, reader=reader)
    errors += coverage_errors(poll.coverage)
    return Outcome(
        Run(started, tuple(runs), {"arxiv": arxiv.requests, "github": publisher.requests}), tuple(errors)
    )


def run_watch(
    watch: WatchConfig, poll: Poll, arxiv: ArxivReader, publisher: Publisher, today: date
) -> WatchRun:
    """Serve one list: screen, learn, decide, deliver.

    Raises:
        ArxivWatchError: The list cannot be read or changed, or GitHub refused.
    """
    shelf = publisher.read(watch)
    paper_list = parse_list(shelf.files)
    if shelf.history:
        refuse_fragment(paper_list, shelf.history, today)
    coverage = _coverage_of(watch, poll)
    rules = Rules(watch.rules.include, watch.rules.exclude, watch.rules.authors)
    known = known_of(watch, shelf, paper_list)

    papers, verdicts = _announced(watch, poll)
    candidates, skips = screen(papers, known, rules)
    verdicts += skips
    log.info("%s: %d papers announced, %d to look at", watch.name, len(papers), len(candidates))
    point = None
    notes: tuple[str, ...] = ()
    if candidates:
        classifier = _learn(watch, poll, arxiv, paper_list, known)
        notes += _shortfall(arxiv)
        point = classifier.operating_point(watch.precision, per_day=watch.budget.per_day)
        headings = select_paths(paper_list.headings, watch.headings.include, watch.headings.exclude)
        policy = Policy(point, watch.budget.per_day, rules, frozenset(headings))
        verdicts += decide(candidates, list(classifier.predict(candidates)), policy, _spent(papers, shelf))

    proposals = [_proposal(verdict) for verdict in verdicts if verdict.decision is not Decision.SKIP]
    papers_anew = arxiv.metadata(sorted(shelf.needs)) if shelf.needs else {}
    delivery = publisher.deliver(watch, shelf, Batch(proposals, coverage, papers_anew))
    return WatchRun(
        name=watch.name,
        list=watch.list,
        coverage=coverage,
        counts=count_reasons(verdicts),
        proposals=delivery.proposals,
        unsure=tuple(proposal for proposal in proposals if not proposal.sure),
        diff=delivery.diff,
        pull_request=delivery.pull_request,
        operating_point=point,
        notes=(*shelf.notes, *notes, *delivery.notes, *_waiting(delivery.waiting)),
    )


def known_of(watch: WatchConfig, shelf: Shelf, paper_list: PaperList) -> Known:
    """Collect what is known before anything is predicted."""
    return Known(
        listed=paper_list.ids | (shelf.history.ids if shelf.history else frozenset()),
        titles=paper_list.titles,
        rejected=frozenset(shelf.rejected),
        proposed=frozenset(shelf.proposed),
        ignored=frozenset(ArxivId.parse(text) for text in watch.ignore),
    )


def coverage_errors(coverage: Sequence[Coverage]) -> list[ArxivWatchError]:
    """Return the error of each kind of incomplete coverage: unreadable first, then stale or starved."""
    failed = [line for line in coverage if line.state is CoverageState.FAILED]
    stale = [line for line in coverage if line.state in {CoverageState.STALE, CoverageState.STARVED}]
    errors: list[ArxivWatchError] = []
    if failed:
        errors.append(ArxivUnavailableError(f"arXiv could not be read completely: {_told(failed)}"))
    if stale:
        errors.append(ArxivStaleError(f"arXiv answered incompletely: {_told(stale)}"))
    return errors


def _told(lines: Sequence[Coverage]) -> str:
    told = [
        f"{line.category} on {line.day} is {line.state}" + (f" ({line.detail})" if line.detail else "")
        for line in lines[:MOST_TOLD]
    ]
    more = len(lines) - len(told)
    return "; ".join([*told, f"and {more} more, which the report lists"] if more else told)


def _learn(
    watch: WatchConfig, poll: Poll, arxiv: ArxivReader, paper_list: PaperList, known: Known
) -> model.Classifier:
    if not paper_list.ids:
        raise ListError(
            f"{watch.list} links no paper on arXiv", "there is nothing to learn from; add some entries"
        )
    refused = {*known.rejected, *known.ignored}
    metadata = arxiv.metadata([*listed_ids(paper_list), *sorted(refused)])
    return model.fit(
        records_of(paper_list, metadata),
        background_of(poll.background, known, most=MOST_BACKGROUND),
        rejected=[paper for paper in metadata.values() if paper.id in refused],
        headings=paper_list.headings,
        mentions=mentions_of(paper_list),
    )


def _shortfall(arxiv: ArxivReader) -> tuple[str, ...]:
    """Say that some listed papers were learned from by their titles, where arXiv did not tell more."""
    if not arxiv.trouble:
        return ()
    return (f"some listed papers were learned from by title only, because {arxiv.trouble}",)


def _waiting(proposals: Sequence[Proposal]) -> tuple[str, ...]:
    """Say which papers wait, and how long a poll looks at them again by itself."""
    first = min((each.paper.announced for each in proposals if each.paper.announced), default=None)
    if first is None:
        return ()
    names = ", ".join(each.paper.id.base for each in proposals)
    return (f"waiting: {names}; polls look at them again until {first + WINDOW}, then with --since {first}",)


def _announced(watch: WatchConfig, poll: Poll) -> tuple[list[Paper], list[Verdict]]:
    """Return the watch's papers, and a skip for each that was only replaced."""
    papers: dict[ArxivId, Paper] = {}
    replaced: dict[ArxivId, Paper] = {}
    polled = {line.category for line in poll.coverage}
    for announcement in poll.announcements:
        types = _types_for(watch, announcement, polled)
        if not types:
            continue
        first_seen = types & {AnnounceType.NEW, AnnounceType.CROSS}
        (papers if first_seen else replaced).setdefault(announcement.paper.id, announcement.paper)
    skips = [
        Verdict(paper, Decision.SKIP, SkipReason.REPLACEMENT)
        for key, paper in replaced.items()
        if key not in papers
    ]
    return list(papers.values()), skips


def _types_for(watch: WatchConfig, announcement: Announcement, polled: Collection[str]) -> set[AnnounceType]:
    """Return what the watch's categories announced a paper as.

    A paper of a category that nobody polled was found by a query.
    """
    return {
        kind
        for category, kind in announcement.types.items()
        if category in watch.categories or (watch.queries and category not in polled)
    }


def _coverage_of(watch: WatchConfig, poll: Poll) -> tuple[Coverage, ...]:
    return tuple(line for line in poll.coverage if line.category in {*watch.categories, *watch.queries})


def _spent(papers: Iterable[Paper], shelf: Shelf) -> Counter[date | None]:
    """Count how much of each announcement day's budget earlier proposals have used."""
    earlier = {*shelf.proposed, *shelf.rejected, *shelf.accepted}
    return Counter(paper.announced for paper in papers if paper.id in earlier)


def _proposal(verdict: Verdict) -> Proposal:
    if verdict.prediction is None:
        raise AssertionError(f"{verdict.paper.id} was decided on without a prediction")
    return Proposal(
        verdict.paper, verdict.path, verdict.prediction, sure=verdict.decision is Decision.PROPOSE
    )


def _failed(watch: WatchConfig, poll: Poll, error: ArxivWatchError) -> WatchRun:
    return WatchRun(
        name=watch.name,
        list=watch.list,
        coverage=_coverage_of(watch, poll),
        counts=count_reasons(()),
        notes=(str(error),),
    )
