"""From scores to probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TAIL = 0.9  # of the background lies below where decisions are taken; the sigmoid is fitted above
_FEWEST_IN_TAIL = 5
_TEMPERATURES = np.geomspace(0.02, 2.0, 30)
_SMOOTHINGS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
_RIDGE = 1.0  # half the inverse variance of the prior
_LEAST = 1e-4  # probability, where logarithms are taken
_INSIDE = 1e-6  # so far from 0 and 1 are probabilities kept that have log-odds
_LEAST_SHARE = 1e-9
_DIGITS = 6  # of fitted parameters: a minimiser's further digits mean nothing


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """Probability as a logistic function of a score: Platt's scaling, with a ceiling.

    J. Platt (1999), "Probabilistic outputs for support vector machines".

    Attributes:
        ceiling: What no score exceeds: people pass over papers that look just like theirs.
    """

    slope: float
    intercept: float
    ceiling: float = 1.0

    def __call__(self, scores: Floats) -> Floats:
        """Return the probabilities, shape as given."""
        logits: Floats = np.clip(self.slope * scores + self.intercept, -500.0, 500.0)
        return self.ceiling / (1.0 + np.exp(-logits))


def fit_sigmoid(positive: Floats, negative: Floats, rate: float) -> Sigmoid:
    """Fit the probabilities of held-out scores, given that a share `rate` of all papers is positive.

    The two samples may be of any size: positives are weighted to their share. The bulk of the negatives
    is far from any decision and would bend the curve, so only the tail above it is fitted. One paper more
    of each kind, above all scores, keeps few papers from promising much or nothing.
    """
    line = np.quantile(negative, _TAIL)
    tail = positive[positive >= line]
    if len(tail) < _FEWEST_IN_TAIL:
        line, tail = min(negative.min(), positive.min()), positive
    rest = negative[negative >= line]
    spread = float(np.concatenate([tail, rest]).std()) or 1.0
    tail, rest = tail / spread, rest / spread
    weight = rate / (1 - rate) * len(negative) / len(positive)

    def loss(values: Floats) -> float:
        ceiling = float(expit(values[2]))
        yes, no = (
            (ceiling * expit(values[0] * part + values[1])).clip(_LEAST_SHARE, 1 - _LEAST_SHARE)
            for part in (tail, rest)
        )
        # One wanted and one unwanted paper above all scores: the log likelihood of both.
        above = np.log(ceiling) + np.log1p(-min(ceiling, 1 - _LEAST_SHARE))
        return float(-weight * np.log(yes).sum() - np.log1p(-no).sum() - above)

    # The loss has more than one valley: a low ceiling, and none.
    starts = [[slope, -slope * np.median(tail), top] for slope in (2.0, 5.0) for top in (0.0, 2.0)]
    found = min((minimize(loss, start) for start in starts), key=lambda result: result.fun)
    slope, intercept, top = found.x
    return Sigmoid(
        slope=round(max(float(slope), 0.0) / spread, _DIGITS),
        intercept=round(float(intercept), _DIGITS),
        ceiling=round(float(expit(top)), _DIGITS),
    )


@dataclass(frozen=True, slots=True)
class Softmax:
    """Probabilities of alternatives from their scores.

    Attributes:
        temperature: A high one evens them out.
        smoothing: The share of papers whose heading no score predicts; it is spread evenly.
        surest: From the log-odds of the likeliest alternative to its probability, where these differ.
            The others share what is left, as they stood to each other.
    """

    temperature: float
    smoothing: float
    surest: Sigmoid | None = None

    def __call__(self, scores: Floats) -> Floats:
        """Return the probabilities along the last axis."""
        scaled = scores / self.temperature
        powers: Floats = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
        mixed: Floats = (1 - self.smoothing) * shares + self.smoothing / scores.shape[-1]
        if self.surest is None or scores.shape[-1] == 1:
            return mixed
        ordered = np.sort(mixed, axis=-1)
        first, second = ordered[..., -1:], ordered[..., -2:-1]
        rest = np.maximum(1 - first, _LEAST)
        # However little is left to the likeliest, it stays the likeliest.
        wanted = np.maximum(self.surest(log_odds_of(first)), second / (rest + second))
        likeliest = np.arange(scores.shape[-1]) == mixed.argmax(axis=-1)[..., None]
        corrected: Floats = np.where(likeliest, wanted, mixed * (1 - wanted) / rest)
        return corrected


def fit_softmax(held_out: Sequence[tuple[Floats, Flags]]) -> Softmax:
    """Find the probabilities that fit held-out papers best (log loss).

    Temperature and smoothing are fitted to all alternatives; then the likeliest is set right by Platt's
    scaling, for two numbers do not bend as reliability diagrams do.

    Args:
        held_out: One pair a cut: scores, and which headings each paper stands under, both of shape (papers,
            headings), at least one heading a paper. The headings may differ from cut to cut.
    """

    def loss(candidate: Softmax) -> float:
        return sum(
            -float(np.log((candidate(s) * hits).sum(axis=1).clip(_LEAST)).sum()) for s, hits in held_out
        )

    best = min((Softmax(float(t), share) for t in _TEMPERATURES for share in _SMOOTHINGS), key=loss)
    tables = [best(scores) for scores, _ in held_out]
    first = np.concatenate([table.max(axis=1) for table in tables])
    right = np.concatenate(
        [
            hits[np.arange(len(hits)), table.argmax(axis=1)]
            for table, (_, hits) in zip(tables, held_out, strict=True)
        ]
    )
    return replace(best, surest=fit_correction(first, right))


def fit_correction(probabilities: Floats, came_true: Flags) -> Sigmoid:
    """Fit Platt's scaling of log-odds, drawn towards leaving them as they are: few outcomes say little.

    The prior of slope and intercept is a normal distribution of standard deviation .7. That is how far the
    pace of 15 lists was from the expected one, in log-odds (docs/classifier.md).
    """
    log_odds, signs = log_odds_of(probabilities), np.where(came_true, 1.0, -1.0)

    def loss(line: Floats) -> float:
        misfit = np.logaddexp(0.0, -signs * (line[0] * log_odds + line[1])).sum()
        return float(misfit + _RIDGE * ((line[0] - 1) ** 2 + line[1] ** 2))

    slope, intercept = minimize(loss, [1.0, 0.0]).x.round(_DIGITS)
    return Sigmoid(max(float(slope), 0.0), float(intercept))


def log_odds_of(probabilities: Floats) -> Floats:
    """Return the log-odds, of probabilities that are not quite 0 or 1."""
    inside = probabilities.clip(_INSIDE, 1 - _INSIDE)
    odds: Floats = np.log(inside / (1 - inside))
    return odds
