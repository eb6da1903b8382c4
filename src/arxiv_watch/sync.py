"""The use case of an answer: brings open pull requests up to date with what people did to them.

arXiv is not polled and nothing is learned; what has to be written anew is looked up, as far as the
cache lacks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables
from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.notes import acceptance_notes
from arxiv_watch.papers import Paper
from arxiv_watch.publish import PullRequests
from arxiv_watch.report.values import Run, WatchRun

Metadata = Callable[[Sequence[ArxivId]], Mapping[ArxivId, Paper]]

NOTHING_NEW = "nothing to write: the pull request shows every answer"


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
    """Bring one watch's pull request up to date.

    Raises:
        ArxivWatchError: The list cannot be read or changed, or GitHub refused.
    """
    if not publisher.is_answered(watch):
        return WatchRun(watch.name, watch.list, notes=(NOTHING_NEW,))
    state = publisher.read(watch)
    papers = metadata(sorted(state.needs)) if state.needs else {}
    delivery = publisher.deliver(watch, state, Deliverables(papers=papers))
    return WatchRun(
        watch.name,
        watch.list,
        diff=delivery.edit.diff,
        pull_request=delivery.pull_request,
        notes=(*acceptance_notes(state.ledger.outcomes), *delivery.notes),
    )
