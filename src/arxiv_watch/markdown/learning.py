"""Which form a new entry gets: the one that entries of its section, above all those of its time, share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.anatomy import is_element, marker_end
from arxiv_watch.markdown.around import ABSTRACT, LinkForms, around, is_example, link_forms
from arxiv_watch.markdown.authors import with_manner
from arxiv_watch.markdown.cleaning import FIELD, HUMAN, clean, field
from arxiv_watch.markdown.code_links import code_address
from arxiv_watch.markdown.document import Document, Section
from arxiv_watch.markdown.fields import settle
from arxiv_watch.markdown.labels import short_name, split_title
from arxiv_watch.markdown.rows import split_cells
from arxiv_watch.markdown.samples import Sample, gather_elsewhere, gather_samples, shared_words
from arxiv_watch.markdown.style import Cells, cells_of, skeleton
from arxiv_watch.markdown.template import without_name
from arxiv_watch.markdown.venues import PREPRINT
from arxiv_watch.markdown.weighing import closeness, most_common, of_style, weights
from arxiv_watch.papers import Paper

_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_HABIT = 24  # months after which the links of a section show no habit of today
_LAST = 8  # entries of a section, the last of which tell how a preprint is called
_PLAIN = {"bullet", "paragraph"}  # written as a linked title, where there is nothing to learn from
_VENUE = re.compile("\x01venue:([^\x01\x02]*)\x02")  # matches "\x01venue:arXiv {Y}\x02"
# matches "\x01url" and "arXiv:\x01id"
_LINK = re.compile("\x01url|(?i:arxiv\x02?|\x01venue:arxiv\x02):\\s?\x01id")
# matches "[\x01venue\x02](\x01url": a link must keep a text
_VENUE_LINK = re.compile("[^\\w\x01]\x01venue\x02[^\\w\x01]*\\]\\(<?\x01url")
_MANNER = re.compile("(\x01authors:full)\\|[^\x02]*")  # matches "\x01authors:full|names| and |3|"
_PAGE = re.compile(r"(?<!\S)\S*/(abs|pdf|html)/\S*")  # matches "https://arxiv.org/abs/{id}"
_URL = re.compile("\x01url:([^\x01\x02]*)\x02")  # matches "\x01url:https://arxiv.org/abs/{id}\x02"
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


def learn_form(
    document: Document, section: Section, style: str, paper: Paper, line: int | None = None
) -> str:
    """Learn the skeleton of a new entry.

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
        form = f"{last[: marker_end(last, style)]}[{field('title')}]({field('url')})"
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
    if 3 * sum(field("code") in form for form, _ in forms) < len(forms):  # a link that few have is no form
        forms = [(skeleton(s.text, style=style, constants=constants), s.weight) for s in samples]
    elif code:
        pairs = [pair for pair in zip(forms, samples, strict=True) if field("code") in pair[0][0]]
        forms, samples = [form for form, _ in pairs], [sample for _, sample in pairs]
    forms = _of_its_kind(forms, samples, paper)
    usable = [(form, weight) for form, weight in forms if _is_whole(form)] or forms
    if style == "html":
        usable = [(form, weight) for form, weight in usable if is_element(form)] or usable
    return _with_links(_vote(usable, preprint), _links(document, section, style, paper.id, line))


def _of_its_kind(
    forms: list[tuple[str, float]], samples: Sequence[Sample], paper: Paper
) -> list[tuple[str, float]]:
    """For a title with a short name learn from those that have one; for others as if none had one."""
    if split_title(paper.title) is None:
        return [(without_name(form), weight) for form, weight in forms]
    named = [form for form, sample in zip(forms, samples, strict=True) if split_title(sample.entry.title)]
    if any(field("rest") in form for form, _ in named):
        return named
    called = [form for form, sample in zip(forms, samples, strict=True) if short_name(sample.entry.title)]
    repeats = short_name(paper.title) and any(field("alias") in form for form, _ in called)
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
    return named if any(field("alias") in form for cells, _ in named for form in cells.forms) else rows


def learn_from_siblings(document: Document, section: Section, paper: Paper) -> tuple[tuple[str, ...], str]:
    """Learn the skeleton of the first entry under a heading from the nearest heading beside it.

    Returns:
        The lines of the table's header, where the entries are rows, and the skeleton.

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


def _is_whole(form: str) -> bool:
    if form.count("(") != form.count(")") or form.count("[") != form.count("]"):
        return False  # a slip of the pen such as `[[PDF](https://…] `, which no other entry should copy
    return _LINK.search(form) is not None and any(field(name) in form for name in ("title", "rest", "name"))


def _vote(forms: Sequence[tuple[str, float]], preprint: Callable[[], str]) -> str:
    """Choose a skeleton by its words and marks, then its blanks, then the form of its links and venue."""
    settled = _settled(forms)
    votes = [(_abstract(form), weight) for form, weight in settled]
    best = most_common((_trimmed(form), weight) for form, weight in votes)
    preprints = [(form, weight) for form, weight in settled if _preprint_name([(form, weight)], str)]
    told = any(_trimmed(_abstract(form)) == best for form, _ in preprints)
    if field("venue") in best and preprints and not told:  # how proceedings are named tells of no preprint
        settled, votes = preprints, [(_abstract(form), weight) for form, weight in preprints]
        best = most_common((_trimmed(form), weight) for form, weight in votes)
    exact = most_common((form, weight) for form, weight in votes if _trimmed(form) == best)
    if _VENUE_LINK.search(exact) and not _preprint_name(settled, preprint):
        unpublished = [(form, weight) for form, weight in votes if field("venue") not in form]
        exact = most_common(unpublished) or exact.replace(field("venue"), "arXiv")
    return with_manner(_with_venue(exact, settled, preprint), settled)


def _abstract(form: str) -> str:
    """Leave out of a skeleton what is chosen by itself: how links, authors and venues are written."""
    return _URL.sub(field("url"), _VENUE.sub(field("venue"), _MANNER.sub(r"\1", form)))


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


def _with_links(form: str, links: Sequence[tuple[LinkForms, float]]) -> str:
    """Write the links of a skeleton as most entries with as many do: to which page first, then how."""
    count = form.count(field("url"))
    votes = [("\n".join(forms[:count]), weight) for forms, weight in links if len(forms) >= count]
    votes.append(("\n".join([ABSTRACT] * count), 0.01))
    pages = most_common((_PAGE.sub(r"\1", urls), weight) for urls, weight in votes)
    for url in most_common(vote for vote in votes if _PAGE.sub(r"\1", vote[0]) == pages).split("\n"):
        form = form.replace(field("url"), field(f"url:{url}"), 1)
    return form


def _settled(forms: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    meaning = settle(form for form, _ in forms)
    return [(meaning(form), weight) for form, weight in forms]


def _preprint_form(document: Document) -> str:
    """Return how the list most often calls a preprint, wherever it does; empty if nowhere."""
    counts: Counter[str] = Counter()
    for section in document.sections:
        for entry in section.entries[-_LAST:] if section.category else ():
            text = "\n".join(document.lines[entry.line - 1 : entry.end_line])
            if PREPRINT.search(text):
                form = skeleton(text) if entry.style != "table" else "|".join(cells_of(text, "").forms)
                counts.update(found for found in _VENUE.findall(form) if found)
    meaning = settle(counts)
    return meaning(max(counts, key=lambda form: counts[form], default=""))


def _with_venue(form: str, forms: Sequence[tuple[str, float]], preprint: Callable[[], str]) -> str:
    """Put the list's way to call a preprint in each place of a venue, or take the place out.

    Where the form says arXiv already, or others are written alike without a venue, it needs no second word.
    """
    count = form.count(field("venue"))
    alike = [(found, weight) for text, weight in forms if len(found := _VENUE.findall(text)) == count]
    names = [
        most_common((found[place], weight) for found, weight in alike if found[place])
        for place in range(count)
    ]
    if count and not any(names):
        bare = clean(form.replace(field("venue"), HUMAN))
        if not _says_arxiv(bare) and not any(_abstract(other) == bare for other, _ in forms):
            names[0] = _preprint_name(forms, preprint)
    for name in names:
        form = form.replace(field("venue"), field(f"venue:{name}") if name else HUMAN, 1)
    return clean(form)


def _says_arxiv(form: str) -> bool:
    return bool(PREPRINT.search(FIELD.sub("", form)))


def _preprint_name(forms: Iterable[tuple[str, float]], preprint: Callable[[], str]) -> str:
    """Tell how most of some entries, or else of the list, call a preprint."""
    names = [(found, weight) for text, weight in forms for found in _VENUE.findall(text) if found]
    return most_common(names) or preprint()


def _trimmed(form: str) -> str:
    return "\n".join(line.rstrip() for line in form.split("\n"))


def _learn_row(
    samples: Sequence[Sample], rows: Sequence[tuple[Cells, float]], preprint: Callable[[], str]
) -> str:
    """Learn a table row column by column."""
    width = int(most_common((str(len(cells.forms)), weight) for cells, weight in rows))
    rows = [(cells, weight) for cells, weight in rows if len(cells.forms) == width]
    before = most_common((cells.outer[0], weight) for cells, weight in rows)
    after = most_common((cells.outer[1], weight) for cells, weight in rows)
    columns = [_learn_cell(rows, column, preprint) for column in range(width)]
    if sum(bool(sample.entry.number) for sample in samples) * 2 > len(samples):
        columns[0] = f" {field('number')} "
    if not _is_whole("".join(columns)):
        whole = [(cells, weight) for cells, weight in rows if _is_whole("".join(cells.forms))] or rows
        columns = [_learn_cell(whole, column, preprint) for column in range(width)]
    named = max(len(split_cells(sample.header)) for sample in samples)
    if not columns[-1].strip() and "|" not in after and width <= named:
        after = "|"  # else the pipe before the empty cell would be read as the row's last
    return before + "|".join(columns) + after


def _learn_cell(rows: Sequence[tuple[Cells, float]], column: int, preprint: Callable[[], str]) -> str:
    settled = _settled([(cells.forms[column], weight) for cells, weight in rows])
    total = sum(weight for _, weight in settled)
    form = most_common((_abstract(form), weight) for form, weight in settled)
    known = [(form, weight) for form, weight in settled if FIELD.search(form)]
    if sum(weight for _, weight in known) * 2 >= total:
        known = [pair for pair in known if field("venue:") not in pair[0]] or known
        form = _with_venue(most_common((_abstract(form), weight) for form, weight in known), known, preprint)
        form = with_manner(form, known)
    if not FIELD.search(form):
        form = _empty_cell(rows, column, rows[0][0].names[column])
    left = most_common((str(_pad(cells.raw[column], str.lstrip)), weight) for cells, weight in rows)
    right = most_common((str(_pad(cells.raw[column], str.rstrip)), weight) for cells, weight in rows)
    if not form:
        return " " * max(int(left), int(right))
    return " " * int(left) + form + " " * int(right)


def _empty_cell(rows: Sequence[tuple[Cells, float]], column: int, name: str) -> str:
    """Return how most cells that nobody has filled are written: `-`, `N/A` or nothing."""
    cells = [(cells.raw[column].strip(), weight) for cells, weight in rows]
    answers = any(_TICK.match(raw) for raw, _ in cells) and not _FOUND.match(name)
    return most_common(
        (raw, weight)
        for raw, weight in cells
        if _EMPTY.fullmatch(raw) and not (answers and _CROSS.fullmatch(raw))
    )


def _pad(raw: str, strip: Callable[[str], str]) -> int:
    """Tell whether a cell is padded; how far is no matter, alignment is the maintainer's."""
    return int(bool(raw) and strip(raw) != raw)
