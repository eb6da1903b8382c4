"""Measure the classifier beside its baselines on the standard replay, and write the tables of the docs.

python benchmarks/replay.py [--list NAME]… [--quick] [--print]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Sequence

import numpy as np

from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import Classifier, fit, metrics
from arxiv_watch.proposals import Prediction
from replay_baselines import BASELINES, Scores, heading_svm, plain_svm
from replay_cost import measure_all
from replay_data import EARLIER, OTHERS, WINDOWS, Feed, Replay, load
from replay_headings import calibration_rows, chance_error, year_rows
from replay_tables import table_head, table_row, write_tables

OURS = "arxiv-watch"
SIZES = (5, 10, 20, 50, 100)
OTHER_DRAWS = (1, 2, 3)  # of the background; the first, 0, is the standard replay's
DRAWS = {5: 3, 10: 3, 20: 3}  # the larger, the less it matters which papers are drawn

Table = list[str]


def main() -> None:
    options = _options()
    feed = Feed.read()
    windows = [window for window in WINDOWS if not options.list or window.name in options.list]
    tables: dict[str, Table] = {
        name: [] for name in ("relevance", "headings", "ordered", "calibration", "earlier", "sizes", "draws")
    }
    for window in windows:
        replay = load(window, feed)
        model, predictions = _ours(replay)
        tables["relevance"] += _relevance_rows(replay, predictions, quick=options.quick)
        tables["headings"] += _heading_rows(replay, predictions)
        tables["calibration"] += _precision_rows(replay, model, predictions, (0.3, 0.5, 0.7))
        if window is WINDOWS[0] and not options.quick:
            tables["sizes"] += _size_rows(replay, _scores(predictions))
            tables["draws"] += _draw_rows([load(window, feed, draw=draw) for draw in OTHER_DRAWS])
    if not options.list:
        replays = [load(window, feed) for window in (*WINDOWS, *OTHERS)]
        tables["ordered"] = [table_row(*cells) for cells in calibration_rows(replays)]
        for replay in (load(window, feed) for window in EARLIER):
            tables["earlier"] += _precision_rows(replay, *_ours(replay), (0.5,))
    costs = (
        [] if options.quick or options.list else measure_all(load(WINDOWS[0], feed), load(WINDOWS[1], feed))
    )
    page = "\n".join(_page(tables, costs))
    print(page)
    if not (options.quick or options.list or options.print):
        write_tables("figures", page)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [window.name for window in WINDOWS]
    parser.add_argument("--list", action="append", choices=names, help="only this list; may be repeated")
    parser.add_argument("--quick", action="store_true", help="no baselines, learning curve or cost")
    parser.add_argument("--print", action="store_true", help="leave docs/classifier.md as it is")
    return parser.parse_args()


def _ours(replay: Replay) -> tuple[Classifier, list[Prediction]]:
    a_day = len(replay.candidates) / len(set(replay.days))
    model = fit(replay.records, replay.background, candidates_per_day=a_day)
    return model, list(model.predict(replay.candidates, evidence=False))


def _scores(predictions: Iterable[Prediction]) -> Scores:
    return np.array([prediction.score for prediction in predictions])


def _relevance_rows(replay: Replay, predictions: Sequence[Prediction], *, quick: bool) -> Table:
    rows = [_relevance_row(OURS, replay, _scores(predictions))]
    for name, baseline in {} if quick else BASELINES.items():
        start = time.process_time()
        scores = baseline(replay.records, replay.background, replay.candidates)
        print(f"{replay.window.name}: {name} took {time.process_time() - start:.0f} s of CPU", flush=True)
        rows.append(_relevance_row(name, replay, scores))
    return rows


def _relevance_row(name: str, replay: Replay, scores: Scores) -> str:
    wanted = np.array(replay.wanted)
    figures = [
        metrics.average_precision(wanted, scores),
        metrics.roc_auc(wanted, scores),
        *(metrics.recall_a_day(wanted, scores, replay.days, best) for best in (3, 5, 10)),
        _pooled_recall(replay, scores, 5),
        metrics.work_saved(wanted, scores),
    ]
    size = f"{wanted.sum()} / {len(wanted):,}"
    return table_row(replay.window.name, size, name, *(f"{figure:.3f}" for figure in figures))


def _pooled_recall(replay: Replay, scores: Scores, a_day: int) -> float:
    """Recall with the same number of papers read, but spread freely over the window's days."""
    best = np.argsort(-scores, kind="stable")[: a_day * len(set(replay.days))]
    wanted = np.array(replay.wanted)
    return float(wanted[best].sum() / wanted.sum())


def _heading_rows(replay: Replay, predictions: Sequence[Prediction]) -> Table:
    known = {record.path for record in replay.records}
    judged = [
        (paper, prediction, replay.chosen[paper.id.base])
        for paper, prediction, wanted in zip(replay.candidates, predictions, replay.wanted, strict=True)
        if wanted and replay.chosen[paper.id.base] & known
    ]
    ours = [[heading.path for heading in prediction.headings] for _, prediction, _ in judged]
    theirs = heading_svm(replay.records, [paper for paper, _, _ in judged])
    answers = [paths for _, _, paths in judged]
    sure = np.array([prediction.headings[0].probability for _, prediction, _ in judged])
    right = np.array([guess[0] in paths for guess, paths in zip(ours, answers, strict=True)], bool)
    error = metrics.calibration_error(metrics.reliability(sure, right))
    errors = f"{error:.3f}", f"{chance_error(sure):.3f}"
    return [
        table_row(replay.window.name, len(judged), OURS, *_hits(ours, answers), *errors),
        table_row(replay.window.name, len(judged), "TF-IDF SVM", *_hits(theirs, answers), "", ""),
    ]


def _hits(guesses: Sequence[Sequence[HeadingPath]], answers: Sequence[set[HeadingPath]]) -> tuple[str, str]:
    first, third = (
        np.mean([bool(set(guess[:best]) & paths) for guess, paths in zip(guesses, answers, strict=True)])
        for best in (1, 3)
    )
    return f"{first:.3f}", f"{third:.3f}"


def _precision_rows(
    replay: Replay, model: Classifier, predictions: Sequence[Prediction], asked: Sequence[float]
) -> Table:
    relevance = np.array([prediction.relevance for prediction in predictions])
    wanted = np.array(replay.wanted)
    rows = []
    for precision in asked:
        point = model.operating_point(precision)
        proposed = relevance >= point.propose
        hit = f"{wanted[proposed].mean():.2f}" if proposed.any() else "-"
        stated = "-" if point.precision is None else f"{point.precision:.2f}"
        found = f"{wanted[proposed].sum() / wanted.sum():.2f}"
        days = f"{replay.window.cut} to {replay.window.end}"
        rows.append(table_row(replay.window.name, days, precision, stated, int(proposed.sum()), hit, found))
    return rows


def _size_rows(replay: Replay, of_all: Scores) -> Table:
    """Learn from a few of the list's papers, drawn at random; `of_all` are the scores by the whole list."""
    papers = sorted({record.paper.id.base for record in replay.records})
    wanted = np.array(replay.wanted)

    def figures(scores: Scores) -> tuple[float | None, float | None]:
        recall = metrics.recall_a_day(wanted, scores, replay.days, 5)
        return metrics.average_precision(wanted, scores), recall

    rows = []
    for size in SIZES:
        drawn = []
        for draw in range(DRAWS.get(size, 1)):
            kept = set(random.Random(draw).sample(papers, size))  # noqa: S311 - must come out the same
            records = [record for record in replay.records if record.paper.id.base in kept]
            model = fit(records, replay.background)
            drawn.append(figures(_scores(model.predict(replay.candidates, evidence=False))))
        rows.append(table_row(size, len(drawn), *(f"{figure:.3f}" for figure in np.mean(drawn, axis=0))))
    return [*rows, table_row(len(papers), 1, *(f"{figure:.3f}" for figure in figures(of_all)))]


def _draw_rows(replays: Sequence[Replay]) -> Table:
    """Tell how much hangs on which background papers are drawn."""
    rows = []
    for draw, replay in zip(OTHER_DRAWS, replays, strict=True):
        theirs = plain_svm(replay.records, replay.background, replay.candidates)
        for name, scores in ((OURS, _scores(_ours(replay)[1])), ("plain SVM", theirs)):
            wanted = np.array(replay.wanted)
            recall = metrics.recall_a_day(wanted, scores, replay.days, 5)
            precision = metrics.average_precision(wanted, scores)
            rows.append(table_row(draw, name, f"{precision:.3f}", f"{recall:.3f}"))
    return rows


def _page(tables: dict[str, Table], costs: Table) -> Iterable[str]:
    yield "Made by `python benchmarks/replay.py`.\n"
    yield "### Relevance\n"
    yield table_head(
        "list", "added / candidates", "by", "AP", "ROC AUC", "recall@3", "@5", "@10", "@5 pooled", "WSS@95"
    )
    yield from [*tables["relevance"], ""]
    if tables["draws"]:
        yield f"Other draws of the background ({WINDOWS[0].name}):\n"
        yield table_head("draw", "by", "AP", "recall@5")
        yield from [*tables["draws"], ""]
    yield "### Headings\n"
    yield table_head("list", "papers", "by", "top-1", "top-3", "calibration error", "by chance")
    yield from [*tables["headings"], ""]
    yield "### Headings of years\n"
    yield table_head("list", "papers", "top-1 by words alone", "by dates too")
    yield from [*(table_row(*cells) for cells in year_rows()), ""]
    if tables["ordered"]:
        yield "### Headings' probabilities on more papers\n"
        learned = "top-1 with entries without identifier"
        yield table_head(
            "list", "papers", "top-1", "mean probability", "calibration error", "by chance", learned
        )
        yield from [*tables["ordered"], ""]
    yield "### Promised and kept precision\n"
    yield table_head("list", "months", "asked", "stated", "proposed", "right", "recall")
    yield from [*tables["calibration"], ""]
    if tables["earlier"]:
        yield "The same in the months that the settings were chosen on:\n"
        yield table_head("list", "months", "asked", "stated", "proposed", "right", "recall")
        yield from [*tables["earlier"], ""]
    if tables["sizes"]:
        yield f"### List size ({WINDOWS[0].name})\n"
        yield table_head("listed papers", "draws", "AP", "recall@5")
        yield from [*tables["sizes"], ""]
    if costs:
        yield "### Cost\n"
        yield "Made by `python benchmarks/replay_cost.py`.\n"
        yield table_head("what", "CPU seconds", "peak MB")
        yield from [*costs, ""]


if __name__ == "__main__":
    main()
