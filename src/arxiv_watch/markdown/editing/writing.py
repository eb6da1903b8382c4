"""Inserting papers: only new lines, in the list's own style, verified before anything is returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Edit, Insertion, PaperList, Place, Section
from arxiv_watch.markdown.editing.refusal import refuse_joined, refuse_unsafe
from arxiv_watch.markdown.editing.verifying import verify
from arxiv_watch.markdown.form.filling import fill, read_template
from arxiv_watch.markdown.form.learning import learn_form, learn_from_siblings
from arxiv_watch.markdown.form.samples import Target
from arxiv_watch.markdown.form.template import Template
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.formats.table import pad_row
from arxiv_watch.markdown.history.changes import Arrivals
from arxiv_watch.markdown.history.record import ListHistory
from arxiv_watch.markdown.placing.rules import Habit, entries_beside, learn_habit, present_rule
from arxiv_watch.markdown.placing.slots import Slot, choose_slot, empty_slot, next_number, set_clear
from arxiv_watch.markdown.text.escapes import FORMULA
from arxiv_watch.markdown.text.lines import decode, encode, splice, split_lines, strip_ending, unified_diff
from arxiv_watch.papers import Paper, normalise_title

_BESIDE = 8  # rows, nearest to the new one, that show how wide a column is


@dataclass(frozen=True, slots=True)
class Draft:
    """A new entry before it is known which others go to the same place.

    Attributes:
        number: Its number, where it is the only new one there.
        step: What each further entry adds to the number: 0 where all bear the same.
        head: The table header that comes before it under a heading without entries.
        habit: How people place entries there, where the history shows it.
        beside: The header and the rows of the table it goes to, for the width of its cells.
        formulas: Whether a formula in a title is left as one.
    """

    insertion: Insertion
    slot: Slot
    form: Template
    number: int = 1
    step: int = 1
    head: tuple[str, ...] = ()
    habit: Habit | None = None
    beside: tuple[str, ...] = ()
    formulas: bool = False

    def lines(self, further: int = 0) -> tuple[str, ...]:
        """Return the lines of the entry that is `further` steps on."""
        number, style = self.number + further * self.step, self.slot.style
        text = fill(self.form, self.insertion.paper, number, style=style, formulas=self.formulas)
        return (*self.head, *pad_row(text, self.beside).split("\n"))


def insert(
    paper_list: PaperList,
    insertions: Sequence[Insertion],
    *,
    template: str | None = None,
    history: ListHistory | None = None,
) -> Edit:
    """Put papers under headings by inserting lines and nothing else.

    A paper the list already holds, by identifier or title, is left out: its place is None, so a second
    application of the same insertions changes nothing. A template is the text of an entry, instead of the
    learned style.

    Raises:
        EditRefusedError: The list could not be changed safely; the message says why.
    """
    form = read_template(template) if template else None
    drafts: dict[str, dict[int, Draft]] = defaultdict(dict)
    for index, insertion in _new(paper_list, insertions):
        document, section = _find_section(paper_list, insertion.path)
        if document.path not in drafts:
            refuse_unsafe(document)
        arrivals = history.arrivals.get(document.path) if history else None
        drafts[document.path][index] = draft_entry(document, section, insertion.paper, form, arrivals)
    files: dict[str, bytes] = {}
    places: list[Place | None] = [None] * len(insertions)
    diffs = []
    for document in paper_list.documents:
        if here := drafts.get(document.path):
            files[document.path], lines, diff = _apply(document, here)
            verify(document, files[document.path], {lines[index]: here[index].insertion for index in here})
            for index, line in lines.items():
                places[index] = Place(document.path, line)
            diffs.append(diff)
    return Edit(files, tuple(places), "".join(diffs))


def _new(paper_list: PaperList, insertions: Sequence[Insertion]) -> list[tuple[int, Insertion]]:
    """Leave out the papers that the list holds, and second mentions."""
    ids, titles = set(paper_list.ids), set(paper_list.titles)
    new = []
    for index, insertion in enumerate(insertions):
        title = normalise_title(insertion.paper.title)
        if insertion.paper.id not in ids and title not in titles:
            new.append((index, insertion))
        ids.add(insertion.paper.id)
        titles.add(title)
    return new


def _find_section(paper_list: PaperList, path: HeadingPath) -> tuple[Document, Section]:
    """Find the section of a heading path: of several alike the first with papers, or the named file's."""
    found = [
        (document, section)
        for document, section in paper_list.sections
        if path in {section.path, (document.path, *section.path)}
    ]
    if not found:
        raise EditRefusedError(
            f"no heading {format_path(path)!r} in the list", "`arxiv-watch list show` prints them all"
        )
    return next((pair for pair in found if any(entry.ids for entry in pair[1].entries)), found[0])


def draft_entry(
    document: Document,
    section: Section,
    paper: Paper,
    form: Template | None = None,
    arrivals: Arrivals | None = None,
) -> Draft:
    """Choose the place of a new entry and the form of its lines, or refuse where no style can be learned."""
    insertion, formulas = Insertion(paper, section.path), _keeps_formulas(document)
    if not section.entries:
        slot = empty_slot(document, section)
        head, learned = ((), form) if form else learn_from_siblings(document, section, paper)
        return Draft(insertion, slot, learned, head=tuple(head), formulas=formulas)
    habit = learn_habit(document, section, arrivals, paper.id) if arrivals else None
    beside = entries_beside(document, section, arrivals)
    slot = choose_slot(beside, paper.id, habit.rule if habit else None, present_rule(section))
    slot = set_clear(document, section, slot, paper.id)
    if FORMATS[slot.style].element:
        refuse_joined(document, section, slot)
    learned = form or learn_form(Target(document, section, slot.style, paper, slot.line))
    rows = _rows_beside(document, section, slot) if not form else []
    number, step = next_number(section, slot)
    return Draft(insertion, slot, learned, number, step, habit=habit, beside=tuple(rows), formulas=formulas)


def _rows_beside(document: Document, section: Section, slot: Slot) -> list[str]:
    """Return the header of the table that a row goes to, or an empty line, and the rows nearest to there.

    Nothing where no row is written.
    """
    neighbour = slot.neighbour
    if neighbour is None or not FORMATS[slot.style].in_cells:
        return []
    rows = [
        entry
        for entry in section.entries
        if entry.style == slot.style and entry.header == neighbour.header and entry.line == entry.end_line
    ]
    rows.sort(key=lambda entry: abs(entry.line - neighbour.line))
    return [document.header(neighbour), *map(document.text, rows[:_BESIDE])]


def _keeps_formulas(document: Document) -> bool:
    r"""Return whether titles of a file hold formulas for GitHub to draw, `$\pi_0$`, and no dollar is escaped.

    Where no title shows what the maintainer wants, dollars are shown as they are.
    """
    titles = (entry.title for section in document.sections for entry in section.entries)
    has_formula = any("$" in title and FORMULA.search(title) for title in titles)
    return has_formula and not any("\\$" in line for line in document.lines)


def _apply(document: Document, drafts: Mapping[int, Draft]) -> tuple[bytes, dict[int, int], str]:
    """Insert new entries; return the new bytes, the first line of each entry, and the diff."""
    lines = split_lines(decode(document.data))
    inserted: dict[int, list[str]] = defaultdict(list)
    first_lines: dict[int, int] = {}
    added = 0
    for index, further in _numbered(drafts):
        draft, slot = drafts[index], drafts[index].slot
        gap, head, own = slot.gap, len(draft.head), draft.lines(further)
        if inserted[slot.line] and not slot.style:  # the second entry under a heading that had none
            gap, head, own = (), 0, own[head:]
        first_lines[index] = slot.line + added + (len(gap) if slot.after else 0) + head + 1
        ending = _ending(lines, slot, document.newline)
        inserted[slot.line] += [line + ending for line in ((*gap, *own) if slot.after else (*own, *gap))]
        added += len(gap) + len(own)
    data = encode("".join(splice(lines, inserted, document.newline)))
    return data, first_lines, unified_diff(document.path, lines, inserted, document.newline)


def _numbered(drafts: Mapping[int, Draft]) -> Iterator[tuple[int, int]]:
    """Yield which new entry follows which in the file, each with how many numbers it is on from its draft.

    Those that go to one place are ordered as their section is, or as they were given. Where the highest
    number stands first, the first of them gets the highest.
    """
    places: dict[int, list[int]] = defaultdict(list)
    for index, draft in drafts.items():
        places[draft.slot.line].append(index)
    for line in sorted(places):
        here = sorted(
            places[line], key=lambda index: drafts[index].slot.rank(drafts[index].insertion.paper.id)
        )
        for place, index in enumerate(here):
            yield index, place if drafts[index].slot.after else len(here) - 1 - place


def _ending(lines: Sequence[str], slot: Slot, newline: str) -> str:
    r"""Return the line ending of the neighbour, or the file's where there is none or a stray `\r`."""
    line = lines[slot.neighbour.end_line - 1] if slot.neighbour else ""
    ending = line[len(strip_ending(line)) :]
    return newline if ending in {"", "\r"} else ending
