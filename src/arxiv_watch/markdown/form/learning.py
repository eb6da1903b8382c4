"""Which form a new entry gets: the one that entries of its section, above all those of its time, share.

Samples and the words that they share are gathered (`samples`), each sample becomes a template (`finders`,
`cleaning`), and these vote, of table rows each column by itself; then how links are written (`voting`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.form.filling import without_name
from arxiv_watch.markdown.form.finders import Cells, cells_of, skeleton
from arxiv_watch.markdown.form.samples import (
    Sample,
    Target,
    gather_elsewhere,
    gather_samples,
    index_of,
    is_example,
    of_style,
    shared_words,
)
from arxiv_watch.markdown.form.template import Field, Template
from arxiv_watch.markdown.form.voting import is_whole, most_common, vote, with_links
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import split_cells
from arxiv_watch.markdown.text.fields import code_address, short_name, split_title
from arxiv_watch.papers import Paper

T = TypeVar("T", Template, Cells)
_TICK = re.compile(r"[✓✔☑✅]|\W*(?:yes|true)\W*", re.IGNORECASE)  # matches "✓" and "Yes"
# matches "✗": beside ticks an answer, else a sign that there is nothing
_CROSS = re.compile(r"\W*[×✕✖✗✘❌⛔🚫]\W*")
# matches "[Code]", which says that there is some
_FOUND = re.compile(
    r"\W*(?:code|github|git|repo|project|page|website|data|demo|video|model|weights|open)", re.IGNORECASE
)
_EMPTY = re.compile(  # matches "—" and "n/a", signs of nothing; any other may be a claim, as a tick is
    r"(?:[\s.,;:?/\\~_*`()\[\]{}–—―‐-]|[×✕✖✗✘❌⛔🚫⚠⏳⌛🚧❓❔\ufe0f]|&(?:nbsp|mdash|ndash);|<br ?/?>)*+"
    r"|\W*(?:n\.?/?a\.?|none|nil|null|unknown|tb[acd]|todo|(?:code )?coming soon|soon|pending"
    r"|not (?:yet )?(?:available|released)|unavailable|无|暂无|无代码|未知|待定|未公开|未开源"
    r"|なし|未定|없음)\W*",
    re.IGNORECASE,
)

Rows = list[tuple[Cells, float]]
"""The cells of table rows, each row with how much it counts."""


def learn_form(target: Target) -> Template:
    """Learn the template of a new entry, or refuse where no entry around links to arXiv."""
    samples = gather_samples(target)
    if not of_style(target.section, target.style):
        samples += gather_elsewhere(target)
    if not samples:
        return with_links(_plain(target), target)
    constants = shared_words(target, samples)
    learn = _learn_row if FORMATS[target.style].in_cells else _learn_text
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
    if split_title(target.paper.title):
        shown = _of_its_kind(shown, target.paper.title)
    else:
        shown = [(sample, without_name(form)) for sample, form in shown]
    forms = [(form, sample.weight) for sample, form in shown]
    usable = [pair for pair in forms if is_whole(pair[0])] or forms
    usable = [pair for pair in usable if FORMATS[target.style].is_whole(pair[0].text)] or usable
    return vote(usable, target.document)


def _with_code(
    target: Target, samples: Sequence[Sample], constants: frozenset[str]
) -> list[tuple[Sample, Template]]:
    """Where the new paper's code is known, learn from the entries that link to code, if a third do."""

    def shown(*, code: bool) -> list[tuple[Sample, Template]]:
        return [(s, skeleton(s.text, style=target.style, constants=constants, code=code)) for s in samples]

    if code_address(target.paper):
        with_code = [pair for pair in shown(code=True) if pair[1].has("code")]
        if 3 * len(with_code) >= len(samples):
            return with_code
    return shown(code=False)


def _of_its_kind(shown: list[tuple[Sample, T]], title: str) -> list[tuple[Sample, T]]:
    """For a title `Name: what it does` learn from such, where they part the two or repeat a short name."""
    named = [(sample, form) for sample, form in shown if split_title(sample.entry.title)]
    if any(form.has("rest") for _, form in named):
        return named
    called = [(sample, form) for sample, form in named if short_name(sample.entry.title)]
    repeats_name = short_name(title) and any(form.has("alias") for _, form in called)
    return called if repeats_name else shown


def _learn_row(target: Target, samples: Sequence[Sample], constants: frozenset[str]) -> Template:
    """Learn the form of a table row column by column, down to how an empty cell is written."""
    document, code = target.document, bool(code_address(target.paper))
    shown = [(s, cells_of(s.text, s.header, constants, code=code)) for s in samples]
    if short_name(target.paper.title):  # in a cell of its own a name is one word, as in speech-trident
        shown = _of_its_kind(shown, target.paper.title)
    else:
        shown = [(s, replace(row, forms=tuple(map(without_name, row.forms)))) for s, row in shown]
    rows = [(row, sample.weight) for sample, row in shown]
    width = most_common((len(cells.forms), weight) for cells, weight in rows) or 0
    rows = [pair for pair in rows if len(pair[0].forms) == width]
    before = most_common((cells.outer[0], weight) for cells, weight in rows) or ""
    after = most_common((cells.outer[1], weight) for cells, weight in rows) or ""
    columns = [_learn_cell(rows, column, document) for column in range(width)]
    if sum(bool(sample.entry.number) for sample in samples) * 2 > len(samples):
        columns[0] = Template.join(" ", Field("number"), " ")
    if not is_whole(Template.join(*columns)):
        whole = [pair for pair in rows if is_whole(Template.join(*pair[0].forms))] or rows
        columns = [_learn_cell(whole, column, document) for column in range(width)]
    named = max(len(split_cells(sample.header)) for sample in samples)
    if not columns[-1].strip() and "|" not in after and width <= named:
        after = "|"  # else the pipe before the empty cell would be read as the row's last
    first, *others = columns
    return Template.join(before, first, *(piece for other in others for piece in ("|", other)), after)


def _learn_cell(rows: Rows, column: int, document: Document) -> Template:
    forms = [(cells.forms[column], weight) for cells, weight in rows]
    known = [pair for pair in forms if pair[0].fields]
    form = Template()
    if 2 * sum(weight for _, weight in known) >= sum(weight for _, weight in forms):
        # A column for venues shows a preprint where it says arXiv, or a date alone.
        form = vote([pair for pair in known if Field("venue", "") not in pair[0].parts] or known, document)
    if not form.fields:
        form = Template.join(_empty_cell(rows, column, rows[0][0].names[column]))
    # One blank at most is learned: how far cells are padded is seen when the row is written.
    raws = [(cells.raw[column], weight) for cells, weight in rows]
    left = most_common((" " if raw.lstrip() != raw else "", weight) for raw, weight in raws) or ""
    right = most_common((" " if raw.rstrip() != raw else "", weight) for raw, weight in raws) or ""
    return Template.join(left, form, right) if form else Template.join(left or right)


def _empty_cell(rows: Rows, column: int, name: str) -> str:
    """Return how most cells that nobody has filled are written: `-`, `N/A` or nothing."""
    cells = [(cells.raw[column].strip(), weight) for cells, weight in rows]
    answers = any(_TICK.match(raw) for raw, _ in cells) and not _FOUND.match(name)
    empty = (
        (raw, weight)
        for raw, weight in cells
        if _EMPTY.fullmatch(raw) and not (answers and _CROSS.fullmatch(raw))
    )
    return most_common(empty) or ""
