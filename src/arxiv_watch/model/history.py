"""The list's own history, replayed: train on what was there, score what arXiv announced next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arxiv_watch.model.classifier import FEWEST_RECORDS, fit
from arxiv_watch.model.evaluation import ReplayEvaluation
from arxiv_watch.model.months import MonthOutcome, listed_on, summarise
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HistoryRow, Record


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
        background: Most unlisted papers to train on, the latest; None for all. As many as a poll trains on
            tell how well polls would have done.
        progress: Told the month and how many of how many are done.

    Raises:
        ListError: The list never had enough papers to learn from.
    """
    months = sorted(announced)
    before: list[Paper] = []
    outcomes = []
    for done, month in enumerate(months):
        papers = announced[month]
        if before:
            if progress:
                progress(month, done - 1, len(months) - 1)
            settings = (precision, per_day, background)
            outcomes.append(_run_month(rows, month, _Papers(before, papers, metadata or {}), settings))
        before += papers
    if progress and months:
        progress(months[-1], len(months) - 1, len(months) - 1)
    return summarise(rows, [outcome for outcome in outcomes if outcome], months)


def _run_month(
    rows: Sequence[HistoryRow],
    month: date,
    papers: _Papers,
    settings: tuple[float, float | None, int | None],
) -> MonthOutcome | None:
    """Train and score one month; None if the list had too few papers then."""
    precision, per_day, background = settings
    listed = listed_on(rows, month)
    ids = {row.id.base for row in listed}
    if len(ids) < FEWEST_RECORDS:
        return None
    known = {**{paper.id.base: paper for paper in papers.before}, **papers.metadata}
    records = [
        Record(known.get(row.id.base, Paper(row.id, row.title)), row.path, row.added) for row in listed
    ]
    unlisted = [paper for paper in papers.before if paper.id.base not in ids]
    candidates = [paper for paper in papers.announced if paper.id.base not in ids]
    model = fit(records, unlisted[-background:] if background else unlisted)
    later = {row.id.base for row in rows if row.added >= month}
    predictions = list(model.predict(candidates, evidence=False))
    return MonthOutcome(
        month=month,
        listed=len(ids),
        ids=[paper.id.base for paper in candidates],
        days=[paper.announced or month for paper in candidates],
        relevance=[prediction.relevance for prediction in predictions],
        scores=[prediction.score for prediction in predictions],
        wanted={each.id.base: each.headings for each in predictions if each.id.base in later},
        known=tuple(dict.fromkeys(record.path for record in records)),
        point=model.operating_point(precision, per_day=per_day),
    )
