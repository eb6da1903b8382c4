"""The list's own history, replayed: train on what was there, score what arXiv announced next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sklearn

from arxiv_watch import __version__
from arxiv_watch.model.classifier import FEWEST_RECORDS, fit
from arxiv_watch.model.evaluation import ReplayEvaluation
from arxiv_watch.model.months import HistoryRow, MonthOutcome, listed_on, summarise
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record

_FORMAT = 4  # of what is kept in the store; a new number makes old months be computed anew


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
        background: Most unlisted papers to train on, the latest; None for all. As many as a poll trains on
            tell how well polls would have done.
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
        inputs.update(repr([_text(paper) for paper in papers]).encode())
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
    return summarise(rows, outcomes, months)


def _digest(
    rows: Sequence[HistoryRow],
    metadata: Mapping[str, Paper],
    settings: tuple[float, float | None, int | None],
) -> hashlib._Hash:
    """Start the digest of everything that a month's outcome depends on, for its key in the store."""
    versions = (_FORMAT, __version__, sklearn.__version__)
    history = [(row.id.base, row.title, row.path, row.added, row.removed) for row in rows]
    texts = sorted(map(_text, metadata.values()))
    return hashlib.sha256(repr((versions, settings, history, texts)).encode())


def _text(paper: Paper) -> tuple[str, ...]:
    """Return what of a paper a classifier looks at."""
    return paper.id.base, paper.title, paper.abstract, paper.comment, paper.journal_ref, str(paper.announced)


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
        Record(known.get(row.id.base, Paper(row.id, row.title)), tuple(row.path), row.added) for row in listed
    ]
    unlisted = [paper for paper in papers.before if paper.id.base not in ids]
    candidates = [paper for paper in papers.announced if paper.id.base not in ids]
    model = fit(records, unlisted[-background:] if background else unlisted)
    days = [str(paper.announced or month) for paper in candidates]
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
        point=asdict(model.operating_point(precision, per_day=per_day)),
    )
