"""The figures a ranking is judged by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from arxiv_watch.model.calibration import Flags, Floats
from arxiv_watch.model.evaluation import CurvePoint, ReliabilityBin

_CURVE_POINTS = 200
_RECALL = 0.95  # what work is saved at, as in ASReview


def average_precision(wanted: Flags, scores: Floats) -> float | None:
    """Return the area under the precision-recall curve as scikit-learn sums it; None if nothing is wanted."""
    return float(average_precision_score(wanted, scores)) if wanted.any() else None


def roc_auc(wanted: Flags, scores: Floats) -> float | None:
    """Return the chance that a wanted paper scores higher than an unwanted; None without both kinds."""
    return float(roc_auc_score(wanted, scores)) if 0 < wanted.sum() < len(wanted) else None


def work_saved(wanted: Flags, scores: Floats) -> float | None:
    """Return the work saved over sampling: (n - rank at a recall of .95) / n - .05.

    As in ASReview; Cohen et al. (2006), "Reducing workload in systematic review preparation".
    """
    if not wanted.any():
        return None
    found = np.cumsum(wanted[_best_first(scores)])
    rank = int(np.searchsorted(found, np.ceil(_RECALL * found[-1]))) + 1
    return float((len(wanted) - rank) / len(wanted) - (1 - _RECALL))


def recall_a_day(wanted: Flags, scores: Floats, days: Sequence[object], best: int) -> float | None:
    """Return the share of the wanted papers among the `best` highest scores of their day."""
    if not wanted.any():
        return None
    seen: dict[object, int] = {}
    found = 0
    for place in _best_first(scores):
        rank = seen[days[place]] = seen.get(days[place], 0) + 1
        found += bool(wanted[place]) and rank <= best
    return found / int(wanted.sum())


def precision_recall(wanted: Flags, scores: Floats) -> tuple[CurvePoint, ...]:
    """Return the precision-recall curve by falling threshold, thinned evenly in recall to 200 points."""
    if not wanted.any():
        return ()
    precisions, recalls, thresholds = precision_recall_curve(wanted, scores, drop_intermediate=True)
    ordered = np.sort(scores)
    points = [
        CurvePoint(float(line), float(p), float(r), len(scores) - int(np.searchsorted(ordered, line)))
        for p, r, line in zip(precisions, recalls, thresholds, strict=False)
    ][::-1]
    step = max(1, -(-len(points) // _CURVE_POINTS))
    return tuple(points[::step])


def reliability(probabilities: Floats, came_true: Flags, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Return the reliability diagram over equally wide bins; empty bins are left out."""
    places = np.minimum((probabilities * bins).astype(int), bins - 1)
    return tuple(
        ReliabilityBin(
            lower=place / bins,
            upper=(place + 1) / bins,
            count=int(inside.sum()),
            predicted=float(probabilities[inside].mean()),
            observed=float(came_true[inside].mean()),
        )
        for place in range(bins)
        if (inside := places == place).any()
    )


def calibration_error(bins: Sequence[ReliabilityBin]) -> float | None:
    """Return the expected calibration error: the mean gap of the bins, weighted by their counts."""
    total = sum(bin_.count for bin_ in bins)
    if not total:
        return None
    return sum(bin_.count * abs(bin_.observed - bin_.predicted) for bin_ in bins) / total


def _best_first(scores: Floats) -> NDArray[np.int64]:
    return np.argsort(-scores, kind="stable")
