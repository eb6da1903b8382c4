"""Which form a new table row gets: learned column by column, down to how an empty cell is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from arxiv_watch.markdown.document import Document
from arxiv_watch.markdown.form.filling import without_name
from arxiv_watch.markdown.form.samples import Sample, Target
from arxiv_watch.markdown.form.skeletons import Cells, cells_of
from arxiv_watch.markdown.form.template import Field, Template
from arxiv_watch.markdown.form.voting import is_whole, most_common, vote
from arxiv_watch.markdown.formats.table import split_cells
from arxiv_watch.markdown.text.fields import code_address, short_name

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


def learn_row(target: Target, samples: Sequence[Sample], constants: frozenset[str]) -> Template:
    """Learn the template of a table row from others; `constants` are words that are form."""
    document, code = target.document, bool(code_address(target.paper))
    rows = [(cells_of(s.text, s.header, constants, code=code), s.weight) for s in samples]
    rows = _of_its_kind(rows, samples, target.paper.title)
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


def _of_its_kind(rows: Rows, samples: Sequence[Sample], title: str) -> Rows:
    """For a title with a short name learn from rows that repeat names; for others take such names out."""
    if not short_name(title):
        return [
            (replace(cells, forms=tuple(map(without_name, cells.forms))), weight) for cells, weight in rows
        ]
    named = [row for row, sample in zip(rows, samples, strict=True) if short_name(sample.entry.title)]
    return named if any(form.has("alias") for cells, _ in named for form in cells.forms) else rows


def _learn_cell(rows: Rows, column: int, document: Document) -> Template:
    forms = [(cells.forms[column], weight) for cells, weight in rows]
    known = [pair for pair in forms if pair[0].fields]
    form = Template()
    if 2 * sum(weight for _, weight in known) >= sum(weight for _, weight in forms):
        # A column for venues tells of preprints where it says arXiv, or a date alone.
        form = vote([pair for pair in known if Field("venue", "") not in pair[0].parts] or known, document)
    if not form.fields:
        form = Template.join(_empty_cell(rows, column, rows[0][0].names[column]))
    # How far a cell is padded is no matter: alignment is the maintainer's.
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
