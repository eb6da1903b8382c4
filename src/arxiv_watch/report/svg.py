"""Drawing by hand: scales, a frame with axes, and the accessible outside of a picture.

Lengths are units of the picture's own coordinates, which are CSS pixels at its natural width.
Colours are classes; the page's style sheet gives them their values in light, in dark and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arxiv_watch.report.markup import Markup, element, join

Point = tuple[float, float]

_LEAST = 0.8  # of its natural width: a narrower screen scrolls, so that labels stay readable


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to lengths, linearly or by their logarithms.

    Attributes:
        domain: Smallest and largest value; they differ, and are positive where `log` is set.
        span: The lengths they are mapped to.
        log: Whether equal ratios become equal distances.
    """

    domain: tuple[float, float]
    span: tuple[float, float]
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the length of a value."""
        low, high = map(self._bend, self.domain)
        share = (self._bend(value) - low) / (high - low)
        return self.span[0] + share * (self.span[1] - self.span[0])

    def _bend(self, value: float) -> float:
        return math.log(value) if self.log else value


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle that a plot is drawn in, with its scales.

    Attributes:
        x: The horizontal scale.
        y: The vertical scale; its span runs from bottom to top.
    """

    x: Scale
    y: Scale

    def at(self, point: Point) -> Point:
        """Return where a point of values lies in the picture."""
        return self.x(point[0]), self.y(point[1])

    def axes(
        self,
        x_ticks: Sequence[tuple[float, str]],
        y_ticks: Sequence[tuple[float, str]],
        x_label: str,
        y_label: str,
    ) -> Markup:
        """Draw grid lines, tick labels and the names of the axes."""
        left, right = self.x.span
        bottom, top = self.y.span
        parts = [line((left, self.y(value)), (right, self.y(value)), "grid") for value, _ in y_ticks]
        parts += [label((left - 8, self.y(value) + 4), text, "tick end") for value, text in y_ticks]
        parts += [line((left, bottom), (right, bottom), "axis")]
        parts += [line((self.x(value), bottom), (self.x(value), bottom + 4), "axis") for value, _ in x_ticks]
        parts += [label((self.x(value), bottom + 19), text, "tick middle") for value, text in x_ticks]
        parts += [label(((left + right) / 2, bottom + 40), x_label, "name middle")]
        parts += [label((left - 40, top - 14), y_label, "name")]
        return join(parts)


def picture(width: float, height: float, title: str, description: str, *parts: str) -> Markup:
    """Make a picture that is read out by its title and description."""
    slug = "".join(character if character.isalnum() else "-" for character in title.lower())
    return element(
        "svg",
        element("title", title, id=f"{slug}-title"),
        element("desc", description, id=f"{slug}-desc"),
        *parts,
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        style=f"min-width:{_LEAST * width:.0f}px",
        role="img",
        aria_labelledby=f"{slug}-title {slug}-desc",
    )


def line(start: Point, end: Point, class_: str) -> Markup:
    """Draw a straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], class_=class_)


def path(points: Iterable[Point], class_: str, *, closed: bool = False) -> Markup:
    """Draw a line through points, or the area they enclose."""
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return element("path", d=f"M{drawn}{'Z' if closed else ''}", class_=class_)


def dot(centre: Point, radius: float, class_: str, tip: str = "") -> Markup:
    """Draw a dot, with a tip for those who point at it."""
    return element("circle", *_tip(tip), cx=centre[0], cy=centre[1], r=radius, class_=class_)


def box(corner: Point, size: Point, class_: str, tip: str = "", *, opacity: float | None = None) -> Markup:
    """Draw a rectangle of a width and height from its upper left corner."""
    (x, y), (width, height) = corner, size
    return element(
        "rect", *_tip(tip), x=x, y=y, width=width, height=height, class_=class_, fill_opacity=opacity
    )


def label(place: Point, text: str, class_: str) -> Markup:
    """Write a text; `middle` or `end` among its classes anchors it there."""
    return element("text", text, x=place[0], y=place[1], class_=class_)


def shares(step: float = 0.25) -> list[tuple[float, str]]:
    """Return the ticks of an axis that runs from nothing to all."""
    return [(index * step, f"{100 * index * step:g} %") for index in range(round(1 / step) + 1)]


def round_ticks(largest: float, wanted: int = 6) -> list[float]:
    """Return about so many round values from 0 up to the first that is not below `largest`."""
    rough = max(largest, 1) / wanted
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough)
    step = max(step, 1)
    return [index * step for index in range(math.ceil(largest / step) + 1)] if largest > 0 else [0, 1]


def spread(places: Sequence[float], distance: float, lowest: float) -> list[float]:
    """Move labels apart that stand closer than `distance`, keeping their order, none beyond `lowest`.

    Args:
        places: Where the labels would stand, from top to bottom.
        distance: The least distance between two of them.
        lowest: The largest place allowed, if there is room for all.
    """
    moved = list(places)
    for index in range(1, len(moved)):
        moved[index] = max(moved[index], moved[index - 1] + distance)
    if moved and moved[-1] > lowest:
        moved[-1] = lowest
        for index in range(len(moved) - 2, -1, -1):
            moved[index] = min(moved[index], moved[index + 1] - distance)
    return moved


def _tip(tip: str) -> list[Markup]:
    return [element("title", tip)] if tip else []
