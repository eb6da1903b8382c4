"""The use case: from what arXiv announced to proposals in a list, top to bottom.

`derive → decide → plan → apply`; everything before the publisher's `deliver` has no side effect
but the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from arxiv_watch import model, scope, training
from arxiv_watch.arxiv import Poll
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.decide import Known, Policy, count_reasons, decide, screen
from arxiv_watch.delivery import Deliverables
from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList, refuse_fragment
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
from arxiv_watch.proposals import OperatingPoint, ReviewedPaper, Verdict
from arxiv_watch.publish import Publisher
from arxiv_watch.report import Run, WatchRun

# Without a background nothing says how rare the list's papers are: the nearest are shown, none is proposed.
BY_LIKENESS = OperatingPoint(
    propose=1.01, unsure=0.0, calibrated=False, note="nothing to compare with, so none is proposed"
)

log = logging.getLogger(__name__)


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

    Args:
        watches: What to watch for.
        arxiv: The way to arXiv.
        publisher: Where lists are read and proposals go.
        clock: Tells the time, and is waited on between two steps.
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
        clock.sleep(0)  # here a service that was told to stop does
        try:
            runs.append(run_watch(watch, poll, arxiv, publisher, started.date()))
        except ArxivWatchError as error:
            errors.append(error)
            coverage = scope.coverage_of(watch, poll)
            runs.append(WatchRun(watch.name, watch.list, coverage, failure=str(error)))
    is_whole = all(line.state.is_whole for line in poll.coverage)
    if not errors and publisher.marks_handled and is_whole and all(run.judged for run in runs):
        arxiv.handled(poll, reader=reader)
    errors += coverage_errors(poll.coverage) or judgement_errors(poll, runs)
    requests = {"arxiv": arxiv.requests, "github": publisher.requests}
    return Run(started, tuple(runs), requests, tuple(errors))


def run_watch(
    watch: WatchConfig, poll: Poll, arxiv: ArxivReader, publisher: Publisher, today: date
) -> WatchRun:
    """Serve one list: screen, learn, decide, deliver.

    Raises:
        ArxivWatchError: The list cannot be read or changed, or GitHub refused.
    """
    state = publisher.read(watch)
    paper_list, ledger = state.paper_list, state.ledger
    refuse_fragment(paper_list, state.history, today)
    poll = scope.restricted(watch, poll)
    coverage = scope.coverage_of(watch, poll)
    rules = watch.rules
    known = scope.known_of(watch, state)
    headings = scope.headings_of(watch, paper_list)

    papers, verdicts = scope.announced(watch, poll)
    candidates, skips = screen(papers, known, rules)
    verdicts += skips
    log.info("%s: %d papers announced, %d to look at", watch.name, len(papers), len(candidates))
    point, lacking, proposals = None, list[str](), list[Verdict]()
    if candidates:
        background = training.background_of(poll.background, known, candidates, most=training.MOST_BACKGROUND)
        classifier = _learn(
            watch, arxiv, paper_list, known, background=background, reviewed=ledger.reviewed_papers
        )
        lacking = lacking_notes(poll, arxiv.trouble)
        point = classifier.operating_point(watch.precision, per_day=watch.budget.per_day)
        point = point if background else BY_LIKENESS
        policy = Policy(point, watch.budget.per_day, rules, headings)
        predictions = list(classifier.predict(candidates, evidence=False, among=headings))
        decided = decide(candidates, predictions, policy, scope.spent(poll, known, ledger.accepted))
        verdicts += decided
        proposals = list(_explained(decided, classifier, headings))

    papers_anew = arxiv.metadata(sorted(state.needs)) if state.needs else {}
    delivery = publisher.deliver(
        watch, state, Deliverables(proposals, coverage, papers_anew, judged=not lacking)
    )
    notes = [*heading_notes(watch, paper_list), *lacking]
    if not proposals:
        notes += handled_notes(poll)
    return WatchRun(
        name=watch.name,
        list=watch.list,
        coverage=coverage,
        counts=count_reasons(verdicts),
        judged=not lacking,
        proposals=delivery.edit.proposals,
        unsure=tuple(proposal for proposal in proposals if not proposal.sure),
        diff=delivery.edit.diff,
        pull_request=delivery.pull_request,
        operating_point=point,
        reviewed=ledger.outcomes,
        notes=(
            *acceptance_notes(ledger.outcomes),
            *notes,
            *delivery.notes,
            *waiting_notes(delivery.waiting),
        ),
    )


def _learn(
    watch: WatchConfig,
    arxiv: ArxivReader,
    paper_list: PaperList,
    known: Known,
    *,
    background: Sequence[Paper],
    reviewed: Sequence[ReviewedPaper],
) -> model.Classifier:
    training.check_learnable(paper_list, watch.list)
    refused = {*known.rejected, *known.ignored}
    metadata = arxiv.metadata([*sorted(paper_list.ids), *sorted(refused)])
    return model.fit(
        training.records_of(paper_list, metadata),
        background,
        rejected=[paper for paper in metadata.values() if paper.id in refused],
        headings=paper_list.headings,
        mentions=training.mentions_of(paper_list),
        reviewed=reviewed,
    )


def _explained(
    verdicts: Iterable[Verdict], classifier: model.Classifier, headings: Collection[HeadingPath]
) -> Iterator[Verdict]:
    """Say why, of the papers that somebody is shown: to say it of all costs more than to decide.

    They show no heading but those that papers may be put under.
    """
    proposals = [verdict for verdict in verdicts if verdict.is_proposal]
    predictions = classifier.predict([proposal.paper for proposal in proposals], among=headings)
    for proposal, prediction in zip(proposals, predictions, strict=True):
        allowed = tuple(heading for heading in prediction.headings if heading.path in headings)
        yield replace(proposal, prediction=replace(prediction, headings=allowed))
