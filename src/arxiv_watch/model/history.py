"""The list's own history, replayed: train on what was there, score what arXiv announced next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arxiv_watch import model
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import FEWEST_RECORDS, metrics
from arxiv_watch.model.calibration import Flags, Floats
from arxiv_watch.model.evaluation import (
    GrowthPoint,
    HeadingEvaluation,
    MissedPaper,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.model.validation import Placed, evaluate_headings
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HeadingProbability, HistoryRow, OperatingPoint, Record
from arxiv_watch.wording import plural

_REVIEWED_A_DAY = (1, 2, 3, 5, 10, 20, 50)
_MOST_MISSED = 50


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One month of the replay; the sequences and arrays have one value a candidate.

    Attributes:
        month: Its first day.
        listed: Number of papers trained on.
        ids: Without version.
        days: When each was announced.
        scores: They order equally relevant papers.
        wanted: Whether people added each.
        headings: The predicted headings of the added papers, best first.
        known: The headings that existed.
        per_day: The review budget.
    """

    month: date
    listed: int
    ids: Sequence[str]
    days: Sequence[date]
    relevance: Floats
    scores: Floats
    wanted: Flags
    headings: Mapping[str, tuple[HeadingProbability, ...]]
    known: tuple[HeadingPath, ...]
    point: OperatingPoint
    per_day: float | None

    @property
    def proposed(self) -> Flags:
        """Whether each candidate would have been proposed."""
        above: Flags = self.relevance >= self.point.propose
        return above

    @property
    def shown(self) -> Flags:
        """Whether a person would have been shown each candidate: the best of its day, as `decide` has it."""
        shown: Flags = self.relevance >= min(self.point.propose, self.point.unsure)
        if self.per_day is None:
            return shown
        read: Counter[date] = Counter()
        for place in np.argsort(-self.scores, kind="stable"):
            read[self.days[place]] += bool(shown[place])
            shown[place] &= read[self.days[place]] <= self.per_day
        return shown


def listed_on(rows: Sequence[HistoryRow], day: date) -> list[HistoryRow]:
    """Return what the list held at the start of a day."""
    return [row for row in rows if row.added < day and not (row.removed and row.removed <= day)]


def replay(
    rows: Sequence[HistoryRow],
    announced: Mapping[date, Sequence[Paper]],
    *,
    metadata: Mapping[str, Paper] | None = None,
    precision: float = 0.5,
    per_day: float | None = None,
    background: int | None = None,
    progress: Callable[[date, int, int], None] | None = None,
) -> ReplayEvaluation:
    """Replay the history month by month.

    Each month but the first: the classifier is trained on the papers that were listed on its first day,
    against unlisted papers announced before; it scores what was announced in the month and was not listed
    yet; what the list holds later is what people added.

    Args:
        rows: The list's history.
        announced: First day of a month → the papers announced in it. The first month is background only.
            A mapping that reads a month when asked keeps memory low.
        metadata: Papers by id without version, for those listed before; a listed paper that is in neither
            is learned from its title.
        precision: Wanted share of right proposals, as in the config.
        per_day: Review budget, as in the config.
        background: Most unlisted papers to train on, the latest; None for all. With as many as a poll trains
            on the replay shows how well polls would have done.
        progress: Called with the month, and how many of how many are done.
    """
    months = sorted(announced)
    before: list[Paper] = []
    seen: set[str] = set()
    outcomes = []
    for done, month in enumerate(months):
        papers = list(_first_announced(announced[month], seen))
        if before and progress:
            progress(month, done - 1, len(months) - 1)
        listed = listed_on(rows, month)
        ids = {row.id.base for row in listed}
        if before and len(ids) >= FEWEST_RECORDS:
            known = {**{paper.id.base: paper for paper in before}, **(metadata or {})}
            records = [
                Record(known.get(row.id.base, Paper(row.id, row.title)), row.path, row.added)
                for row in listed
            ]
            unlisted = [paper for paper in before if paper.id.base not in ids]
            classifier = model.fit(records, unlisted[-background:] if background else unlisted)
            candidates = [paper for paper in papers if paper.id.base not in ids]
            later = {row.id.base for row in rows if row.added >= month}
            predictions = list(classifier.predict(candidates, evidence=False))
            outcomes.append(
                _Outcome(
                    month=month,
                    listed=len(ids),
                    ids=[paper.id.base for paper in candidates],
                    days=[paper.announced or month for paper in candidates],
                    relevance=np.array([each.relevance for each in predictions]),
                    scores=np.array([each.score for each in predictions]),
                    wanted=np.array([paper.id.base in later for paper in candidates], bool),
                    headings={each.id.base: each.headings for each in predictions if each.id.base in later},
                    known=tuple(dict.fromkeys(record.path for record in records)),
                    point=classifier.operating_point(precision, per_day=per_day),
                    per_day=per_day,
                )
            )
        before += papers
    if progress and months:
        progress(months[-1], len(months) - 1, len(months) - 1)
    return _summarise(rows, outcomes, months)


def _first_announced(papers: Iterable[Paper], seen: set[str]) -> Iterator[Paper]:
    """Yield the papers that were not seen: several files of rows may hold one, and so may two months."""
    for paper in papers:
        if paper.id.base not in seen:
            seen.add(paper.id.base)
            yield paper


def _summarise(
    rows: Sequence[HistoryRow], outcomes: Sequence[_Outcome], months: Sequence[date]
) -> ReplayEvaluation:
    """Judge all months together: those that had enough papers to learn from, of all months that there are."""
    relevance = _joined([outcome.relevance for outcome in outcomes])
    wanted = _joined([outcome.wanted for outcome in outcomes]).astype(bool)
    proposed = _joined([outcome.proposed for outcome in outcomes]).astype(bool)
    days = [day for outcome in outcomes for day in outcome.days]
    right = int((proposed & wanted).sum())
    ranks = _ranks(outcomes)
    replayed = plural(len(outcomes), "month")
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
        reliability=metrics.reliability(relevance, wanted),
        headings=_judge_headings(rows, outcomes),
        growth=_growth(rows, months),
        missed=_missed(rows, outcomes),
        note=f"{replayed}, each scored by a classifier of what was listed on its first day",
    )


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate([np.empty(0), *parts])


def _ranks(outcomes: Sequence[_Outcome]) -> Floats:
    """Return the place of each candidate when all are ordered, the best highest; equals share one."""
    keys = np.array([_joined([getattr(o, key) for o in outcomes]) for key in ("relevance", "scores")])
    _, places = np.unique(keys, axis=1, return_inverse=True)
    return places.ravel().astype(float)


def _month(outcome: _Outcome) -> ReplayMonth:
    shown = outcome.shown
    return ReplayMonth(
        month=outcome.month,
        listed=outcome.listed,
        candidates=len(outcome.ids),
        days=len(set(outcome.days)),
        added=int(outcome.wanted.sum()),
        proposed=int(outcome.proposed.sum()),
        right=int((outcome.proposed & outcome.wanted).sum()),
        expected_precision=outcome.point.precision,
        average_precision=metrics.average_precision(outcome.wanted, _ranks([outcome])),
        calibrated=outcome.point.calibrated,
        shown=int(shown.sum()),
        found=int((shown & outcome.wanted).sum()),
    )


def _mean_point(outcomes: Sequence[_Outcome]) -> OperatingPoint | None:
    points = [outcome.point for outcome in outcomes if outcome.point.calibrated]
    if not points:
        return None

    def mean(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else None

    return OperatingPoint(
        propose=float(np.mean([point.propose for point in points])),
        unsure=float(np.mean([point.unsure for point in points])),
        precision=mean([point.precision for point in points]),
        recall=mean([point.recall for point in points]),
        minutes_per_day=mean([point.minutes_per_day for point in points]),
        note=f"mean over {len(points)} months",
    )


def _judge_headings(rows: Sequence[HistoryRow], outcomes: Sequence[_Outcome]) -> HeadingEvaluation | None:
    chosen: dict[str, list[HeadingPath]] = {}
    for row in rows:
        chosen.setdefault(row.id.base, []).append(row.path)
    placed, headings = [], {}
    for outcome in outcomes:
        known = set(outcome.known)
        headings.update(dict.fromkeys(outcome.known))
        for paper, guesses in outcome.headings.items():
            paths = tuple(dict.fromkeys(path for path in chosen[paper] if path in known))
            if paths:
                placed.append(Placed(paths, guesses))
    if not placed:
        return None
    return evaluate_headings(placed, tuple(headings), "papers people added under a heading that existed")


def _growth(rows: Sequence[HistoryRow], months: Sequence[date]) -> tuple[GrowthPoint, ...]:
    points = []
    for month in months:
        counts = Counter(row.path for row in listed_on(rows, month))
        points += [GrowthPoint(month, path, papers) for path, papers in counts.items()]
    return tuple(points)


def _missed(rows: Sequence[HistoryRow], outcomes: Sequence[_Outcome]) -> tuple[MissedPaper, ...]:
    row_of = {row.id.base: row for row in rows}
    missed = [
        MissedPaper(paper, row_of[paper].title, row_of[paper].path, relevance)
        for o in outcomes
        for paper, relevance, is_missed in zip(
            o.ids, o.relevance.tolist(), o.wanted & ~o.proposed, strict=True
        )
        if is_missed
    ]
    missed.sort(key=lambda paper: (-paper.relevance, paper.id))
    return tuple(missed[:_MOST_MISSED])
