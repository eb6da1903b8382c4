"""Which paragraphs are papers though they link to none on arXiv, and which groups entries form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.entries import EntryReader

# matches the ":gem: " of ":gem: **A Title**" and the "- " of "- A Title"
_SIGNS = re.compile(r"(?:\s|:[a-z0-9_+-]+:|[^\w\s*_<\[(\"“《:])*")
# matches the "**" of "**A Title**" and the "<b" of "<b>A Title</b>"
_OPENING = re.compile(r"\*+|_+|<\w+|\[+|[(\"“《]|")
_LINKED = re.compile(r"\]\(|https?://|\bhref=")  # matches the "](" of "[Paper](https://a.b)"
YEAR_LINE = re.compile(r"\W{0,12}((?:19|20)\d\d)\W{0,12}")  # matches "***2020:***"
"""A line that names the year of the entries below it."""
Shape = tuple[str, ...]


def with_unlinked(entries: Sequence[Entry], loose: Sequence[range], reader: EntryReader) -> list[Entry]:
    """Add the paragraphs that are written as a section's papers are, in the order of the file.

    Args:
        entries: The entries of the section.
        loose: The lines, from 0, of its paragraphs that link to no paper on arXiv.
        reader: Reads them.
    """
    texts = [reader.text(entry.line - 1, entry.end_line) for entry in entries if entry.style == "paragraph"]
    shapes = {shape for text in texts for shape in _shapes(text)}
    more = [
        entry
        for lines in (loose if shapes else ())
        if not shapes.isdisjoint(_shapes(reader.text(lines.start, lines.stop)))
        if (entry := reader.unlinked(lines.start, lines.stop))
    ]
    return sorted([*entries, *more], key=lambda entry: entry.line)


def _shapes(text: str) -> Iterator[Shape]:
    """Tell how the lines begin, and which has a link, down to the first that has one.

    Of a text that begins with a mark it is enough that it has as many lines, wherever the links are.
    """
    lines = text.split("\n")
    linked = [bool(_LINKED.search(line)) for line in lines]
    if any(linked):
        first = linked.index(True)
        yield (*map(_mark, lines[: first + 1]), "")
        if mark := _mark(lines[0]):
            yield (mark, str(len(lines)))


def _mark(line: str) -> str:
    """Return the mark that a line begins with, such as `**`; empty for a letter."""
    signs = _SIGNS.match(line)
    opening = _OPENING.match(line, signs.end() if signs else 0)
    return opening[0] if opening else ""


def in_groups(entries: Sequence[Entry], breaks: Sequence[int]) -> list[Entry]:
    """Number the groups that prose and rules part entries into; what stands between most of them parts none.

    Args:
        entries: The entries, in the order of the file.
        breaks: The lines, from 0, of what parts them.
    """
    starts = {entry.line - 1 for entry in entries}  # a paper found late was taken for prose
    breaks = [line for line in breaks if line not in starts]
    runs = [bisect_left(breaks, entry.line - 1) for entry in entries]
    parted = sum(one != other for one, other in pairwise(runs))
    if 2 * parted >= len(entries) - 1:
        runs = [0] * len(entries)
    return [replace(entry, run=run) if run else entry for entry, run in zip(entries, runs, strict=True)]
