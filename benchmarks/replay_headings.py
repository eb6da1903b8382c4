"""Whether the headings' probabilities mean what they say, on more papers than a window holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import metrics
from arxiv_watch.model.features import Features
from arxiv_watch.model.placement import fit_placement
from replay_data import Replay

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CUTS = (0.6, 0.7, 0.8, 0.9)  # of the listed papers: learned from those before, judged on the next tenth
DRAWS = 300


def calibration_rows(replays: Sequence[Replay]) -> Iterator[tuple[object, ...]]:
    """Yield the cells of one row a list, and of one for all lists together.

    Only what was listed at the cut is looked at, so the months after it are not.
    """
    found = {replay.window.name: _judge(replay) for replay in replays}
    sure, right = (np.concatenate(part) for part in zip(*found.values(), strict=True))
    for name, (chances, hits) in {**found, "all": (sure, right)}.items():
        error = metrics.calibration_error(metrics.reliability(chances, hits)) or 0.0
        figures = hits.mean(), chances.mean(), error, chance_error(chances)
        yield name, len(chances), *(f"{figure:.3f}" for figure in figures)


def chance_error(chances: Floats) -> float:
    """Return the calibration error that probabilities show on so many papers though they are right."""
    random = np.random.default_rng(0)
    errors = [
        metrics.calibration_error(metrics.reliability(chances, random.random(len(chances)) < chances))
        for _ in range(DRAWS)
    ]
    return float(np.mean([error for error in errors if error is not None]))


def _judge(replay: Replay) -> tuple[Floats, Flags]:
    """Return the probability of the first choice of each paper after a cut, and whether it was right."""
    paths: dict[str, list[HeadingPath]] = {}
    for record in replay.records:
        paths.setdefault(record.paper.id.base, []).append(record.path)
    papers = sorted({r.paper.id.base: r.paper for r in replay.records}.values(), key=lambda paper: paper.id)
    chances, hits = [], []
    for cut in CUTS:
        start, end = (round(len(papers) * share) for share in (cut, cut + 0.1))
        seen = papers[:start]
        headings = list(dict.fromkeys(path for paper in seen for path in paths[paper.id.base]))
        later = [paper for paper in papers[start:end] if not set(headings).isdisjoint(paths[paper.id.base])]
        features = Features([*seen, *replay.background[:2000]])
        ranked = fit_placement(features, seen, paths, headings).rank(features.transform(later), best=1)
        chances += [first.probability for (first,) in ranked]
        hits += [first.path in paths[p.id.base] for p, (first,) in zip(later, ranked, strict=True)]
    return np.array(chances), np.array(hits, bool)
