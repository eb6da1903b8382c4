"""What a heading learns from the other headings of its file, gathered once for all of them."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.fields import url_form
from arxiv_watch.markdown.inline import find_id
from arxiv_watch.markdown.weighing import closeness, nearness, of_style

_MOST = 100  # entries of other headings that one heading learns from; more take time and change nothing
_BESIDE, _ELSEWHERE = 0.5, 0.1  # what headings beside and any other count, where their own has few entries
_REMEMBERED = 8  # files
ABSTRACT = "https://arxiv.org/abs/{id}"

LinkForms = tuple[str, ...]


class Around:
    """The entries of one file, so ordered that those a heading borrows are found without asking all."""

    def __init__(self, document: Document) -> None:
        self._months: dict[tuple[HeadingPath | None, str], dict[int, list[Entry]]] = {}
        self._examples: dict[HeadingPath, dict[int, list[Section]]] = {}
        self._links: dict[str, dict[LinkForms, Counter[int]]] = {}
        self._told: dict[tuple[str, int], list[tuple[LinkForms, float]]] = {}
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._showing: dict[tuple[str, str], frozenset[int]] = {}
        self._lines = document.lines
        for section in document.sections:
            if section.category:
                self._gather(section)

    def _gather(self, section: Section) -> None:
        for style in {entry.style for entry in section.entries}:
            forms = self._links.setdefault(style, {})
            for entry in of_style(section, style):
                month = entry.ids[0].month_index
                for where in (section.path[:-1], None):
                    self._months.setdefault((where, style), defaultdict(list))[month].append(entry)
                forms.setdefault(link_forms(entry), Counter())[month] += 1
                text = "\n".join(self._lines[entry.line - 1 : entry.end_line])
                self._texts.setdefault(style, []).append((entry.line, text))
        if any(map(is_example, section.entries)):
            for depth in range(len(section.path) + 1):
                near = self._examples.setdefault(section.path[:depth], defaultdict(list))
                near[len(section.path)].append(section)

    def borrowed(self, section: Section, style: str, identifier: ArxivId) -> list[tuple[Entry, float]]:
        """Return entries of other headings, of those beside and of all the nearest in time, by their line."""
        own = {entry.line for entry in section.entries}
        found: dict[int, tuple[Entry, float]] = {}
        for where, weight in ((section.path[:-1], _BESIDE), (None, _ELSEWHERE)):
            months = self._months.get((where, style), {})
            for entry in _nearest(months, identifier.month_index, section.line, _MOST + len(own)):
                if entry.line not in own:
                    found.setdefault(entry.line, (entry, weight * closeness(entry, identifier)))
        return [found[line] for line in sorted(found)]

    def links(self, style: str, identifier: ArxivId) -> list[tuple[LinkForms, float]]:
        """Return how the links of all entries of a style are written, those of the paper's time above all."""
        month = identifier.month_index
        if (style, month) not in self._told:
            self._told[style, month] = [
                (forms, sum(count * nearness(other - month) for other, count in months.items()))
                for forms, months in self._links.get(style, {}).items()
            ]
        return self._told[style, month]

    def count(self, style: str) -> int:
        """Return the number of entries of a style."""
        return len(self._texts.get(style, ()))

    def lines_with(self, run: str, style: str) -> frozenset[int]:
        """Return the lines of the entries of a style that show a run of words by itself."""
        if (run, style) not in self._showing:
            alone = re.compile(rf"(?<!\w){re.escape(run)}(?!\w)")
            texts = self._texts.get(style, ())
            self._showing[run, style] = frozenset(line for line, text in texts if alone.search(text))
        return self._showing[run, style]

    def nearest(self, section: Section) -> Section | None:
        """Return the heading with papers the fewest steps away, and of several the next in the file."""
        by_steps: dict[int, list[Section]] = defaultdict(list)
        for depth in range(len(section.path) + 1):
            for length, others in self._examples.get(section.path[:depth], {}).items():
                index = bisect(others, section.line, key=lambda other: other.line)
                by_steps[length - 2 * depth] += others[max(index - 1, 0) : index + 1]
        return (
            min(by_steps[min(by_steps)], key=lambda other: abs(other.line - section.line))
            if by_steps
            else None
        )


@lru_cache(maxsize=_REMEMBERED)
def around(document: Document) -> Around:
    """Gather a file's entries, or return what was gathered before."""
    return Around(document)


def _nearest(months: Mapping[int, Sequence[Entry]], month: int, line: int, most: int) -> list[Entry]:
    """Return the entries next in time, and of one month those next in the file."""
    found: list[Entry] = []
    for other in sorted(months, key=lambda other: abs(other - month)):
        entries, room = months[other], most - len(found)
        if room < len(entries):
            index = bisect(entries, line, key=lambda entry: entry.line)
            start = min(max(index - room // 2, 0), len(entries) - room)
            return [*found, *entries[start : start + room]]
        found += entries
    return found


def link_forms(entry: Entry) -> LinkForms:
    """Return how an entry writes the links to its paper."""
    paper = entry.ids[0]
    return tuple(url_form(url, paper) or ABSTRACT for url in entry.urls if find_id(url) == paper)


def is_example(entry: Entry) -> bool:
    """Return whether an entry shows how one is written elsewhere; HTML rows need their table around them."""
    return bool(entry.ids) and entry.style != "html"
