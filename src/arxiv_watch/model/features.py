"""Papers as numbers: words and pairs of neighbouring words, weighted by TF-IDF.

scikit-learn's `CountVectorizer` makes the same matrix from Python strings, one n-gram at a time; at a
hundred thousand abstracts that is most of the program's time. Here words become integers once, and pairs
are made, counted and looked up as integers by NumPy. `TfidfTransformer` then does the weighting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfTransformer

from arxiv_watch.papers import Paper

# Words of two letters and more; Han, kana and hangul have no spaces, so there each character is a word.
_IDEOGRAPHS = "぀-ヿ㐀-䶿一-鿿가-힯"
# matches "serving", and each character of "模型"
_WORD = re.compile(rf"[^\W{_IDEOGRAPHS}]{{2,}}|[{_IDEOGRAPHS}]")
_BREAK = ""
_CHUNK = 1000
_TITLE_WEIGHT = 3  # chosen by cross-validation: docs/classifier.md
# Room for two word numbers in one 64-bit key.
_SHIFT = 32

Integers = NDArray[np.signedinteger[Any]]


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words, in order."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.lower())


def _numbered(paper: Paper, number: Callable[[str], int]) -> Integers:
    """Return the numbers of the words that are learned from: the title, three times, then the abstract.

    The empty string stands between the parts: it is not a word, and no pair crosses it.
    """
    title = [*map(number, words_of(paper.title)), number(_BREAK)]
    return np.array([*title * _TITLE_WEIGHT, *map(number, words_of(paper.abstract))], np.int32)


def chunks(papers: Iterable[Paper], size: int) -> Iterator[list[Paper]]:
    """Cut a stream into lists of at most `size`."""
    stream = iter(papers)
    while chunk := list(islice(stream, size)):
        yield chunk


class Features:
    """The vocabulary of a training set, and the TF-IDF vectors of papers over it.

    Columns are first the words, then the pairs, each in the order of their first appearance or key.
    Rows are scaled to length 1 (a paper without any known word gives a row of zeros).
    `training` holds the vectors of the training set itself.

    Args:
        papers: The training set; the order decides the columns' order.
        min_count: A word or pair is kept if it occurs so many times.
    """

    def __init__(self, papers: Sequence[Paper], *, min_count: int = 2) -> None:
        numbers = {_BREAK: 0}
        documents = [
            _numbered(paper, lambda word: numbers.setdefault(word, len(numbers))) for paper in papers
        ]
        rows, words = _flatten(documents)
        kept = np.flatnonzero(np.bincount(words, minlength=len(numbers)) >= min_count)
        kept = kept[kept != numbers[_BREAK]]
        spelling = list(numbers)
        self._words = {spelling[number]: column for column, number in enumerate(kept)}
        column_of = np.full(len(numbers) + 1, -1)
        column_of[kept] = np.arange(len(kept))
        keys, occurrences = np.unique(_pairs(rows, column_of[words])[1], return_counts=True)
        self._pairs = keys[occurrences >= min_count]
        self._spelling = [spelling[number] for number in kept]
        self._weighting = TfidfTransformer(sublinear_tf=True)
        del rows, words, keys, occurrences
        counts = self._count([column_of[document].astype(np.int32) for document in documents])
        self.training = self._weighting.fit(counts).transform(counts, copy=False)

    def __len__(self) -> int:
        return len(self._spelling) + len(self._pairs)

    @property
    def idf(self) -> NDArray[np.float64]:
        """The inverse document frequency of each column."""
        frequencies: NDArray[np.float64] = self._weighting.idf_
        return frequencies

    def transform(self, papers: Sequence[Paper]) -> csr_matrix:
        """Return the TF-IDF vectors, one row a paper, shape (papers, terms)."""
        known = self._words
        counts = self._count([_numbered(paper, lambda word: known.get(word, -1)) for paper in papers])
        # scikit-learn rejects a matrix without rows.
        return self._weighting.transform(counts, copy=False) if papers else counts

    def term(self, column: int) -> str:
        """Return the word, or the two words with a space between, that a column stands for."""
        if column < len(self._spelling):
            return str(self._spelling[column])
        key = int(self._pairs[column - len(self._spelling)])
        return f"{self._spelling[key >> _SHIFT]} {self._spelling[key & ((1 << _SHIFT) - 1)]}"

    def _count(self, documents: Sequence[Integers]) -> csr_matrix:
        """Count words and pairs of documents that are given as columns, -1 for unknown words."""
        if len(documents) > _CHUNK:  # what is made on the way is larger than the result
            starts = range(0, len(documents), _CHUNK)
            return vstack([self._count(documents[start : start + _CHUNK]) for start in starts]).tocsr()
        rows, words = _flatten(documents)
        pair_rows, pairs = _pairs(rows, words)
        order = np.argsort(pairs)  # a search for sorted keys is five times as fast
        pair_rows, pairs = pair_rows[order], pairs[order]
        slots = np.searchsorted(self._pairs, pairs)
        slots[slots == len(self._pairs)] = 0
        found = self._pairs[slots] == pairs if len(self._pairs) else np.zeros(len(pairs), bool)
        known = words >= 0
        all_rows = np.concatenate([rows[known], pair_rows[found]])
        columns = np.concatenate([words[known], slots[found] + len(self._spelling)])
        shape = (len(documents), max(len(self), 1))
        return csr_matrix((np.ones(len(columns)), (all_rows, columns)), shape=shape)


def _flatten(documents: Sequence[Integers]) -> tuple[Integers, Integers]:
    """Return the document's number and the word of each place in all documents, one after the other."""
    lengths = np.array([len(document) for document in documents], np.int64)
    rows = np.repeat(np.arange(len(documents)), lengths)
    return rows, np.concatenate([*documents, np.empty(0, np.int64)])  # 64 bits, for the pairs' keys


def _pairs(rows: Integers, words: Integers) -> tuple[Integers, Integers]:
    """Return the document and the key of each two neighbouring known words."""
    inside = (rows[1:] == rows[:-1]) & (words[1:] >= 0) & (words[:-1] >= 0)
    return rows[1:][inside], (words[:-1][inside] << _SHIFT) | words[1:][inside]
