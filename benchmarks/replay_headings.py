"""Whether the headings' probabilities mean what they say, on more papers than a window holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from arxiv_watch.model import metrics
from arxiv_watch.model.dated import DatedHeadings
from arxiv_watch.model.features import Features
from arxiv_watch.model.placement import fit_placement, paths_of
from arxiv_watch.proposals import Mention
from arxiv_watch.scope import mentions_of, records_of
from replay_data import OF_YEARS, Replay, read_list

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CUTS = (0.6, 0.7, 0.8, 0.9)  # of the listed papers: learned from those before, judged on the next tenth
DRAWS = 300


def calibration_rows(replays: Sequence[Replay]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of one row a list, and of one for all lists together.

    Only what was listed at the cut is looked at, so the months after it are not; but for the entries without
    identifier, of which nobody knows when they came.
    """
    found = {
        replay.window.name: (*_judge(replay), _judge(replay, mentions_of(read_list(replay.window.file)))[1])
        for replay in replays
    }
    all_lists = tuple(np.concatenate(part) for part in zip(*found.values(), strict=True))
    for name, (chances, hits, helped) in {**found, "all": all_lists}.items():
        error = metrics.calibration_error(metrics.reliability(chances, hits)) or 0.0
        figures = hits.mean(), chances.mean(), error, chance_error(chances), helped.mean()
        yield name, len(chances), *(f"{figure:.3f}" for figure in figures)


def year_rows() -> Iterator[tuple[object, ...]]:
    """Yield the cells of one row for a list whose headings are years: by words, and by dates as well.

    Of its papers the newest fifth is placed by what is learned from the titles of the others.
    """
    paper_list = read_list(OF_YEARS)
    records = records_of(paper_list, {})
    paths = paths_of(records)
    papers = sorted({record.paper.id: record.paper for record in records}.values(), key=lambda p: p.id)
    seen, later = np.split(np.array(papers, object), [round(len(papers) * 0.8)])
    features = Features(list(seen))
    by_dates = fit_placement(features, list(seen), paths, paper_list.headings)
    by_words = replace(by_dates, buckets=DatedHeadings((), {}))
    vectors = features.transform(list(later))
    figures = (
        np.mean([first.path in paths[p.id.base] for p, (first,) in zip(later, ranked, strict=True)])
        for ranked in (placement.rank(vectors, list(later), best=1) for placement in (by_words, by_dates))
    )
    yield OF_YEARS.split("+")[0], len(later), *(f"{figure:.3f}" for figure in figures)


def chance_error(chances: Floats) -> float:
    """Return the calibration error that probabilities show on so many papers though they are right."""
    random = np.random.default_rng(0)
    errors = [
        metrics.calibration_error(metrics.reliability(chances, random.random(len(chances)) < chances))
        for _ in range(DRAWS)
    ]
    return float(np.mean([error for error in errors if error is not None]))


def _judge(replay: Replay, mentions: Sequence[Mention] = ()) -> tuple[Floats, Flags]:
    """Return the probability of the first choice of each paper after a cut, and whether it was right."""
    paths = paths_of(replay.records)
    papers = sorted({r.paper.id.base: r.paper for r in replay.records}.values(), key=lambda paper: paper.id)
    chances, hits = [], []
    for cut in CUTS:
        start, end = (round(len(papers) * share) for share in (cut, cut + 0.1))
        seen = papers[:start]
        headings = list(dict.fromkeys(path for paper in seen for path in paths[paper.id.base]))
        later = [paper for paper in papers[start:end] if not set(headings).isdisjoint(paths[paper.id.base])]
        features = Features([*seen, *replay.background[:2000]])
        placement = fit_placement(features, seen, paths, headings, mentions)
        ranked = placement.rank(features.transform(later), later, best=1)
        chances += [first.probability for (first,) in ranked]
        hits += [first.path in paths[p.id.base] for p, (first,) in zip(later, ranked, strict=True)]
    return np.array(chances), np.array(hits, bool)
