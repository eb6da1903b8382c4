"""Which form a new entry gets: the one that entries of its section, above all those of its time, share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.form.filling import without_name
from arxiv_watch.markdown.form.neighbours import (
    Sample,
    Target,
    around,
    gather_elsewhere,
    gather_samples,
    is_example,
    most_common,
    of_style,
    shared_words,
)
from arxiv_watch.markdown.form.spans import Cells, cells_of, skeleton
from arxiv_watch.markdown.form.template import Field, Part, Template
from arxiv_watch.markdown.form.wording import (
    VENUE_FIELD,
    Forms,
    abstract,
    preprint_name,
    settled_dates,
    winner,
    with_authors,
    with_links,
    with_venue,
)
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import split_cells
from arxiv_watch.markdown.text.fields import code_address
from arxiv_watch.markdown.text.labels import short_name, split_title
from arxiv_watch.papers import Paper

_LETTER = re.compile(r"\w")  # matches "a"
_NEWLINE = re.compile(r"\n")  # matches "\n"
_INTO_LINK = re.compile(r"\W*\]\(<?")  # matches "](" between a link's text and its address
_NAMED = re.compile(r"arxiv:\s?\Z", re.IGNORECASE)  # matches "arXiv: " before an identifier
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
    """Learn the template of a new entry.

    Raises:
        EditRefusedError: No entry around links to arXiv.
    """
    samples = gather_samples(target)
    if not of_style(target.section, target.style):
        samples += gather_elsewhere(target)
    if not samples:
        return with_links(_plain(target), target)
    constants, code = shared_words(target, samples), bool(code_address(target.paper))
    learn = _learn_row if FORMATS[target.style].in_cells else _learn_text
    return with_links(learn(target, samples, constants, code=code), target)


def _plain(target: Target) -> Template:
    """Return a linked title behind the marker of the last entry, in a list that links to arXiv elsewhere."""
    document, section = target.document, target.section
    if not FORMATS[target.style].is_plain or not around(document).nearest(section):
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
    nearest = around(document).nearest(section)
    if nearest is None:
        raise EditRefusedError(
            f"{document.path}: no entry anywhere to learn a style from", "give a `template:` in the config"
        )
    last = next(entry for entry in reversed(nearest.entries) if is_example(entry))
    head = document.lines[last.header - 1 : last.header + 1] if last.header else ()
    return head, learn_form(Target(document, nearest, last.style, paper))


def _learn_text(
    target: Target, samples: Sequence[Sample], constants: frozenset[str], *, code: bool
) -> Template:
    """Learn the form of an entry that is no table row."""
    style = target.style
    forms = [(skeleton(s.text, style=style, constants=constants, code=code), s.weight) for s in samples]
    if 3 * sum(form.has("code") for form, _ in forms) < len(forms):  # a link that few have is no form
        forms = [(skeleton(s.text, style=style, constants=constants), s.weight) for s in samples]
    elif code:
        pairs = [pair for pair in zip(forms, samples, strict=True) if pair[0][0].has("code")]
        forms, samples = [form for form, _ in pairs], [sample for _, sample in pairs]
    forms = _of_its_kind(forms, samples, target.paper)
    usable = [pair for pair in forms if _is_whole(pair[0])] or forms
    usable = [pair for pair in usable if FORMATS[style].is_whole(pair[0].text)] or usable
    return _vote(usable, target.document)


def _of_its_kind(forms: Forms, samples: Sequence[Sample], paper: Paper) -> Forms:
    """For a title with a short name learn from those that have one; for others as if none had one."""
    if split_title(paper.title) is None:
        return [(without_name(form), weight) for form, weight in forms]
    pairs = list(zip(forms, samples, strict=True))
    named = [form for form, sample in pairs if split_title(sample.entry.title)]
    if any(form.has("rest") for form, _ in named):
        return named
    called = [form for form, sample in pairs if short_name(sample.entry.title)]
    repeats = short_name(paper.title) and any(form.has("alias") for form, _ in called)
    return called if repeats else forms


def _is_whole(form: Template) -> bool:
    if form.text.count("(") != form.text.count(")") or form.text.count("[") != form.text.count("]"):
        return False  # a slip of the pen such as `[[PDF](https://…] `, which no other entry should copy
    return _links_to_arxiv(form) and form.has("title", "rest", "name")


def _links_to_arxiv(form: Template) -> bool:
    """Return whether a paper's page can be reached: by a link, or an identifier that is called arXiv's."""
    if form.has("url"):
        return True
    return any(
        part == Field("id")
        and isinstance(before, str)
        and (_NAMED.search(before) or (before in {":", ": "} and _is_arxiv(name)))
        for name, before, part in zip((None, *form.parts), form.parts, form.parts[1:], strict=False)
    )


def _is_arxiv(part: Part | None) -> bool:
    return isinstance(part, Field) and part.kind == "venue" and str(part.form).casefold() == "arxiv"


def _vote(forms: Forms, document: Document) -> Template:
    """Choose a template by its words and marks, then its blanks, then the form of its links and venue."""
    settled = settled_dates(forms)
    votes = [(abstract(form), weight) for form, weight in settled]
    best = winner((_trimmed(form), weight) for form, weight in votes)
    preprints = [pair for pair in settled if preprint_name([pair])]
    told = any(_trimmed(abstract(form)) == best for form, _ in preprints)
    if best.has("venue") and preprints and not told:  # how proceedings are named tells of no preprint
        settled, votes = preprints, [(abstract(form), weight) for form, weight in preprints]
        best = winner((_trimmed(form), weight) for form, weight in votes)
    exact = winner((form, weight) for form, weight in votes if _trimmed(form) == best)
    if _links_venue(exact) and not preprint_name(settled, document):
        unpublished = [(form, weight) for form, weight in votes if not form.has("venue")]
        exact = winner(unpublished) or exact.filled(lambda part: "arXiv" if part == VENUE_FIELD else part)
    return with_authors(with_venue(exact, settled, document), settled)


def _links_venue(form: Template) -> bool:
    """Return whether a venue alone is a link's text: without it, nothing would be left to click on."""
    fours = zip(form.parts, form.parts[1:], form.parts[2:], form.parts[3:], strict=False)
    return any(
        venue == VENUE_FIELD
        and not (isinstance(before, str) and _LETTER.match(before[-1]))
        and isinstance(between, str)
        and _INTO_LINK.fullmatch(between)
        and isinstance(url, Field)
        and url.kind == "url"
        for before, venue, between, url in fours
    )


def _trimmed(form: Template) -> Template:
    """Take the blanks off the end of each line."""
    if "\n" not in form.text:
        return form.rstrip()
    first, *others = form.split(_NEWLINE)
    return Template.join(first.rstrip(), *(piece for line in others for piece in ("\n", line.rstrip())))


def _learn_row(
    target: Target, samples: Sequence[Sample], constants: frozenset[str], *, code: bool
) -> Template:
    """Learn a table row column by column."""
    rows = [(cells_of(s.text, s.header, constants, code=code), s.weight) for s in samples]
    rows = _rows_of_its_kind(rows, samples, target.paper)
    width = most_common((len(cells.forms), weight) for cells, weight in rows) or 0
    rows = [pair for pair in rows if len(pair[0].forms) == width]
    before = most_common((cells.outer[0], weight) for cells, weight in rows) or ""
    after = most_common((cells.outer[1], weight) for cells, weight in rows) or ""
    columns = [_learn_cell(rows, column, target.document) for column in range(width)]
    if sum(bool(sample.entry.number) for sample in samples) * 2 > len(samples):
        columns[0] = Template.join(" ", Field("number"), " ")
    if not _is_whole(Template.join(*columns)):
        whole = [pair for pair in rows if _is_whole(Template.join(*pair[0].forms))] or rows
        columns = [_learn_cell(whole, column, target.document) for column in range(width)]
    named = max(len(split_cells(sample.header)) for sample in samples)
    if not columns[-1].strip() and "|" not in after and width <= named:
        after = "|"  # else the pipe before the empty cell would be read as the row's last
    first, *others = columns
    return Template.join(before, first, *(piece for other in others for piece in ("|", other)), after)


def _rows_of_its_kind(rows: Rows, samples: Sequence[Sample], paper: Paper) -> Rows:
    """For a title with a short name learn from rows that repeat names; for others take such names out."""
    if not short_name(paper.title):
        return [
            (replace(cells, forms=tuple(map(without_name, cells.forms))), weight) for cells, weight in rows
        ]
    named = [row for row, sample in zip(rows, samples, strict=True) if short_name(sample.entry.title)]
    return named if any(form.has("alias") for cells, _ in named for form in cells.forms) else rows


def _learn_cell(rows: Rows, column: int, document: Document) -> Template:
    settled = settled_dates([(cells.forms[column], weight) for cells, weight in rows])
    total = sum(weight for _, weight in settled)
    form = winner((abstract(form), weight) for form, weight in settled)
    known = [pair for pair in settled if pair[0].fields]
    if sum(weight for _, weight in known) * 2 >= total:
        known = [pair for pair in known if Field("venue", "") not in pair[0].parts] or known
        form = with_venue(winner((abstract(form), weight) for form, weight in known), known, document)
        form = with_authors(form, known)
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
