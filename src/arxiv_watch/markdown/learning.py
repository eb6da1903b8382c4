"""Which form a new entry gets: the one that entries of its section, above all those of its time, share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import format_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.anatomy import is_element
from arxiv_watch.markdown.around import ABSTRACT, LinkForms, around, is_example, link_forms
from arxiv_watch.markdown.cleaning import FIELD, HUMAN, clean, field
from arxiv_watch.markdown.document import Document, Entry, Section
from arxiv_watch.markdown.entries import split_cells
from arxiv_watch.markdown.fields import settle
from arxiv_watch.markdown.inline import inlined
from arxiv_watch.markdown.style import Cells, cells_of, human_runs, skeleton
from arxiv_watch.markdown.template import split_title, without_name
from arxiv_watch.markdown.venues import PREPRINT
from arxiv_watch.markdown.weighing import closeness, most_common, of_style, weights
from arxiv_watch.papers import Paper

_BASE = 0.1  # what any entry counts; measured on 32 lists with `benchmarks/lists.py`, as the next ones are
_OWN_LINKS = 2.0  # how much more the section's own links count than those of all others
_LAST = 8  # entries of a section, the last of which tell how a preprint is called
_FEW = 4  # entries; below, those of the headings around are asked as well
_CONSTANT = 0.6  # share of entries from which equal words are form
_EMPTY_SHARE = 0.1
_PRAISE = re.compile(r"[⭐★☆🌟🔥👍💯🏆]")  # what a person thinks of a paper is never form
_VENUE = re.compile("\x01venue:([^\x02]*)\x02")
_PAGE = re.compile(r"\S*/(abs|pdf|html)/\S*")
_URL = re.compile("\x01url:([^\x02]*)\x02")
_EMPTY = re.compile(r"(?:\W|_)*|\W*(?:n/?a|none|tbd|tba|null|coming soon|soon)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry to learn from, its text, and how much it counts."""

    entry: Entry
    text: str
    header: str
    weight: float


def learn_form(document: Document, section: Section, style: str, paper: Paper) -> str:
    """Learn the skeleton of a new entry.

    Args:
        document: The file.
        section: The section the entry goes to.
        style: The style of its neighbour there.
        paper: The new paper; entries of its time count most.

    Raises:
        EditRefusedError: No entry around links to arXiv.
    """
    samples = _samples(document, section, style, paper.id)
    if not samples:
        raise EditRefusedError(
            f"{document.path}:{section.line}: no entry under {format_path(section.path)!r} links to arXiv",
            "give a `template:` in the config",
        )
    preprint = partial(_preprint_form, document)
    if style == "table":
        return _with_links(_learn_row(samples, preprint), _links(document, section, style, paper.id))
    constants = _constants(samples)
    forms = [(skeleton(s.text, style=style, constants=constants), s.weight) for s in samples]
    forms = _of_its_kind(forms, samples, paper)
    usable = [(form, weight) for form, weight in forms if _is_whole(form)] or forms
    if style == "html":
        usable = [(form, weight) for form, weight in usable if is_element(form)] or usable
    return _with_links(_vote(usable, preprint), _links(document, section, style, paper.id))


def _of_its_kind(
    forms: list[tuple[str, float]], samples: Sequence[Sample], paper: Paper
) -> list[tuple[str, float]]:
    """For a title with a short name learn from those that have one; for others as if none had one."""
    if split_title(paper.title) is None:
        return [(without_name(form), weight) for form, weight in forms]
    named = [form for form, sample in zip(forms, samples, strict=True) if split_title(sample.entry.title)]
    return named if any(field("rest") in form for form, _ in named) else forms


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
    return "\x01url" in form and any(field(name) in form for name in ("title", "rest", "name"))


def _samples(document: Document, section: Section, style: str, identifier: ArxivId) -> list[Sample]:
    """Gather entries of the section, or of the sections around where it has few."""
    lines = document.lines
    own = of_style(section, style)
    chosen = list(zip(own, weights(own, identifier, _BASE), strict=True))
    if len(own) < _FEW:
        chosen += around(document).borrowed(section, style, identifier)
    width = _width(document, section, style)
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


def _constants(samples: Sequence[Sample]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for sample in samples:
        counts.update(human_runs(sample.text, sample.entry.style))
    enough = max(_CONSTANT * len(samples), _FEW - 1)
    return frozenset(run for run, count in counts.items() if count >= enough and not _PRAISE.search(run))


def _vote(forms: Sequence[tuple[str, float]], preprint: Callable[[], str]) -> str:
    """Choose a skeleton by its words and marks, then its blanks, then the form of its links and venue."""
    settled = _settled(forms)
    votes = [(_abstract(form), weight) for form, weight in settled]
    best = most_common((_trimmed(form), weight) for form, weight in votes)
    exact = most_common((form, weight) for form, weight in votes if _trimmed(form) == best)
    return _with_venue(exact, settled, preprint)


def _abstract(form: str) -> str:
    """Leave out of a skeleton what is chosen by itself: how links are written and venues called."""
    return _URL.sub(field("url"), _VENUE.sub(field("venue"), form))


def _links(
    document: Document, section: Section, style: str, identifier: ArxivId
) -> list[tuple[LinkForms, float]]:
    """Tell how the links of each entry are written; people keep a form for a time, wherever they are."""
    own = of_style(section, style)
    weighed = [
        (link_forms(entry), weight * _OWN_LINKS - closeness(entry, identifier) * section.category)
        for entry, weight in zip(own, weights(own, identifier), strict=True)
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


def _with_venue(form: str, forms: Iterable[tuple[str, float]], preprint: Callable[[], str]) -> str:
    """Put the list's way to call a preprint in the place of a venue, or take the place out."""
    if field("venue") not in form:
        return form
    preprints = [(found, weight) for text, weight in forms for found in _VENUE.findall(text) if found]
    name = most_common(preprints) or preprint()
    return (
        form.replace(field("venue"), field(f"venue:{name}"))
        if name
        else clean(form.replace(field("venue"), HUMAN))
    )


def _trimmed(form: str) -> str:
    return "\n".join(line.rstrip() for line in form.split("\n"))


def _learn_row(samples: Sequence[Sample], preprint: Callable[[], str]) -> str:
    """Learn a table row column by column."""
    constants = _constants(samples)
    rows = [(cells_of(sample.text, sample.header, constants), sample.weight) for sample in samples]
    width = int(most_common((str(len(cells.forms)), weight) for cells, weight in rows))
    rows = [(cells, weight) for cells, weight in rows if len(cells.forms) == width]
    before = most_common((cells.outer[0], weight) for cells, weight in rows)
    after = most_common((cells.outer[1], weight) for cells, weight in rows)
    columns = [_learn_cell(rows, column, preprint) for column in range(width)]
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
    if not form or (not FIELD.search(form) and not re.search(r"\w", form)):
        form = _empty_cell(rows, column, total)
    left = most_common((str(_pad(cells.raw[column], str.lstrip)), weight) for cells, weight in rows)
    right = most_common((str(_pad(cells.raw[column], str.rstrip)), weight) for cells, weight in rows)
    if not form:
        return " " * max(int(left), int(right))
    return " " * int(left) + form + " " * int(right)


def _empty_cell(rows: Sequence[tuple[Cells, float]], column: int, total: float) -> str:
    """Return how the section writes a cell nobody has filled: `-`, `N/A` or nothing."""
    empties = [(cells.raw[column].strip(), weight) for cells, weight in rows]
    signs = [
        (raw, weight) for raw, weight in empties if raw and _EMPTY.fullmatch(raw) and not _PRAISE.search(raw)
    ]
    if sum(weight for _, weight in signs) < _EMPTY_SHARE * total:
        return ""
    return most_common(signs)


def _pad(raw: str, strip: Callable[[str], str]) -> int:
    """Tell whether a cell is padded; how far is no matter, alignment is the maintainer's."""
    return int(bool(raw) and strip(raw) != raw)
