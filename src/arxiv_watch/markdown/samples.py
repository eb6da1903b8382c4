"""The entries a new one is learned from, and the words they share that are form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.around import around
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.inline import inlined, scan_links, visible
from arxiv_watch.markdown.labels import may_name_field
from arxiv_watch.markdown.spans import human_runs
from arxiv_watch.markdown.weighing import of_style, weights

_BASE = 0.1  # what any entry counts; measured on 32 lists with `benchmarks/lists.py`, as the next ones are
_FEW = 4  # entries; below, those of the headings around are asked as well
_ENOUGH, _MOST = 300, 1000  # entries that tell the shared words, and the form; more only cost time
_NAMES, _CONSTANT = 0.6, 0.9  # share of entries from which names of fields, and any equal words, are form
_PAPER_LINK = re.compile(r"\W*(?:paper|pdf|link|论文)\W*", re.IGNORECASE)  # matches "[Paper]"
_SIGN = re.compile(r"\W+")  # matches "→"
_PRAISE = re.compile(r"[⭐★☆🌟🔥👍💯🏆]")  # matches "⭐": what a person thinks of a paper is never form


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry to learn from, its text, and how much it counts."""

    entry: Entry
    text: str
    header: str
    weight: float


def gather_samples(
    document: Document, section: Section, style: str, identifier: ArxivId, line: int | None = None
) -> list[Sample]:
    """Gather entries of the section, or of the sections around where it has few."""
    lines = document.lines
    own = of_style(section, style)
    chosen = list(zip(own, weights(own, identifier, line, _BASE), strict=True))
    if len(own) < _FEW:
        chosen += around(document).borrowed(section, style, identifier)
    width = _width(document, section, style)
    if len(chosen) > _MOST:
        chosen = sorted(chosen, key=lambda pair: -pair[1])[:_MOST]
    return [
        Sample(
            entry,
            _text_of(document, entry),
            lines[entry.header - 1] if entry.header else "",
            weight,
        )
        for entry, weight in chosen
        if not width or not entry.header or lines[entry.header - 1].count("|") == width
    ]


def gather_elsewhere(document: Document, section: Section, style: str, identifier: ArxivId) -> list[Sample]:
    """Gather entries that link to another site than arXiv, as if their main link led to the new paper.

    For headings such as a conference's, none of whose papers is linked on arXiv, in a list that links to it.
    """
    if around(document).nearest(section) is None:
        return []
    found = [
        Sample(replace(entry, ids=(identifier,)), text, header, 1.0)
        for entry in section.entries
        if entry.style == style and entry.urls and not entry.ids
        for header in [document.lines[entry.header - 1] if entry.header else ""]
        if (text := _led_to(_text_of(document, entry), entry, identifier))
    ]
    return found[-_ENOUGH:]


def _led_to(text: str, entry: Entry, identifier: ArxivId) -> str | None:
    """Lead the link of a title, or else one named as the paper's, to arXiv; None where there is neither."""
    links = [link for link in scan_links(text) if link.kind == "link" and link.url]
    labels = [visible(text[slice(*link.label)]) for link in links]
    of_title = [link for link, label in zip(links, labels, strict=True) if label and label in entry.title]
    named = [link for link, label in zip(links, labels, strict=True) if _PAPER_LINK.fullmatch(label)]
    for link in (*of_title, *named)[:1]:
        address = f"https://arxiv.org/abs/{identifier.base}"
        start = text.find(link.url, link.label[1], link.end)
        if start < 0:  # it is written with escapes: `?id=1&amp;noteId=2` opens `?id=1&noteId=2`
            return f"{text[: link.label[1]]}]({address}){text[link.end :]}"
        return f"{text[:start]}{address}{text[start + len(link.url) :]}"
    return None


def _text_of(document: Document, entry: Entry) -> str:
    return inlined("\n".join(document.lines[entry.line - 1 : entry.end_line]), document.references)


def _width(document: Document, section: Section, style: str) -> int:
    """Return the number of pipes of the section's table header, so that only rows alike are learned from."""
    headers = [entry.header for entry in section.entries if entry.style == style and entry.header]
    return document.lines[headers[-1] - 1].count("|") if headers else 0


def shared_words(document: Document, section: Section, samples: Sequence[Sample]) -> frozenset[str]:
    """Return the words that are form: names of fields most entries share, and what the whole list shares."""
    lines = {entry.line for entry in section.entries}
    own = [sample for sample in samples if sample.entry.line in lines]
    samples = own if len(own) > 1 else samples
    samples = samples[:: len(samples) // _ENOUGH + 1]
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(human_runs(sample.text, sample.entry.style))
    names = _NAMES * len(samples)
    any_words = max(_CONSTANT * len(samples), _FEW - 1)
    return frozenset(
        run
        for run, count in counts.items()
        if (count >= names and may_name_field(run))
        or (
            count >= any_words
            and not _PRAISE.search(run)
            and (_SIGN.fullmatch(run) or _is_shared(run, document, section))
        )
    )


def _is_shared(run: str, document: Document, section: Section) -> bool:
    """Return whether most papers under other headings show these words too, so that they name no topic."""
    # Matches a letter of "Paper".
    if not re.search(r"[^\W\d_]", run):
        return False
    everywhere = around(document).lines_with(run, section.style)
    own = {entry.line for entry in of_style(section, section.style)} if section.category else set()
    others = around(document).count(section.style) - len(own)
    return others > 0 and len(everywhere - own) * 2 >= others
