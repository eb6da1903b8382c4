"""The words that are form, because most entries share them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from arxiv_watch.markdown.form.finders import IN_TEXT, find_title, find_whole_links, take_apart
from arxiv_watch.markdown.form.index import index_of
from arxiv_watch.markdown.form.samples import ENOUGH, FEW, Sample, Target
from arxiv_watch.markdown.form.skeletons import REMEMBERED, passage_of
from arxiv_watch.markdown.form.template import HUMAN
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.fields import may_name_field
from arxiv_watch.markdown.text.inline import visible

_NAMES, _CONSTANT = 0.6, 0.9  # share of entries from which names of fields, and any equal words, are form
_LETTER = re.compile(r"[^\W\d_]")  # matches a letter of "Paper"
_SIGN = re.compile(r"\W+")  # matches "→"
_PRAISE = re.compile(r"[⭐★☆🌟🔥👍💯🏆]")  # matches "⭐": what a person thinks of a paper is never form


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
    starts = [span.start for span in spans if span.stand_in.fields] + [link.start for link in papers]
    starts += [link.start for link in entry.links if entry.holds_title(link)]
    lines = {body.count("\n", 0, start) for start in starts}
    words = (span for span in spans if span.stand_in == HUMAN)
    labels = {visible(body[slice(*link.label)]) for link in papers if link.kind != "bare"}
    return frozenset(labels) | {
        body[span.start : span.end] for span in words if body.count("\n", 0, span.start) in lines
    }
