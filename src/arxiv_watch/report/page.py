"""HTML from templates, and the outside of every HTML report: one file without script, font or network."""

from __future__ import annotations

from collections.abc import Iterable
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
