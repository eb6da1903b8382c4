"""The entries that a new one is learned from, what each counts, and the words that they share.

Those nearest in time count most: of the section itself, and where it has few, of the file's other headings.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.form.finders import (
    IN_TEXT,
    REMEMBERED,
    find_title,
    find_whole_links,
    passage_of,
    take_apart,
)
from arxiv_watch.markdown.form.template import HUMAN
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.fields import may_name_field, url_form
from arxiv_watch.markdown.text.inline import find_id, inlined, scan_links, visible
from arxiv_watch.papers import Paper

_BESIDE, _ELSEWHERE = 0.5, 0.1  # what headings beside and any other count, where their own has few entries
_BORROWED = 100  # entries of other headings that one heading learns from; more take time and change nothing
_MOST_LINKS = 100  # of one entry; nobody writes more
REMEMBERED_FILES = 8

LinkForms = tuple[str, ...]
# What entries count was measured on 32 lists with `benchmarks/lists.py`.
_REACH = 3  # identifiers before and after
_NEXT = 0.25  # what the entry beside the new one's place counts more, and the second half of that
_BASE = 0.1  # what any entry counts
_HALVED = 10  # entries from the new one's place, there the base counts half
FEW = 4  # entries; below, those of the headings around are asked as well
ENOUGH, _MOST = 300, 1000  # entries that show the shared words, and the form; more only cost time
_PAPER_LINK = re.compile(r"\W*(?:paper|pdf|link|论文)\W*", re.IGNORECASE)  # matches "[Paper]"
_NAMES, _CONSTANT = 0.6, 0.9  # share of entries from which names of fields, and any equal words, are form
_LETTER = re.compile(r"[^\W\d_]")  # matches a letter of "Paper"
_SIGN = re.compile(r"\W+")  # matches "→"
_PRAISE = re.compile(r"[⭐★☆🌟🔥👍💯🏆]")  # matches "⭐": what a person thinks of a paper is never form


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
            for entry in _next_in_time(months, identifier.month_index, section.line, _BORROWED + len(own)):
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


def _next_in_time(months: Mapping[int, Sequence[Entry]], month: int, line: int, most: int) -> list[Entry]:
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


@dataclass(frozen=True, slots=True)
class Target:
    """A new entry whose form is to be learned.

    Attributes:
        style: The style of its neighbour.
        line: The line it goes to, from 0; None where that is not known.
    """

    document: Document
    section: Section
    style: str
    paper: Paper
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry to learn from, its text, the header of its table, and how much it counts."""

    entry: Entry
    text: str
    header: str
    weight: float


def weights(
    entries: Sequence[Entry], identifier: ArxivId, line: int | None = None, base: float = 0.0
) -> list[float]:
    """Weigh the entries of a section: by month, by how near their identifiers are, and by their places.

    What stands beside the line the new paper goes to was mostly added last. There an entry counts `base` for
    itself, and ten entries further on half as much.
    """
    counts = [closeness(entry, identifier) for entry in entries]
    indices = range(len(entries))
    from_place = sorted(indices, key=lambda index: abs(entries[index].line - (line or 0)))
    for steps, index in enumerate(from_place):
        counts[index] += base * _HALVED / (_HALVED + steps)
        counts[index] += _NEXT / (1 + steps) if line is not None else 0.0
    older = sum(entry.ids[0] < identifier for entry in entries)
    for rank, index in enumerate(sorted(indices, key=lambda index: entries[index].ids[0])):
        steps = older - rank if rank < older else rank - older + 1
        counts[index] += 1 / (1 + steps) if steps <= _REACH else 0.0
    return counts


def gather_samples(target: Target) -> list[Sample]:
    """Gather entries of the section, or of the sections around where it has few."""
    document, section, style = target.document, target.section, target.style
    own = of_style(section, style)
    chosen = list(zip(own, weights(own, target.paper.id, target.line, _BASE), strict=True))
    if len(own) < FEW:
        chosen += index_of(document).borrowed(section, style, target.paper.id)
    if len(chosen) > _MOST:
        chosen = sorted(chosen, key=lambda pair: -pair[1])[:_MOST]
    samples = [
        Sample(entry, _text_of(document, entry), document.header(entry), weight) for entry, weight in chosen
    ]
    # Of tables with as many columns as the section's last one.
    headers = [document.header(entry) for entry in section.entries if entry.style == style and entry.header]
    width = headers[-1].count("|") if headers else 0
    return [one for one in samples if not width or not one.header or one.header.count("|") == width]


def gather_elsewhere(target: Target) -> list[Sample]:
    """Gather entries that link to another site than arXiv, as if their main link led to the new paper.

    For headings such as a conference's, none of whose papers is linked on arXiv, in a list that links to it.
    """
    document, identifier = target.document, target.paper.id
    if index_of(document).nearest(target.section) is None:
        return []
    found = [
        Sample(replace(entry, ids=(identifier,)), text, document.header(entry), 1.0)
        for entry in target.section.entries
        if entry.style == target.style and entry.urls and not entry.ids
        if (text := _led_to(_text_of(document, entry), entry, identifier.abs_url))
    ]
    return found[-ENOUGH:]


def _led_to(text: str, entry: Entry, address: str) -> str | None:
    """Lead the link of a title, or else one named as the paper's, to arXiv; None where there is neither."""
    links = [link for link in scan_links(text) if link.kind == "link" and link.url]
    labels = [visible(text[slice(*link.label)]) for link in links]
    of_title = [link for link, label in zip(links, labels, strict=True) if label and label in entry.title]
    named = [link for link, label in zip(links, labels, strict=True) if _PAPER_LINK.fullmatch(label)]
    for link in (*of_title, *named)[:1]:
        start = text.find(link.url, link.label[1], link.end)
        if start < 0:  # it is written with escapes: `?id=1&amp;noteId=2` opens `?id=1&noteId=2`
            return f"{text[: link.label[1]]}]({address}){text[link.end :]}"
        return f"{text[:start]}{address}{text[start + len(link.url) :]}"
    return None


def _text_of(document: Document, entry: Entry) -> str:
    return inlined(document.text(entry), document.references)


def shared_words(target: Target, samples: Sequence[Sample]) -> frozenset[str]:
    """Return the words that are form: names of fields most entries share, and what the whole list shares."""
    lines = {entry.line for entry in target.section.entries}
    own = [sample for sample in samples if sample.entry.line in lines]
    samples = own if len(own) > 1 else samples
    samples = samples[:: len(samples) // ENOUGH + 1]
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(_human_runs(sample.text, sample.entry.style))
    names = _NAMES * len(samples)
    any_words = max(_CONSTANT * len(samples), FEW - 1)

    def is_form(run: str, count: int) -> bool:
        if count >= names and may_name_field(run):
            return True
        if count < any_words or _PRAISE.search(run):
            return False
        is_word = _LETTER.search(run) and index_of(target.document).is_shared(run, target.section)
        return bool(_SIGN.fullmatch(run) or is_word)

    return frozenset(run for run, count in counts.items() if is_form(run, count))


@lru_cache(maxsize=REMEMBERED)
def _human_runs(text: str, style: str = "bullet") -> frozenset[str]:
    """Return the runs of words that stand in one line with a field, and the labels of links to arXiv."""
    entry = replace(passage_of(text[FORMATS[style].marker_end(text) :], style), paper=None)
    body, papers = entry.text, [link for link in entry.links if link.id]
    spans = take_apart(entry, (find_whole_links, find_title, *IN_TEXT))
    starts = [span.start for span in spans if span.replacement.fields] + [link.start for link in papers]
    starts += [link.start for link in entry.links if entry.holds_title(link)]
    lines = {body.count("\n", 0, start) for start in starts}
    words = (span for span in spans if span.replacement == HUMAN)
    labels = {visible(body[slice(*link.label)]) for link in papers if link.kind != "bare"}
    return frozenset(labels) | {
        body[span.start : span.end] for span in words if body.count("\n", 0, span.start) in lines
    }
