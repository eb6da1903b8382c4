"""HTML and SVG from templates, and the outside of every HTML report: one file without script or network.

Lengths in a picture are CSS pixels at its natural width. Colours are classes; the page's style sheet gives
them their values in light, in dark and on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from arxiv_watch.conversation import one_line
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.report.tables import Table

# The page may style itself and do nothing else.
_PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">\
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\
<meta name="viewport" content="width=device-width, initial-scale=1">\
<title>{0}</title><style>{1}</style></head>\
<body><main><h1>{0}</h1>{2}</main></body></html>
"""
_LEAST = 0.8  # of its natural width: a narrower screen scrolls, so that labels stay readable
_PICTURE = """\
<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" style="min-width:{2}px" role="img" \
aria-labelledby="{3}-title {3}-desc">\
<title id="{3}-title">{4}</title><desc id="{3}-desc">{5}</desc>{6}</svg>"""

Point = tuple[float, float]
Ticks = Sequence[tuple[float, str]]


class Markup(str):
    """HTML or SVG that may stand as it is; a plain `str` never may."""

    __slots__ = ()


def html(template: str, *values: str | float | Iterable[str]) -> Markup:
    """Fill the `{}` of a template of our own.

    Markup stands as it is, other text is escaped, numbers have at most two decimals, and several texts are
    put behind one another.
    """
    return Markup(template.format(*map(_filling, values)))


def _filling(value: str | float | Iterable[str]) -> str:
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, (int, float)):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return "".join(map(_filling, value))


def render_page(title: str, parts: Iterable[Markup]) -> str:
    """Write a page with a title and its parts; it opens offline, in light and dark, and prints."""
    style = files("arxiv_watch.report").joinpath("page.css").read_text(encoding="utf-8")
    return html(_PAGE, title, Markup(style), parts)


def figures(*pairs: tuple[str, str]) -> Markup:
    """Show a few numbers large, each over what it counts."""
    boxes = (html("<div><dt>{}</dt><dd>{}</dd></div>", *pair) for pair in pairs)
    return html('<dl class="figures">{}</dl>', boxes)


def paper_link(title: str, identifier: ArxivId | None) -> str:
    """Link a title to arXiv; without an identifier it stays a text."""
    if identifier is None:
        return one_line(title)
    return html('<a href="{}" rel="noreferrer">{}</a>', identifier.abs_url, one_line(title))


def html_table(table: Table) -> Markup:
    """Make a table; what is too wide for the page scrolls by itself."""
    classes = [' class="number"' if column in table.numbers else "" for column in range(len(table.head))]
    head = (
        html(f'<th scope="col"{class_}>{{}}</th>', cell)
        for cell, class_ in zip(table.head, classes, strict=True)
    )
    rows = (
        html(
            "<tr>{}</tr>",
            (html(f"<td{class_}>{{}}</td>", cell) for cell, class_ in zip(row, classes, strict=True)),
        )
        for row in table.rows
    )
    return html(
        '<div class="wide"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>', head, rows
    )


def key(class_: str, meaning: str, letter: str = "") -> Markup:
    """Explain a colour, or the letter in it, below what is drawn."""
    return html('<span class="key"><span class="{}">{}</span>{}</span>', class_, letter, meaning)


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn picture and its title."""

    title: str
    drawn: Markup


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values of a domain to lengths of a span, linearly or by their logarithms.

    The ends of the domain differ, and are positive where `log` is set.
    """

    domain: tuple[float, float]
    span: tuple[float, float]
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the length of a value."""
        bend = math.log if self.log else float
        low, high = map(bend, self.domain)
        share = (bend(value) - low) / (high - low)
        return self.span[0] + share * (self.span[1] - self.span[0])


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

    def axes(self, x_ticks: Ticks, y_ticks: Ticks, x_label: str, y_label: str) -> Markup:
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
        return html("{}", parts)

    def column(self, place: int, parts: Iterable[tuple[float, float, str, str]]) -> list[Markup]:
        """Draw the column at a place: of each part where it begins, its height, its class and its tip."""
        left, right = self.x(place + 0.18), self.x(place + 0.82)
        return [
            box(
                (left, self.y(base + height)),
                (right - left, self.y(base) - self.y(base + height)),
                class_,
                tip,
            )
            for base, height, class_, tip in parts
            if height
        ]


def picture(size: Point, title: str, description: str, parts: Iterable[Markup]) -> Plot:
    """Make a picture of a width and height that is read out by its title and description."""
    slug = "".join(character if character.isalnum() else "-" for character in title.lower())
    least = f"{_LEAST * size[0]:.0f}"
    return Plot(title, html(_PICTURE, *size, least, slug, title, description, parts))


def line(start: Point, end: Point, class_: str) -> Markup:
    """Draw a straight line."""
    return html('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"></line>', *start, *end, class_)


def path(points: Iterable[Point], class_: str, *, closed: bool = False) -> Markup:
    """Draw a line through points, or the area they enclose."""
    drawn = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return html('<path d="M{}{}" class="{}"></path>', drawn, "Z" if closed else "", class_)


def dot(centre: Point, radius: float, class_: str, tip: str = "") -> Markup:
    """Draw a dot, with a tip for those who point at it."""
    template = '<circle cx="{}" cy="{}" r="{}" class="{}">{}</circle>'
    return html(template, *centre, radius, class_, _tip(tip))


def box(corner: Point, size: Point, class_: str, tip: str = "", *, opacity: float | None = None) -> Markup:
    """Draw a rectangle of a width and height from its upper left corner."""
    faint = "" if opacity is None else html(' fill-opacity="{}"', opacity)
    template = '<rect x="{}" y="{}" width="{}" height="{}" class="{}"{}>{}</rect>'
    return html(template, *corner, *size, class_, faint, _tip(tip))


def label(place: Point, text: str, class_: str) -> Markup:
    """Write a text; `middle` or `end` among its classes anchors it there."""
    return html('<text x="{}" y="{}" class="{}">{}</text>', *place, class_, text)


def _tip(tip: str) -> str:
    return html("<title>{}</title>", tip) if tip else ""


def shares() -> list[tuple[float, str]]:
    """Return the ticks of an axis that runs from nothing to all."""
    return [(percent / 100, f"{percent} %") for percent in range(0, 101, 25)]


def round_ticks(largest: float) -> list[float]:
    """Return about six round values from 0 up to the first that is not below `largest`."""
    rough = max(largest, 1) / 6
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= rough)
    step = max(step, 1)
    return [index * step for index in range(math.ceil(largest / step) + 1)] if largest > 0 else [0, 1]


def spread(places: Sequence[float], distance: float, lowest: float) -> list[float]:
    """Move labels apart that stand closer than `distance`, keeping their order from top to bottom.

    None stands beyond `lowest` if there is room for all.
    """
    moved = list(places)
    for index in range(1, len(moved)):
        moved[index] = max(moved[index], moved[index - 1] + distance)
    if moved and moved[-1] > lowest:
        moved[-1] = lowest
        for index in range(len(moved) - 2, -1, -1):
            moved[index] = min(moved[index], moved[index + 1] - distance)
    return moved
