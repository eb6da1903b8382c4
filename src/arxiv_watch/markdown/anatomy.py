"""The parts of an entry, by its style: where its marker ends, where its title is, what its tags hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from arxiv_watch.markdown.inline import Link
from arxiv_watch.markdown.titles import Title, find_title

# matches "- ", "  1. " and "* [ ] "
_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+\[[ xX]?\](?=[ \t]))?(?:[ \t]+|(?=\n|\Z))")
# matches "### 12. " before a title that is a heading
_HEADING = re.compile(r"[ ]{0,3}(?:#{1,6}[ \t]+)?(?:\d{1,4}[.)][ \t]+)?")
_NUMBER = re.compile(r"[ \t>]*(?:#{1,6}[ \t]+)?(\d{1,9})[.)](?=\s|$)")  # matches "12." of "12. [A Title](…)"
_CLOSING = re.compile(r"(?<![ \t])[ \t]+#+[ \t]*\Z")  # matches " ##" at the end of "## Serving ##"
# matches the address "https://img.shields.io/badge/arXiv-2407.12391-red" of a picture
_BADGE = re.compile(r"shields\.io|badge|icon|logo|\.svg|arxiv|pdf|paper", re.IGNORECASE)
# matches "<tr><td>A Title</td></tr>" and "<li>A Title"
_ELEMENT = re.compile(
    r"\s*<(?:tr\b(?:(?!<tr\b).)*</tr\s*>|li\b(?:(?!<li\b).)*)\s*", re.IGNORECASE | re.DOTALL
)


def marker_end(text: str, style: str = "bullet") -> int:
    """Return where the bullet, number, box or `#` before an entry ends."""
    match = (_HEADING if style == "heading" else _MARKER).match(text)
    return match.end() if match else 0


def number_of(text: str) -> int:
    """Read the number that an item or heading bears; 0 where there is none."""
    match = _NUMBER.match(text)
    return int(match[1]) if match else 0


def title_of(text: str, links: Sequence[Link], style: str = "bullet") -> Title | None:
    """Find the title of an entry without its marker; that of a heading is in its first line."""
    if style != "heading":
        return find_title(text, list(links))
    line = _CLOSING.sub("", text.partition("\n")[0])
    return find_title(line, [link for link in links if link.end <= len(line)])


def is_element(text: str) -> bool:
    """Return whether lines are one HTML row or item and nothing else."""
    return bool(_ELEMENT.fullmatch(text))


def is_figure(label: str) -> bool:
    """Return whether a link shows a picture of its paper, not a badge that any paper may bear."""
    return ("![" in label or "<img" in label) and not _BADGE.search(label)
