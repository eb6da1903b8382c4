"""Headings that are each the title of one paper, with all that stands below."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.formats.format import FileText, Format
from arxiv_watch.markdown.text.inline import Link, visible
from arxiv_watch.markdown.text.titles import Title, find_title

_CLOSING = re.compile(r"(?<![ \t])[ \t]+#+[ \t]*\Z")  # matches " ##" at the end of "## Serving ##"
# Matches "Authors: Ada Lovelace", "Code" and "Paper link", items about the paper above them, not the
# titles "Code Llama: Open Foundation Models" and "Abstract Meaning Representation".
_ABOUT = re.compile(
    r"\W*(?:(?:authors?|by|affiliations?|institutions?|venue|published|tl;?dr)\b.*"
    r"|(?:conference|date|year|abstract|summary|keywords?|links?|papers?|code|project|arxiv|source)"
    r"(?:[\W\d]*|\W*[:：|(\[/–—].*|\s+-\s.*"
    r"|\s+(?:pages?|links?|code|repo\w*|website|available|at|by|from|here|is|and|we|this)\b.*))",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC_WORDS = 2  # of a heading that may be a topic rather than a paper


def _title(body: str, links: Sequence[Link]) -> Title | None:
    """Find the title in the first line, which is the heading."""
    line = _CLOSING.sub("", body.partition("\n")[0])
    return find_title(line, [link for link in links if link.end <= len(line)])


HEADING = Format(
    "heading",
    marker=re.compile(r"[ ]{0,3}(?:#{1,6}[ \t]+)?(?:\d{1,4}[.)][ \t]+)?"),  # matches "### 12. "
    title=_title,
    bears_number=True,
    needs_gap=True,
)


def read_heading(file: FileText, start: int, end: int, below: Sequence[Entry]) -> tuple[Entry, bool] | None:
    """Read a heading that is a paper's title with all below it, and return whether it surely is one.

    What else was read `below` must be about the one paper, or the heading is no title. Lines count from 0.
    """
    text = file.text(start, end)
    found = file.candidate(start, end, text[HEADING.marker_end(text) :])
    title = HEADING.title(found.text, found.links)
    if title is None:
        return None
    head, is_long = found.text.partition("\n")[0], len(title.text.split()) > _TOPIC_WORDS
    around = next((link for link in found.links if link.start <= title.span[0] < link.end), None)
    # Below `### [A Title](https://a.b)` any text may be about it: EdinburghNLP names metrics and data.
    is_whole = bool(around and is_long and not visible(head[: around.start] + head[around.end :]))
    are_notes = is_whole and 2 * sum(bool(entry.urls) for entry in below) <= len(below)
    if not are_notes and any(entry.title and not _ABOUT.fullmatch(entry.title) for entry in below):
        return None
    entry = found.entry(HEADING, title, number=HEADING.number_of(text))
    if len(entry.ids) != 1 and not (is_whole and below and not entry.ids):
        return None
    return entry, bool(entry.ids) and (is_long or bool(around and around.id))
