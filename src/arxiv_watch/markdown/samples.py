"""The entries a new one is learned from, and the words they share that are form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.around import around
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.inline import inlined
from arxiv_watch.markdown.labels import may_name_field
from arxiv_watch.markdown.spans import human_runs
from arxiv_watch.markdown.weighing import of_style, weights

_BASE = 0.1  # what any entry counts; measured on 32 lists with `benchmarks/lists.py`, as the next ones are
_FEW = 4  # entries; below, those of the headings around are asked as well
_ENOUGH, _MOST = 300, 1000  # entries that tell the shared words, and the form; more only cost time
_NAMES, _CONSTANT = 0.6, 0.9  # share of entries from which names of fields, and any equal words, are form
_SIGN = re.compile(r"\W+")
_PRAISE = re.compile(r"[⭐★☆🌟🔥👍💯🏆]")  # what a person thinks of a paper is never form


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
            inlined("\n".join(lines[entry.line - 1 : entry.end_line]), document.references),
            lines[entry.header - 1] if entry.header else "",
            weight,
        )
        for entry, weight in chosen
        if not width or not entry.header or lines[entry.header - 1].count("|") == width
    ]


def _width(document: Document, section: Section, style: str) -> int:
    """Return the number of pipes of the section's table header, so that only rows alike are learned from."""
    headers = [entry.header for entry in section.entries if entry.style == style and entry.header]
    return document.lines[headers[-1] - 1].count("|") if headers else 0


def shared_words(document: Document, section: Section, samples: Sequence[Sample]) -> frozenset[str]:
    """Tell which words are form: names of fields that most entries share, and what the whole list shares."""
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
    if not re.search(r"[^\W\d_]", run):
        return False
    everywhere = around(document).lines_with(run, section.style)
    own = {entry.line for entry in of_style(section, section.style)} if section.category else set()
    others = around(document).count(section.style) - len(own)
    return others > 0 and len(everywhere - own) * 2 >= others
