"""From scores to probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


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

    The two samples may be of any size: each is weighted to its share.
    """
    scores = np.concatenate([positive, negative])
    labels = np.repeat([1, 0], [len(positive), len(negative)])
    total = len(scores)
    weights = np.repeat(
        [rate * total / len(positive), (1 - rate) * total / len(negative)], [len(positive), len(negative)]
    )
    scale = float(scores.std()) or 1.0
    model = LogisticRegression(C=1e4, max_iter=1000).fit((scores / scale)[:, None], labels, weights)
    return Sigmoid(max(float(model.coef_[0, 0]), 0.0) / scale, float(model.intercept_[0]))


def softmax(scores: Floats, temperature: float) -> Floats:
    """Return probabilities along the last axis; a high temperature evens them out."""
    scaled = scores / temperature
    powers: Floats = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def fit_temperature(scores: Floats, hits: Flags) -> float:
    """Find the temperature whose probabilities fit held-out papers best (log loss).

    Args:
        scores: Shape (papers, headings).
        hits: Of the same shape: the headings each paper stands under, at least one a paper.
    """
    grid = np.geomspace(0.02, 5.0, 60)
    losses = [-np.log((softmax(scores, t) * hits).sum(axis=1).clip(1e-12)).mean() for t in grid]
    return float(grid[int(np.argmin(losses))])
