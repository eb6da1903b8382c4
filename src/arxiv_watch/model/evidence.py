"""Why a paper got its relevance: the terms that spoke for and against, and the nearest listed papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.features import Features
from arxiv_watch.proposals import Evidence, Neighbour

_TERMS = 6
_NEIGHBOURS = 3
_DIGITS = 6


class Explainer:
    """Gathers the evidence of papers.

    Args:
        features: The vocabulary.
        weights: The linear part of the relevance score, one weight a term.
        listed: The listed papers, of whatever similarity.
        vectors: Their vectors.
    """

    def __init__(
        self, features: Features, weights: Floats, listed: Sequence[Neighbour], vectors: csr_matrix
    ) -> None:
        self._features = features
        self._weights = weights
        self._listed = listed
        self._vectors = vectors.T.tocsc()

    def __call__(self, vectors: csr_matrix) -> Iterator[Evidence]:
        """Yield the evidence of each paper of `vectors`."""
        if not vectors.shape[0]:
            return
        spoken = vectors.multiply(self._weights).tocsr()
        likeness = (vectors @ self._vectors).toarray().round(_DIGITS)
        for row in range(vectors.shape[0]):
            values = spoken.data[spoken.indptr[row] : spoken.indptr[row + 1]].round(_DIGITS)
            columns = spoken.indices[spoken.indptr[row] : spoken.indptr[row + 1]]
            yield Evidence(
                terms=self._terms(values, columns),
                against=self._terms(-values, columns),
                neighbours=self._neighbours(likeness[row]),
            )

    def _terms(self, values: Floats, columns: np.ndarray) -> tuple[str, ...]:
        """Return the terms of the largest values; none that repeats another, no stop words."""
        told: list[str] = []
        for place in np.lexsort((columns, -values)):
            if values[place] <= 0 or len(told) == _TERMS:
                break
            words = self._features.term(int(columns[place])).split()
            if ENGLISH_STOP_WORDS.isdisjoint(words) and not any(
                set(words) & set(other.split()) for other in told
            ):
                told.append(" ".join(words))
        return tuple(told)

    def _neighbours(self, likeness: Floats) -> tuple[Neighbour, ...]:
        order = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        return tuple(
            replace(self._listed[k], similarity=float(likeness[k])) for k in order if likeness[k] > 0
        )
