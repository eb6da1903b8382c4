"""What the authors of listed papers would add: `python benchmarks/authors.py ROWS [--clone FOLDER]…`.

ROWS is a file of JSON Lines with `id` and `authors`, gathered from public daily captures: the papers of the
replay have none. Authors of listed papers are those of ROWS and those that the list itself names. Candidates
whose authors are known are ranked by our score, and by it and whether a listed paper shares an author with
them. Weights are tried on the very months that are reported, which flatters the authors (issue 12).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from arxiv_watch.markdown import parse_list
from arxiv_watch.markdown.text.authors import find_authors
from arxiv_watch.model import fit, metrics
from arxiv_watch.tex import split_names
from replay_data import EARLIER, Feed, Replay, Window, load, read_clone
from replay_tables import table_head, table_row

WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)
FEWEST = 3  # wanted papers, for an average precision that says anything
JUNE = (EARLIER[-3].cut, EARLIER[-3].end)
Names = Mapping[str, frozenset[str]]
Figures = tuple[float, ...]


def main() -> None:
    """Print a row for each list and month, and one for the mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path)
    parser.add_argument(
        "--clone", action="append", type=Path, default=[], help="a clone of a list, June 2025"
    )
    options = parser.parse_args()
    rows = [_figures(replay, names) for replay, names in _replays(_gathered(options.rows), options.clone)]
    means = np.mean([row for row in rows if row], axis=0)
    print(table_row("mean", "", "", "", "", "", *(f"{mean:.3f}" for mean in means)))


def _replays(gathered: Names, clones: list[Path]) -> Iterator[tuple[Replay, Names]]:
    """Yield each list and month with the names that are known."""
    print(table_head("list", "cut", "listed with authors", "wanted", "sharing", "others sharing", *WEIGHTS))
    feed = Feed.read()
    for window in EARLIER:
        yield load(window, feed), gathered
    for folder in clones:
        window = Window(folder.name, "README.md", *JUNE)
        replay = load(window, feed, rows=read_clone(folder))
        yield replay, {**_named(folder), **gathered}


def _gathered(path: Path) -> Names:
    with path.open(encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {row["id"]: frozenset(map(str.casefold, row["authors"])) for row in rows}


def _named(folder: Path) -> Names:
    """Return the authors that a list names beside its papers, by identifier."""
    found: dict[str, frozenset[str]] = {}
    listed = parse_list({"README.md": (folder / "README.md").read_bytes()})
    [document] = listed.documents
    for entry, _ in listed.placed:
        text = "\n".join(document.lines[entry.line - 1 : entry.end_line])
        spans = [text[start:end] for start, end, _ in find_authors(text)]
        names = {name.strip(".*_").casefold() for span in spans for name in split_names(span)}
        for identifier in entry.ids:
            found[identifier.base] = frozenset(name for name in names if " " in name)
    return {identifier: names for identifier, names in found.items() if names}


def _figures(replay: Replay, names: Names) -> Figures | None:
    """Measure and print one list and month, if enough is known of it; return the average precisions."""
    papers = [paper for paper in replay.candidates if paper.id.base in names]
    wanted = np.array([paper.id.base in replay.chosen for paper in papers], bool)
    if wanted.sum() < FEWEST:
        return None
    listed = {record.paper.id.base for record in replay.records}
    theirs = {name for base in listed for name in names.get(base, ())}
    shared = np.array([not theirs.isdisjoint(names[paper.id.base]) for paper in papers], bool)
    model = fit(replay.records, replay.background)
    scores = np.array([one.score for one in model.predict(papers, evidence=False)])
    scores = (scores - scores.mean()) / scores.std()
    figures = tuple(metrics.average_precision(wanted, scores + weight * shared) or 0.0 for weight in WEIGHTS)
    known = f"{len(listed & names.keys())} of {len(listed)}"
    others = f"{shared[~wanted].sum()} of {len(papers)}"
    told = (known, wanted.sum(), shared[wanted].sum(), others, *(f"{figure:.3f}" for figure in figures))
    print(table_row(replay.window.name, replay.window.cut, *told), flush=True)
    return figures


if __name__ == "__main__":
    main()
