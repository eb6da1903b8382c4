"""From scores to probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_TAIL = 0.9  # of the background lies below where decisions are taken; the sigmoid is fitted above
_FEWEST_IN_TAIL = 5
# What comes next is stranger than what was held out: the surest headings of earlier windows, at .98,
# were right in four of five papers.
_DOUBTS = (0.1, 0.2, 0.3, 0.4)


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """Probability as a logistic function of a score: Platt's scaling.

    J. Platt (1999), "Probabilistic outputs for support vector machines".
    """

    slope: float
    intercept: float

    def __call__(self, scores: Floats) -> Floats:
        """Return the probabilities, shape as given."""
        logits: Floats = np.clip(self.slope * scores + self.intercept, -500.0, 500.0)
        return 1.0 / (1.0 + np.exp(-logits))


def fit_sigmoid(positive: Floats, negative: Floats, rate: float) -> Sigmoid:
    """Fit the probabilities of held-out scores, given that a share `rate` of all papers is positive.

    The two samples may be of any size: each is weighted to its share. The bulk of the negatives is far
    from any decision and would bend the curve, so only the tail above it is fitted.
    """
    line = np.quantile(negative, _TAIL)
    tail = positive[positive >= line]
    if len(tail) < _FEWEST_IN_TAIL:
        line, tail = negative.min(), positive
    rest = negative[negative >= line]
    scores = np.concatenate([tail, rest])
    labels = np.repeat([1, 0], [len(tail), len(rest)])
    shares = np.repeat([rate / len(positive), (1 - rate) / len(negative)], [len(tail), len(rest)])
    spread = float(scores.std()) or 1.0
    model = LogisticRegression(C=1e4, max_iter=1000)
    model.fit((scores / spread)[:, None], labels, shares / shares.sum() * len(scores))
    return Sigmoid(max(float(model.coef_[0, 0]), 0.0) / spread, float(model.intercept_[0]))


@dataclass(frozen=True, slots=True)
class Softmax:
    """Probabilities of alternatives from their scores.

    Attributes:
        temperature: A high one evens them out.
        doubt: The share of papers that go where no score tells; it is spread evenly.
    """

    temperature: float
    doubt: float

    def __call__(self, scores: Floats) -> Floats:
        """Return the probabilities along the last axis."""
        scaled = scores / self.temperature
        powers: Floats = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
        mixed: Floats = (1 - self.doubt) * shares + self.doubt / scores.shape[-1]
        return mixed


def fit_softmax(scores: Floats, hits: Flags) -> Softmax:
    """Find the probabilities that fit held-out papers best (log loss).

    Args:
        scores: Shape (papers, headings).
        hits: Of the same shape: the headings each paper stands under, at least one a paper.
    """

    def loss(candidate: Softmax) -> float:
        return float(-np.log((candidate(scores) * hits).sum(axis=1).clip(1e-12)).mean())

    grid = [
        Softmax(float(t), d) for t in np.geomspace(0.02, 2.0, 30) for d in (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
    ]
    return min(grid, key=loss)
