"""The outside of every HTML report: one file that needs nothing else, no script, no font, no network."""

from __future__ import annotations

from importlib.resources import files

from arxiv_watch.conversation import plain
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.report.markup import Markup, element

# The page may style itself and do nothing else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_page(title: str, *parts: Markup) -> str:
    """Write a page with a title and its parts; it opens offline, in light and dark, and prints."""
    style = files("arxiv_watch.report").joinpath("page.css").read_text(encoding="utf-8")
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", title),
        element("style", Markup(style)),
    )
    body = element("body", element("main", element("h1", title), *parts))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def figures(*pairs: tuple[str, str]) -> Markup:
    """Show a few numbers large, each over what it counts."""
    boxes = (element("div", element("dt", name), element("dd", value)) for name, value in pairs)
    return element("dl", *boxes, class_="figures")


def paper_link(title: str, identifier: ArxivId | None) -> str:
    """Link a title to arXiv; without an identifier it stays a text."""
    text = plain(title)
    return element("a", text, href=identifier.abs_url, rel="noreferrer") if identifier else text
