"""What others do, with their own settings: each learns a list and scores candidates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from arxiv_watch.headings import HeadingPath
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record

Scores = NDArray[np.float64]
Baseline = Callable[[Sequence[Record], Sequence[Paper], Iterable[Paper]], Scores]

_BATCH = 5000


def text_of(paper: Paper) -> str:
    return f"{paper.title} {paper.abstract}"


def papers_of(records: Sequence[Record]) -> list[Paper]:
    """Return each listed paper once, as the standard replay does: those with an abstract."""
    papers = {record.paper.id.base: record.paper for record in records if record.paper.abstract}
    return list(papers.values())


def arxiv_sanity_lite(
    records: Sequence[Record], background: Sequence[Paper], papers: Iterable[Paper]
) -> Scores:
    """Score as karpathy/arxiv-sanity-lite does (compute.py, serve.py)."""
    vectorizer = TfidfVectorizer(
        strip_accents="unicode",
        stop_words="english",
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",  # noqa: S106 - a pattern of words
        ngram_range=(1, 2),
        max_features=20_000,
        sublinear_tf=True,
        max_df=0.1,
        min_df=5,
    )
    model = LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01, random_state=0)
    return _linear(vectorizer, model, records, background, papers)


def asreview_elas_u4(
    records: Sequence[Record], background: Sequence[Paper], papers: Iterable[Paper]
) -> Scores:
    """Score as ASReview's default ELAS u4 does, trained once on everything."""
    positives, negatives = len(papers_of(records)), len(background)
    weights = np.repeat([1.0, positives / (9.8 * negatives)], [positives, negatives])
    weights *= len(weights) / weights.sum()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1, max_df=0.95)
    model = LinearSVC(loss="squared_hinge", C=0.11, random_state=0)
    return _linear(vectorizer, model, records, background, papers, weights=weights)


def plain_svm(records: Sequence[Record], background: Sequence[Paper], papers: Iterable[Paper]) -> Scores:
    """Score by a linear SVM on words and pairs of words."""
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    return _linear(TfidfVectorizer(ngram_range=(1, 2)), model, records, background, papers)


def zotero_scheme(records: Sequence[Record], background: Sequence[Paper], papers: Iterable[Paper]) -> Scores:
    """Score as TideDra/zotero-arxiv-daily does, with TF-IDF vectors for the embedding it downloads."""
    newest = papers_of(sorted(records, key=lambda record: str(record.added), reverse=True))
    weights = 1.0 / (1.0 + np.log10(np.arange(1, len(newest) + 1)))
    weights /= weights.sum()
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    vectorizer.fit([text_of(paper) for paper in [*newest, *background]])
    library = vectorizer.transform([text_of(paper) for paper in newest])
    centre = library.T @ weights
    return np.concatenate([vectorizer.transform(texts) @ centre for texts in _texts(papers)])


def keyword_filter(records: Sequence[Record], background: Sequence[Paper], papers: Iterable[Paper]) -> Scores:
    """Score by how many headings' names stand in the text, as keyword bots select."""
    del background
    names = {re.sub(r"[\W\d_]+", " ", record.path[-1]).strip().lower() for record in records}
    phrases = sorted(name for name in names if len(name) > 2)
    return np.array(
        [sum(name in text for name in phrases) for texts in _texts(papers) for text in map(str.lower, texts)],
        float,
    )


BASELINES: dict[str, Baseline] = {
    "arxiv-sanity-lite": arxiv_sanity_lite,
    "ASReview ELAS u4": asreview_elas_u4,
    "zotero-arxiv-daily's scheme": zotero_scheme,
    "keyword filter": keyword_filter,
    "plain SVM": plain_svm,
}


def heading_svm(records: Sequence[Record], papers: Sequence[Paper], best: int = 3) -> list[list[HeadingPath]]:
    """Return the best headings by a TF-IDF linear SVM."""
    known = [record for record in records if record.paper.abstract]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    vectors = vectorizer.fit_transform([text_of(record.paper) for record in known])
    paths = list(dict.fromkeys(record.path for record in known))
    number = {path: place for place, path in enumerate(paths)}
    model = LinearSVC(C=1.0, class_weight="balanced", random_state=0)
    model.fit(vectors, [number[record.path] for record in known])
    scores = model.decision_function(vectorizer.transform([text_of(paper) for paper in papers]))
    return [[paths[place] for place in np.argsort(-row)[:best]] for row in scores]


def _linear(
    vectorizer: TfidfVectorizer,
    model: LinearSVC,
    records: Sequence[Record],
    background: Sequence[Paper],
    papers: Iterable[Paper],
    *,
    weights: Scores | None = None,
) -> Scores:
    positive = papers_of(records)
    vectors = vectorizer.fit_transform([text_of(paper) for paper in [*positive, *background]])
    labels = np.repeat([1, 0], [len(positive), len(background)])
    model.fit(vectors, labels, sample_weight=weights)
    return np.concatenate([model.decision_function(vectorizer.transform(texts)) for texts in _texts(papers)])


def _texts(papers: Iterable[Paper]) -> Iterator[list[str]]:
    stream = iter(papers)
    while batch := list(islice(stream, _BATCH)):
        yield [text_of(paper) for paper in batch]
