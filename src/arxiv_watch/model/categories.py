"""The categories of papers, as columns beside those of their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.preprocessing import normalize

from arxiv_watch.model.calibration import Floats
from arxiv_watch.papers import Paper

_WEIGHT = 0.1  # of a category, beside words of length 1; chosen over 13 lists: docs/classifier.md
_STRENGTH = 5  # papers of the background that count among the listed ones whose categories are known


class Categories:
    """The categories of a list's papers and of its background.

    A paper whose categories nobody knows gets what is usual among its like: that it has none would else be
    learned, and older listed papers often come without.

    Args:
        listed: The listed papers.
        unlisted: The background.
    """

    def __init__(self, listed: Sequence[Paper], unlisted: Sequence[Paper]) -> None:
        names = dict.fromkeys(name for paper in (*listed, *unlisted) for name in paper.categories)
        self._columns = {name: column for column, name in enumerate(names)}
        self._usual = self._mean(unlisted, np.zeros(len(names)), 0)
        self._usual_if_listed = self._mean(listed, self._usual, _STRENGTH)

    def beside(self, words: csr_matrix, papers: Sequence[Paper], *, listed: bool = False) -> csr_matrix:
        """Return vectors of words and categories, each of length 1.

        Args:
            words: One row a paper.
            papers: The papers.
            listed: Whether they are on the list.
        """
        if not self._columns:
            return words
        rows = self._rows(papers, self._usual_if_listed if listed else self._usual)
        both = hstack([words, _WEIGHT * rows]).tocsr()
        return normalize(both, copy=False) if papers else both  # scikit-learn rejects a matrix without rows

    def _mean(self, papers: Sequence[Paper], prior: Floats, strength: int) -> Floats:
        known = [paper for paper in papers if paper.categories]
        counts: Floats = np.asarray(self._rows(known, prior).sum(axis=0)).ravel()
        return (counts + strength * prior) / max(len(known) + strength, 1)

    def _rows(self, papers: Sequence[Paper], usual: Floats) -> csr_matrix:
        """Return one row a paper: 1 for each of its categories, or what is usual."""
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        some = np.flatnonzero(usual)
        for paper in papers:
            known = sorted({self._columns[name] for name in paper.categories if name in self._columns})
            columns += known if paper.categories else some.tolist()
            values += [1.0] * len(known) if paper.categories else usual[some].tolist()
            ends.append(len(columns))
        # Indices of 64 bits, which lists become, would make those of the words beside them as long.
        indices = np.array(columns, np.int32), np.array(ends, np.int32)
        return csr_matrix((values, *indices), shape=(len(papers), len(usual)))
