"""The tables of runs and evaluations, as data: every format shows the same ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from arxiv_watch.conversation import one_line
from arxiv_watch.headings import HeadingPath, common_prefix
from arxiv_watch.model.evaluation import (
    Confusion,
    CurvePoint,
    GrowthPoint,
    HeadingScore,
    MissedPaper,
    ReliabilityBin,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.papers import Coverage
from arxiv_watch.report.words import EMPTY, decimal, duration, in_columns, percent, short_path


@dataclass(frozen=True, slots=True)
class Table:
    """Cells in rows below a head; the columns in `numbers`, from 0, are set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[int]

    def lines(self) -> list[str]:
        """Set the table in columns, the head first."""
        return in_columns([self.head, *self.rows], right=self.numbers)

    def without(self, *names: str) -> Table:
        """Return the table without some of its columns."""
        kept = [column for column, name in enumerate(self.head) if name not in names]
        head, *rows = [[cells[column] for column in kept] for cells in (self.head, *self.rows)]
        return Table(head, rows, [place for place, column in enumerate(kept) if column in self.numbers])


def coverage(
    lines: Iterable[Coverage], state: Callable[[Coverage], str] = lambda line: line.state.value
) -> Table:
    """List how completely each category and day was read; `state` writes one's state."""
    rows = [
        (
            line.category,
            line.day.isoformat(),
            state(line),
            str(line.new),
            str(line.cross),
            str(line.replace),
            f"{line.min_id} to {line.max_id}" if line.min_id and line.max_id else EMPTY,
            line.source or EMPTY,
            EMPTY if line.lateness is None else duration(line.lateness),
        )
        for line in lines
    ]
    head = ("category", "day", "state", "new", "cross", "replace", "identifiers", "source", "read after")
    return Table(head, rows, range(3, 6))


def curve(points: Iterable[CurvePoint]) -> Table:
    """List the points of the precision-recall curve."""
    rows = [
        (decimal(point.threshold, 3), percent(point.precision), percent(point.recall), str(point.proposed))
        for point in points
    ]
    return Table(("from relevance", "precision", "recall", "proposed"), rows, range(4))


def review(points: Iterable[ReviewPoint]) -> Table:
    """List recall by papers read a day."""
    rows = [(f"{point.per_day:g}", percent(point.recall)) for point in points]
    return Table(("papers a day", "recall"), rows, range(2))


def reliability(bins: Iterable[ReliabilityBin]) -> Table:
    """List the bins of a reliability diagram."""
    rows = [
        (f"{one.lower:.2f} to {one.upper:.2f}", str(one.count), percent(one.predicted), percent(one.observed))
        for one in bins
    ]
    return Table(("bin", "predictions", "said", "came true"), rows, range(1, 4))


def months(replayed: Iterable[ReplayMonth]) -> Table:
    """List the months of a replay."""
    rows = [
        (
            f"{month.month:%Y-%m}",
            *map(str, (month.listed, month.candidates, month.days, month.added, month.proposed, month.right)),
            percent(month.expected_precision),
            "yes" if month.calibrated else "no",
            percent(month.right / month.proposed if month.proposed else None),
            decimal(month.average_precision, 3),
        )
        for month in replayed
    ]
    counts = ("listed", "candidates", "days", "added", "proposed", "right")
    head = ("month", *counts, "promised", "calibrated", "reached", "average precision")
    return Table(head, rows, range(1, len(head)))


def growth(points: Iterable[GrowthPoint]) -> Table:
    """List each heading's entries at the start of the first and of the last month, most at last first."""
    counts, times = growth_of(points)
    first, last = times[0], times[-1]
    prefix = common_prefix(counts)
    rows = [
        (one_line(short_path(heading, prefix)), str(series.get(first, 0)), str(series.get(last, 0)))
        for heading, series in sorted(counts.items(), key=lambda item: (-item[1].get(last, 0), item[0]))
    ]
    return Table(("heading", f"{first:%Y-%m}", f"{last:%Y-%m}"), rows, range(1, 3))


def growth_of(points: Iterable[GrowthPoint]) -> tuple[dict[HeadingPath, dict[date, int]], list[date]]:
    """Return each heading's papers by month, and all months in order."""
    counts: dict[HeadingPath, dict[date, int]] = defaultdict(dict)
    for point in points:
        counts[point.path][point.month] = point.papers
    return counts, sorted({month for series in counts.values() for month in series})


def confusion(confusions: Iterable[Confusion], most: int | None = None) -> Table:
    """List the mistakes, most frequent first."""
    wrong = [one for one in confusions if one.actual != one.predicted][:most]
    prefix = common_prefix(path for one in wrong for path in (one.actual, one.predicted))
    rows = [
        (
            str(one.papers),
            one_line(short_path(one.actual, prefix)),
            one_line(short_path(one.predicted, prefix)),
        )
        for one in wrong
    ]
    return Table(("papers", "stand under", "were put under"), rows, (0,))


def scores(
    found: Sequence[HeadingScore],
    names: tuple[str, str] = ("first choice right", "among the first three"),
    cell: Callable[[float], str] = percent,
) -> Table:
    """List how well each heading's papers were placed, in the list's order."""
    prefix = common_prefix(score.path for score in found)
    rows = [
        (one_line(short_path(score.path, prefix)), str(score.papers), cell(score.top1), cell(score.top3))
        for score in found
    ]
    return Table(("heading", "papers", *names), rows, range(1, 4))


def missed(papers: Sequence[MissedPaper], name: str, cell: Callable[[MissedPaper], str]) -> Table:
    """List the papers that were missed, each by what `cell` makes of it in the column `name`."""
    prefix = common_prefix(paper.path for paper in papers)
    rows = [
        (percent(paper.relevance), cell(paper), one_line(short_path(paper.path, prefix))) for paper in papers
    ]
    return Table(("relevance", name, "heading"), rows, (0,))
