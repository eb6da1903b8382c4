"""The tables behind the plots of an evaluation, in HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from arxiv_watch.conversation import plain
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model.evaluation import (
    Confusion,
    CurvePoint,
    GrowthPoint,
    HeadingScore,
    ReliabilityBin,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.report.markup import Markup, element
from arxiv_watch.report.words import common_prefix, decimal, percent, short_path


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Collection[int]) -> Markup:
    """Make a table; the columns in `numbers` are set to the right."""
    classes = ["number" if column in numbers else None for column in range(len(head))]
    header = element(
        "tr",
        *(
            element("th", cell, scope="col", class_=class_)
            for cell, class_ in zip(head, classes, strict=True)
        ),
    )
    body = (
        element(
            "tr", *(element("td", cell, class_=class_) for cell, class_ in zip(row, classes, strict=True))
        )
        for row in rows
    )
    return element("table", element("thead", header), element("tbody", *body))


def curve(points: Iterable[CurvePoint]) -> Markup:
    """List the points of the precision-recall curve."""
    rows = [
        (decimal(point.threshold, 3), percent(point.precision), percent(point.recall), str(point.proposed))
        for point in points
    ]
    return table(("from relevance", "precision", "recall", "proposed"), rows, range(4))


def review(points: Iterable[ReviewPoint]) -> Markup:
    """List recall by papers read a day."""
    rows = [(f"{point.per_day:g}", percent(point.recall)) for point in points]
    return table(("papers a day", "recall"), rows, range(2))


def reliability(bins: Iterable[ReliabilityBin]) -> Markup:
    """List the bins of a reliability diagram."""
    rows = [
        (f"{one.lower:.2f} to {one.upper:.2f}", str(one.count), percent(one.predicted), percent(one.observed))
        for one in bins
    ]
    return table(("bin", "predictions", "said", "came true"), rows, range(1, 4))


def months(replayed: Iterable[ReplayMonth]) -> Markup:
    """List the months of a replay."""
    head = (
        "month",
        "listed",
        "candidates",
        "days",
        "added",
        "proposed",
        "right",
        "promised",
        "reached",
        "average precision",
    )
    rows = [
        (
            f"{month.month:%Y-%m}",
            str(month.listed),
            str(month.candidates),
            str(month.days),
            str(month.added),
            str(month.proposed),
            str(month.right),
            percent(month.expected_precision) + ("" if month.calibrated else " (not calibrated)"),
            percent(month.right / month.proposed if month.proposed else None),
            decimal(month.average_precision, 3),
        )
        for month in replayed
    ]
    return table(head, rows, range(1, len(head)))


def growth(points: Iterable[GrowthPoint]) -> Markup:
    """List each heading's entries at the start of the first and of the last month, most at last first."""
    counts: dict[HeadingPath, dict[date, int]] = defaultdict(dict)
    for point in points:
        counts[point.path][point.month] = point.papers
    times = sorted({month for series in counts.values() for month in series})
    prefix = common_prefix(counts)
    rows = [
        (plain(short_path(heading, prefix)), str(series.get(times[0], 0)), str(series.get(times[-1], 0)))
        for heading, series in sorted(counts.items(), key=lambda item: (-item[1].get(times[-1], 0), item[0]))
    ]
    return table(("heading", f"{times[0]:%Y-%m}", f"{times[-1]:%Y-%m}"), rows, range(1, 3))


def confusion(confusions: Iterable[Confusion]) -> Markup:
    """List the mistakes, most frequent first."""
    wrong = [one for one in confusions if one.actual != one.predicted]
    prefix = common_prefix(path for one in wrong for path in (one.actual, one.predicted))
    rows = [
        (str(one.papers), plain(short_path(one.actual, prefix)), plain(short_path(one.predicted, prefix)))
        for one in wrong
    ]
    return table(("papers", "stand under", "were put under"), rows, (0,))


def scores(found: Sequence[HeadingScore]) -> Markup:
    """List how well each heading's papers were placed, in the list's order, with bars."""
    prefix = common_prefix(score.path for score in found)
    rows = [
        (plain(short_path(score.path, prefix)), str(score.papers), _bar(score.top1), _bar(score.top3))
        for score in found
    ]
    return table(("heading", "papers", "first choice right", "among the first three"), rows, range(1, 4))


def _bar(share: float) -> Markup:
    bar = element(
        "span", element("span", style=f"width:{100 * share:.0f}%"), class_="bar", aria_hidden="true"
    )
    return Markup(percent(share) + bar)
