"""Cross-validation of the headings: each listed paper is placed by a classifier that has not seen it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from arxiv_watch import model
from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import FEWEST_RECORDS
from arxiv_watch.model.evaluation import Confusion, HeadingEvaluation, HeadingScore
from arxiv_watch.model.metrics import calibration_error, reliability
from arxiv_watch.model.placement import paths_of
from arxiv_watch.proposals import HeadingProbability, Mention, Record

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Placed:
    """A paper, the headings it stands under, and the headings predicted for it, best first."""

    paths: tuple[HeadingPath, ...]
    predicted: tuple[HeadingProbability, ...]


def cross_validate(
    records: Sequence[Record],
    *,
    headings: Sequence[HeadingPath] = (),
    mentions: Sequence[Mention] = (),
) -> HeadingEvaluation:
    """Judge the headings by five-fold cross-validation over the listed papers; fewer folds for few papers.

    A paper whose heading has no other paper still counts: it can only be placed by the heading's words.
    The parameters are those of `Classifier`'s `fit`; mentions are not judged.

    Raises:
        ListError: There are fewer than ten listed papers.
    """
    headings = tuple(headings) or tuple(dict.fromkeys(record.path for record in records))
    papers = {record.paper.id.base: record.paper for record in records}
    if len(papers) < 2 * FEWEST_RECORDS:
        raise ListError(
            f"the list has {len(papers)} papers with metadata, too few to judge headings by",
            f"it takes {2 * FEWEST_RECORDS}",
        )
    paths = paths_of(records)
    ids = sorted(papers)
    folds = min(_FOLDS, len(ids) // FEWEST_RECORDS)
    placed: list[Placed] = []
    for train, test in KFold(folds, shuffle=True, random_state=0).split(ids):
        ids_seen = {ids[place] for place in train}
        seen = [record for record in records if record.paper.id.base in ids_seen]
        classifier = model.fit(seen, (), headings=headings, mentions=mentions)
        held_out = classifier.predict([papers[ids[place]] for place in test], evidence=False)
        placed += [Placed(tuple(paths[each.id.base]), each.headings) for each in held_out]
    return evaluate_headings(placed, headings, f"{folds}-fold cross-validation over {len(ids)} listed papers")


def evaluate_headings(
    placed: Sequence[Placed], headings: Sequence[HeadingPath], note: str = ""
) -> HeadingEvaluation:
    """Judge headings that were predicted against those that people chose."""
    first = [_hit(paper, 1) for paper in placed]
    third = [_hit(paper, 3) for paper in placed]
    probabilities = np.array([paper.predicted[0].probability for paper in placed])
    bins = reliability(probabilities, np.array(first, bool))
    return HeadingEvaluation(
        papers=len(placed),
        headings=len(headings),
        top1=float(np.mean(first)) if placed else None,
        top3=float(np.mean(third)) if placed else None,
        calibration_error=calibration_error(bins),
        reliability=bins,
        scores=tuple(_scores(placed, headings, first, third)),
        confusion=_confusion(placed, headings),
        note=note,
    )


def _hit(paper: Placed, best: int) -> bool:
    return any(guess.path in paper.paths for guess in paper.predicted[:best])


def _scores(
    placed: Sequence[Placed], headings: Sequence[HeadingPath], first: Sequence[bool], third: Sequence[bool]
) -> list[HeadingScore]:
    scores = []
    for path in headings:
        rows = [row for row, paper in enumerate(placed) if path in paper.paths]
        if rows:
            top1 = sum(first[row] for row in rows) / len(rows)
            scores.append(HeadingScore(path, len(rows), top1, sum(third[row] for row in rows) / len(rows)))
    return scores


def _confusion(placed: Sequence[Placed], headings: Sequence[HeadingPath]) -> tuple[Confusion, ...]:
    order = {path: place for place, path in enumerate(headings)}
    counts = Counter((path, paper.predicted[0].path) for paper in placed for path in paper.paths)
    rows = [Confusion(actual, predicted, papers) for (actual, predicted), papers in counts.items()]
    last = len(order)
    rows.sort(key=lambda row: (-row.papers, order.get(row.actual, last), order.get(row.predicted, last)))
    return tuple(rows)
