"""The entries that a new one is learned from, and what each counts.

Those nearest in time count most: of the section itself, and where it has few, of the file's other headings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.form.index import closeness, index_of, of_style
from arxiv_watch.markdown.text.inline import inlined, scan_links, visible
from arxiv_watch.papers import Paper

# What entries count was measured on 32 lists with `benchmarks/lists.py`.
_REACH = 3  # identifiers before and after
_NEXT = 0.25  # what the entry beside the new one's place counts more, and the second half of that
_BASE = 0.1  # what any entry counts
_HALVED = 10  # entries from the new one's place, there the base counts half
FEW = 4  # entries; below, those of the headings around are asked as well
ENOUGH, _MOST = 300, 1000  # entries that tell the shared words, and the form; more only cost time
_PAPER_LINK = re.compile(r"\W*(?:paper|pdf|link|论文)\W*", re.IGNORECASE)  # matches "[Paper]"


@dataclass(frozen=True, slots=True)
class Target:
    """A new entry whose form is to be learned.

    Attributes:
        document: The file.
        section: The section the entry goes to.
        style: The style of its neighbour there.
        paper: The new paper; entries of its time count most.
        line: The line it goes to, if that is known; entries beside it count most, too.
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
    """Weigh entries: those of the paper's month, those with the next identifiers, and those beside its place.

    Args:
        entries: The entries of one section.
        identifier: The new paper.
        line: The line it goes to; what stands there was mostly added last.
        base: What the entry next to that place counts for itself, and those ten further on half as much.
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
