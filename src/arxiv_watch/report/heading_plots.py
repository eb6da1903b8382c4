"""The plots of headings: which are taken for which, and how they grew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from arxiv_watch.conversation import clip, plain
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model.evaluation import Confusion, GrowthPoint
from arxiv_watch.report.markup import Markup
from arxiv_watch.report.svg import Frame, Scale, box, label, line, path, picture, round_ticks, spread
from arxiv_watch.report.words import percent, tails

_SHOWN = 16  # headings in the matrix; more cannot be read
_CELL = 24.0
_LABELS = 280.0  # width of the headings' names and numbers
_NAME = 32  # characters of a heading's name
_FAINTEST, _STRONGEST = 0.1, 0.5  # opacity of a cell; on any stronger one its number could not be read
_LAYERS = 7  # headings drawn by themselves in the growth, the rest together
_LINE_HEIGHT = 17.0


def confusion(confusions: Sequence[Confusion], title: str) -> Markup:
    """Draw the matrix of the headings with the most papers: rows are right, columns were chosen first."""
    papers = Counter[HeadingPath]()
    for one in confusions:
        papers[one.actual] += one.papers
    shown = [heading for heading, _ in papers.most_common(_SHOWN)]
    names = _names(shown)
    counts = {(one.actual, one.predicted): one.papers for one in confusions}
    size = _CELL * (len(shown) + 1)
    parts = [label((_LABELS + size / 2, 16), "put under (“+” is any other heading)", "name middle")]
    for column in range(len(shown) + 1):
        text = str(column + 1) if column < len(shown) else "+"
        parts.append(label((_LABELS + (column + 0.5) * _CELL, 38), text, "tick middle"))
    for row, heading in enumerate(shown):
        y = 46 + row * _CELL
        parts.append(label((_LABELS - 34, y + 16), names[heading], "tick end"))
        parts.append(label((_LABELS - 10, y + 16), str(row + 1), "tick end"))
        cells = [counts.get((heading, other), 0) for other in shown]
        cells.append(papers[heading] - sum(cells))
        parts += _row(cells, row, y, papers[heading])
    right = sum(counts.get((heading, heading), 0) for heading in shown)
    total = sum(papers[heading] for heading in shown)
    description = (
        f"Of {total} papers under the {len(shown)} headings with the most papers, {right} were put under "
        f"the right one first ({percent(right / total)}). Cells off the diagonal are mistakes."
    )
    width, height = _LABELS + size + 8, 54 + _CELL * len(shown)
    return picture(width, height, title, description, *parts)


def _row(cells: Sequence[int], row: int, y: float, papers: int) -> list[Markup]:
    drawn: list[Markup] = []
    for column, count in enumerate(cells):
        x = _LABELS + column * _CELL
        share = count / papers
        kind = "cell hit" if column == row else "cell miss"
        drawn.append(box((x + 1, y + 1), (_CELL - 2, _CELL - 2), "cell empty"))
        if count:
            strength = _FAINTEST + (_STRONGEST - _FAINTEST) * share
            drawn.append(box((x + 1, y + 1), (_CELL - 2, _CELL - 2), kind, opacity=strength))
            drawn.append(label((x + _CELL / 2, y + 16), str(count), "count middle"))
    return drawn


def growth(points: Sequence[GrowthPoint]) -> Markup:
    """Draw how many papers stood under the largest headings at the start of each month."""
    counts: dict[HeadingPath, dict[date, int]] = defaultdict(dict)
    for point in points:
        counts[point.path][point.month] = point.papers
    times = sorted({point.month for point in points})
    last = {heading: series.get(times[-1], 0) for heading, series in counts.items()}
    largest = sorted(counts, key=lambda heading: (-last[heading], heading))[:_LAYERS]
    names = _names(largest)
    layers = [(names[heading], [counts[heading].get(month, 0) for month in times]) for heading in largest]
    rest = [heading for heading in counts if heading not in set(largest)]
    if rest:
        layers.append(
            (
                f"{len(rest)} other headings",
                [sum(counts[heading].get(month, 0) for heading in rest) for month in times],
            )
        )
    ends = [layer[1][-1] for layer in layers]
    description = (
        f"From {times[0]:%Y-%m} to {times[-1]:%Y-%m} the list grew to {sum(ends)} entries: "
        + ", ".join(f"{name} {end}" for (name, _), end in zip(layers, ends, strict=True))
    )
    return picture(760, 420, "Growth by heading", description + ".", *_areas(layers, times))


def _areas(layers: Sequence[tuple[str, Sequence[int]]], times: Sequence[date]) -> list[Markup]:
    """Stack the layers, the largest heading at the bottom, and name each at its right end."""
    totals = [sum(series[index] for _, series in layers) for index in range(len(times))]
    ticks = round_ticks(max(totals))
    first, final = times[0].toordinal(), times[-1].toordinal()
    frame = Frame(Scale((first, max(final, first + 1)), (64, 480)), Scale((0, ticks[-1]), (364, 36)))
    every = max(1, -(-len(times) // 6))
    x_ticks = [(float(month.toordinal()), f"{month:%Y-%m}") for month in times[::every]]
    parts = [frame.axes(x_ticks, [(value, f"{value:g}") for value in ticks], "month", "entries")]
    base = [0] * len(times)
    middles: list[float] = []
    for index, (_, series) in enumerate(layers):
        top = [low + value for low, value in zip(base, series, strict=True)]
        days = [month.toordinal() for month in times]
        edge = [frame.at(point) for point in zip(days, top, strict=True)]
        back = [frame.at(point) for point in zip(days, base, strict=True)]
        parts.append(path([*edge, *reversed(back)], f"layer layer{index}", closed=True))
        middles.append(frame.y((base[-1] + top[-1]) / 2))
        base = top
    return parts + _layer_names(layers, middles)


def _layer_names(layers: Sequence[tuple[str, Sequence[int]]], middles: Sequence[float]) -> list[Markup]:
    """Write the layers' names beside their right ends, moved apart where they would overlap."""
    parts: list[Markup] = []
    places = spread([*reversed(middles)], _LINE_HEIGHT, 364)
    for (index, (name, series)), place in zip(reversed([*enumerate(layers)]), places, strict=True):
        parts.append(line((482, middles[index]), (496, place), "grid"))
        parts.append(box((500, place - 5), (10, 10), f"layer layer{index}"))
        parts.append(label((516, place + 4), f"{name} · {series[-1]}", "tick"))
    return parts


def _names(headings: Sequence[HeadingPath]) -> dict[HeadingPath, str]:
    return {heading: clip(plain(tail), _NAME) for heading, tail in tails(headings).items()}
