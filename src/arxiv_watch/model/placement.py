"""Under which heading a paper goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, dia_matrix, diags, vstack
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.calibration import Flags, Floats, Softmax, fit_softmax
from arxiv_watch.model.dated import DatedHeadings, find_dated_headings
from arxiv_watch.model.features import Features, Integers
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HeadingProbability, Mention, Record

_FEWEST_TO_CALIBRATE = 20
_CAUTIOUS = Softmax(temperature=1.0, smoothing=0.1)
_C, _C_OF_TITLES = 0.5, 1.0  # titles alone hold fewer words to overfit
_HALF_LIFE = 24.0  # months: headings drift, more slowly than the list's taste
_LEAST_WEIGHT = 0.2
_NAME_WEIGHT = 3.0  # of a heading's own words, in papers
_MENTION_WEIGHT = 1.0
_MOST_OTHERS = 4000  # papers of other headings that one is set against
_TOLERANCE = 0.01  # of the solver: .1 saves a seventh of the time, and leaves near headings out of order
_CUTS = (0.7, 0.85)  # of the listed papers: a model of the older ones scores the next part
_HELD_OUT = 0.15
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Hints:
    """Short texts that stand in for papers: headings' own words, and titles of entries without identifier.

    A heading without papers has nothing else.

    Attributes:
        vectors: One row a text.
        labels: The number of each one's heading.
        weights: In papers.
    """

    vectors: csr_matrix
    labels: Integers
    weights: Floats

    def renumbered(self, headings: Sequence[int]) -> Hints:
        """Keep the hints of some headings, given sorted, which get the numbers from 0 on."""
        rows = np.flatnonzero(np.isin(self.labels, headings))
        return Hints(self.vectors[rows], np.searchsorted(headings, self.labels[rows]), self.weights[rows])


@dataclass(frozen=True, slots=True)
class _Examples:
    """Listed papers in order of submission.

    Attributes:
        vectors: One row a paper.
        labels: The numbers of the headings each stands under.
        months: When each was submitted, in months since year 0.
        c: The C of `LinearSVC`: how closely to fit them.
    """

    vectors: csr_matrix
    labels: Sequence[tuple[int, ...]]
    months: Integers
    c: float

    def __len__(self) -> int:
        return len(self.labels)

    def before(self, end: int, place: Mapping[int, int]) -> _Examples:
        """Return the first papers, with their labels renumbered by `place`."""
        labels = [tuple(place[label] for label in own) for own in self.labels[:end]]
        return replace(self, vectors=self.vectors[:end], labels=labels, months=self.months[:end])


@dataclass(frozen=True, slots=True)
class _Linear:
    """One linear classifier a heading.

    Attributes:
        columns: The columns of the vectors that are used; `scale` weighs them.
        weights: Shape (columns, headings).
        intercepts: One a heading.
    """

    columns: Integers
    scale: dia_matrix
    weights: Floats
    intercepts: Floats

    def __call__(self, vectors: csr_matrix) -> Floats:
        scores: Floats = _rescale(vectors, self.columns, self.scale) @ self.weights + self.intercepts
        return scores


@dataclass(frozen=True, slots=True)
class Placement:
    """Probabilities of every heading a paper may be put under; made by `fit_placement`."""

    headings: tuple[HeadingPath, ...]
    score: _Linear
    chances: Softmax
    dated: DatedHeadings

    def rank(
        self,
        vectors: csr_matrix,
        papers: Sequence[Paper],
        among: Collection[HeadingPath] = (),
        best: int = 5,
    ) -> list[tuple[HeadingProbability, ...]]:
        """Return the best headings of each paper, best first; ties keep the list's order.

        The best of the headings `among` is returned too, where it is none of the best of all.
        """
        scores = self.score(vectors)
        chances = self.dated.assign(self.chances(scores), papers).round(_DIGITS)
        order = np.lexsort((-scores.round(_DIGITS), -chances))
        asked = np.array([path in among for path in self.headings])[order]
        kept = np.arange(order.shape[1]) < best
        kept = kept | (asked & (asked.cumsum(axis=1) == 1))
        return [
            tuple(HeadingProbability(self.headings[k], float(row[k])) for k in ranked[shown])
            for ranked, row, shown in zip(order, chances, kept, strict=True)
        ]


def paths_of(records: Iterable[Record]) -> dict[str, list[HeadingPath]]:
    """Return the headings that each paper stands under, by its identifier without version."""
    paths: dict[str, list[HeadingPath]] = {}
    for record in records:
        paths.setdefault(record.paper.id.base, []).append(record.path)
    return paths


def fit_placement(
    features: Features,
    listed: Sequence[Paper],
    paths: Mapping[str, Sequence[HeadingPath]],
    headings: Sequence[HeadingPath],
    mentions: Sequence[Mention] = (),
) -> Placement:
    """Learn the headings; papers that stand under none of them are left out.

    `listed` are the first papers of the training set of `features`; `paths` is made by `paths_of`.
    """
    number = {path: place for place, path in enumerate(headings)}
    own = [tuple(number[path] for path in paths[paper.id.base] if path in number) for paper in listed]
    rows = sorted((row for row, labels in enumerate(own) if labels), key=lambda row: listed[row].id)
    papers = [listed[row] for row in rows]
    months = np.array([paper.id.month_index for paper in papers], np.int64)
    whole = sum(bool(paper.abstract) for paper in papers) * 2 >= len(papers)
    labels = [own[row] for row in rows]
    examples = _Examples(features.training[rows], labels, months, _C if whole else _C_OF_TITLES)
    hints = _hints(features, number, mentions)
    chances = _CAUTIOUS
    if len(examples) >= _FEWEST_TO_CALIBRATE and len(headings) > 1:
        parts = [_held_out(examples, hints, features.idf, cut) for cut in _CUTS]
        held_out = [(scores, hits) for scores, hits in parts if len(scores)]
        if held_out:
            chances = fit_softmax(held_out)
    score = _fit_linear(examples, hints, features.idf)
    return Placement(tuple(headings), score, chances, find_dated_headings(headings, examples.labels, papers))


def _hints(features: Features, number: Mapping[HeadingPath, int], mentions: Sequence[Mention]) -> Hints:
    known = [mention for mention in mentions if mention.path in number]
    # Of a heading's words the innermost say most, so they stand as the title too.
    names = [_as_paper(path[-1], " ".join(path[1:])) for path in number]
    return Hints(
        features.transform([*names, *(_as_paper(mention.title) for mention in known)]),
        np.array([*number.values(), *(number[mention.path] for mention in known)], np.int64),
        np.repeat([_NAME_WEIGHT, _MENTION_WEIGHT], [len(names), len(known)]),
    )


def _as_paper(title: str, abstract: str = "") -> Paper:
    return Paper(ArxivId.parse("0704.0001"), title, abstract)


def _rarity_within(vectors: csr_matrix, hints: csr_matrix, idf: Floats) -> tuple[Integers, dia_matrix]:
    """Return the columns that occur in the list, and the factors that rescale their rarity to the list.

    What is rare on arXiv may occur in every paper of the list, and then distinguishes no headings.
    Most of the vocabulary is the background's; no heading can learn anything of that.
    """
    papers = np.bincount(vectors.indices, minlength=vectors.shape[1])
    hinted = np.bincount(hints.indices, minlength=vectors.shape[1])
    columns = np.flatnonzero(papers + hinted)
    if not len(columns):  # a list of bare links, none of whose papers arXiv could be asked for
        columns = np.zeros(1, np.int64)
    within = np.log((1 + vectors.shape[0]) / (1 + papers[columns])) + 1
    return columns, diags(within / idf[columns])


def _rescale(vectors: csr_matrix, columns: Integers, scale: dia_matrix) -> csr_matrix:
    scaled = vectors[:, columns] @ scale
    return normalize(scaled, copy=False) if scaled.shape[0] else scaled  # scikit-learn rejects no rows


def _fit_linear(examples: _Examples, hints: Hints, idf: Floats) -> _Linear:
    """Fit each heading against all others."""
    columns, scale = _rarity_within(examples.vectors, hints.vectors, idf)
    if len(set(hints.labels)) == 1:
        return _Linear(columns, scale, np.zeros((len(columns), 1)), np.zeros(1))
    rows = np.repeat(np.arange(len(examples)), [len(own) for own in examples.labels])
    targets = np.array([*(label for own in examples.labels for label in own), *hints.labels], np.int64)
    age = (examples.months.max(initial=0) - examples.months)[rows]
    shares = np.concatenate([np.maximum(0.5 ** (age / _HALF_LIFE), _LEAST_WEIGHT), hints.weights])
    vectors = _rescale(vstack([examples.vectors[rows], hints.vectors]).tocsr(), columns, scale)
    headings = np.unique(targets)
    weights, intercepts = np.zeros((len(columns), len(headings))), np.zeros(len(headings))
    for place, heading in enumerate(headings):
        weights[:, place], intercepts[place] = _against_the_others(
            vectors, targets == heading, shares, examples.c, len(headings)
        )
    return _Linear(columns, scale, weights, intercepts)


def _against_the_others(
    vectors: csr_matrix, is_under: Flags, shares: Floats, c: float, headings: int
) -> tuple[Floats, float]:
    """Fit one heading against all others, of which so many papers are drawn that the cost stays linear.

    As with scikit-learn's `class_weight="balanced"`, a heading of few papers weighs more; here by their
    number, there by the sum of their weights.
    """
    others = np.flatnonzero(~is_under)
    step = -(-len(others) // _MOST_OTHERS)
    weights = shares * np.where(is_under, len(is_under) / (headings * is_under.sum()), step)
    if step > 1:
        rows = np.sort(np.concatenate([np.flatnonzero(is_under), others[::step]]))
        vectors, is_under, weights = vectors[rows], is_under[rows], weights[rows]
    model = LinearSVC(C=c, dual=True, tol=_TOLERANCE, random_state=0).fit(vectors, is_under, weights)
    return model.coef_[0], float(model.intercept_[0])


def _held_out(examples: _Examples, hints: Hints, idf: Floats, cut: float) -> tuple[Floats, Flags]:
    """Score the listed papers that come after a cut by a model of those before it.

    Shuffled folds would promise too much: the papers of one month are alike, and the list moves on.
    Headings that were still empty, and papers under none but these, are left out, as no replay could
    get them right.
    """
    start, end = (round(len(examples) * share) for share in (cut, cut + _HELD_OUT))
    seen = sorted({label for own in examples.labels[:start] for label in own})
    place = {label: column for column, label in enumerate(seen)}
    rows = [row for row in range(start, end) if not place.keys().isdisjoint(examples.labels[row])]
    # Words that only later papers use must be as unknown here as those of tomorrow's papers.
    score = _fit_linear(examples.before(start, place), hints.renumbered(seen), idf)
    scores = score(examples.vectors[rows])
    hits: Flags = np.zeros(scores.shape, bool)
    for line, row in enumerate(rows):
        hits[line, [place[label] for label in examples.labels[row] if label in place]] = True
    return scores, hits
