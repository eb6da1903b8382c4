"""The classifier: relevance, headings, and the evidence for both, learned from one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from scipy.sparse import csr_matrix

from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.calibration import Floats
from arxiv_watch.model.features import Features, chunks
from arxiv_watch.model.placement import Placement
from arxiv_watch.model.relevance import Relevance
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Evidence, Neighbour, OperatingPoint, Prediction, Record

FEWEST_RECORDS = 5
_CHUNK = 2000
_TERMS = 6
_NEIGHBOURS = 3
_DIGITS = 6  # what is printed is rounded, so that no machine's last bit shows
_SECONDS_A_PAPER = 30  # to read a title, skim an abstract and decide


def fit(
    records: Sequence[Record],
    background: Sequence[Paper],
    *,
    rejected: Sequence[Paper] = (),
    headings: Sequence[HeadingPath] = (),
    siblings: Sequence[Paper] = (),
) -> Classifier:
    """Learn a list.

    Args:
        records: The listed papers; one under several headings comes once for each. Abstracts may be empty.
        background: Polled papers that are not listed: the stand-in for negatives. May be empty.
        rejected: Papers that people turned down: real negatives.
        headings: Every heading a paper may be put under, those without papers too. Default: the records'.
        siblings: Papers of lists alike: more positives, of no heading.

    Raises:
        ListError: There are fewer than five listed papers, or none under one of `headings`' number.
    """
    papers = list({record.paper.id.base: record.paper for record in records}.values())
    if len(papers) < FEWEST_RECORDS:
        raise ListError(
            f"the list has {len(papers)} papers with metadata, too few to learn from",
            f"it takes {FEWEST_RECORDS}",
        )
    return Classifier(records, background, rejected, tuple(headings), siblings)


class Classifier:
    """What was learned from one list; made by `fit`.

    Two classifiers of the same inputs predict the same, to the last digit.
    """

    def __init__(
        self,
        records: Sequence[Record],
        background: Sequence[Paper],
        rejected: Sequence[Paper],
        headings: Sequence[HeadingPath],
        siblings: Sequence[Paper],
    ) -> None:
        headings = headings or tuple(dict.fromkeys(record.path for record in records))
        number = {path: place for place, path in enumerate(headings)}
        ordered = sorted(records, key=lambda record: (_day_of(record), record.paper.id.base))
        paths: dict[str, list[HeadingPath]] = {}
        for record in ordered:
            paths.setdefault(record.paper.id.base, []).append(record.path)
        listed = list({record.paper.id.base: record.paper for record in ordered}.values())
        listed_ids = set(paths)
        unlisted = [paper for paper in background if paper.id.base not in listed_ids]
        parts = [listed, unlisted, list(rejected), list(siblings)]
        self._features = Features([paper for part in parts for paper in part])
        ends = np.cumsum([len(part) for part in parts])
        vectors = [
            self._features.training[end - len(part) : end] for end, part in zip(ends, parts, strict=True)
        ]
        self._listed = [Neighbour(paper.id, paper.title, paths[paper.id.base][0], 1.0) for paper in listed]
        self._listed_vectors = vectors[0]
        self._relevance = Relevance(vectors[0], vectors[1], vectors[2], vectors[3], _rate(listed, unlisted))
        placed = [
            (row, own)
            for row, paper in enumerate(listed)
            if (own := tuple(number[path] for path in paths[paper.id.base] if path in number))
        ]
        self._placement = Placement(
            self._features, vectors[0][[row for row, _ in placed]], [own for _, own in placed], headings
        )
        self._rate = _rate(listed, unlisted)

    def predict(
        self, papers: Iterable[Paper], *, evidence: bool = True, evidence_from: float = 0.0
    ) -> Iterator[Prediction]:
        """Yield one prediction a paper, in order; memory does not grow with their number.

        Args:
            papers: The candidates.
            evidence: Whether to say why.
            evidence_from: The relevance from which to say why; gathering it costs more than predicting.
        """
        for chunk in chunks(papers, _CHUNK):
            vectors = self._features.transform(chunk)
            scores = self._relevance.score(vectors)
            relevance = self._relevance.sigmoid(scores).round(_DIGITS)
            told = np.flatnonzero(relevance >= evidence_from) if evidence else np.empty(0, np.int64)
            reasons = dict(zip(told.tolist(), self._evidence(vectors[told]), strict=True))
            for row, (paper, headings) in enumerate(zip(chunk, self._placement.rank(vectors), strict=True)):
                yield Prediction(
                    id=paper.id,
                    relevance=float(relevance[row]),
                    score=round(float(scores[row]), _DIGITS),
                    headings=headings,
                    evidence=reasons.get(row, Evidence()),
                )

    def operating_point(
        self, precision: float, *, per_day: float | None = None, candidates_per_day: float | None = None
    ) -> OperatingPoint:
        """Choose the decision lines for a wanted precision, or for a review budget a day.

        Args:
            precision: Wanted share of right proposals.
            per_day: Most papers a person wants to see a day, on average; None for no limit.
            candidates_per_day: Number of candidates a day, for the time of review; None if not known.
        """
        if not self._relevance.calibrated:
            return OperatingPoint(
                propose=max(precision, 0.9),
                unsure=0.5,
                calibrated=False,
                note="too few papers to calibrate on: only the surest are proposed",
            )
        wanted, noise = (
            self._relevance.sigmoid(scores).round(_DIGITS) for scores in self._relevance.held_out
        )
        share = self._rate
        lines = np.unique(wanted)
        recall = np.array([(wanted >= line).mean() for line in lines])
        false = np.array([(noise >= line).mean() for line in lines])
        shown = share * recall + (1 - share) * false
        precisions = share * recall / shown
        fits = precisions >= precision
        if per_day is not None and candidates_per_day is not None:
            fits &= shown * candidates_per_day <= per_day
        best = int(np.argmax(fits)) if fits.any() else len(lines) - 1
        propose = float(lines[best])
        minutes = None
        if candidates_per_day is not None:
            minutes = float(shown[best] * candidates_per_day * _SECONDS_A_PAPER / 60)
        return OperatingPoint(
            propose=propose,
            unsure=round(propose / 3, _DIGITS),
            precision=float(precisions[best]),
            recall=float(recall[best]),
            minutes_per_day=minutes,
            note=f"from {len(wanted)} newest listed papers held out of training",
        )

    def _evidence(self, vectors: csr_matrix) -> list[Evidence]:
        if not vectors.shape[0]:
            return []
        spoken = vectors.multiply(self._relevance.weights).tocsr()
        likeness = (vectors @ self._listed_vectors.T).toarray()
        return [
            Evidence(
                terms=self._terms(spoken[row], strongest=1.0),
                against=self._terms(spoken[row], strongest=-1.0),
                neighbours=self._neighbours(likeness[row].round(_DIGITS)),
            )
            for row in range(vectors.shape[0])
        ]

    def _terms(self, spoken: csr_matrix, strongest: float) -> tuple[str, ...]:
        values = strongest * spoken.data.round(_DIGITS)
        order = np.lexsort((spoken.indices, -values))[:_TERMS]
        return tuple(self._features.term(int(spoken.indices[k])) for k in order if values[k] > 0)

    def _neighbours(self, likeness: Floats) -> tuple[Neighbour, ...]:
        order = np.argsort(-likeness, kind="stable")[:_NEIGHBOURS]
        return tuple(
            replace(self._listed[k], similarity=float(likeness[k])) for k in order if likeness[k] > 0
        )


def _day_of(record: Record) -> date:
    """Return the day a record is ordered by: when it was listed, else when it was announced or submitted."""
    paper = record.paper
    return record.added or paper.announced or paper.published or _first_day(paper.id)


def _first_day(identifier: ArxivId) -> date:
    year, month = divmod(identifier.sort_key[0], 100)
    return date(year, month, 1)


def _rate(listed: Sequence[Paper], unlisted: Sequence[Paper]) -> float:
    """Estimate the share of relevant papers among candidates.

    It is the share of listed papers among all papers of the months that the background covers.
    """
    months = {paper.id.sort_key[0] for paper in unlisted}
    recent = sum(paper.id.sort_key[0] in months for paper in listed)
    return (recent + 0.5) / (recent + len(unlisted) + 1.0)
