"""Inserting papers: only new lines, in the list's own style, verified before anything is returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Edit, Insertion, PaperList, Place, Section
from arxiv_watch.markdown.escapes import FORMULA
from arxiv_watch.markdown.filling import align, fill, read_template, rows_beside
from arxiv_watch.markdown.history import Arrivals, ListHistory
from arxiv_watch.markdown.learning import learn_form, learn_from_siblings
from arxiv_watch.markdown.lines import decode, encode, splice, split_lines, strip_ending, unified_diff
from arxiv_watch.markdown.neighbours import Target
from arxiv_watch.markdown.placing import Slot, choose_slot, empty_slot, next_number, set_clear
from arxiv_watch.markdown.refusal import refuse_joined, refuse_unsafe
from arxiv_watch.markdown.rules import Habit, entries_beside, learn_habit, present_rule
from arxiv_watch.markdown.template import Template
from arxiv_watch.markdown.verifying import verify
from arxiv_watch.papers import Paper, normalise_title


@dataclass(frozen=True, slots=True)
class Draft:
    """A new entry before it is known which others go to the same place.

    Attributes:
        slot: Where it goes.
        form: The template of its lines.
        number: Its number, where it is the only new one there.
        step: What each further entry adds to the number: 0 where all bear the same.
        head: The table header that comes before it under a heading without entries.
        habit: How people place entries there, where the history shows it.
        beside: The header and the rows of the table it goes to, for the width of its cells.
        formulas: Whether a formula in a title is left as one.
    """

    slot: Slot
    form: Template
    number: int
    step: int
    head: tuple[str, ...] = ()
    habit: Habit | None = None
    beside: tuple[str, ...] = ()
    formulas: bool = False

    def lines(self, paper: Paper, further: int = 0) -> tuple[str, ...]:
        """Return the lines of the entry that is `further` steps on."""
        number = self.number + further * self.step
        text = fill(self.form, paper, number, style=self.slot.style, formulas=self.formulas)
        return (*self.head, *(align(text, self.beside) if self.beside else text).split("\n"))


@dataclass(frozen=True, slots=True)
class Planned:
    """One new entry: which insertion it is of, and its draft."""

    index: int
    insertion: Insertion
    draft: Draft


def insert(
    paper_list: PaperList,
    insertions: Sequence[Insertion],
    *,
    template: str | None = None,
    history: ListHistory | None = None,
) -> Edit:
    """Put papers under headings by inserting lines and nothing else.

    A paper the list already holds, by identifier or title, is left out: its place is None, so a second
    application of the same insertions changes nothing.

    Args:
        paper_list: The list as read.
        insertions: The papers and their headings.
        template: The text of an entry instead of the learned style.
        history: What git records about earlier insertions.

    Raises:
        EditRefusedError: The list could not be changed safely; the message says why.
    """
    form = read_template(template) if template else None
    planned: dict[str, list[Planned]] = defaultdict(list)
    for index, insertion in _new(paper_list, insertions):
        document, section = find_section(paper_list, insertion.path)
        if document.path not in planned:
            refuse_unsafe(document)
        there = replace(insertion, path=section.path)
        arrivals = history.arrivals.get(document.path) if history else None
        draft = draft_entry(document, section, there.paper, form, arrivals)
        planned[document.path].append(Planned(index, there, draft))
    files: dict[str, bytes] = {}
    places: list[Place | None] = [None] * len(insertions)
    diffs = []
    for document in paper_list.documents:
        if plans := planned.get(document.path):
            files[document.path], first_lines, diff = _apply(document, plans)
            verify(
                document, files[document.path], {first_lines[plan.index]: plan.insertion for plan in plans}
            )
            for plan in plans:
                places[plan.index] = Place(document.path, first_lines[plan.index])
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


def find_section(paper_list: PaperList, path: HeadingPath) -> tuple[Document, Section]:
    """Find the section of a heading path: of several alike the first with papers, or the named file's.

    Raises:
        EditRefusedError: No heading of the list has this path.
    """
    found = [
        (document, section)
        for document in paper_list.documents
        for section in document.sections
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
    """Choose the place of a new entry and the form of its lines.

    Args:
        document: The file.
        section: The section of it.
        paper: The paper.
        form: A template to use instead of the learned one.
        arrivals: With which commit each line came, if that is known.

    Raises:
        EditRefusedError: There is no style to learn, or none that can be written.
    """
    formulas = _keeps_formulas(document)
    if section.entries:
        habit = learn_habit(document, section, arrivals, paper.id) if arrivals else None
        beside = entries_beside(document, section, arrivals)
        slot = choose_slot(beside, paper.id, habit.rule if habit else None, present_rule(section, beside))
        slot = set_clear(document, section, slot, paper.id)
        if slot.style == "html":
            refuse_joined(document, section, slot)
        learned = form or learn_form(Target(document, section, slot.style, paper, slot.line))
        in_table = slot.style == "table" and not form
        rows = rows_beside(document, section, slot.neighbour) if in_table and slot.neighbour else []
        number = next_number(section, slot.neighbour)
        return Draft(slot, learned, *number, habit=habit, beside=tuple(rows), formulas=formulas)
    slot = empty_slot(document, section)
    head, learned = ((), form) if form else learn_from_siblings(document, section, paper)
    return Draft(slot, learned, number=1, step=1, head=tuple(head), formulas=formulas)


def _keeps_formulas(document: Document) -> bool:
    r"""Return whether titles of a file hold formulas for GitHub to draw, `$\pi_0$`, and no dollar is escaped.

    Where no title tells what the maintainer wants, dollars are shown as they are.
    """
    titles = (entry.title for section in document.sections for entry in section.entries)
    has_formula = any("$" in title and FORMULA.search(title) for title in titles)
    return has_formula and not any("\\$" in line for line in document.lines)


def _apply(document: Document, plans: Sequence[Planned]) -> tuple[bytes, dict[int, int], str]:
    """Insert the planned entries; return the new bytes, the first line of each new entry, and the diff."""
    lines = split_lines(decode(document.data))
    inserted: dict[int, list[str]] = defaultdict(list)
    offsets: dict[int, tuple[int, int]] = {}
    for plan, further in _numbered(plans):
        slot, own = plan.draft.slot, plan.draft.lines(plan.insertion.paper, further)
        here = inserted[slot.line]
        ending = _ending(lines, slot, document.newline)
        gap, head = [line + ending for line in slot.gap], len(plan.draft.head)
        if here and not slot.style:  # the second entry under a heading that had none
            gap, head, own = [], 0, own[head:]
        offsets[plan.index] = (slot.line, len(here) + (len(gap) if slot.after else 0) + head)
        new = [line + ending for line in own]
        here += [*gap, *new] if slot.after else [*new, *gap]
    before = {point: sum(len(inserted[other]) for other in inserted if other < point) for point in inserted}
    first_lines = {index: point + before[point] + offset + 1 for index, (point, offset) in offsets.items()}
    data = encode("".join(splice(lines, inserted, document.newline)))
    return data, first_lines, unified_diff(document.path, lines, inserted, document.newline)


def _numbered(plans: Sequence[Planned]) -> Iterator[tuple[Planned, int]]:
    """Yield new entries in the order of the file, each with how many numbers it is on from its draft.

    Those that go to one place are ordered as their section is, or as they were given. Where the highest
    number stands first, the first of them gets the highest.
    """
    places: dict[int, list[Planned]] = defaultdict(list)
    for plan in plans:
        places[plan.draft.slot.line].append(plan)
    for line in sorted(places):
        here = sorted(places[line], key=lambda plan: plan.draft.slot.rank(plan.insertion.paper.id))
        for place, plan in enumerate(here):
            yield plan, place if plan.draft.slot.after else len(here) - 1 - place


def _ending(lines: Sequence[str], slot: Slot, newline: str) -> str:
    r"""Return the line ending of the neighbour, or the file's where there is none or a stray `\r`."""
    line = lines[slot.neighbour.end_line - 1] if slot.neighbour else ""
    ending = line[len(strip_ending(line)) :]
    return newline if ending in {"", "\r"} else ending
