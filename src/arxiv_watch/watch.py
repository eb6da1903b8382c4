"""The use case: from what arXiv announced to proposals in a list, top to bottom.

`derive → decide → plan → apply`; everything before the publisher's `deliver` has no side effect
but the cache. Of an answer (`sync_watches`) arXiv is not polled and nothing is learned: what has to be
written anew is looked up, as far as the cache lacks it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from arxiv_watch import model, scope
from arxiv_watch.arxiv import Poll
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known, Policy, count_reasons, decide, screen
from arxiv_watch.delivery import Deliverables, ListState
from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import refuse_fragment
from arxiv_watch.notes import (
    acceptance_notes,
    coverage_errors,
    handled_notes,
    heading_notes,
    judgement_errors,
    lacking_notes,
    waiting_notes,
)
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import OperatingPoint, Verdict
from arxiv_watch.publish import Publisher, PullRequests
from arxiv_watch.report.values import Run, WatchRun

# Without a background nothing says how rare the list's papers are: the nearest are shown, none is proposed.
BY_LIKENESS = OperatingPoint(
    propose=1.01, unsure=0.0, calibrated=False, note="nothing to compare with, so none is proposed"
)

NOTHING_NEW = "nothing to write: the pull request shows every answer"

Metadata = Callable[[Sequence[ArxivId]], Mapping[ArxivId, Paper]]
"""Returns what arXiv knows of papers."""

log = logging.getLogger(__name__)


class ArxivReader(Protocol):
    """A way to arXiv, or to papers that were collected from it."""

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


def run_watches(
    watches: Sequence[WatchConfig],
    arxiv: ArxivReader,
    publisher: Publisher,
    clock: Clock,
    *,
    since: date | None = None,
    reader: str = "",
) -> Run:
    """Poll arXiv once for all watches, then serve each; one that fails does not stop the others.

    `since` is the first announcement day to look at, None for all that were not handled yet; arXiv's cache
    remembers the handled ones under the name `reader`. Between two watches a service can be stopped.
    """
    started = clock.now()
    categories = sorted({category for watch in watches for category in watch.categories})
    queries = sorted({query for watch in watches for query in watch.queries})
    poll = arxiv.poll(categories, queries=queries, since=since, reader=reader)
    runs: list[WatchRun] = []
    errors: list[ArxivWatchError] = []
    for watch in watches:
        clock.sleep(0)  # a service that was stopped ends here
        try:
            runs.append(run_watch(watch, poll, arxiv, publisher, started.date()))
        except ArxivWatchError as error:
            errors.append(error)
            coverage = scope.coverage_of(watch, poll)
            runs.append(WatchRun(watch.name, watch.list, coverage, failure=str(error)))
    is_read = all(each.state.is_whole for each in poll.coverage)
    is_judged = not errors and all(run.judged for run in runs)
    if is_read and is_judged and publisher.marks_handled:
        arxiv.handled(poll, reader=reader)
    errors += coverage_errors(poll.coverage) or judgement_errors(poll, runs)
    requests = {"arxiv": arxiv.requests, "github": publisher.requests}
    return Run(started, tuple(runs), requests, tuple(errors))


def run_watch(
    watch: WatchConfig, poll: Poll, arxiv: ArxivReader, publisher: Publisher, today: date
) -> WatchRun:
    """Serve one list: read it, judge what was announced, deliver the proposals, and report."""
    state = publisher.read(watch)
    refuse_fragment(state.paper_list, state.history, today)
    judgement = _judge(watch, scope.restricted(watch, poll), state, arxiv)
    coverage = scope.coverage_of(watch, poll)
    written_anew = arxiv.metadata(sorted(state.needs)) if state.needs else {}
    delivery = publisher.deliver(
        watch, state, Deliverables(judgement.proposals, coverage, written_anew, judged=judgement.is_whole)
    )
    return WatchRun(
        name=watch.name,
        list=watch.list,
        coverage=coverage,
        counts=count_reasons(judgement.verdicts),
        judged=judgement.is_whole,
        proposals=delivery.proposals,
        unsure=tuple(proposal for proposal in judgement.proposals if not proposal.sure),
        diff=delivery.diff,
        pull_request=delivery.pull_request,
        operating_point=judgement.point,
        reviewed=state.ledger.outcomes,
        notes=(
            *acceptance_notes(state.ledger.outcomes),
            *heading_notes(watch, state.paper_list),
            *judgement.lacking,
            *(() if judgement.proposals else handled_notes(poll)),
            *delivery.notes,
            *waiting_notes(delivery.waiting),
        ),
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts on the papers that a watch's categories and queries announced.

    Attributes:
        verdicts: One for each paper, a skip with its reason or a proposal.
        proposals: The proposals among them, sure and unsure, best first, each with its evidence.
        point: None where no paper had to be predicted.
        lacking: Notes on data that papers had to be judged without; the next poll judges them again.
    """

    verdicts: Sequence[Verdict]
    proposals: Sequence[Verdict] = ()
    point: OperatingPoint | None = None
    lacking: Sequence[str] = ()

    @property
    def is_whole(self) -> bool:
        """Whether background and metadata were there to judge by."""
        return not self.lacking


def _judge(watch: WatchConfig, poll: Poll, state: ListState, arxiv: ArxivReader) -> Judgement:
    """Screen what was announced, learn the list, predict and decide; only the cache is written."""
    known = scope.known_of(watch, state)
    papers, replaced = scope.announced(watch, poll)
    candidates, screened = screen(papers, known, watch.rules)
    skips = [*replaced, *screened]
    log.info("%s: %d papers announced, %d to look at", watch.name, len(papers), len(candidates))
    if not candidates:
        return Judgement(skips)
    background = scope.background_of(poll.background, known, candidates, most=scope.MOST_BACKGROUND)
    classifier = _learn(watch, state, known, background, arxiv)
    lacking = lacking_notes(poll, arxiv.trouble)
    headings = scope.headings_of(watch, state.paper_list)
    predictions = list(classifier.predict(candidates, evidence=False, among=headings))
    point = BY_LIKENESS
    if background:
        point = classifier.operating_point(watch.precision, per_day=watch.budget.per_day)
    policy = Policy(point, watch.budget.per_day, watch.rules, headings)
    verdicts = decide(candidates, predictions, policy, scope.spent(watch, poll, known, state.ledger.accepted))
    proposals = list(_explained(verdicts, classifier, headings))
    return Judgement([*skips, *verdicts], proposals, point, lacking)


def _learn(
    watch: WatchConfig, state: ListState, known: Known, background: Sequence[Paper], arxiv: ArxivReader
) -> model.Classifier:
    scope.check_learnable(state.paper_list, watch.list)
    refused = {*known.rejected, *known.ignored}
    metadata = arxiv.metadata([*sorted(state.paper_list.ids), *sorted(refused)])
    return model.fit(
        scope.records_of(state.paper_list, metadata),
        background,
        rejected=[paper for paper in metadata.values() if paper.id in refused],
        headings=state.paper_list.headings,
        mentions=scope.mentions_of(state.paper_list),
        reviewed=state.ledger.reviewed_papers,
    )


def _explained(
    verdicts: Iterable[Verdict], classifier: model.Classifier, headings: Collection[HeadingPath]
) -> Iterator[Verdict]:
    """Add the evidence to the proposals: to look for it costs more than to decide.

    They show no heading but those that papers may be put under.
    """
    proposals = [verdict for verdict in verdicts if verdict.is_proposal]
    predictions = classifier.predict([proposal.paper for proposal in proposals], among=headings)
    for proposal, prediction in zip(proposals, predictions, strict=True):
        allowed = tuple(heading for heading in prediction.headings if heading.path in headings)
        yield replace(proposal, prediction=replace(prediction, headings=allowed))


def sync_watches(
    watches: Sequence[WatchConfig], metadata: Metadata, publisher: PullRequests, clock: Clock
) -> Run:
    """Bring each watch's pull request up to date; one that fails does not stop the others.

    `metadata` returns what arXiv knows of papers; it is asked only where a list is edited.
    """
    started = clock.now()
    runs: list[WatchRun] = []
    errors: list[ArxivWatchError] = []
    for watch in watches:
        try:
            runs.append(sync_watch(watch, metadata, publisher))
        except ArxivWatchError as error:
            errors.append(error)
            runs.append(WatchRun(watch.name, watch.list, failure=str(error)))
    return Run(started, tuple(runs), {"github": publisher.requests}, tuple(errors))


def sync_watch(watch: WatchConfig, metadata: Metadata, publisher: PullRequests) -> WatchRun:
    """Bring one watch's pull request up to date."""
    if not publisher.is_answered(watch):
        return WatchRun(watch.name, watch.list, notes=(NOTHING_NEW,))
    state = publisher.read(watch)
    papers = metadata(sorted(state.needs)) if state.needs else {}
    delivery = publisher.deliver(watch, state, Deliverables(papers=papers))
    return WatchRun(
        watch.name,
        watch.list,
        diff=delivery.diff,
        pull_request=delivery.pull_request,
        notes=(*acceptance_notes(state.ledger.outcomes), *delivery.notes),
    )
