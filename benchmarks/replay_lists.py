"""Whether the settings of relevance pay on lists that they were not chosen on.

python benchmarks/replay_lists.py [--clone FOLDER]…

Every second month is learned on its first day against the two weeks before it, and all that was announced in
it is scored. Lists with a window of their own come with the months before it, cloned ones with June, August
and October 2025. Each setting is changed alone; then, for each list, the value is taken that has the best
geometric mean of average precision over all the other lists.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from arxiv_watch.model import features as vectors
from arxiv_watch.model import metrics, relevance
from arxiv_watch.model.classifier import training_set
from arxiv_watch.model.features import Categories, Features
from arxiv_watch.model.history import listed_on
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HistoryRow
from replay_baselines import Scores
from replay_data import OTHERS, WINDOWS, Feed, Window, read_clone, read_rows
from replay_tables import table_head, table_row

FEWEST_WANTED = 5  # in a month, for an average precision that says anything
FEWEST_LISTED = 20
BACKGROUND = timedelta(days=14)
FIRST, LAST = date(2025, 5, 1), date(2025, 12, 1)  # of the months; there is little background before
READ_A_DAY = 5


@dataclass(frozen=True)
class Setting:
    """A number that the model has, where it stands, and what else it could be."""

    name: str
    module: ModuleType
    constant: str
    values: tuple[float, ...]

    @property
    def default(self) -> float:
        """What it is."""
        return float(getattr(self.module, self.constant))


SETTINGS = (
    Setting("weight of a category", vectors, "_CATEGORY_WEIGHT", (0.0, 0.05, 0.1, 0.2)),
    Setting("weight of near", relevance, "_NEAR_WEIGHT", (0.0, 0.25, 0.5, 1.0)),
    Setting("share of near", relevance, "_NEAR_SHARE", (0.01, 0.02, 0.05)),
    Setting("half-life in months", relevance, "_HALF_LIFE", (1.0, 2.0, 4.0, 12.0)),
    Setting("C", relevance, "_C", (1.0, 3.0, 10.0)),
)
Choice = tuple[float, ...]  # one value a setting
DEFAULT: Choice = tuple(setting.default for setting in SETTINGS)


@dataclass(frozen=True)
class Figures:
    """How well a month, or a list, was ranked: average precision, and how many of the wanted were read."""

    wanted: int
    precision: float
    read: float


@dataclass(frozen=True)
class Month:
    """A list on the first day of a month, what was announced before, and what in it.

    Attributes:
        listed: The list's papers.
        background: Unlisted papers of the two weeks before.
        candidates: Unlisted papers of the month.
        wanted: For each of these whether the list holds it later.
    """

    listed: Sequence[Paper]
    background: Sequence[Paper]
    candidates: Sequence[Paper]
    wanted: Sequence[bool]

    def figures(self, choices: Iterable[Choice]) -> Iterator[Figures]:
        """Yield how well each choice of settings ranks the month's papers, and at last a plain SVM."""
        features = Features([*self.listed, *self.background])
        words, papers = features.training, features.transform(self.candidates)
        for choice in choices:
            with ExitStack() as settings:
                for setting, value in zip(SETTINGS, choice, strict=True):
                    settings.enter_context(patch.object(setting.module, setting.constant, value))
                features.training = words  # of which learning keeps only a part
                beside = Categories(self.listed, self.background)
                examples = training_set(features, beside, [self.listed, self.background, []])
                score = relevance.fit_relevance(examples)
                yield self._judge(score(beside.beside(papers, self.candidates)))
        yield self._judge(self._plain_svm(words, papers))

    def _plain_svm(self, words: csr_matrix, papers: csr_matrix) -> Scores:
        labels = np.repeat([1, 0], [len(self.listed), len(self.background)])
        told = np.array([bool(paper.abstract) for paper in self.listed], bool)
        rows = np.flatnonzero(np.concatenate([told | (told.sum() < FEWEST_LISTED), labels[len(told) :] == 0]))
        model = LinearSVC(C=1.0, class_weight="balanced", random_state=0).fit(words[rows], labels[rows])
        scores: Scores = model.decision_function(papers)
        return scores

    def _judge(self, scores: Scores) -> Figures:
        wanted, days = np.array(self.wanted), [paper.announced for paper in self.candidates]
        precision = metrics.average_precision(wanted, scores) or 0.0
        return Figures(
            int(wanted.sum()), precision, metrics.recall_a_day(wanted, scores, days, READ_A_DAY) or 0.0
        )


def main() -> None:
    """Print a table of the lists, and one of the settings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--clone",
        action="append",
        type=Path,
        default=[],
        help="a clone of a list, its README.md; may be repeated",
    )
    options = parser.parse_args()
    feed = Feed.read()
    changed = list(dict.fromkeys(choice for setting in range(len(SETTINGS)) for choice in _changes(setting)))
    print(table_head("list", "wanted", "AP plain SVM", "ours", "ratio", "recall@5 plain SVM", "ours"))
    found: dict[str, Mapping[Choice | None, Figures]] = {}
    for window, rows in _lists(options.clone):
        months = [list(month.figures([DEFAULT, *changed])) for month in _months(window, rows, feed)]
        if not months:
            continue
        parts = zip(*months, strict=True)
        figures = dict(zip([DEFAULT, *changed, None], map(_pooled, parts), strict=True))
        found[window.name] = figures
        ours, plain = figures[DEFAULT], figures[None]
        told = plain.precision, ours.precision, ours.precision / plain.precision, plain.read, ours.read
        print(table_row(window.name, ours.wanted, *(f"{figure:.3f}" for figure in told)), flush=True)
    overall = _told(_ratios(found, DEFAULT, None))
    print(table_row("geometric mean (spread)", "", "", "", overall, "", ""), "\n")
    print("\n".join(_setting_rows(found)))


def _lists(clones: Iterable[Path]) -> Iterator[tuple[Window, Sequence[HistoryRow]]]:
    """Yield the lists, with the months that they are looked at."""
    for window in (*(replace(window, end=window.cut) for window in WINDOWS), *OTHERS):
        yield replace(window, cut=FIRST), read_rows(window)
    for folder in clones:
        yield Window(folder.name, "README.md", date(2025, 6, 1), LAST), read_clone(folder)


def _months(window: Window, rows: Sequence[HistoryRow], feed: Feed) -> Iterator[Month]:
    """Yield the months of a list that brought enough papers."""
    for month in range(window.cut.month, window.end.month, 2):
        start, end = date(2025, month, 1), date(2025, month + 1, 1)
        held = {row.id.base: row for row in listed_on(rows, start)}
        later = {row.id.base for row in rows if row.added >= start}
        candidates = feed.between(start, end, held)
        wanted = [paper.id.base in later for paper in candidates]
        if len(held) >= FEWEST_LISTED and sum(wanted) >= FEWEST_WANTED:
            listed = [feed.paper(row) for row in held.values()]
            yield Month(listed, feed.between(start - BACKGROUND, start, held), candidates, wanted)


def _pooled(parts: Sequence[Figures]) -> Figures:
    """Return the means over months, each weighed by its wanted papers."""
    wanted = [part.wanted for part in parts]
    return Figures(
        sum(wanted),
        float(np.average([part.precision for part in parts], weights=wanted)),
        float(np.average([part.read for part in parts], weights=wanted)),
    )


Found = Mapping[str, Mapping[Choice | None, Figures]]


def _changes(setting: int) -> list[Choice]:
    """Return the defaults with each value of one setting."""
    return [(*DEFAULT[:setting], value, *DEFAULT[setting + 1 :]) for value in SETTINGS[setting].values]


def _ratios(found: Found, choice: Choice | None, to: Choice | None = DEFAULT) -> list[float]:
    return [figures[choice].precision / figures[to].precision for figures in found.values()]


def _mean(ratios: Sequence[float]) -> float:
    return float(np.exp(np.log(ratios).mean()))


def _told(ratios: Sequence[float]) -> str:
    """Return a geometric mean, and the standard deviation."""
    return f"{_mean(ratios):.3f} ({np.std(ratios):.3f})"


def _setting_rows(found: Found) -> Iterator[str]:
    yield table_head(
        "setting", "value", "AP to that of the default", "ahead", "behind", "wanted that are read"
    )
    for place, setting in enumerate(SETTINGS):
        changes = _changes(place)
        for value, choice in zip(setting.values, changes, strict=True):
            told = f"{value:g}{', the default' * (value == setting.default)}"
            yield table_row(setting.name, told, *_compared(found, dict.fromkeys(found, choice)))
        chosen = {}
        for left_out in found:
            others = {name: figures for name, figures in found.items() if name != left_out}
            chosen[left_out] = max(changes, key=lambda choice: _mean(_ratios(others, choice)))
        times = Counter(choice[place] for choice in chosen.values())
        told = ", ".join(f"{value:g} ({count}x)" for value, count in times.most_common())
        yield table_row(setting.name, f"chosen by the others: {told}", *_compared(found, chosen))


def _compared(found: Found, chosen: Mapping[str, Choice]) -> tuple[str, int, int, str]:
    """Return what a choice for each list comes to, beside the defaults."""
    pairs = [(figures[chosen[name]], figures[DEFAULT]) for name, figures in found.items()]
    ratios = [ours.precision / default.precision for ours, default in pairs]
    ahead, behind = (sum(sign * (ratio - 1) > 0.0005 for ratio in ratios) for sign in (1, -1))
    read = sum((ours.read - default.read) * ours.wanted for ours, default in pairs)
    return _told(ratios), ahead, behind, f"{read:+.0f}"


if __name__ == "__main__":
    main()
