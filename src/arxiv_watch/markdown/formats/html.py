"""Rows and items that are HTML, and lines of Markdown that HTML right above makes plain text."""

from __future__ import annotations

import re

from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import FileText, Format, HtmlElement

HTML = Format(
    "html",
    element=HtmlElement(
        found=re.compile(  # matches "<li>A Title" and "<tr><td>A Title</td></tr>"
            r"<tr\b.*?(?:</tr\s*>|\Z)|<li\b.*?(?:</li\s*>|(?=<li\b|</?[uo]l\b|\Z))"
            r"|^[ ]*(?:[-*+|] ?|\d+\. |\[)[^\n]*\]\([^\n]*$",
            re.IGNORECASE | re.DOTALL | re.MULTILINE,
        ),
        whole=re.compile(  # matches "<tr><td>A Title</td></tr>" and "<li>A Title"
            r"\s*<(?:tr\b(?:(?!<tr\b).)*</tr\s*>|li\b(?:(?!<li\b).)*)\s*", re.IGNORECASE | re.DOTALL
        ),
        tags="t[rdh]|tbody|li",
    ),
)


def read_element(file: FileText, style: Format, text: str, start: int, end: int) -> Entry | None:
    """Read an element that stands on some lines; None where it links to no paper."""
    found = file.candidate(start, end, text)
    return found.entry(style, style.title(text, found.links)) if found.papers else None
