"""Under which heading a paper goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.calibration import Flags, Floats, fit_temperature, softmax
from arxiv_watch.model.features import Features
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HeadingProbability

_FEWEST_TO_CALIBRATE = 20
_CAUTIOUS_TEMPERATURE = 1.0


class Placement:
    """Scores and probabilities of every heading for any paper.

    A heading is learned from the papers under it and from its own words, which stand in as one more
    paper: a heading without papers has nothing else.

    Args:
        features: The vocabulary.
        vectors: The listed papers' vectors, one row each entry of `labels`.
        labels: The headings each of them stands under, as numbers into `headings`.
        headings: Every heading a paper may be put under.
    """

    def __init__(
        self,
        features: Features,
        vectors: csr_matrix,
        labels: Sequence[tuple[int, ...]],
        headings: Sequence[HeadingPath],
    ) -> None:
        self.headings = tuple(headings)
        names = features.transform([_as_paper(path) for path in headings])
        # Most of the vocabulary is the background's; no heading can have learned anything of that.
        self._columns = np.unique(np.concatenate([vectors.indices, names.indices]))
        vectors, names = vectors[:, self._columns], names[:, self._columns]
        self._temperature = _CAUTIOUS_TEMPERATURE
        if len(labels) >= _FEWEST_TO_CALIBRATE and len(headings) > 1:
            self._temperature = fit_temperature(*_held_out_scores(vectors, labels, names))
        weights, self._intercepts = _fit_weights(vectors, labels, names)
        self._weights = np.ascontiguousarray(weights.T)

    def probabilities(self, vectors: csr_matrix) -> Floats:
        """Return the probability of every heading, shape (papers, headings)."""
        scores: Floats = vectors[:, self._columns] @ self._weights + self._intercepts
        return softmax(scores, self._temperature)

    def rank(self, vectors: csr_matrix, best: int = 5) -> list[tuple[HeadingProbability, ...]]:
        """Return the best headings of each paper, best first; ties keep the list's order."""
        ranked = []
        for row in self.probabilities(vectors).round(6):
            order = np.argsort(-row, kind="stable")[:best]
            ranked.append(tuple(HeadingProbability(self.headings[k], float(row[k])) for k in order))
        return ranked


def _as_paper(path: HeadingPath) -> Paper:
    """Make a paper of a heading's own words; the innermost say most, so they stand as the title too."""
    return Paper(ArxivId.parse("0704.0001"), path[-1], " ".join(path[1:]))


def _fit_weights(
    vectors: csr_matrix, labels: Sequence[tuple[int, ...]], names: csr_matrix
) -> tuple[Floats, Floats]:
    """Fit one linear classifier a heading against all others."""
    count = names.shape[0]
    if count == 1:
        return np.zeros((1, vectors.shape[1])), np.zeros(1)
    rows = [row for row, own in enumerate(labels) for _ in own]
    targets = np.array([label for own in labels for label in own] + list(range(count)))
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    model.fit(vstack([vectors[rows], names]).tocsr(), targets)
    if len(model.coef_) == 1:  # of two classes scikit-learn fits one classifier, of the second
        return np.vstack([-model.coef_, model.coef_]), np.array([-model.intercept_[0], model.intercept_[0]])
    return model.coef_, model.intercept_


def _held_out_scores(
    vectors: csr_matrix, labels: Sequence[tuple[int, ...]], names: csr_matrix, folds: int = 3
) -> tuple[Floats, Flags]:
    """Score each listed paper by a model that has not seen it."""
    scores: Floats = np.zeros((len(labels), names.shape[0]))
    hits: Flags = np.zeros(scores.shape, bool)
    for train, test in KFold(folds, shuffle=True, random_state=0).split(scores):
        weights, intercepts = _fit_weights(vectors[train], [labels[row] for row in train], names)
        scores[test] = vectors[test] @ weights.T + intercepts
    for row, own in enumerate(labels):
        hits[row, list(own)] = True
    return scores, hits
