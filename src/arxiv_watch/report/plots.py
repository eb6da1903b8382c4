"""The plots of an evaluation and of a run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date

from arxiv_watch.conversation import clip, one_line
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model.evaluation import (
    Confusion,
    CurvePoint,
    GrowthPoint,
    ReliabilityBin,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.proposals import ReviewedPullRequest
from arxiv_watch.report.page import (
    Frame,
    Markup,
    Plot,
    Point,
    Scale,
    box,
    dot,
    label,
    line,
    path,
    picture,
    round_ticks,
    shares,
    spread,
)
from arxiv_watch.report.tables import growth_of
from arxiv_watch.report.words import decimal, percent, tails

_SIZE = (640.0, 400.0)
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 616.0, 36.0, 344.0
_SMALLEST_DOT = 3.5  # of a reliability bin with one prediction; each tenfold count adds _DOT_STEP
_DOT_STEP = 1.1
_MOST_LABELS = 12  # below the columns
_PULL_REQUESTS = 30  # the latest; bars of more would be too thin to point at
_MARK_WIDTH = 270.0  # from one operating point's words to the next one's
_SHOWN = 16  # headings in the matrix; more cannot be read
_CELL = 24.0
_LABELS = 280.0  # width of the headings' names and numbers
_NAME = 32  # characters of a heading's name
_FAINTEST, _STRONGEST = 0.1, 0.5  # opacity of a cell; on any stronger one its number could not be read
_LAYERS = 7  # headings drawn by themselves in the growth, the rest together
_LINE_HEIGHT = 17.0

Layer = tuple[str, Sequence[int]]
"""The name of a heading, and how many papers it had at each time."""


def precision_recall(replay: ReplayEvaluation) -> Plot:
    """Draw precision against recall, with what the operating point promised and what it reached."""
    frame = Frame(Scale((0, 1), (_LEFT, _RIGHT)), Scale((0, 1), (_BOTTOM, _TOP + 26)))
    x_label, y_label = (
        "recall: share of the wanted papers found",
        "precision: share of the proposals that were right",
    )
    steps = _stairs(replay.curve)
    area = [*steps, (steps[-1][0], 0.0), (0.0, 0.0)]
    parts = [
        frame.axes(shares(), shares(), x_label, y_label),
        path(map(frame.at, area), "area", closed=True),
        path(map(frame.at, steps), "line"),
    ]
    average = "unknown" if replay.average_precision is None else decimal(replay.average_precision, 3)
    said = f"Precision falls as recall rises; average precision is {average}. "
    reached, point = (replay.precision, replay.recall), replay.operating_point
    promised = (point.precision, point.recall) if point else (None, None)
    marks = [
        (name, precision, recall)
        for name, (precision, recall) in (("reached", reached), ("promised", promised))
        if precision is not None and recall is not None
    ]
    for place, (name, precision, recall) in enumerate(marks):
        # What the points are stands above the plot, out of the curve's way.
        text, x = f"{name}: {percent(precision)} right, {percent(recall)} found", _LEFT + place * _MARK_WIDTH
        parts.append(dot(frame.at((recall, precision)), 6.5, f"mark {name}", text))
        parts.append(dot((x + 7, 14), 6.5, f"mark {name}"))
        parts.append(label((x + 20, 18.5), text, "value"))
    said += " ".join(
        f"{name.capitalize()}: precision {percent(precision)} at recall {percent(recall)}."
        for name, precision, recall in marks
    )
    return picture(_SIZE, "Precision against recall", said, parts)


def _stairs(curve: Sequence[CurvePoint]) -> list[Point]:
    """Return the corners of the curve: the best precision at each recall holds from the recall before."""
    best: dict[float, float] = {}
    for point in curve:
        best[point.recall] = max(point.precision, best.get(point.recall, 0.0))
    corners: list[Point] = []
    before = 0.0
    for recall, precision in sorted(best.items()):
        corners += [(before, precision), (recall, precision)]
        before = recall
    return corners


def reliability(bins: Sequence[ReliabilityBin], title: str, of: str) -> Plot:
    """Draw a reliability diagram: what was said against what came true, of at least one bin.

    `of` says on the axis what the probabilities are of.
    """
    frame = Frame(Scale((0, 1), (_LEFT, 344)), Scale((0, 1), (316, _TOP)))  # a square
    parts = [frame.axes(shares(), shares(), f"said: {of}", "came true")]
    parts.append(line(frame.at((0, 0)), frame.at((1, 1)), "ideal"))
    for one in bins:
        centre = frame.at((one.predicted, one.observed))
        parts.append(line(frame.at((one.predicted, one.predicted)), centre, "gap"))
        radius = _SMALLEST_DOT + _DOT_STEP * math.log10(one.count)
        tip = f"{one.count} predicted at {percent(one.predicted)}, observed at {percent(one.observed)}"
        parts.append(dot(centre, radius, "mark", tip))
    worst = max(bins, key=lambda one: abs(one.observed - one.predicted))
    description = (
        f"{sum(one.count for one in bins)} predictions in {len(bins)} bins; those on the dashed diagonal "
        f"are calibrated. The widest gap: predicted {percent(worst.predicted)}, "
        f"observed {percent(worst.observed)}."
    )
    return picture((372, 372), title, description, parts)


def review_budget(review: Sequence[ReviewPoint]) -> Plot:
    """Draw recall against the papers read a day."""
    most = max(point.per_day for point in review)
    least = min(point.per_day for point in review)
    frame = Frame(
        Scale((least, max(most, least * 2)), (_LEFT + 16, _RIGHT - 16), log=True),
        Scale((0, 1), (_BOTTOM, _TOP)),
    )
    x_ticks = [(point.per_day, f"{point.per_day:g}") for point in review]
    places = [frame.at((point.per_day, point.recall)) for point in review]
    parts = [frame.axes(x_ticks, shares(), "papers read a day, best first", "recall"), path(places, "line")]
    for point, (x, y) in zip(review, places, strict=True):
        parts.append(dot((x, y), 4.5, "mark"))
        parts.append(label((x, y - 11 if y > _TOP + 30 else y + 22), percent(point.recall), "value middle"))
    said = ", ".join(f"{percent(point.recall)} at {point.per_day:g}" for point in review)
    return picture(_SIZE, "Recall against papers read a day", f"Recall by papers read a day: {said}.", parts)


def months(replayed: Sequence[ReplayMonth]) -> Plot:
    """Draw month by month what was proposed rightly, missed, and proposed wrongly."""
    right, missed, wrong = (
        [month.right for month in replayed],
        [month.added - month.right for month in replayed],
        [month.proposed - month.right for month in replayed],
    )
    highest, lowest = max(map(sum, zip(right, missed, strict=True))), max(wrong)
    step = round_ticks(max(highest, lowest))[1]
    up = [index * step for index in range(1, max(1, math.ceil(highest / step)) + 1)]
    down = [-index * step for index in range(math.ceil(lowest / step), -1, -1)]
    frame = Frame(Scale((0, len(replayed)), (_LEFT, _RIGHT)), Scale((down[0], up[-1]), (_BOTTOM, _TOP)))
    ticks = [(value, f"{abs(value):g}") for value in (*down, *up)]
    names = _below([f"{month.month:%Y-%m}" for month in replayed])
    parts = [frame.axes(names, ticks, "month of announcement", "papers")]
    for place, month in enumerate(replayed):
        stack = (
            (0, right[place], "right"),
            (right[place], missed[place], "missed"),
            (-wrong[place], wrong[place], "wrong"),
        )
        tips = [(*part, f"{month.month:%Y-%m}: {part[1]} {part[2]}") for part in stack]
        parts += frame.column(place, tips)
    parts.append(line(frame.at((0, 0)), frame.at((len(replayed), 0)), "axis"))
    said = (
        f"Over {len(replayed)} months, {sum(right)} papers were rightly proposed, {sum(missed)} missed and "
        f"{sum(wrong)} wrongly proposed."
    )
    return picture(_SIZE, "Month by month", said, parts)


def acceptance(reviewed: Sequence[ReviewedPullRequest]) -> Plot:
    """Draw pull request by pull request what people accepted and what they turned down; the latest thirty."""
    shown = reviewed[-_PULL_REQUESTS:]
    ticks = round_ticks(max(pull.proposed for pull in shown))
    frame = Frame(Scale((0, len(shown)), (_LEFT, _RIGHT)), Scale((0, ticks[-1]), (_BOTTOM, _TOP)))
    names = _below([f"#{pull.number}" for pull in shown])
    parts = [frame.axes(names, [(value, f"{value:g}") for value in ticks], "pull request", "papers")]
    for place, pull in enumerate(shown):
        tip = f"#{pull.number}, {pull.closed}: {pull.accepted} of {pull.proposed} accepted"
        turned_down = pull.proposed - pull.accepted
        stack = ((0, pull.accepted, "right", tip), (pull.accepted, turned_down, "wrong", tip))
        parts += frame.column(place, stack)
    accepted, proposed = sum(pull.accepted for pull in shown), sum(pull.proposed for pull in shown)
    said = f"Of {proposed} papers in {len(shown)} pull requests, {accepted} were accepted."
    return picture(_SIZE, "Acceptance over time", said, parts)


def _below(names: Sequence[str]) -> list[tuple[float, str]]:
    """Return the ticks below columns: all their names, or every so many of them."""
    every = math.ceil(len(names) / _MOST_LABELS)
    return [(place + 0.5, name) for place, name in enumerate(names) if place % every == 0]


def confusion(confusions: Sequence[Confusion], title: str) -> Plot:
    """Draw the matrix of the headings with the most papers: rows are right, columns were chosen first."""
    papers = Counter[HeadingPath]()
    for one in confusions:
        papers[one.actual] += one.papers
    shown = [heading for heading, _ in papers.most_common(_SHOWN)]
    names = _names(shown)
    counts = {(one.actual, one.predicted): one.papers for one in confusions}
    width = _CELL * (len(shown) + 1)
    parts = [label((_LABELS + width / 2, 16), "put under (“+” is any other heading)", "name middle")]
    for column, text in enumerate([*map(str, range(1, len(shown) + 1)), "+"]):
        parts.append(label((_LABELS + (column + 0.5) * _CELL, 38), text, "tick middle"))
    for row, heading in enumerate(shown):
        y = 46 + row * _CELL
        parts.append(label((_LABELS - 34, y + 16), names[heading], "tick end"))
        parts.append(label((_LABELS - 10, y + 16), str(row + 1), "tick end"))
        cells = [counts.get((heading, other), 0) for other in shown]
        cells.append(papers[heading] - sum(cells))
        for column, count in enumerate(cells):
            x = _LABELS + column * _CELL
            parts.append(box((x + 1, y + 1), (_CELL - 2, _CELL - 2), "cell empty"))
            if count:
                kind = "cell hit" if column == row else "cell miss"
                strength = _FAINTEST + (_STRONGEST - _FAINTEST) * count / papers[heading]
                parts.append(box((x + 1, y + 1), (_CELL - 2, _CELL - 2), kind, opacity=strength))
                parts.append(label((x + _CELL / 2, y + 16), str(count), "count middle"))
    right = sum(counts.get((heading, heading), 0) for heading in shown)
    total = sum(papers[heading] for heading in shown)
    description = (
        f"Of {total} papers under the {len(shown)} headings with the most papers, {right} were put under "
        f"the right one first ({percent(right / total)}). Cells off the diagonal are mistakes."
    )
    return picture((_LABELS + width + 8, 54 + _CELL * len(shown)), title, description, parts)


def growth(points: Sequence[GrowthPoint]) -> Plot:
    """Draw how many papers stood under the largest headings at the start of each month."""
    counts, times = growth_of(points)
    by_size = sorted(counts, key=lambda heading: (-counts[heading].get(times[-1], 0), heading))
    largest, rest = by_size[:_LAYERS], by_size[_LAYERS:]
    names = _names(largest)
    layers = [(names[heading], [counts[heading].get(month, 0) for month in times]) for heading in largest]
    if rest:
        together = [sum(counts[heading].get(month, 0) for heading in rest) for month in times]
        layers.append((f"{len(rest)} other headings", together))
    ends = [series[-1] for _, series in layers]
    said = ", ".join(f"{name} {series[-1]}" for name, series in layers)
    return picture(
        (760, 420),
        "Growth by heading",
        f"From {times[0]:%Y-%m} to {times[-1]:%Y-%m} the list grew to {sum(ends)} entries: {said}.",
        _areas(layers, times),
    )


def _areas(layers: Sequence[Layer], times: Sequence[date]) -> list[Markup]:
    """Stack the layers, the largest heading at the bottom, and name each at its right end."""
    ticks = round_ticks(max(map(sum, zip(*(series for _, series in layers), strict=True))))
    days = [float(month.toordinal()) for month in times]
    frame = Frame(Scale((days[0], max(days[-1], days[0] + 1)), (64, 480)), Scale((0, ticks[-1]), (364, 36)))
    every = max(1, -(-len(times) // 6))
    x_ticks = [(day, f"{month:%Y-%m}") for day, month in zip(days, times, strict=True)][::every]
    parts = [frame.axes(x_ticks, [(value, f"{value:g}") for value in ticks], "month", "entries")]
    base = [0] * len(times)
    middles: list[float] = []
    for index, (_, series) in enumerate(layers):
        top = [low + value for low, value in zip(base, series, strict=True)]
        edge = [frame.at(point) for point in zip(days, top, strict=True)]
        back = [frame.at(point) for point in zip(days, base, strict=True)]
        parts.append(path([*edge, *reversed(back)], f"layer layer{index}", closed=True))
        middles.append(frame.y((base[-1] + top[-1]) / 2))
        base = top
    # The names stand beside the layers' right ends, moved apart where they would overlap.
    places = spread([*reversed(middles)], _LINE_HEIGHT, 364)
    for (index, (name, series)), place in zip(reversed([*enumerate(layers)]), places, strict=True):
        parts.append(line((482, middles[index]), (496, place), "grid"))
        parts.append(box((500, place - 5), (10, 10), f"layer layer{index}"))
        parts.append(label((516, place + 4), f"{name} · {series[-1]}", "tick"))
    return parts


def _names(headings: Sequence[HeadingPath]) -> dict[HeadingPath, str]:
    return {heading: clip(one_line(tail), _NAME) for heading, tail in tails(headings).items()}
