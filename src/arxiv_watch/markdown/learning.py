"""Which skeleton a new entry gets: the one most entries near its place share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.lines import decode, split_lines, strip_ending
from arxiv_watch.markdown.placing import Slot
from arxiv_watch.markdown.style import most_common, skeleton

_NEAR = 10  # entries on either side of the place that count most: styles drift
_PREPRINT = re.compile(r"arxiv|preprint", re.IGNORECASE)


def learn_skeleton(document: Document, section: Section, slot: Slot) -> str:
    """Learn the form of an entry of this section.

    Raises:
        EditRefusedError: No entry of the section links to arXiv.
    """
    lines = [strip_ending(line) for line in split_lines(decode(document.data))]
    usable = [entry for entry in section.entries if entry.ids and entry.style == slot.neighbour.style]
    best = most_common(_weighed(lines, usable, slot))
    if best is None:
        raise EditRefusedError(
            f"{document.path}:{section.line}: no entry under {format_path(section.path)!r} links to arXiv",
            "give a `template:` in the config",
        )
    return best


def _weighed(lines: list[str], entries: list[Entry], slot: Slot) -> Iterator[tuple[str, float]]:
    for entry in entries:
        form = skeleton("\n".join(lines[entry.line - 1 : entry.end_line]), entry)
        if "\x01url:" not in form or ("\x01title\x02" not in form and "\x01rest\x02" not in form):
            continue
        weight = 3.0 if abs(entries.index(entry) - _position(entries, slot)) <= _NEAR else 1.0
        yield form, weight * (4.0 if _PREPRINT.search(re.sub("\x01[^\x02]*\x02", "", form)) else 1.0)


def _position(entries: list[Entry], slot: Slot) -> int:
    return sum(entry.line <= slot.line for entry in entries)
