"""Which form a new entry gets: the one that entries of its section, above all those of its time, share.

Samples are chosen (`samples`), the words that they share are told (`words`), each sample becomes a template
(`skeletons`, with `finders` and `cleaning`), and these vote (`voting`; row by row in `rows`); how links are
written is told at the end (`linking`).
"""

from __future__ import annotations

from collections.abc import Sequence

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.form.filling import without_name
from arxiv_watch.markdown.form.index import index_of, is_example, of_style
from arxiv_watch.markdown.form.linking import with_links
from arxiv_watch.markdown.form.rows import learn_row
from arxiv_watch.markdown.form.samples import Sample, Target, gather_elsewhere, gather_samples
from arxiv_watch.markdown.form.skeletons import skeleton
from arxiv_watch.markdown.form.template import Field, Template
from arxiv_watch.markdown.form.voting import Forms, is_whole, vote
from arxiv_watch.markdown.form.words import shared_words
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.text.fields import code_address, short_name, split_title
from arxiv_watch.papers import Paper

Shown = list[tuple[Sample, Template]]
"""Entries, each with its own template."""


def learn_form(target: Target) -> Template:
    """Learn the template of a new entry.

    Raises:
        EditRefusedError: No entry around links to arXiv.
    """
    samples = gather_samples(target)
    if not of_style(target.section, target.style):
        samples += gather_elsewhere(target)
    if not samples:
        return with_links(_plain(target), target)
    constants = shared_words(target, samples)
    learn = learn_row if FORMATS[target.style].in_cells else _learn_text
    return with_links(learn(target, samples, constants), target)


def _plain(target: Target) -> Template:
    """Return a linked title behind the marker of the last entry, in a list that links to arXiv elsewhere."""
    document, section = target.document, target.section
    if not FORMATS[target.style].is_plain or not index_of(document).nearest(section):
        raise EditRefusedError(
            f"{document.path}:{section.line}: no entry under {format_path(section.path)!r} links to arXiv",
            "give a `template:` in the config",
        )
    last = document.lines[section.entries[-1].line - 1]
    marker = last[: FORMATS[target.style].marker_end(last)]
    return Template.join(marker, "[", Field("title"), "](", Field("url"), ")")


def learn_from_siblings(
    document: Document, section: Section, paper: Paper
) -> tuple[tuple[str, ...], Template]:
    """Learn the template of the first entry under a heading from the nearest heading beside it.

    Returns:
        The lines of the table's header, where the entries are rows, and the template.

    Raises:
        EditRefusedError: No heading of the file has entries to learn from.
    """
    nearest = index_of(document).nearest(section)
    if nearest is None:
        raise EditRefusedError(
            f"{document.path}: no entry anywhere to learn a style from", "give a `template:` in the config"
        )
    last = next(entry for entry in reversed(nearest.entries) if is_example(entry))
    head = document.lines[last.header - 1 : last.header + 1] if last.header else ()
    return head, learn_form(Target(document, nearest, last.style, paper))


def _learn_text(target: Target, samples: Sequence[Sample], constants: frozenset[str]) -> Template:
    """Learn the form of an entry that is no table row."""
    shown = _with_code(target, samples, constants)
    forms = _of_its_kind(shown, target.paper.title)
    usable = [pair for pair in forms if is_whole(pair[0])] or forms
    usable = [pair for pair in usable if FORMATS[target.style].is_whole(pair[0].text)] or usable
    return vote(usable, target.document)


def _with_code(target: Target, samples: Sequence[Sample], constants: frozenset[str]) -> Shown:
    """Where the new paper's code is known, learn from the entries that link to code, if a third do."""

    def shown(*, code: bool) -> Shown:
        return [(s, skeleton(s.text, style=target.style, constants=constants, code=code)) for s in samples]

    if code_address(target.paper):
        with_code = [pair for pair in shown(code=True) if pair[1].has("code")]
        if 3 * len(with_code) >= len(samples):
            return with_code
    return shown(code=False)


def _of_its_kind(shown: Shown, title: str) -> Forms:
    """For a title with a short name learn from those that have one; for others as if none had one."""
    if split_title(title) is None:
        return [(without_name(form), sample.weight) for sample, form in shown]
    named = [(sample, form) for sample, form in shown if split_title(sample.entry.title)]
    called = [(sample, form) for sample, form in named if short_name(sample.entry.title)]
    if any(form.has("rest") for _, form in named):
        shown = named
    elif short_name(title) and any(form.has("alias") for _, form in called):
        shown = called
    return [(form, sample.weight) for sample, form in shown]
