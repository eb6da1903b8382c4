"""Papers as numbers: words and pairs of neighbouring words, weighted by TF-IDF, and categories beside them.

scikit-learn's `CountVectorizer` makes the same matrix from Python strings, one n-gram at a time; at a
hundred thousand abstracts that is most of the program's time. Here words become integers once, and pairs
are made, counted and looked up as integers by NumPy. `TfidfTransformer` then does the weighting.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from arxiv_watch.model.calibration import Floats
from arxiv_watch.papers import Paper

# Words of two letters and more; Han, kana and hangul have no spaces, so there each character is a word.
_IDEOGRAPHS = "぀-ヿ㐀-䶿一-鿿가-힯"
# matches "serving", and each character of "模型"
_WORD = re.compile(rf"[^\W{_IDEOGRAPHS}]{{2,}}|[{_IDEOGRAPHS}]")
_BREAK = ""
_CHUNK = 1000
_CATEGORY_WEIGHT = 0.1  # beside words of length 1; of 27 lists most lose by any other: docs/classifier.md
_USUAL_STRENGTH = 5  # papers of the background that count among the listed ones whose categories are known
_TITLE_WEIGHT = 3  # chosen by cross-validation: docs/classifier.md
# Room for two word numbers in one 64-bit key.
_SHIFT = 32

Integers = NDArray[np.signedinteger[Any]]


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words, in order."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return _WORD.findall(text.lower())


class _Texts:
    """The words of many papers, as numbers, in one array: as one array a paper they take more memory.

    Of each paper come the title, three times, and the abstract. The empty string stands after each of them:
    it is not a word, and no pair crosses it.
    """

    def __init__(self, papers: Iterable[Paper], number: Callable[[str], int]) -> None:
        words, ends = array("i"), array("q", [0])
        for paper in papers:
            title = [*map(number, words_of(paper.title)), number(_BREAK)]
            words.extend(title * _TITLE_WEIGHT)
            words.extend([*map(number, words_of(paper.abstract)), number(_BREAK)])
            ends.append(len(words))
        self.words = np.array(words, np.int32)
        self._ends = np.array(ends, np.int64)

    def chunks(self) -> Iterator[tuple[Integers, Integers]]:
        """Yield the places of a thousand papers: which of the papers each is in, and its word."""
        for start in range(0, len(self._ends) - 1, _CHUNK):
            ends = self._ends[start : start + _CHUNK + 1]
            yield np.repeat(np.arange(len(ends) - 1), np.diff(ends)), self.words[ends[0] : ends[-1]]


def chunks(papers: Iterable[Paper], size: int) -> Iterator[list[Paper]]:
    """Cut a stream into lists of at most `size`."""
    stream = iter(papers)
    while chunk := list(islice(stream, size)):
        yield chunk


class Features:
    """The vocabulary of a training set, and the TF-IDF vectors of papers over it.

    Columns are first the words, then the pairs, each in the order of their first appearance or key.
    Rows are scaled to length 1 (a paper without any known word gives a row of zeros).
    `training` holds the vectors of the training set itself; a caller that needs fewer may drop the rest.

    Args:
        papers: The training set; the order decides the columns' order.
        min_count: A word or pair is kept if it occurs so many times.
    """

    def __init__(self, papers: Sequence[Paper], *, min_count: int = 2) -> None:
        texts, spelling = _number(papers)
        occurrences = np.zeros(len(spelling), np.int64)
        for _, words in texts.chunks():
            occurrences += np.bincount(words, minlength=len(spelling))
        occurrences[0] = 0  # the break
        kept = np.flatnonzero(occurrences >= min_count)
        self._words = {spelling[number]: column for column, number in enumerate(kept)}
        self._spelling = [spelling[number] for number in kept]
        column_of = np.full(len(spelling), -1, np.int32)
        column_of[kept] = np.arange(len(kept))
        texts.words = column_of[texts.words]
        self._pairs = _frequent_pairs(texts, min_count)
        self._weighting = TfidfTransformer(sublinear_tf=True)
        counts = self._count(texts)
        del spelling, texts
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
        counts = self._count(_Texts(papers, lambda word: known.get(word, -1)))
        # scikit-learn rejects a matrix without rows.
        return self._weighting.transform(counts, copy=False) if papers else counts

    def term(self, column: int) -> str:
        """Return the word, or the two words with a space between, that a column stands for."""
        if column < len(self._spelling):
            return str(self._spelling[column])
        key = int(self._pairs[column - len(self._spelling)])
        return f"{self._spelling[key >> _SHIFT]} {self._spelling[key & ((1 << _SHIFT) - 1)]}"

    def _count(self, texts: _Texts) -> csr_matrix:
        """Count words and pairs of texts that are given as columns, -1 for unknown words.

        The chunks' counts are copied into arrays for as many as there could be, of which only what is written
        takes memory; putting the chunks one below the other would hold them all twice.
        """
        most = 2 * len(texts.words)
        counts, columns, ends = np.empty(most), np.empty(most, np.int32), [np.zeros(1, np.int32)]
        written = 0
        for rows, words in texts.chunks():
            part = self._count_chunk(rows, words)
            ends.append(part.indptr[1:] + written)
            counts[written : written + part.nnz] = part.data
            columns[written : written + part.nnz] = part.indices
            written += part.nnz
        every_end = np.concatenate(ends)
        shape = (len(every_end) - 1, max(len(self), 1))
        return csr_matrix((counts[:written], columns[:written], every_end), shape=shape)

    def _count_chunk(self, rows: Integers, words: Integers) -> csr_matrix:
        inside, pairs = _pairs(words)
        pair_rows = rows[:-1][inside]
        order = np.argsort(pairs)  # a search for sorted keys is five times as fast
        pair_rows, pairs = pair_rows[order], pairs[order]
        slots = np.searchsorted(self._pairs, pairs)
        slots[slots == len(self._pairs)] = 0
        found = self._pairs[slots] == pairs if len(self._pairs) else np.zeros(len(pairs), bool)
        known = words >= 0
        all_rows = np.concatenate([rows[known], pair_rows[found]])
        columns = np.concatenate([words[known], slots[found] + len(self._spelling)])
        shape = (rows[-1] + 1, max(len(self), 1))
        return csr_matrix((np.ones(len(columns)), (all_rows, columns)), shape=shape)


class Categories:
    """The categories of a list's papers and of its background.

    A paper of unknown categories gets the mean of the papers of its kind: else the lack of them would be
    learned, and older listed papers often come without.
    """

    def __init__(self, listed: Sequence[Paper], unlisted: Sequence[Paper]) -> None:
        names = dict.fromkeys(name for paper in (*listed, *unlisted) for name in paper.categories)
        self._columns = {name: column for column, name in enumerate(names)}
        self._usual = self._mean(unlisted, np.zeros(len(names)), 0)
        self._usual_if_listed = self._mean(listed, self._usual, _USUAL_STRENGTH)

    def beside(self, words: csr_matrix, papers: Sequence[Paper], *, listed: bool = False) -> csr_matrix:
        """Return vectors of words and categories, each of length 1; `words` has one row a paper."""
        if not self._columns:
            return words
        rows = self._rows(papers, self._usual_if_listed if listed else self._usual)
        both = hstack([words, _CATEGORY_WEIGHT * rows]).tocsr()
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


def _number(papers: Iterable[Paper]) -> tuple[_Texts, list[str]]:
    """Number the break, then the words as they first appear; return the texts, and each number's word."""
    numbers = {_BREAK: 0}
    return _Texts(papers, lambda word: numbers.setdefault(word, len(numbers))), list(numbers)


def _pairs(words: Integers) -> tuple[NDArray[np.bool_], Integers]:
    """Return at which places a known word has a known one after it, and the keys of these two."""
    known = words >= 0
    inside = known[:-1] & known[1:]
    return inside, (words[:-1][inside].astype(np.int64) << _SHIFT) | words[1:][inside]


def _frequent_pairs(texts: _Texts, min_count: int) -> Integers:
    """Return the keys of the pairs that occur so many times, in order."""
    keys = np.concatenate([np.empty(0, np.int64), *(_pairs(words)[1] for _, words in texts.chunks())])
    keys.sort()
    is_first = np.ones(len(keys), bool)
    is_first[1:] = keys[1:] != keys[:-1]
    firsts = np.flatnonzero(is_first)
    return keys[firsts[np.diff(firsts, append=len(keys)) >= min_count]]
