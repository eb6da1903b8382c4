"""Whether a paper belongs on the list: listed papers against polled, unlisted ones."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from arxiv_watch.model.calibration import Floats, Sigmoid, fit_sigmoid

FEWEST_TO_CALIBRATE = 20
_REJECTED_WEIGHT = 3.0  # a person's no says more than a day's silence
_CAUTIOUS = Sigmoid(slope=2.0, intercept=-2.0)


class Relevance:
    """A linear score, and the probability that goes with it.

    Args:
        listed: Vectors of the listed papers, oldest first.
        unlisted: Vectors of the background.
        rejected: Vectors of papers people turned down.
        siblings: Vectors of papers of lists alike; they speak for, but are not calibrated on.
        rate: Expected share of relevant papers among candidates.
    """

    def __init__(
        self,
        listed: csr_matrix,
        unlisted: csr_matrix,
        rejected: csr_matrix,
        siblings: csr_matrix,
        rate: float,
    ) -> None:
        self._parts = (listed, unlisted, rejected, siblings)
        self.weights, self.intercept = self._fit(np.arange(listed.shape[0]), np.arange(unlisted.shape[0]))
        self.calibrated = min(listed.shape[0], unlisted.shape[0]) >= FEWEST_TO_CALIBRATE
        self.sigmoid = _CAUTIOUS
        self.held_out = (np.empty(0), np.empty(0))
        if self.calibrated:
            self.held_out = self._hold_out(listed.shape[0], unlisted.shape[0])
            self.sigmoid = fit_sigmoid(*self.held_out, rate)

    def score(self, vectors: csr_matrix) -> Floats:
        """Return the uncalibrated scores, shape (papers,)."""
        scores: Floats = vectors @ self.weights + self.intercept
        return scores

    def _hold_out(self, positives: int, negatives: int) -> tuple[Floats, Floats]:
        """Score the newest third of the list and every third unlisted paper by a model of the rest."""
        listed, unlisted = self._parts[:2]
        cut = positives - max(positives // 3, 5)
        aside = np.arange(negatives) % 3 == 0
        weights, intercept = self._fit(np.arange(cut), np.flatnonzero(~aside))
        return listed[cut:] @ weights + intercept, unlisted[aside] @ weights + intercept

    def _fit(self, positives: np.ndarray, negatives: np.ndarray) -> tuple[Floats, float]:
        from scipy.sparse import vstack  # noqa: PLC0415

        listed, unlisted, rejected, siblings = self._parts
        against = len(negatives) + rejected.shape[0]
        if against == 0:
            centre = np.asarray(listed[positives].mean(axis=0)).ravel()
            return centre / (np.linalg.norm(centre) or 1.0), -1.0
        vectors = vstack([listed[positives], siblings, unlisted[negatives], rejected]).tocsr()
        sizes = [len(positives) + siblings.shape[0], against]
        labels = np.repeat([1, 0], sizes)
        weights = np.ones(len(labels))
        weights[len(labels) - rejected.shape[0] :] = _REJECTED_WEIGHT
        model = LinearSVC(C=1.0, class_weight="balanced", random_state=0).fit(vectors, labels, weights)
        return model.coef_[0], float(model.intercept_[0])
