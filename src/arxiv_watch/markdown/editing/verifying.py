"""Verifies an edit by reading it back: only the intended change may show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Entry, Insertion, Section
from arxiv_watch.markdown.editing.rendering import Shown, find_faults, render, without_title
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.escapes import shown_text
from arxiv_watch.markdown.text.lines import decode, split_lines, strip_ending
from arxiv_watch.papers import Paper, normalise_title

_NAME = 2  # words; so few may stand twice
_BESIDE = 40  # entries that show what is usual in a file; those next to the new one


def verify(old: Document, data: bytes, inserted: Mapping[int, Insertion]) -> None:
    """Read an edit back: exactly the new entries under their headings, everything else as before.

    Args:
        old: The file before.
        data: Its bytes after.
        inserted: What was inserted, by its first line in the edited file, from 1.

    Raises:
        EditRefusedError: Anything else shows; the message says what.
    """
    reason = next(_faults(old, parse_document(old.path, data), inserted), None)
    if reason:
        message = f"{old.path} was left as it is: {reason}"
        raise EditRefusedError(message, "give a `template:` in the config, or add it by hand")


def _faults(old: Document, new: Document, inserted: Mapping[int, Insertion]) -> Iterator[str]:
    """Yield what else would show than the new entries."""
    if [(one.path, one.level) for one in new.sections] != [(one.path, one.level) for one in old.sections]:
        yield "the headings would change"
    placed = [(section, entry) for section in new.sections for entry in section.entries]
    found = [(section, entry) for section, entry in placed if entry.line in inserted]
    for section, entry in found:
        yield from _misread(entry, section.path, inserted[entry.line])
    if len(found) != len(inserted):
        missing = len(inserted) - len(found)
        yield f"{missing} of {len(inserted)} new entries would not be read as entries"
    remaining = [(section, entry) for section, entry in placed if entry.line not in inserted]
    before = [(section, entry) for section in old.sections for entry in section.entries]
    if [_seen(new, *pair) for pair in remaining] != [_seen(old, *pair) for pair in before]:
        yield "entries that were there before would be read differently"
    yield from _wrong_blocks(old, new, [entry for _, entry in found])
    others = [entry for _, entry in remaining]
    for _, entry in found:
        yield from _badly_shown(new, entry, inserted[entry.line].paper, others)
    if not _is_insertion(split_lines(decode(old.data)), split_lines(decode(new.data))):
        yield "lines that were there before would change"


def _misread(entry: Entry, path: HeadingPath, insertion: Insertion) -> Iterator[str]:
    paper = insertion.paper
    if path != insertion.path:
        yield f"{paper.id} would stand under {format_path(path)!r}"
    if entry.ids != (paper.id,):
        yield f"the entry of {paper.id} would be read as {entry.ids or 'no paper'}"


def _seen(
    document: Document, section: Section, entry: Entry
) -> tuple[HeadingPath, str, tuple[str, ...], tuple[str, ...]]:
    """Return what is read of an entry, wherever in the file it is."""
    return section.path, document.text(entry), tuple(paper.base for paper in entry.ids), entry.urls


def _wrong_blocks(old: Document, new: Document, entries: Sequence[Entry]) -> Iterator[str]:
    """Count blocks: none is lost, and new are one item or row an entry, what is in it, and its rule."""
    before = Counter((block.kind, block.depth) for block in old.blocks)
    after = Counter((block.kind, block.depth) for block in new.blocks)
    if before - after:
        yield "what was there before would show differently"
    more = after - before
    more -= Counter({block: len(entries) for block in before if block[0] == "rule"})
    for entry in entries:
        own = [block for block in new.blocks if entry.line <= block.line <= entry.end_line]
        more -= Counter((block.kind, block.depth) for block in own)
        least = min((block.depth for block in own), default=0)
        items = [block for block in own if block.kind in {"item", "row"} and block.depth == least]
        if len(items) > 1:
            yield f"the entry in line {entry.line} would show as {len(items)}"
    if {kind for kind, _ in more} - {"head"}:
        yield "more than the new entries would show"


def _badly_shown(document: Document, entry: Entry, paper: Paper, others: Sequence[Entry]) -> Iterator[str]:
    """Look at an entry as GitHub shows it: its title, and nothing left over that others do not show."""
    shown = _rendered(document, entry)
    title = shown_text(paper.title)
    if normalise_title(title) not in normalise_title(shown.text):
        yield f"the title of {paper.id} would not show"
    rest, times = without_title(shown.text, title)
    if times > 1 and len(title.split()) > _NAME:
        yield f"the title of {paper.id} would show {times} times"
    alike = [other for other in others if other.style == entry.style]
    nearest = sorted(alike, key=lambda other: abs(other.line - entry.line))[:_BESIDE]
    if not nearest:
        return
    lists: set[tuple[str, int]] = set()
    usual: set[str] = set()
    for other in nearest:
        near = _rendered(document, other)
        lists |= near.lists
        usual |= find_faults(without_title(near.text, other.title)[0])
    if shown.lists - lists:
        yield f"the entry of {paper.id} would hold a list as no other does"
    if left := find_faults(rest) - usual:
        yield f"the entry of {paper.id} would show {min(left)} that no other shows: {rest}"


def _rendered(document: Document, entry: Entry) -> Shown:
    header = document.lines[entry.header - 1 : entry.header + 1] if entry.header else ()
    return render(document.lines[entry.line - 1 : entry.end_line], header)


def _is_insertion(before: Sequence[str], after: Iterable[str]) -> bool:
    """Return whether taking lines out of a text gives another, a missing final newline aside."""
    rest = iter(after)
    if before and strip_ending(before[-1]) == before[-1]:
        *whole, last = before
        return all(line in rest for line in whole) and last in map(strip_ending, rest)
    return all(line in rest for line in before)
