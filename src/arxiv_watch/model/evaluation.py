"""How well the classifier does on a list: the values that `cross_validate` and `replay` end with.

Every share and probability is a float from 0 to 1; None stands for "unknown from this data",
never for zero. Importing this module costs nothing: it knows no number-crunching package.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from arxiv_watch.headings import HeadingPath
from arxiv_watch.proposals import OperatingPoint


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of the precision-recall curve: what comes of proposing all papers from `threshold` up."""

    threshold: float
    precision: float
    recall: float
    proposed: int


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions from `lower` to `upper`: their mean probability, and the share of them that came true."""

    lower: float
    upper: float
    count: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """The recall of a person who reads the `per_day` best papers of each announcement day."""

    per_day: float
    recall: float


@dataclass(frozen=True, slots=True)
class HeadingScore:
    """How well one heading's papers were placed.

    Attributes:
        papers: Number of papers judged that stand under it.
        top1: Share of them that got it, or another heading of theirs, as the first choice.
        top3: Share of them that got it, or another heading of theirs, among the first three.
    """

    path: HeadingPath
    papers: int
    top1: float
    top3: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many papers that stand under `actual` were put under `predicted` first; right placements too."""

    actual: HeadingPath
    predicted: HeadingPath
    papers: int


@dataclass(frozen=True, slots=True)
class HeadingEvaluation:
    """How well headings are predicted.

    Attributes:
        papers: Number of papers judged.
        headings: Number of headings to choose from; the largest, where it varied.
        top1: Share of papers whose first choice is a heading they stand under; None without papers.
        top3: Share of papers with such a heading among the first three; None without papers.
        calibration_error: Expected calibration error of the first choice's probability; None without papers.
        reliability: The reliability diagram of the first choice.
        scores: In the list's order.
        confusion: Most frequent first.
        note: For people: how this was measured, in one sentence.
    """

    papers: int
    headings: int
    top1: float | None
    top3: float | None
    calibration_error: float | None
    reliability: tuple[ReliabilityBin, ...] = ()
    scores: tuple[HeadingScore, ...] = ()
    confusion: tuple[Confusion, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """How many papers stood under a heading at the start of a month."""

    month: date
    path: HeadingPath
    papers: int


@dataclass(frozen=True, slots=True)
class ReplayMonth:
    """One month of a replay: trained on what was there before it, scored what was announced in it.

    Attributes:
        month: Its first day.
        listed: Number of papers trained on.
        candidates: Number of unlisted papers announced in it.
        days: Number of announcement days in it.
        added: Number of the candidates that people added, then or later.
        proposed: Number of the candidates that would have been proposed.
        right: Number of the proposed that people added.
        expected_precision: The precision that the operating point promised, or None.
        average_precision: Of the month's ranking, or None if nothing was added.
        calibrated: False where the list was still too small to calibrate on.
        shown: Number of the candidates that a person would have been shown, the unticked included.
        found: Number of the shown that people added.
    """

    month: date
    listed: int
    candidates: int
    days: int
    added: int
    proposed: int
    right: int
    expected_precision: float | None = None
    average_precision: float | None = None
    calibrated: bool = True
    shown: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class MissedPaper:
    """A paper people added that the replay would not have proposed, with the best reason it had."""

    id: str
    title: str
    path: HeadingPath
    relevance: float


@dataclass(frozen=True, slots=True)
class ReplayEvaluation:
    """How well the classifier would have done, month by month, had it been there.

    Attributes:
        months: Oldest first; the numbers are sums over them.
        average_precision: Over all months' candidates ranked by relevance; None if nothing was added.
        roc_auc: Likewise.
        wss95: Work saved over sampling at 95 % recall: (candidates - rank of that recall) / candidates - .05.
        review: Recall against papers reviewed a day, at 1, 2, 3, 5, 10, 20 and 50 a day.
        curve: Precision against recall, by falling threshold; thinned to at most 200 points.
        operating_point: What was promised, averaged over the months, or None if no month was calibrated.
        precision: Share of the proposals that people added; None without proposals.
        recall: Share of what people added that was proposed; None if nothing was added.
        reliability: The reliability diagram of the relevance.
        headings: How well the headings of added papers were predicted, or None if none was added under a
            heading that existed.
        missed: What people added and the replay did not propose, highest relevance first; at most 50.
        note: For people: how this was measured, in one sentence.
    """

    months: tuple[ReplayMonth, ...]
    candidates: int
    added: int
    days: int
    average_precision: float | None
    roc_auc: float | None
    wss95: float | None
    review: tuple[ReviewPoint, ...] = ()
    curve: tuple[CurvePoint, ...] = ()
    operating_point: OperatingPoint | None = None
    precision: float | None = None
    recall: float | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    headings: HeadingEvaluation | None = None
    growth: tuple[GrowthPoint, ...] = ()
    missed: tuple[MissedPaper, ...] = ()
    note: str = ""
