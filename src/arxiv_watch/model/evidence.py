"""Why a paper got its relevance: its terms for and against, its own best sentence, and the nearest papers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.features import Features, words_of
from arxiv_watch.model.relevance import Examples
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Evidence, Neighbour

_TERMS = 6
_NEIGHBOURS = 3
_DIGITS = 6
_COMMON = 0.5  # share of the background from which a term says nothing, whatever the list holds
_FREQUENT = 0.05  # share from which it says nothing either unless the list has it several times as often
_SEVERAL = 4.0
_HIGHLIGHTS = 4
_LEAST_WEIGHT = 0.35  # of the loudest word in a sentence; what is quieter is not highlighted
_LONGEST_SENTENCE = 400  # characters; longer ones are formulas or lists
# matches the space in "… by half. We show …", and none of "vs. GPT-4", "e.g. Llama" and "Li et al. (2024)"
_SENTENCE_END = re.compile(
    r"(?<=[.!?。])(?<!\bvs\.)(?<!\b[Ee]\.g\.)(?<!\b[Ii]\.e\.)(?<!\bet al\.)\s+(?=[^a-z\s])"
)

Mask = NDArray[np.bool_]


def generic_terms(listed: Examples, unlisted: Examples) -> Mask:
    """Mark the terms that are no evidence, because the background is full of them: "model", "llm"."""
    here, there = _shares(listed), _shares(unlisted)
    marked: Mask = (there >= _COMMON) | ((there >= _FREQUENT) & (here < _SEVERAL * there))
    return marked


def _shares(papers: Examples) -> Floats:
    """Return in which share of the papers each term occurs: of those with abstracts, if there are some."""
    vectors = papers.vectors[papers.has_abstract] if papers.has_abstract.any() else papers.vectors
    counts = np.bincount(vectors.indices, minlength=vectors.shape[1])
    shares: Floats = counts / max(vectors.shape[0], 1)
    return shares


class Explainer:
    """Gathers the evidence of papers.

    Args:
        weights: The linear part of the relevance score, one weight a term; 0 for what is no evidence.
        listed: The listed papers, of whatever similarity.
        vectors: One row a listed paper.
    """

    def __init__(
        self, features: Features, weights: Floats, listed: Sequence[Neighbour], vectors: csr_matrix
    ) -> None:
        self._features = features
        self._weights = weights
        self._listed = listed
        self._vectors = vectors.T.tocsc()

    def __call__(self, vectors: csr_matrix, papers: Sequence[Paper]) -> Iterator[Evidence]:
        """Yield the evidence of each of the papers, whose vectors are the rows of `vectors`."""
        if not vectors.shape[0]:
            return
        spoken = vectors.multiply(self._weights).tocsr()
        likeness = (vectors @ self._vectors).toarray().round(_DIGITS)
        for row in range(vectors.shape[0]):
            values = spoken.data[spoken.indptr[row] : spoken.indptr[row + 1]].round(_DIGITS)
            columns = spoken.indices[spoken.indptr[row] : spoken.indptr[row + 1]]
            sentence, highlights = best_sentence(papers[row].abstract, self._words(values, columns))
            yield Evidence(
                terms=self._terms(values, columns),
                against=self._terms(-values, columns),
                neighbours=self._neighbours(likeness[row]),
                sentence=sentence,
                highlights=highlights,
            )

    def _words(self, values: Floats, columns: NDArray[np.int32]) -> Mapping[str, float]:
        """Return what each word of a paper speaks for it; a pair speaks through both of its words."""
        weights: dict[str, float] = {}
        for value, column in zip(values.tolist(), columns.tolist(), strict=True):
            words = self._features.term(column).split()
            for word in words:
                weights[word] = weights.get(word, 0.0) + value / len(words)
        return {
            word: value for word, value in weights.items() if value > 0 and word not in ENGLISH_STOP_WORDS
        }

    def _terms(self, values: Floats, columns: NDArray[np.int32]) -> tuple[str, ...]:
        """Return the terms of the largest values; none that repeats another, no stop words."""
        chosen: list[str] = []
        for place in np.lexsort((columns, -values)):
            if values[place] <= 0 or len(chosen) == _TERMS:
                break
            words = self._features.term(int(columns[place])).split()
            if ENGLISH_STOP_WORDS.isdisjoint(words) and not any(
                set(words) & set(other.split()) for other in chosen
            ):
                chosen.append(" ".join(words))
        return tuple(chosen)

    def _neighbours(self, likeness: Floats) -> tuple[Neighbour, ...]:
        order = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        return tuple(
            replace(self._listed[k], similarity=float(likeness[k])) for k in order if likeness[k] > 0
        )


def best_sentence(abstract: str, weights: Mapping[str, float]) -> tuple[str, tuple[str, ...]]:
    """Return the sentence that speaks most for a paper, and the words that do; empty where none does.

    `weights` is how much each word speaks for the paper, more than 0.
    """

    def weight(sentence: str) -> float:
        return sum(weights.get(word, 0.0) for word in set(words_of(sentence)))

    sentences = [part for part in _SENTENCE_END.split(" ".join(abstract.split())) if part]
    best = max((one for one in sentences if len(one) <= _LONGEST_SENTENCE), key=weight, default="")
    words = sorted(set(words_of(best)) & weights.keys(), key=lambda word: (-weights[word], word))
    if not words:
        return "", ()
    return best, tuple(
        word for word in words[:_HIGHLIGHTS] if weights[word] >= _LEAST_WEIGHT * weights[words[0]]
    )
