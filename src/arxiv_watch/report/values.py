"""What a run or an evaluation found and did: the values that use cases fill and the renderers read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from arxiv_watch.errors import ArxivWatchError
from arxiv_watch.model.evaluation import HeadingEvaluation, ReplayEvaluation
from arxiv_watch.papers import Coverage
from arxiv_watch.proposals import OperatingPoint, PullRequest, ReviewedPullRequest, Verdict


@dataclass(frozen=True, slots=True)
class WatchRun:
    """What one watch found in a run.

    Attributes:
        list: Relative to the repository's root.
        counts: Number of papers per `SkipReason` value; a reason that is missing counts as none.
        proposals: The papers to add, best first; `unsure` holds the others.
        unsure: The papers that a person has to tick first, best first.
        diff: Unified diff of the list, or empty.
        pull_request: The pull request the run ended with, or None in a dry run.
        operating_point: Where the decision lines lay, or None where nothing had to be decided.
        reviewed: How people ended earlier pull requests, oldest first.
        failure: Why the list could not be read or changed, or empty.
        judged: Whether all that it takes was there to judge the papers by; if not, they come back.
    """

    name: str
    list: str
    coverage: tuple[Coverage, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    proposals: tuple[Verdict, ...] = ()
    unsure: tuple[Verdict, ...] = ()
    diff: str = ""
    pull_request: PullRequest | None = None
    operating_point: OperatingPoint | None = None
    reviewed: tuple[ReviewedPullRequest, ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Run:
    """What one cycle over all asked watches found and did.

    Attributes:
        now: When the cycle began.
        watches: In the config's order.
        requests: Number of requests sent per service: `arxiv`, `github`.
        errors: What parts of it ended with, in order.
    """

    now: datetime
    watches: tuple[WatchRun, ...] = ()
    requests: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[ArxivWatchError, ...] = ()

    @property
    def exit_code(self) -> int:
        """The first error's, or 0."""
        return self.errors[0].exit_code if self.errors else 0

    @property
    def coverage(self) -> tuple[Coverage, ...]:
        """How completely each category and day was read, over all watches."""
        return tuple(dict.fromkeys(line for watch in self.watches for line in watch.coverage))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the classifier does on one list: cross-validated, and replayed where that was asked for."""

    now: datetime
    name: str
    list: str
    headings: HeadingEvaluation
    replay: ReplayEvaluation | None = None
