"""The classifier: relevance, headings, and the evidence for both, learned from one list."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import FEWEST_RECORDS
from arxiv_watch.model.certainty import Certainty, estimate_pace, fit_certainty
from arxiv_watch.model.evidence import Explainer, generic_terms
from arxiv_watch.model.features import Categories, Features, chunks
from arxiv_watch.model.placement import Placement, fit_placement, paths_of
from arxiv_watch.model.relevance import (
    Examples,
    Relevance,
    TrainingSet,
    fit_relevance,
    lacks_abstracts,
)
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import (
    Evidence,
    Mention,
    Neighbour,
    OperatingPoint,
    Prediction,
    Record,
    ReviewedPaper,
)

_CHUNK = 2000
_DIGITS = 6  # of what is printed
_TITLES = 5000  # most background titles to set against listed papers without abstract


def fit(
    records: Sequence[Record],
    background: Sequence[Paper],
    *,
    rejected: Sequence[Paper] = (),
    headings: Sequence[HeadingPath] = (),
    mentions: Sequence[Mention] = (),
    candidates_per_day: float | None = None,
    reviewed: Sequence[ReviewedPaper] = (),
) -> LinearClassifier:
    """Learn a list.

    Args:
        records: The listed papers; one under several headings comes once for each. Abstracts may be empty.
        background: Polled papers that are not listed: the stand-in for negatives. All that was polled, or
            its latest part, or a fair sample. May be empty: then papers are ranked
            by likeness alone and none is proposed. Polled papers that people turned down belong to it.
        rejected: Papers that people turned down: real negatives.
        headings: Every heading a paper may be put under, those without papers too. Default: the records'.
        mentions: Entries without identifier: headings are learned from their titles too.
        candidates_per_day: How many papers a day are to be judged, if more than the background shows
            because it is a sample. More candidates mean more negatives, but not more to be found.
        reviewed: The outcomes of earlier proposals, by which probabilities are corrected.

    Raises:
        ListError: There are fewer than five listed papers.
    """
    paths = paths_of(records)
    if len(paths) < FEWEST_RECORDS:
        raise ListError(
            f"the list has {len(paths)} papers with metadata, too few to learn from",
            f"it takes {FEWEST_RECORDS}",
        )
    ordered = sorted(records, key=lambda record: (_day_of(record), record.paper.id))
    listed = list({record.paper.id.base: record.paper for record in ordered}.values())
    rejected = _without(rejected, paths)
    unlisted = _without(background, {*paths, *(paper.id.base for paper in rejected)})
    unlisted.sort(key=lambda paper: (paper.announced or paper.id.month, paper.id))
    kinds = [listed, unlisted, rejected]
    features = Features([paper for kind in kinds for paper in kind])
    categories = Categories(listed, unlisted)
    examples = training_set(features, categories, kinds, {paper.id.base for paper in background})
    relevance = fit_relevance(examples)
    certainty = fit_certainty(examples, estimate_pace(listed, unlisted, candidates_per_day), reviewed)
    terms = np.where(generic_terms(examples.listed, examples.unlisted), 0.0, relevance.weights)
    explain = Explainer(
        features,
        terms[: features.training.shape[1]],  # without the categories
        [Neighbour(paper.id, paper.title, paths[paper.id.base][0], 1.0) for paper in listed],
        features.training,
    )
    headings = tuple(headings) or tuple(dict.fromkeys(record.path for record in records))
    placement = fit_placement(features, listed, paths, headings, mentions)
    return LinearClassifier(features, categories, relevance, certainty, explain, placement)


@dataclass(frozen=True, slots=True)
class LinearClassifier:
    """What was learned from one list: see `arxiv_watch.model.Classifier`."""

    features: Features
    categories: Categories
    relevance: Relevance
    certainty: Certainty
    explain: Explainer
    placement: Placement

    def predict(
        self, papers: Iterable[Paper], *, evidence: bool = True, among: Collection[HeadingPath] = ()
    ) -> Iterator[Prediction]:
        """Yield one prediction a paper, in order."""
        for chunk in chunks(papers, _CHUNK):
            vectors = self.features.transform(chunk)
            scores = self.relevance(self.categories.beside(vectors, chunk))
            base = self.certainty.base(scores).round(_DIGITS)
            relevance = self.certainty.correct(base).round(_DIGITS)
            reasons = list(self.explain(vectors, chunk)) if evidence else [Evidence()] * len(chunk)
            for row, (paper, headings) in enumerate(
                zip(chunk, self.placement.rank(vectors, chunk, among), strict=True)
            ):
                yield Prediction(
                    id=paper.id,
                    relevance=float(relevance[row]),
                    score=round(float(scores[row]), _DIGITS),
                    base_relevance=float(base[row]),
                    headings=headings,
                    evidence=reasons[row],
                )

    def operating_point(self, precision: float, *, per_day: float | None = None) -> OperatingPoint:
        """Choose the decision lines for a wanted precision, or for a review budget a day."""
        return self.certainty.operating_point(precision, per_day)


def training_set(
    features: Features,
    categories: Categories,
    kinds: Sequence[Sequence[Paper]],
    polled: Container[str] = frozenset(),
) -> TrainingSet:
    """Cut the training vectors into their kinds, and put the categories beside the words.

    Args:
        features: The vocabulary of the papers of all kinds; of their vectors only those of the listed papers
            are left to it.
        categories: The categories of the listed and the unlisted papers.
        kinds: The papers that are listed, unlisted, and rejected.
        polled: Identifiers of the background, some of the rejected papers among them.
    """
    ends = np.cumsum([len(kind) for kind in kinds])
    words = [features.training[end - len(kind) : end] for end, kind in zip(ends, kinds, strict=True)]
    # A background's vectors are large, so each kind's words are dropped as soon as they are copied.
    features.training = features.training[: len(kinds[0])]
    listed, unlisted, rejected = (
        Examples(
            categories.beside(words.pop(0), kind, listed=kind is kinds[0]),
            np.array([paper.id.month_index for paper in kind], np.int64),
            np.array([bool(paper.abstract) for paper in kind], bool),
        )
        for kind in kinds
    )
    short = lacks_abstracts(listed)
    listed = listed if short else listed[np.flatnonzero(listed.has_abstract)]
    titles = [replace(paper, abstract="") for paper in (kinds[1][-_TITLES:] if short else ())]
    return TrainingSet(
        listed,
        unlisted,
        rejected,
        np.array([paper.id.base in polled for paper in kinds[2]], bool),
        categories.beside(features.transform(titles), titles),
        short,
    )


def _without(papers: Sequence[Paper], ids: Container[str]) -> list[Paper]:
    """Return each paper once, and none of those that are known otherwise."""
    return list({paper.id.base: paper for paper in papers if paper.id.base not in ids}.values())


def _day_of(record: Record) -> date:
    """Return the day a record is ordered by: when it was listed, else when it was announced or submitted."""
    paper = record.paper
    return record.added or paper.announced or paper.published or paper.id.month
