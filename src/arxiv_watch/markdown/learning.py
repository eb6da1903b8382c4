"""Which form a new entry gets: the one that entries of its section, above all those of its time, share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.anatomy import is_element, marker_end
from arxiv_watch.markdown.around import ABSTRACT, LinkForms, around, is_example, link_forms
from arxiv_watch.markdown.authors import ALL, AllAuthors, usual_manner
from arxiv_watch.markdown.cleaning import clean
from arxiv_watch.markdown.code_links import code_address
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.fields import settle
from arxiv_watch.markdown.filling import without_name
from arxiv_watch.markdown.labels import short_name, split_title
from arxiv_watch.markdown.rows import split_cells
from arxiv_watch.markdown.samples import Sample, gather_elsewhere, gather_samples, shared_words
from arxiv_watch.markdown.style import Cells, cells_of, skeleton
from arxiv_watch.markdown.template import HUMAN, Field, Part, Template, field
from arxiv_watch.markdown.venues import PREPRINT
from arxiv_watch.markdown.weighing import closeness, most_common, of_style, weights
from arxiv_watch.papers import Paper

_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_HABIT = 24  # months after which the links of a section show no habit of today
_LAST = 8  # entries of a section, the last of which tell how a preprint is called
_DATED = {"date", "venue"}  # fields whose form has a date
_URL, _VENUE = Field("url"), Field("venue")  # how they are written is told later
_PLAIN = {"bullet", "paragraph"}  # written as a linked title, where there is nothing to learn from
_LETTER = re.compile(r"\w")  # matches "a"
_NEWLINE = re.compile(r"\n")  # matches "\n"
_INTO_LINK = re.compile(r"\W*\]\(<?")  # matches "](" between a link's text and its address
# matches "In *Proceedings of " and "In *" before a venue
_PUBLISHED_IN = re.compile(r"\b(?:in|at|proceedings of(?: the)?)[ \t]+[*_]{0,2}\Z", re.IGNORECASE)
_NAMED = re.compile(r"arxiv:\s?\Z", re.IGNORECASE)  # matches "arXiv: " before an identifier
_PAGE = re.compile(r"(?<!\S)\S*/(abs|pdf|html)/\S*")  # matches "https://arxiv.org/abs/{id}"
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

Forms = list[tuple[Template, float]]
"""Templates of entries, each with how much it counts."""


def learn_form(
    document: Document, section: Section, style: str, paper: Paper, line: int | None = None
) -> Template:
    """Learn the template of a new entry.

    Args:
        document: The file.
        section: The section the entry goes to.
        style: The style of its neighbour there.
        paper: The new paper; entries of its time count most.
        line: The line it goes to; entries beside it count most, too.

    Raises:
        EditRefusedError: No entry around links to arXiv.
    """
    samples = gather_samples(document, section, style, paper.id, line)
    if not of_style(section, style):
        samples += gather_elsewhere(document, section, style, paper.id)
    if not samples and style in _PLAIN and around(document).nearest(section):
        last = document.lines[section.entries[-1].line - 1]
        marker = last[: marker_end(last, style)]
        form = Template.join(marker, "[", Field("title"), "](", Field("url"), ")")
        return _with_links(form, _links(document, section, style, paper.id, line))
    if not samples:
        raise EditRefusedError(
            f"{document.path}:{section.line}: no entry under {format_path(section.path)!r} links to arXiv",
            "give a `template:` in the config",
        )
    preprint = partial(_preprint_form, document)
    constants = shared_words(document, section, samples)
    code = bool(code_address(paper))
    if style == "table":
        rows = [(cells_of(s.text, s.header, constants, code=code), s.weight) for s in samples]
        row = _learn_row(samples, _rows_of_its_kind(rows, samples, paper), preprint)
        return _with_links(row, _links(document, section, style, paper.id, line))
    forms = [(skeleton(s.text, style=style, constants=constants, code=code), s.weight) for s in samples]
    if 3 * sum(form.has("code") for form, _ in forms) < len(forms):  # a link that few have is no form
        forms = [(skeleton(s.text, style=style, constants=constants), s.weight) for s in samples]
    elif code:
        pairs = [pair for pair in zip(forms, samples, strict=True) if pair[0][0].has("code")]
        forms, samples = [form for form, _ in pairs], [sample for _, sample in pairs]
    forms = _of_its_kind(forms, samples, paper)
    usable = [(form, weight) for form, weight in forms if _is_whole(form)] or forms
    if style == "html":
        usable = [(form, weight) for form, weight in usable if is_element(form.text)] or usable
    return _with_links(_vote(usable, preprint), _links(document, section, style, paper.id, line))


def _of_its_kind(forms: Forms, samples: Sequence[Sample], paper: Paper) -> Forms:
    """For a title with a short name learn from those that have one; for others as if none had one."""
    if split_title(paper.title) is None:
        return [(without_name(form), weight) for form, weight in forms]
    named = [form for form, sample in zip(forms, samples, strict=True) if split_title(sample.entry.title)]
    if any(form.has("rest") for form, _ in named):
        return named
    called = [form for form, sample in zip(forms, samples, strict=True) if short_name(sample.entry.title)]
    repeats = short_name(paper.title) and any(form.has("alias") for form, _ in called)
    return called if repeats else forms


def _rows_of_its_kind(
    rows: list[tuple[Cells, float]], samples: Sequence[Sample], paper: Paper
) -> list[tuple[Cells, float]]:
    """For a title with a short name learn from rows that repeat names; for others take such names out."""
    if not short_name(paper.title):
        return [
            (replace(cells, forms=tuple(map(without_name, cells.forms))), weight) for cells, weight in rows
        ]
    named = [row for row, sample in zip(rows, samples, strict=True) if short_name(sample.entry.title)]
    return named if any(form.has("alias") for cells, _ in named for form in cells.forms) else rows


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
    return head, learn_form(document, nearest, last.style, paper)


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


def _vote(forms: Forms, preprint: Callable[[], str]) -> Template:
    """Choose a template by its words and marks, then its blanks, then the form of its links and venue."""
    settled = _settled(forms)
    votes = [(_abstract(form), weight) for form, weight in settled]
    best = _winner((_trimmed(form), weight) for form, weight in votes)
    preprints = [(form, weight) for form, weight in settled if _preprint_name([(form, weight)], str)]
    told = any(_trimmed(_abstract(form)) == best for form, _ in preprints)
    if best.has("venue") and preprints and not told:  # how proceedings are named tells of no preprint
        settled, votes = preprints, [(_abstract(form), weight) for form, weight in preprints]
        best = _winner((_trimmed(form), weight) for form, weight in votes)
    exact = _winner((form, weight) for form, weight in votes if _trimmed(form) == best)
    if _links_venue(exact) and not _preprint_name(settled, preprint):
        unpublished = [(form, weight) for form, weight in votes if not form.has("venue")]
        exact = _winner(unpublished) or exact.filled(lambda part: "arXiv" if part == _VENUE else part)
    return _with_authors(_with_venue(exact, settled, preprint), settled)


def _winner(votes: Iterable[tuple[Template, float]]) -> Template:
    return most_common(votes) or Template()


def _links_venue(form: Template) -> bool:
    """Return whether a venue alone is a link's text: without it, nothing would be left to click on."""
    fours = zip(form.parts, form.parts[1:], form.parts[2:], form.parts[3:], strict=False)
    return any(
        venue == _VENUE
        and not (isinstance(before, str) and _LETTER.match(before[-1]))
        and isinstance(between, str)
        and _INTO_LINK.fullmatch(between)
        and isinstance(url, Field)
        and url.kind == "url"
        for before, venue, between, url in fours
    )


def _abstract(form: Template) -> Template:
    """Leave out of a template what is chosen by itself: how links, authors and venues are written."""
    return form.filled(_abstracted)


def _abstracted(part: Field) -> Field:
    if part.kind == "authors":
        return replace(part, form=ALL) if isinstance(part.form, AllAuthors) else part
    return Field(part.kind) if part.kind in {"url", "venue"} else part


def _with_authors(form: Template, forms: Forms) -> Template:
    """Write the authors of a template, where all are named, the way most of some entries do."""
    found = [
        (part.form, weight)
        for other, weight in forms
        for part in other.fields
        if isinstance(part.form, AllAuthors)
    ]
    usual = Field("authors", usual_manner(found))
    return form.filled(lambda part: usual if isinstance(part.form, AllAuthors) else part)


def _links(
    document: Document, section: Section, style: str, identifier: ArxivId, line: int | None
) -> list[tuple[LinkForms, float]]:
    """Return how the links of each entry are written; people keep a form for a time, wherever they are."""
    own = of_style(section, style)
    in_use = any(abs(entry.ids[0].month_index - identifier.month_index) <= _HABIT for entry in own)
    weighed = [
        (link_forms(entry), weight * _OWN_LINKS - closeness(entry, identifier) * section.category)
        for entry, weight in zip(own, weights(own, identifier, line if in_use else None), strict=True)
    ]
    return weighed + around(document).links(style, identifier)


def _with_links(form: Template, links: Sequence[tuple[LinkForms, float]]) -> Template:
    """Write the links of a template as most entries with as many do: to which page first, then how."""
    count = form.parts.count(_URL)
    votes = [(forms[:count], weight) for forms, weight in links if len(forms) >= count]
    votes.append(((ABSTRACT,) * count, 0.01))
    pages = most_common((_pages(urls), weight) for urls, weight in votes)
    chosen = iter(most_common(vote for vote in votes if _pages(vote[0]) == pages) or ())
    return form.filled(lambda part: Field("url", next(chosen)) if part == _URL else part)


def _pages(urls: LinkForms) -> LinkForms:
    return tuple(_PAGE.sub(r"\1", url) for url in urls)


def _settled(forms: Forms) -> list[tuple[Template, float]]:
    """Settle what doubtful dates of each form mean by those of all."""
    meaning = settle(str(part.form) for form, _ in forms for part in form.fields if part.kind in _DATED)
    return [(form.filled(lambda part: _meant(part, meaning)), weight) for form, weight in forms]


def _meant(part: Field, meaning: Callable[[str], str]) -> Field:
    return Field(part.kind, meaning(str(part.form))) if part.kind in _DATED and part.form else part


def _preprint_form(document: Document) -> str:
    """Return how the list most often calls a preprint, wherever it does; empty if nowhere."""
    counts: Counter[str] = Counter()
    for section in document.sections:
        for entry in section.entries[-_LAST:] if section.category else ():
            text = "\n".join(document.lines[entry.line - 1 : entry.end_line])
            if PREPRINT.search(text):
                forms = [skeleton(text)] if entry.style != "table" else cells_of(text, "").forms
                counts.update(found for form in forms for found in _venues(form) if found)
    meaning = settle(counts)
    return meaning(max(counts, key=lambda form: counts[form], default=""))


def _venues(form: Template) -> list[str]:
    """Return how each venue is written: nothing for a venue's own name."""
    return [str(part.form) for part in form.fields if part.kind == "venue" and part.form is not None]


def _with_venue(form: Template, forms: Forms, preprint: Callable[[], str]) -> Template:
    """Put the list's way to call a preprint in each place of a venue, or take the place out.

    Where the form says arXiv already, or others are written alike without a venue, it needs no second word;
    and a preprint is in no proceedings.
    """
    count = form.parts.count(_VENUE)
    alike = [(found, weight) for other, weight in forms if len(found := _venues(other)) == count]
    names = [
        most_common((found[place], weight) for found, weight in alike if found[place]) or ""
        for place in range(count)
    ]
    if count and not any(names):
        bare = clean(form.filled(lambda part: HUMAN if part == _VENUE else part))
        told = PREPRINT.search(bare.text) or any(_is_published(*pair) for pair in pairwise(form.parts))
        if not told and not any(_abstract(other) == bare for other, _ in forms):
            names[0] = _preprint_name(forms, preprint)
    called = iter([field("venue", name) if name else HUMAN for name in names])
    return clean(form.filled(lambda part: next(called) if part == _VENUE else part))


def _is_published(before: Part, part: Part) -> bool:
    return part == _VENUE and isinstance(before, str) and bool(_PUBLISHED_IN.search(before))


def _preprint_name(forms: Forms, preprint: Callable[[], str]) -> str:
    """Return how most of some entries, or else of the list, call a preprint."""
    names = [(found, weight) for form, weight in forms for found in _venues(form) if found]
    return most_common(names) or preprint()


def _trimmed(form: Template) -> Template:
    """Take the blanks off the end of each line."""
    if "\n" not in form.text:
        return form.rstrip()
    first, *others = form.split(_NEWLINE)
    return Template.join(first.rstrip(), *(piece for line in others for piece in ("\n", line.rstrip())))


def _learn_row(
    samples: Sequence[Sample], rows: Sequence[tuple[Cells, float]], preprint: Callable[[], str]
) -> Template:
    """Learn a table row column by column."""
    width = most_common((len(cells.forms), weight) for cells, weight in rows) or 0
    rows = [(cells, weight) for cells, weight in rows if len(cells.forms) == width]
    before = most_common((cells.outer[0], weight) for cells, weight in rows) or ""
    after = most_common((cells.outer[1], weight) for cells, weight in rows) or ""
    columns = [_learn_cell(rows, column, preprint) for column in range(width)]
    if sum(bool(sample.entry.number) for sample in samples) * 2 > len(samples):
        columns[0] = Template.join(" ", Field("number"), " ")
    if not _is_whole(Template.join(*columns)):
        whole = [(cells, weight) for cells, weight in rows if _is_whole(Template.join(*cells.forms))] or rows
        columns = [_learn_cell(whole, column, preprint) for column in range(width)]
    named = max(len(split_cells(sample.header)) for sample in samples)
    if not columns[-1].strip() and "|" not in after and width <= named:
        after = "|"  # else the pipe before the empty cell would be read as the row's last
    first, *others = columns
    return Template.join(before, first, *(piece for other in others for piece in ("|", other)), after)


def _learn_cell(rows: Sequence[tuple[Cells, float]], column: int, preprint: Callable[[], str]) -> Template:
    settled = _settled([(cells.forms[column], weight) for cells, weight in rows])
    total = sum(weight for _, weight in settled)
    form = _winner((_abstract(form), weight) for form, weight in settled)
    known = [(form, weight) for form, weight in settled if form.fields]
    if sum(weight for _, weight in known) * 2 >= total:
        known = [pair for pair in known if Field("venue", "") not in pair[0].parts] or known
        form = _with_venue(_winner((_abstract(form), weight) for form, weight in known), known, preprint)
        form = _with_authors(form, known)
    if not form.fields:
        form = Template.join(_empty_cell(rows, column, rows[0][0].names[column]))
    left = most_common((_pad(cells.raw[column], str.lstrip), weight) for cells, weight in rows) or ""
    right = most_common((_pad(cells.raw[column], str.rstrip), weight) for cells, weight in rows) or ""
    return Template.join(left, form, right) if form else Template.join(left or right)


def _empty_cell(rows: Sequence[tuple[Cells, float]], column: int, name: str) -> str:
    """Return how most cells that nobody has filled are written: `-`, `N/A` or nothing."""
    cells = [(cells.raw[column].strip(), weight) for cells, weight in rows]
    answers = any(_TICK.match(raw) for raw, _ in cells) and not _FOUND.match(name)
    empty = (
        (raw, weight)
        for raw, weight in cells
        if _EMPTY.fullmatch(raw) and not (answers and _CROSS.fullmatch(raw))
    )
    return most_common(empty) or ""


def _pad(raw: str, strip: Callable[[str], str]) -> str:
    """Return a blank if a cell is padded; how far is no matter, alignment is the maintainer's."""
    return " " if raw and strip(raw) != raw else ""
