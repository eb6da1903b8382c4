"""The conscience: an edit is read back, and only the intended change may show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Entry, Insertion
from arxiv_watch.markdown.inline import visible
from arxiv_watch.markdown.lines import decode, split_lines, strip_ending
from arxiv_watch.markdown.reader import parse_document
from arxiv_watch.markdown.rows import split_cells
from arxiv_watch.markdown.text import shown_text
from arxiv_watch.papers import normalise_title

Seen = tuple[HeadingPath, str, tuple[str, ...], tuple[str, ...]]


def verify(old: Document, data: bytes, inserted: Mapping[int, Insertion]) -> None:
    """Read an edit back: exactly the new entries under their headings, everything else as before.

    Args:
        old: The file before.
        data: Its bytes after.
        inserted: What was inserted, by its first line in the edited file, from 1.

    Raises:
        EditRefusedError: Anything else shows; the message says what.
    """
    before, lines = split_lines(decode(old.data)), split_lines(decode(data))
    new = parse_document(old.path, data)
    if [(s.path, s.level) for s in new.sections] != [(s.path, s.level) for s in old.sections]:
        raise _refusal(old, "the headings would change")
    remaining: list[Seen] = []
    found = 0
    for section in new.sections:
        for entry in section.entries:
            insertion = inserted.get(entry.line)
            if insertion is None:
                remaining.append(_seen(section.path, entry, lines))
            else:
                found += 1
                _check_entry(old, entry, section.path, insertion, lines)
    if found != len(inserted):
        missing = len(inserted) - found
        raise _refusal(old, f"{missing} of {len(inserted)} new entries would not be read as entries")
    expected = [_seen(section.path, entry, before) for section in old.sections for entry in section.entries]
    if remaining != expected:
        raise _refusal(old, "entries that were there before would be read differently")
    if not _is_insertion(before, lines):
        raise _refusal(old, "lines that were there before would change")


def _is_insertion(before: Sequence[str], after: Iterable[str]) -> bool:
    """Tell whether taking lines out of a text gives another, a missing final newline aside."""
    rest = iter(after)
    if before and strip_ending(before[-1]) == before[-1]:
        *whole, last = before
        return all(line in rest for line in whole) and last in map(strip_ending, rest)
    return all(line in rest for line in before)


def _seen(path: HeadingPath, entry: Entry, lines: list[str]) -> Seen:
    text = "\n".join(strip_ending(line) for line in lines[entry.line - 1 : entry.end_line])
    return path, text, tuple(identifier.base for identifier in entry.ids), entry.urls


def _check_entry(
    document: Document, entry: Entry, path: HeadingPath, insertion: Insertion, lines: list[str]
) -> None:
    paper = insertion.paper
    if path != insertion.path:
        raise _refusal(document, f"{paper.id} would stand under {format_path(path)!r}")
    if entry.ids != (paper.id,):
        raise _refusal(document, f"the entry of {paper.id} would be read as {entry.ids or 'no paper'}")
    shown = visible(_shown_part(entry, lines))
    if normalise_title(shown_text(paper.title)) not in normalise_title(shown):
        raise _refusal(document, f"the title of {paper.id} would not show")


def _shown_part(entry: Entry, lines: list[str]) -> str:
    """Return what of an entry GitHub shows: of a row only the cells below a cell of the header."""
    text = "".join(lines[entry.line - 1 : entry.end_line])
    if not entry.header:
        return text
    width = len(split_cells(strip_ending(lines[entry.header - 1])))
    return text[: split_cells(text)[:width][-1][1]]


def _refusal(document: Document, reason: str) -> EditRefusedError:
    return EditRefusedError(
        f"{document.path} was left as it is: {reason}", "give a `template:` in the config, or add it by hand"
    )
