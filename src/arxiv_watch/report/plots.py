"""The plots of a replay: precision against recall, reliability, the reviewer's budget, the months."""

from __future__ import annotations

import math
from collections.abc import Sequence

from arxiv_watch.model.evaluation import (
    CurvePoint,
    ReliabilityBin,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.proposals import ReviewedPullRequest
from arxiv_watch.report.markup import Markup
from arxiv_watch.report.svg import (
    Frame,
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
)
from arxiv_watch.report.words import percent

_WIDTH, _HEIGHT = 640.0, 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 616.0, 36.0, 344.0
_SMALLEST_DOT = 3.5  # of a reliability bin with one prediction; each tenfold count adds _DOT_STEP
_DOT_STEP = 1.1
_MONTHS_LABELLED = 12
_PULL_REQUESTS = 30  # the latest; bars of more would be too thin to point at
_MARK_WIDTH = 270.0  # from one operating point's words to the next one's


def precision_recall(replay: ReplayEvaluation) -> Markup:
    """Draw precision against recall, with what the operating point promised and what it reached."""
    frame = Frame(Scale((0, 1), (_LEFT, _RIGHT)), Scale((0, 1), (_BOTTOM, _TOP + 26)))
    steps = _stairs(replay.curve)
    parts = [
        frame.axes(
            shares(),
            shares(),
            "recall: share of the wanted papers found",
            "precision: share of the proposals that were right",
        )
    ]
    parts.append(
        path(
            [*(frame.at(point) for point in steps), frame.at((steps[-1][0], 0)), frame.at((0, 0))],
            "area",
            closed=True,
        )
    )
    parts.append(path([frame.at(point) for point in steps], "line"))
    marks = []
    if replay.precision is not None and replay.recall is not None:
        marks.append(((replay.recall, replay.precision), "reached"))
    point = replay.operating_point
    if point and point.precision is not None and point.recall is not None:
        marks.append(((point.recall, point.precision), "promised"))
    parts += _marks(frame, marks)
    return picture(
        _WIDTH,
        _HEIGHT,
        "Precision against recall",
        f"Precision falls as recall rises; average precision is {_figure(replay.average_precision)}. "
        + " ".join(
            f"{name.capitalize()}: precision {percent(at[1])} at recall {percent(at[0])}."
            for at, name in marks
        ),
        *parts,
    )


def reliability(bins: Sequence[ReliabilityBin], title: str, of: str) -> Markup:
    """Draw a reliability diagram: what was said against what came true.

    Args:
        bins: The bins, at least one.
        title: The picture's title.
        of: What the probabilities are of, for the axis.
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
    return picture(372, 372, title, description, *parts)


def review_budget(review: Sequence[ReviewPoint]) -> Markup:
    """Draw recall against the papers somebody reads a day."""
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
    return picture(
        _WIDTH, _HEIGHT, "Recall against papers read a day", f"Recall by papers read a day: {said}.", *parts
    )


def months(replayed: Sequence[ReplayMonth]) -> Markup:
    """Draw month by month what was proposed rightly, missed, and proposed wrongly."""
    highest = max((month.right + _missed(month) for month in replayed), default=0)
    lowest = max((month.proposed - month.right for month in replayed), default=0)
    step = round_ticks(max(highest, lowest))[1]
    up = [index * step for index in range(1, max(1, math.ceil(highest / step)) + 1)]
    down = [-index * step for index in range(math.ceil(lowest / step), -1, -1)]
    x = Scale((0, len(replayed)), (_LEFT, _RIGHT))
    frame = Frame(x, Scale((down[0], up[-1]), (_BOTTOM, _TOP)))
    ticks = [(value, f"{abs(value):g}") for value in (*down, *up)]
    every = math.ceil(len(replayed) / _MONTHS_LABELLED)
    names = [
        (index + 0.5, f"{month.month:%Y-%m}") for index, month in enumerate(replayed) if index % every == 0
    ]
    parts = [frame.axes(names, ticks, "month of announcement", "papers")]
    for index, month in enumerate(replayed):
        parts += _month(frame, index, month)
    parts.append(line(frame.at((0, 0)), frame.at((len(replayed), 0)), "axis"))
    right, missed, wrong = (
        sum(m.right for m in replayed),
        sum(map(_missed, replayed)),
        sum(m.proposed - m.right for m in replayed),
    )
    return picture(
        _WIDTH,
        _HEIGHT,
        "Month by month",
        f"Over {len(replayed)} months, {right} papers were rightly proposed, {missed} missed and "
        f"{wrong} wrongly proposed.",
        *parts,
    )


def acceptance(reviewed: Sequence[ReviewedPullRequest]) -> Markup:
    """Draw pull request by pull request what people accepted and what they turned down; the latest thirty."""
    shown = reviewed[-_PULL_REQUESTS:]
    ticks = round_ticks(max(pull.proposed for pull in shown))
    frame = Frame(Scale((0, len(shown)), (_LEFT, _RIGHT)), Scale((0, ticks[-1]), (_BOTTOM, _TOP)))
    every = math.ceil(len(shown) / _MONTHS_LABELLED)
    names = [(place + 0.5, f"#{pull.number}") for place, pull in enumerate(shown) if place % every == 0]
    parts = [frame.axes(names, [(value, f"{value:g}") for value in ticks], "pull request", "papers")]
    for place, pull in enumerate(shown):
        left, right = frame.x(place + 0.18), frame.x(place + 0.82)
        turned_down = pull.proposed - pull.accepted
        for base, height, kind in ((0, pull.accepted, "right"), (pull.accepted, turned_down, "wrong")):
            top, bottom = frame.y(base + height), frame.y(base)
            tip = f"#{pull.number}, {pull.closed}: {pull.accepted} of {pull.proposed} accepted"
            if height:
                parts.append(box((left, top), (right - left, bottom - top), kind, tip))
    accepted, proposed = sum(pull.accepted for pull in shown), sum(pull.proposed for pull in shown)
    said = f"Of {proposed} papers in {len(shown)} pull requests, {accepted} were accepted."
    return picture(_WIDTH, _HEIGHT, "Acceptance over time", said, *parts)


def _month(frame: Frame, index: int, month: ReplayMonth) -> list[Markup]:
    left, right = frame.x(index + 0.18), frame.x(index + 0.82)
    tops = [
        (0, month.right, "right"),
        (month.right, _missed(month), "missed"),
        (month.right - month.proposed, month.proposed - month.right, "wrong"),
    ]
    return [
        box(
            (left, frame.y(base + height)),
            (right - left, frame.y(base) - frame.y(base + height)),
            kind,
            f"{month.month:%Y-%m}: {height} {kind}",
        )
        for base, height, kind in tops
        if height
    ]


def _missed(month: ReplayMonth) -> int:
    return month.added - month.right


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


def _marks(frame: Frame, marks: Sequence[tuple[Point, str]]) -> list[Markup]:
    """Draw the operating points in the plot, and what they are above it, out of the curve's way."""
    drawn: list[Markup] = []
    x = frame.x.span[0]
    for value, name in marks:
        text = f"{name}: {percent(value[1])} right, {percent(value[0])} found"
        drawn.append(dot(frame.at(value), 6.5, f"mark {name}", text))
        drawn.append(dot((x + 7, 14), 6.5, f"mark {name}"))
        drawn.append(label((x + 20, 18.5), text, "value"))
        x += _MARK_WIDTH
    return drawn


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
