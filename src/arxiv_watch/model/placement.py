"""Under which heading a paper goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix, dia_matrix, diags, vstack
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.calibration import Flags, Floats, Softmax, fit_softmax
from arxiv_watch.model.features import Features, Integers
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HeadingProbability

_FEWEST_TO_CALIBRATE = 20
_CAUTIOUS = Softmax(temperature=1.0, doubt=0.1)
_NAME_WEIGHT = 3.0  # of a heading's own words, in papers
_HELD_OUT = 0.3  # of the listed papers, the newest


class Placement:
    """Scores and probabilities of every heading for any paper.

    A heading is learned from the papers under it and from its own words, which stand in as a paper of
    more weight: a heading without papers has nothing else.

    Args:
        features: The vocabulary.
        vectors: The listed papers' vectors, oldest first, one row each entry of `labels`.
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
        self._columns, self._scale = _rarity_within(vectors, names, features.idf)
        vectors, names = self._rescale(vectors), self._rescale(names)
        self._chances = _CAUTIOUS
        if len(labels) >= _FEWEST_TO_CALIBRATE and len(headings) > 1:
            scores, hits = _held_out_scores(vectors, labels, names)
            if len(scores):
                self._chances = fit_softmax(scores, hits)
        weights, self._intercepts = _fit_weights(vectors, labels, names)
        self._weights = np.ascontiguousarray(weights.T)

    def probabilities(self, vectors: csr_matrix) -> Floats:
        """Return the probability of every heading, shape (papers, headings)."""
        scores: Floats = self._rescale(vectors) @ self._weights + self._intercepts
        return self._chances(scores)

    def _rescale(self, vectors: csr_matrix) -> csr_matrix:
        return normalize(vectors[:, self._columns] @ self._scale, copy=False)

    def rank(self, vectors: csr_matrix, best: int = 5) -> list[tuple[HeadingProbability, ...]]:
        """Return the best headings of each paper, best first; ties keep the list's order."""
        ranked = []
        for row in self.probabilities(vectors).round(6):
            order = np.argsort(-row, kind="stable")[:best]
            ranked.append(tuple(HeadingProbability(self.headings[k], float(row[k])) for k in order))
        return ranked


def fit_placement(
    features: Features,
    listed: Sequence[Paper],
    paths: Mapping[str, Sequence[HeadingPath]],
    headings: Sequence[HeadingPath],
) -> Placement:
    """Learn the headings.

    Args:
        features: The vocabulary, of whose training set `listed` are the first papers.
        listed: The listed papers.
        paths: Identifier without version → the headings that paper stands under.
        headings: Every heading a paper may be put under; papers under none of them are left out.
    """
    number = {path: place for place, path in enumerate(headings)}
    labels = [tuple(number[path] for path in paths[paper.id.base] if path in number) for paper in listed]
    rows = [row for row, own in enumerate(labels) if own]
    return Placement(features, features.training[rows], [labels[row] for row in rows], headings)


def _as_paper(path: HeadingPath) -> Paper:
    """Make a paper of a heading's own words; the innermost say most, so they stand as the title too."""
    return Paper(ArxivId.parse("0704.0001"), path[-1], " ".join(path[1:]))


def _rarity_within(vectors: csr_matrix, names: csr_matrix, idf: Floats) -> tuple[Integers, dia_matrix]:
    """Return the columns that tell headings apart, and what turns their rarity into that within the list.

    What is rare on arXiv may stand in every paper of the list and then tells no heading from another.
    Most of the vocabulary is the background's; no heading can learn anything of that.
    """
    papers = np.bincount(vectors.indices, minlength=vectors.shape[1])
    named = np.bincount(names.indices, minlength=vectors.shape[1])
    columns = np.flatnonzero(papers + named)
    within = np.log((1 + vectors.shape[0]) / (1 + papers[columns])) + 1
    return columns, diags(within / idf[columns])


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
    weights = np.repeat([1.0, _NAME_WEIGHT], [len(rows), count])
    model.fit(vstack([vectors[rows], names]).tocsr(), targets, weights)
    if len(model.coef_) == 1:  # of two classes scikit-learn fits one classifier, of the second
        return np.vstack([-model.coef_, model.coef_]), np.array([-model.intercept_[0], model.intercept_[0]])
    return model.coef_, model.intercept_


def _held_out_scores(
    vectors: csr_matrix, labels: Sequence[tuple[int, ...]], names: csr_matrix
) -> tuple[Floats, Flags]:
    """Score the newest listed papers by a model of the older ones.

    Shuffled folds would promise too much: the papers of one month are alike, and the list moves on.
    Papers under headings that were still empty are left out, as no replay could get them right.
    """
    cut = round(len(labels) * (1 - _HELD_OUT))
    weights, intercepts = _fit_weights(vectors[:cut], labels[:cut], names)
    seen = {label for own in labels[:cut] for label in own}
    rows = [row for row in range(cut, len(labels)) if seen.intersection(labels[row])]
    scores: Floats = vectors[rows] @ weights.T + intercepts
    hits: Flags = np.zeros(scores.shape, bool)
    for place, row in enumerate(rows):
        hits[place, list(labels[row])] = True
    return scores, hits
