"""Whether a paper belongs on the list: listed papers against polled, unlisted ones.

Two linear scores are added, each in units of its spread over the background:

* *broad*: logistic regression of the listed papers against the whole background. It knows the field.
* *near*: the same against only the background papers that the first finds likest to the list. It knows
  what the list's people leave out of their own field.

Their sum is one vector of weights; these are the terms of the evidence. Where nothing is known that is not
on the list, the score is the mean cosine to the nearest listed papers.
What was tried besides, and the figures, stand in docs/classifier.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from arxiv_watch.model.calibration import Floats

_C = 3.0
_NEAR_SHARE = 0.02  # of the background
_FEWEST_NEAR = 50
_NEAR_WEIGHT = 0.5
_NEIGHBOURS = 15
_HALF_LIFE = 2.0  # months: taste and vocabulary drift
_LEAST_WEIGHT = 0.02
_REJECTED_WEIGHT = 3.0  # a person's no says more than a day's silence
_FEWEST_WHOLE = 30  # listed papers with an abstract, from which those without are left out
_CHUNK = 1000

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Examples:
    """Vectors of one kind of paper, one row a paper.

    Attributes:
        months: When each was submitted, in months since year 0.
    """

    vectors: csr_matrix
    months: NDArray[np.int64]
    has_abstract: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.vectors.shape[0])

    def __getitem__(self, rows: Rows) -> Examples:
        return Examples(self.vectors[rows], self.months[rows], self.has_abstract[rows])


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What relevance is learned from.

    Attributes:
        listed: Without those that lack an abstract, unless too many do.
        in_background: Which of the rejected the background would hold, had nobody turned them down.
        titles: Titles alone of the last of the background, where they are needed: they stand against
            listed papers without abstract, whose shortness would else be taken for relevance.
        short: Whether too few listed papers have an abstract to learn from these alone.
    """

    listed: Examples
    unlisted: Examples
    rejected: Examples
    in_background: NDArray[np.bool_]
    titles: csr_matrix
    short: bool


@dataclass(frozen=True, slots=True)
class LinearRelevance:
    """A weighted sum of terms."""

    weights: Floats
    intercept: float

    def __call__(self, vectors: csr_matrix) -> Floats:
        """Return the scores, one a paper."""
        scores: Floats = vectors @ self.weights + self.intercept
        return scores


@dataclass(frozen=True, slots=True)
class Likeness:
    """The mean cosine to the nearest listed papers."""

    listed: csr_matrix

    @property
    def weights(self) -> Floats:
        """No term speaks for itself."""
        return np.zeros(self.listed.shape[1])

    def __call__(self, vectors: csr_matrix) -> Floats:
        """Return the scores, one a paper."""
        nearest = min(_NEIGHBOURS, self.listed.shape[0])
        means = np.empty(vectors.shape[0])
        for start in range(0, len(means), _CHUNK):
            cosines = (vectors[start : start + _CHUNK] @ self.listed.T).toarray()
            cosines.partition(cosines.shape[1] - nearest, axis=1)
            means[start : start + _CHUNK] = cosines[:, -nearest:].mean(axis=1)
        return means


Relevance = LinearRelevance | Likeness
"""The score of any paper, and one weight a term; made by `fit_relevance`."""


def lacks_abstracts(listed: Examples) -> bool:
    """Return whether too few listed papers have an abstract to learn from these alone."""
    return int(listed.has_abstract.sum()) < min(_FEWEST_WHOLE, len(listed))


def fit_relevance(examples: TrainingSet) -> Relevance:
    """Learn the score. Without any paper that is not on the list, only likeness is left."""
    against = _against(examples)
    if not len(against):
        return Likeness(examples.listed.vectors)
    positive, ages = examples.listed.vectors, examples.listed.months.max() - examples.listed.months
    age = np.maximum(0.5 ** (ages / _HALF_LIFE), _LEAST_WEIGHT)  # the newer, the more a paper counts
    unlisted = len(examples.unlisted)
    background = _Weighted([examples.unlisted.vectors], np.ones(unlisted)) if unlisted else against
    broad = _fit_linear(positive, age, against)
    scores = against @ broad
    count = max(int(_NEAR_SHARE * len(against)), min(_FEWEST_NEAR, len(against)))
    nearest = np.sort(np.argsort(-scores, kind="stable")[:count])
    near = _fit_linear(positive, age, against[nearest])
    weights, centre = np.zeros(len(broad)), 0.0
    for part, share in ((broad, 1.0), (near, _NEAR_WEIGHT)):
        spoken = background @ part
        scale = share / (float(spoken.std()) or 1.0)  # the spread of a constant is 1
        weights += scale * part
        centre += scale * float(spoken.mean())
    return LinearRelevance(weights, -centre)


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Weighted papers; their vectors lie in several matrices, because one of all would be a large copy."""

    parts: Sequence[csr_matrix]
    weights: Floats

    def __len__(self) -> int:
        return len(self.weights)

    def __getitem__(self, rows: Rows) -> _Weighted:
        """Return some papers, in their order."""
        ends = np.cumsum([part.shape[0] for part in self.parts])
        cut = np.split(rows, np.searchsorted(rows, ends[:-1]))
        starts = (0, *ends[:-1])
        parts = [part[some - start] for part, some, start in zip(self.parts, cut, starts, strict=True)]
        return _Weighted(parts, self.weights[rows])

    def __matmul__(self, terms: Floats) -> Floats:
        return np.concatenate([part @ terms for part in self.parts])


def _against(examples: TrainingSet) -> _Weighted:
    """Return what speaks against, and how much each counts."""
    listed = examples.listed
    vectors, weights = [examples.unlisted.vectors], [np.ones(len(examples.unlisted))]
    if examples.short and examples.titles.shape[0]:
        # As much of the negatives is without abstract as of the positives.
        share = 1.0 - float(listed.has_abstract.mean())
        copies = examples.titles.shape[0]
        weights = [weights[0] * max(1.0 - share, 0.05), np.full(copies, share * len(weights[0]) / copies)]
        vectors.append(examples.titles)
    vectors.append(examples.rejected.vectors)
    weights.append(np.full(len(examples.rejected), _REJECTED_WEIGHT))
    return _Weighted(vectors, np.concatenate(weights))


def _fit_linear(positive: csr_matrix, age: Floats, against: _Weighted) -> Floats:
    """Fit one logistic regression; both sides weigh the same in all."""
    sides: Sequence[Floats] = (age, against.weights)
    total = sum(len(side) for side in sides)
    weights = np.concatenate([side / side.sum() * total / 2 for side in sides])
    labels = np.repeat([1, 0], [len(side) for side in sides])
    # The dual problem is solved five times as fast as the primal here: far more terms than papers.
    model = LogisticRegression(C=_C, solver="liblinear", dual=True, max_iter=1000, random_state=0)
    coefficients: Floats = model.fit(
        vstack([positive, *against.parts]).tocsr(), labels, sample_weight=weights
    ).coef_[0]
    return coefficients
