"""What all entries of a file tell, for headings with few of their own and for what most have in common."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.fields import url_form
from arxiv_watch.markdown.text.inline import find_id

_BESIDE, _ELSEWHERE = 0.5, 0.1  # what headings beside and any other count, where their own has few entries
_BORROWED = 100  # entries of other headings that one heading learns from; more take time and change nothing
_MOST_LINKS = 100  # of one entry; nobody writes more
REMEMBERED_FILES = 8

LinkForms = tuple[str, ...]


def of_style(section: Section, style: str) -> list[Entry]:
    """Return the papers of a section in a style, without lines in which many entries have run together."""
    return [
        entry
        for entry in section.entries
        if entry.ids and entry.style == style and len(entry.urls) <= _MOST_LINKS
    ]


def closeness(entry: Entry, identifier: ArxivId) -> float:
    """Return how near two papers are in time: 1 in the same month, a quarter in the next."""
    return _nearness(entry.ids[0].month_index - identifier.month_index)


def _nearness(months: int) -> float:
    return 1.0 / (1 + abs(months)) ** 2


class EntryIndex:
    """The entries of one file, so ordered that each question about them is answered without asking all."""

    def __init__(self, document: Document) -> None:
        self._months: dict[tuple[HeadingPath | None, str], dict[int, list[Entry]]] = {}
        self._examples: dict[HeadingPath, dict[int, list[Section]]] = {}
        self._forms: dict[str, dict[LinkForms, Counter[int]]] = {}
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._links: dict[tuple[str, int], list[tuple[LinkForms, float]]] = {}
        self._showing: dict[tuple[str, str], frozenset[int]] = {}
        for section in document.sections:
            if section.category:
                self._gather(document, section)

    def _gather(self, document: Document, section: Section) -> None:
        for style in {entry.style for entry in section.entries}:
            forms = self._forms.setdefault(style, defaultdict(Counter))
            for entry in of_style(section, style):
                month = entry.ids[0].month_index
                for where in (section.path[:-1], None):
                    self._months.setdefault((where, style), defaultdict(list))[month].append(entry)
                forms[link_forms(entry)][month] += 1
                self._texts.setdefault(style, []).append((entry.line, document.text(entry)))
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
            for entry in _nearest(months, identifier.month_index, section.line, _BORROWED + len(own)):
                if entry.line not in own:
                    found.setdefault(entry.line, (entry, weight * closeness(entry, identifier)))
        return [found[line] for line in sorted(found)]

    def links(self, style: str, identifier: ArxivId) -> list[tuple[LinkForms, float]]:
        """Return how the links of all entries of a style are written, those of the paper's time above all."""
        month = identifier.month_index
        if (style, month) not in self._links:
            self._links[style, month] = [
                (forms, sum(count * _nearness(other - month) for other, count in months.items()))
                for forms, months in self._forms.get(style, {}).items()
            ]
        return self._links[style, month]

    def is_shared(self, run: str, section: Section) -> bool:
        """Return whether most papers under other headings show words, so that these name no topic."""
        style, texts = section.style, self._texts.get(section.style, ())
        own = {entry.line for entry in of_style(section, style)} if section.category else set()
        if (run, style) not in self._showing:
            alone = re.compile(rf"(?<!\w){re.escape(run)}(?!\w)")
            self._showing[run, style] = frozenset(line for line, text in texts if alone.search(text))
        others = len(texts) - len(own)
        return others > 0 and len(self._showing[run, style] - own) * 2 >= others

    def nearest(self, section: Section) -> Section | None:
        """Return the heading with papers the fewest steps away, and of several the next in the file."""
        by_steps: dict[int, list[Section]] = defaultdict(list)
        for depth in range(len(section.path) + 1):
            for length, others in self._examples.get(section.path[:depth], {}).items():
                index = bisect(others, section.line, key=lambda other: other.line)
                steps = len(section.path) - depth + length - depth  # up to the shared heading and down again
                by_steps[steps] += others[max(index - 1, 0) : index + 1]
        closest = by_steps[min(by_steps)] if by_steps else ()
        return min(closest, key=lambda other: abs(other.line - section.line), default=None)


@lru_cache(maxsize=REMEMBERED_FILES)
def index_of(document: Document) -> EntryIndex:
    """Index a file's entries, or return what was made before."""
    return EntryIndex(document)


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
    return tuple(url_form(url, paper) for url in entry.urls if find_id(url) == paper)


def is_example(entry: Entry) -> bool:
    """Return whether an entry shows how one is written elsewhere; HTML rows need their table around them."""
    return bool(entry.ids) and not FORMATS[entry.style].element
