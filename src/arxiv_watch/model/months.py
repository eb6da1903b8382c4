"""What the months of a replay amount to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import metrics
from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.evaluation import (
    GrowthPoint,
    HeadingEvaluation,
    MissedPaper,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.model.validation import Placed, evaluate_headings
from arxiv_watch.proposals import HeadingProbability, HistoryRow, OperatingPoint

_REVIEWED_A_DAY = (1, 2, 3, 5, 10, 20, 50)
_MOST_MISSED = 50


@dataclass(frozen=True, slots=True)
class MonthOutcome:
    """What one month of the replay ended with.

    Attributes:
        month: Its first day.
        listed: Number of papers trained on.
        ids: The candidates.
        days: The day of each.
        relevance: The relevance of each.
        scores: The score of each, which orders equally relevant papers.
        wanted: The ids of those that people added, each with its predicted headings, best first.
        known: The headings that existed.
        point: The operating point.
    """

    month: date
    listed: int
    ids: Sequence[str]
    days: Sequence[date]
    relevance: Sequence[float]
    scores: Sequence[float]
    wanted: Mapping[str, tuple[HeadingProbability, ...]]
    known: tuple[HeadingPath, ...]
    point: OperatingPoint


def listed_on(rows: Sequence[HistoryRow], day: date) -> list[HistoryRow]:
    """Return what the list held at the start of a day."""
    return [row for row in rows if row.added < day and not (row.removed and row.removed <= day)]


def summarise(
    rows: Sequence[HistoryRow], outcomes: Sequence[MonthOutcome], months: Sequence[date]
) -> ReplayEvaluation:
    """Judge all months together.

    Args:
        rows: The list's history.
        outcomes: The months that had enough papers to learn from.
        months: All months, the first, which is background only, too.
    """
    relevance = np.array([value for outcome in outcomes for value in outcome.relevance])
    days = [day for outcome in outcomes for day in outcome.days]
    wanted = np.array([paper in o.wanted for o in outcomes for paper in o.ids], bool)
    lines = np.array([o.point.propose for o in outcomes for _ in o.ids])
    proposed = relevance >= lines
    right = int((proposed & wanted).sum())
    bins = metrics.reliability(relevance, wanted) if len(relevance) else ()
    ranks = _ranks(outcomes)
    review = [(k, metrics.recall_a_day(wanted, ranks, days, k)) for k in _REVIEWED_A_DAY]
    return ReplayEvaluation(
        months=tuple(_month(outcome) for outcome in outcomes),
        candidates=len(relevance),
        added=int(wanted.sum()),
        days=len(set(days)),
        average_precision=metrics.average_precision(wanted, ranks),
        roc_auc=metrics.roc_auc(wanted, ranks),
        wss95=metrics.work_saved(wanted, ranks),
        review=tuple(ReviewPoint(float(k), recall) for k, recall in review if recall is not None),
        curve=metrics.precision_recall(wanted, relevance),
        operating_point=_mean_point(outcomes),
        precision=right / int(proposed.sum()) if proposed.any() else None,
        recall=right / int(wanted.sum()) if wanted.any() else None,
        reliability=bins,
        headings=_judge_headings(rows, outcomes),
        growth=_growth(rows, months),
        missed=_missed(rows, outcomes),
        note=f"{len(outcomes)} months, each scored by a classifier of what was listed on its first day",
    )


def _ranks(outcomes: Sequence[MonthOutcome]) -> Floats:
    """Return the place of each candidate when all are ordered, the best highest."""
    keys = [
        (relevance, score) for o in outcomes for relevance, score in zip(o.relevance, o.scores, strict=True)
    ]
    place = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return np.array([place[key] for key in keys], float)


def _month(outcome: MonthOutcome) -> ReplayMonth:
    relevance = np.array(outcome.relevance)
    wanted = np.array([paper in outcome.wanted for paper in outcome.ids], bool)
    proposed = relevance >= outcome.point.propose
    return ReplayMonth(
        month=outcome.month,
        listed=outcome.listed,
        candidates=len(relevance),
        days=len(set(outcome.days)),
        added=len(outcome.wanted),
        proposed=int(proposed.sum()),
        right=int((proposed & wanted).sum()),
        expected_precision=outcome.point.precision,
        average_precision=metrics.average_precision(wanted, _ranks([outcome])),
        calibrated=outcome.point.calibrated,
    )


def _mean_point(outcomes: Sequence[MonthOutcome]) -> OperatingPoint | None:
    points = [outcome.point for outcome in outcomes if outcome.point.calibrated]
    if not points:
        return None

    def mean(values: list[float | None]) -> float | None:
        told = [value for value in values if value is not None]
        return float(np.mean(told)) if told else None

    return OperatingPoint(
        propose=float(np.mean([point.propose for point in points])),
        unsure=float(np.mean([point.unsure for point in points])),
        precision=mean([point.precision for point in points]),
        recall=mean([point.recall for point in points]),
        minutes_per_day=mean([point.minutes_per_day for point in points]),
        note=f"mean over {len(points)} months",
    )


def _judge_headings(rows: Sequence[HistoryRow], outcomes: Sequence[MonthOutcome]) -> HeadingEvaluation | None:
    chosen: dict[str, list[HeadingPath]] = {}
    for row in rows:
        chosen.setdefault(row.id.base, []).append(row.path)
    placed, headings = [], {}
    for outcome in outcomes:
        known = set(outcome.known)
        headings.update(dict.fromkeys(outcome.known))
        for paper, guesses in outcome.wanted.items():
            paths = tuple(dict.fromkeys(path for path in chosen[paper] if path in known))
            if paths:
                placed.append(Placed(paths, guesses))
    if not placed:
        return None
    return evaluate_headings(placed, tuple(headings), "papers people added under a heading that existed")


def _growth(rows: Sequence[HistoryRow], months: Sequence[date]) -> tuple[GrowthPoint, ...]:
    points = []
    for month in months:
        counts: dict[HeadingPath, int] = {}
        for row in listed_on(rows, month):
            counts[row.path] = counts.get(row.path, 0) + 1
        points += [GrowthPoint(month, path, papers) for path, papers in counts.items()]
    return tuple(points)


def _missed(rows: Sequence[HistoryRow], outcomes: Sequence[MonthOutcome]) -> tuple[MissedPaper, ...]:
    row_of = {row.id.base: row for row in rows}
    missed = []
    for outcome in outcomes:
        for paper, relevance in zip(outcome.ids, outcome.relevance, strict=True):
            if paper in outcome.wanted and relevance < outcome.point.propose:
                missed.append(MissedPaper(paper, row_of[paper].title, row_of[paper].path, relevance))
    missed.sort(key=lambda paper: (-paper.relevance, paper.id))
    return tuple(missed[:_MOST_MISSED])
