"""The list's own history, replayed: train on what was there, score what arXiv announced next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model import metrics
from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.classifier import FEWEST_RECORDS, fit
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
from arxiv_watch.proposals import HeadingProbability, OperatingPoint, Record

_REVIEWED_A_DAY = (1, 2, 3, 5, 10, 20, 50)
_MOST_MISSED = 50
_FORMAT = 2  # of what is kept in the store; a new number makes old months be computed anew


class HistoryRow(Protocol):
    """One paper under one heading of the list's history."""

    @property
    def id(self) -> ArxivId:
        """The paper."""

    @property
    def title(self) -> str:
        """Its title as listed."""

    @property
    def path(self) -> HeadingPath:
        """The heading."""

    @property
    def added(self) -> date:
        """The day it was put there."""

    @property
    def removed(self) -> date | None:
        """The day it was taken away, or None."""


@dataclass(frozen=True, slots=True)
class MonthOutcome:
    """What one month of the replay ended with; kept in the store, so that a replay can go on later.

    Attributes:
        month: Its first day, ISO.
        listed: Number of papers trained on.
        ids: The candidates.
        days: The day of each, ISO.
        relevance: The relevance of each.
        scores: The score of each, which tells apart what is equally relevant.
        wanted: The ids of those that people added.
        headings: The predicted headings of those, as (path, probability), best first.
        known: The headings that existed.
        point: The operating point's fields.
    """

    month: str
    listed: int
    ids: list[str]
    days: list[str]
    relevance: list[float]
    scores: list[float]
    wanted: list[str]
    headings: dict[str, list[tuple[list[str], float]]]
    known: list[list[str]]
    point: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Papers:
    """The papers of one month: announced before it, announced in it, and known from elsewhere, by id."""

    before: Sequence[Paper]
    announced: Sequence[Paper]
    metadata: Mapping[str, Paper]


def replay(
    rows: Sequence[HistoryRow],
    announced: Mapping[date, Sequence[Paper]],
    *,
    metadata: Mapping[str, Paper] | None = None,
    precision: float = 0.5,
    per_day: float | None = None,
    background: int = 20_000,
    store: MutableMapping[str, str] | None = None,
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
        background: Most unlisted papers to train on: the latest.
        store: Keeps finished months; given the same again, they are not computed again.
        progress: Told the month and how many of how many are done.

    Raises:
        ListError: The list never had enough papers to learn from.
    """
    months = sorted(announced)
    settings = (precision, per_day, background)
    inputs = _digest(rows, metadata or {}, settings)
    before: list[Paper] = []
    outcomes = []
    for done, month in enumerate(months):
        papers = announced[month]
        inputs.update(" ".join(paper.id.base for paper in papers).encode())
        if before:
            if progress:
                progress(month, done - 1, len(months) - 1)
            key = f"{month:%Y-%m}-{inputs.hexdigest()[:16]}"
            text = store.get(key) if store is not None else None
            if text is None:
                outcome = _run_month(rows, month, _Papers(before, papers, metadata or {}), settings)
                text = json.dumps(outcome and asdict(outcome))
                if store is not None:
                    store[key] = text
            data = json.loads(text)
            if data is not None:
                outcomes.append(MonthOutcome(**data))
        before += papers
    if progress and months:
        progress(months[-1], len(months) - 1, len(months) - 1)
    return _summarise(rows, outcomes, months)


def _digest(
    rows: Sequence[HistoryRow], metadata: Mapping[str, Paper], settings: tuple[float, float | None, int]
) -> hashlib._Hash:
    """Start the digest of everything that a month's outcome depends on, for its key in the store."""
    history = [(row.id.base, row.path, row.added, row.removed) for row in rows]
    whole = sorted(name for name, paper in metadata.items() if paper.abstract)
    return hashlib.sha256(repr((_FORMAT, settings, history, whole)).encode())


def _listed_on(rows: Sequence[HistoryRow], day: date) -> list[HistoryRow]:
    return [row for row in rows if row.added < day and not (row.removed and row.removed <= day)]


def _run_month(
    rows: Sequence[HistoryRow],
    month: date,
    papers: _Papers,
    settings: tuple[float, float | None, int],
) -> MonthOutcome | None:
    """Train and score one month; None if the list had too few papers then."""
    precision, per_day, background = settings
    listed = _listed_on(rows, month)
    ids = {row.id.base for row in listed}
    if len(ids) < FEWEST_RECORDS:
        return None
    known = {**{paper.id.base: paper for paper in papers.before}, **papers.metadata}
    records = [
        Record(known.get(row.id.base, Paper(row.id, row.title)), tuple(row.path), row.added) for row in listed
    ]
    unlisted = [paper for paper in papers.before if paper.id.base not in ids]
    candidates = [paper for paper in papers.announced if paper.id.base not in ids]
    model = fit(records, unlisted[-background:])
    days = [str(paper.announced or month) for paper in candidates]
    a_day = len(candidates) / max(len(set(days)), 1)
    later = {row.id.base for row in rows if row.added >= month}
    predictions = list(model.predict(candidates, evidence=False))
    wanted = [prediction for prediction in predictions if prediction.id.base in later]
    return MonthOutcome(
        month=month.isoformat(),
        listed=len(ids),
        ids=[paper.id.base for paper in candidates],
        days=days,
        relevance=[prediction.relevance for prediction in predictions],
        scores=[prediction.score for prediction in predictions],
        wanted=[prediction.id.base for prediction in wanted],
        headings={p.id.base: [(list(h.path), h.probability) for h in p.headings] for p in wanted},
        known=[list(path) for path in dict.fromkeys(record.path for record in records)],
        point=asdict(model.operating_point(precision, per_day=per_day, candidates_per_day=a_day)),
    )


def _summarise(
    rows: Sequence[HistoryRow], outcomes: Sequence[MonthOutcome], months: Sequence[date]
) -> ReplayEvaluation:
    relevance = np.array([value for outcome in outcomes for value in outcome.relevance])
    days = [day for outcome in outcomes for day in outcome.days]
    wanted = np.array([i in set_ for o in outcomes for set_ in [set(o.wanted)] for i in o.ids], bool)
    lines = np.array([o.point["propose"] for o in outcomes for _ in o.ids])
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
    ids = set(outcome.wanted)
    wanted = np.array([i in ids for i in outcome.ids], bool)
    proposed = relevance >= outcome.point["propose"]
    return ReplayMonth(
        month=date.fromisoformat(outcome.month),
        listed=outcome.listed,
        candidates=len(relevance),
        days=len(set(outcome.days)),
        added=len(ids),
        proposed=int(proposed.sum()),
        right=int((proposed & wanted).sum()),
        expected_precision=outcome.point["precision"],
        average_precision=metrics.average_precision(wanted, _ranks([outcome])),
        calibrated=outcome.point["calibrated"],
    )


def _mean_point(outcomes: Sequence[MonthOutcome]) -> OperatingPoint | None:
    points = [OperatingPoint(**o.point) for o in outcomes if o.point["calibrated"]]
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
        chosen.setdefault(row.id.base, []).append(tuple(row.path))
    placed, headings = [], {}
    for outcome in outcomes:
        known = {tuple(path) for path in outcome.known}
        headings.update(dict.fromkeys(tuple(path) for path in outcome.known))
        for paper in outcome.wanted:
            paths = tuple(dict.fromkeys(path for path in chosen[paper] if path in known))
            guesses = tuple(HeadingProbability(tuple(p), q) for p, q in outcome.headings[paper])
            if paths:
                placed.append(Placed(paths, guesses))
    if not placed:
        return None
    return evaluate_headings(placed, tuple(headings), "papers people added under a heading that existed")


def _growth(rows: Sequence[HistoryRow], months: Sequence[date]) -> tuple[GrowthPoint, ...]:
    points = []
    for month in months:
        counts: dict[HeadingPath, int] = {}
        for row in _listed_on(rows, month):
            counts[tuple(row.path)] = counts.get(tuple(row.path), 0) + 1
        points += [GrowthPoint(month, path, papers) for path, papers in counts.items()]
    return tuple(points)


def _missed(rows: Sequence[HistoryRow], outcomes: Sequence[MonthOutcome]) -> tuple[MissedPaper, ...]:
    row_of = {row.id.base: row for row in rows}
    missed = []
    for outcome in outcomes:
        ids = set(outcome.wanted)
        for paper, relevance in zip(outcome.ids, outcome.relevance, strict=True):
            if paper in ids and relevance < outcome.point["propose"]:
                missed.append(MissedPaper(paper, row_of[paper].title, tuple(row_of[paper].path), relevance))
    missed.sort(key=lambda paper: (-paper.relevance, paper.id))
    return tuple(missed[:_MOST_MISSED])
