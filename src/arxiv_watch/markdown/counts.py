"""Headings that say how many entries are under them: a new entry makes the number wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Finding

# matches the end of "Papers [12]", "Papers (34)", "Quantisation (8 papers)" and "论文（12 篇）"
_COUNT = re.compile(
    r"[\[(（【]\s*(\d{1,5})\s*+(?:papers?|entries|items|works|篇)?\s*+[\])）】]\W*$", re.IGNORECASE
)
_LEAST = 2  # entries; "Part (1)" above a single paper may be no count


def find_counts(document: Document) -> Iterator[Finding]:
    """Report each heading that counts its entries, with those of the headings below it or without.

    A number in brackets may be a year or the number of a part. It is a count where it is true, and also
    where it is not, if another heading of the file counts truly.
    """
    below: Counter[HeadingPath] = Counter()
    for section in document.sections:
        for depth in range(1, len(section.path) + 1):
            below[section.path[:depth]] += len(section.entries) * section.category
    said = [
        (section, int(found[1]))
        for section in document.sections
        if below[section.path] and (found := _COUNT.search(section.path[-1]))
    ]
    true = [number in {len(section.entries), below[section.path]} for section, number in said]
    counting = any(holds and number >= _LEAST for holds, (_, number) in zip(true, said, strict=True))
    for holds, (section, number) in zip(true, said, strict=True) if counting else ():
        name, held = format_path(section.path), below[section.path]
        if holds:
            message = f"{name!r} counts its {number} entries, which is no longer true with a new one"
        else:
            message = f"{name!r} counts {number} entries and has {held}"
        yield Finding(
            document.path, section.line, "warning", message, "correct it by hand: no heading is changed"
        )
