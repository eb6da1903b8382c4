"""What is learned and decided: training records, predictions with their evidence, verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper


@dataclass(frozen=True, slots=True)
class Record:
    """One listed paper under one heading: what the classifier learns from.

    Attributes:
        paper: Its abstract may be empty.
        added: The day it was put there, where the history shows it.
    """

    paper: Paper
    path: HeadingPath
    added: date | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A paper under a heading, from the day it was put there to the day it left.

    Attributes:
        title: The title in the list.
        path: The heading as it was called last.
        added: The day of the commit that put it there.
        removed: The day of the commit that took it away for good, or None.
    """

    id: ArxivId
    title: str
    path: HeadingPath
    added: date
    removed: date | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An entry without any arXiv identifier: its title shows what its heading is about."""

    title: str
    path: HeadingPath


@dataclass(frozen=True, slots=True)
class HeadingProbability:
    """A heading and the calibrated probability, 0 to 1, that the paper goes under it."""

    path: HeadingPath
    probability: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A listed paper near a candidate; `similarity` is the cosine of their TF-IDF vectors, 0 to 1."""

    id: ArxivId | None
    title: str
    path: HeadingPath
    similarity: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a prediction came out as it did.

    Attributes:
        terms: The paper's terms that spoke most for it, strongest first.
        against: The paper's terms that spoke most against it, strongest first.
        neighbours: The nearest listed papers, nearest first.
        sentence: The sentence of the abstract that spoke most for it, as its authors wrote it; may be empty.
        highlights: The words of that sentence that spoke for it, in lower case.
    """

    terms: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    sentence: str = ""
    highlights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the classifier says of one paper.

    Attributes:
        id: The paper.
        relevance: Calibrated probability, 0 to 1, that the list's people would add it.
        score: The uncalibrated score behind it: the finer order, comparable within one fit only.
        headings: At least the three best headings, best first, their probabilities over all headings
            summing to at most 1.
        base_relevance: The relevance before the outcomes of earlier proposals corrected it.
    """

    id: ArxivId
    relevance: float = 0.0
    score: float = 0.0
    headings: tuple[HeadingProbability, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    base_relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class ReviewedPaper:
    """What became of a paper that a person was shown.

    Attributes:
        base_relevance: As it was when the paper was proposed.
        accepted: Whether the paper came into the list.
    """

    base_relevance: float
    accepted: bool


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """Where the decision lines lie for one watch, and what they are expected to cost and bring.

    Attributes:
        propose: Relevance from which a paper is proposed.
        unsure: Relevance from which a paper is shown as unsure.
        precision: Expected share of right proposals, 0 to 1, or None where it is unknown.
        recall: Expected share of the wanted papers that are proposed, 0 to 1, or None.
        minutes_per_day: Expected time of review a day, in minutes, or None.
        calibrated: False where the list was too small to calibrate on; decisions are cautious then.
        note: For people: how the lines were found, in one sentence.
    """

    propose: float
    unsure: float
    precision: float | None = None
    recall: float | None = None
    minutes_per_day: float | None = None
    calibrated: bool = True
    note: str = ""


class Decision(StrEnum):
    """What happens to a candidate."""

    PROPOSE = "propose"
    UNSURE = "unsure"
    SKIP = "skip"


class SkipReason(StrEnum):
    """Why a paper is not proposed; each is counted in the run report."""

    LISTED = "listed"
    LISTED_TITLE = "listed-title"
    REJECTED = "rejected"
    PROPOSED = "proposed"
    IGNORED = "ignored"
    REPLACEMENT = "replacement"
    WITHDRAWN = "withdrawn"
    EXCLUDED = "excluded"
    IRRELEVANT = "irrelevant"
    NO_HEADING = "no-heading"
    OVER_BUDGET = "over-budget"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on a paper, and where it goes; unless it is a skip, it is a proposal to a person.

    Attributes:
        prediction: Nothing but the identifier where the classifier was not asked.
        reason: One phrase; for a skip one of `SkipReason`.
        path: The heading to put it under, where one was chosen.
        line: The 1-based line it gets in the edited file, or None while it is not placed.
        file: The file of the list it goes into, relative to the repository's root; empty while not placed.
    """

    paper: Paper
    prediction: Prediction
    decision: Decision
    reason: str
    path: HeadingPath = ()
    line: int | None = None
    file: str = ""

    @property
    def is_proposal(self) -> bool:
        """Whether a person is shown it."""
        return self.decision is not Decision.SKIP

    @property
    def sure(self) -> bool:
        """Whether it goes in unless a person says no; the other proposals have to be ticked first."""
        return self.decision is Decision.PROPOSE


@dataclass(frozen=True, slots=True)
class ReviewedPullRequest:
    """How people ended one pull request: the numbers behind acceptance over time.

    Attributes:
        closed: The day it was merged or closed.
        proposed: How many papers it proposed.
        accepted: How many of them are listed by it.
        moved: How many of those stand under another heading than the proposed one.
    """

    number: int
    closed: date
    proposed: int
    accepted: int
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every paper that was ever proposed for a watch.

    Attributes:
        proposed: Papers in the open pull request, the unsure ones included.
        rejected: Papers that a person rejected, never to come back unless that is undone.
        accepted: Papers that came in by a merged pull request and are listed.
        outcomes: Every pull request that people merged or turned down, oldest first.
        reviewed_papers: What became of each paper that people judged, in the order of identifiers.
    """

    proposed: frozenset[ArxivId] = frozenset()
    rejected: frozenset[ArxivId] = frozenset()
    accepted: frozenset[ArxivId] = frozenset()
    outcomes: tuple[ReviewedPullRequest, ...] = ()
    reviewed_papers: tuple[ReviewedPaper, ...] = ()


class Operation(StrEnum):
    """What a run did to the pull request."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request a run ended with."""

    number: int
    url: str
    operation: Operation
