"""Inserting papers: only new lines, in the list's own style, verified before anything is returned."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Edit, Entry, Insertion, PaperList, Place, Section
from arxiv_watch.markdown.history import ListHistory
from arxiv_watch.markdown.learning import learn_skeleton
from arxiv_watch.markdown.lines import decode, encode, split_lines, strip_ending
from arxiv_watch.markdown.placing import Slot, choose_slot
from arxiv_watch.markdown.refusal import refuse_unsafe
from arxiv_watch.markdown.template import fill
from arxiv_watch.markdown.verifying import verify
from arxiv_watch.papers import normalise_title


@dataclass(frozen=True, slots=True)
class Planned:
    """One new entry: which insertion it is of, and where its lines go."""

    index: int
    insertion: Insertion
    section: Section
    slot: Slot
    lines: tuple[str, ...]


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
        history: What git tells of earlier insertions.

    Raises:
        EditRefusedError: The list could not be changed safely; the message says why.
    """
    planned: dict[Document, list[Planned]] = defaultdict(list)
    ids, titles = set(paper_list.ids), set(paper_list.titles)
    for index, insertion in enumerate(insertions):
        title = normalise_title(insertion.paper.title)
        if insertion.paper.id in ids or title in titles:
            continue
        ids.add(insertion.paper.id)
        titles.add(title)
        document, section = find_section(paper_list, insertion.path)
        refuse_unsafe(document)
        planned[document].append(_plan(index, insertion, document, section, template, history))
    files: dict[str, bytes] = {}
    places: list[Place | None] = [None] * len(insertions)
    diffs = []
    for document, plans in planned.items():
        data, first_lines = _splice(document, plans)
        verify(document, data, {line: plan.insertion for plan, line in first_lines.items()})
        files[document.path] = data
        for plan, line in first_lines.items():
            places[plan.index] = Place(document.path, line)
        diffs.append(unified_diff(document.path, document.data, data))
    return Edit(files, tuple(places), "".join(diffs))


def find_section(paper_list: PaperList, path: HeadingPath) -> tuple[Document, Section]:
    """Find the section of a heading path: of several alike the first with papers.

    Raises:
        EditRefusedError: No heading of the list has this path.
    """
    found = [
        (document, section)
        for document in paper_list.documents
        for section in document.sections
        if section.path == path
    ]
    if not found:
        raise EditRefusedError(
            f"no heading {format_path(path)!r} in the list", "`arxiv-watch list show` prints them all"
        )
    return next((pair for pair in found if any(entry.ids for entry in pair[1].entries)), found[0])


def unified_diff(path: str, old: bytes, new: bytes) -> str:
    """Show a change the way git does, endings of lines as they are."""
    before, after = (split_lines(decode(data)) for data in (old, new))
    lines = difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
    return "".join(
        line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _plan(  # noqa: PLR0917 - everything a plan depends on
    index: int,
    insertion: Insertion,
    document: Document,
    section: Section,
    template: str | None,
    history: ListHistory | None,
) -> Planned:
    if not section.entries:
        raise EditRefusedError(
            f"{document.path}:{section.line}: no entry under {format_path(section.path)!r} to learn from"
        )
    slot = choose_slot(section, insertion.paper.id, history.end_of(section.path) if history else None)
    form = learn_skeleton(document, section, slot) if template is None else template
    text = fill(form, insertion.paper, _next_number(document, slot.neighbour))
    return Planned(index, insertion, section, slot, tuple(text.split("\n")))


def _next_number(document: Document, neighbour: Entry) -> int:
    line = split_lines(decode(document.data))[neighbour.line - 1]
    match = re.match(r"\s*(\d+)", line)
    return int(match[1]) + 1 if match else 1


def _splice(document: Document, plans: Sequence[Planned]) -> tuple[bytes, dict[Planned, int]]:
    """Put the planned lines between the lines of the file."""
    lines = split_lines(decode(document.data))
    before: dict[int, list[str]] = defaultdict(list)
    starts: dict[int, list[tuple[Planned, int]]] = defaultdict(list)
    for plan in plans:
        slot = plan.slot
        ending = _ending(lines, slot, document.newline)
        blank = [ending] * slot.gap
        new = [line + ending for line in plan.lines]
        here = before[slot.line]
        starts[slot.line].append((plan, len(here) + (slot.gap if slot.after else 0)))
        here += [*blank, *new] if slot.after else [*new, *blank]
    spliced: list[str] = []
    first_lines: dict[Planned, int] = {}
    for index in range(len(lines) + 1):
        if index in before:
            if spliced and strip_ending(spliced[-1]) == spliced[-1]:
                spliced[-1] += document.newline
            for plan, offset in starts[index]:
                first_lines[plan] = len(spliced) + offset + 1
            spliced += before[index]
        if index < len(lines):
            spliced.append(lines[index])
    return encode("".join(spliced)), first_lines


def _ending(lines: Sequence[str], slot: Slot, newline: str) -> str:
    """Return the line ending of the neighbour, or the file's where the neighbour has none."""
    line = lines[slot.neighbour.end_line - 1]
    return line[len(strip_ending(line)) :] or newline
