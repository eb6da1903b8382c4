"""Verifies an edit by reading it back: only the intended change may show."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Entry, Insertion
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.escapes import shown_text
from arxiv_watch.markdown.text.inline import plain
from arxiv_watch.markdown.text.lines import decode, split_lines, strip_ending
from arxiv_watch.papers import Paper, normalise_title

_NAME = 2  # words; so few may stand twice
_BESIDE = 40  # entries that show what is usual in a file; those next to the new one
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
    found: list[Entry] = []
    for section in new.sections:
        for entry in section.entries:
            insertion = inserted.get(entry.line)
            if insertion is None:
                remaining.append(_seen(section.path, entry, lines))
            else:
                found.append(entry)
                _check_entry(old, entry, section.path, insertion)
    if len(found) != len(inserted):
        missing = len(inserted) - len(found)
        raise _refusal(old, f"{missing} of {len(inserted)} new entries would not be read as entries")
    expected = [_seen(section.path, entry, before) for section in old.sections for entry in section.entries]
    if remaining != expected:
        raise _refusal(old, "entries that were there before would be read differently")
    _check_blocks(old, new, found)
    others = [entry for section in new.sections for entry in section.entries if entry.line not in inserted]
    for entry in found:
        _check_shown(old, entry, inserted[entry.line].paper, others, lines)
    if not _is_insertion(before, lines):
        raise _refusal(old, "lines that were there before would change")


def _is_insertion(before: Sequence[str], after: Iterable[str]) -> bool:
    """Return whether taking lines out of a text gives another, a missing final newline aside."""
    rest = iter(after)
    if before and strip_ending(before[-1]) == before[-1]:
        *whole, last = before
        return all(line in rest for line in whole) and last in map(strip_ending, rest)
    return all(line in rest for line in before)


def _seen(path: HeadingPath, entry: Entry, lines: list[str]) -> Seen:
    text = "\n".join(strip_ending(line) for line in lines[entry.line - 1 : entry.end_line])
    return path, text, tuple(identifier.base for identifier in entry.ids), entry.urls


def _check_entry(document: Document, entry: Entry, path: HeadingPath, insertion: Insertion) -> None:
    paper = insertion.paper
    if path != insertion.path:
        raise _refusal(document, f"{paper.id} would stand under {format_path(path)!r}")
    if entry.ids != (paper.id,):
        raise _refusal(document, f"the entry of {paper.id} would be read as {entry.ids or 'no paper'}")


def _check_shown(
    document: Document, entry: Entry, paper: Paper, others: Sequence[Entry], lines: Sequence[str]
) -> None:
    """Look at an entry as GitHub shows it: its title, and nothing left over that others do not show."""
    shown = _rendered(entry, lines)
    title = shown_text(paper.title)
    if normalise_title(title) not in normalise_title(shown.text):
        raise _refusal(document, f"the title of {paper.id} would not show")
    rest, times = without_title(shown.text, title)
    if times > 1 and len(title.split()) > _NAME:
        raise _refusal(document, f"the title of {paper.id} would show {times} times")
    alike = [other for other in others if other.style == entry.style]
    nearest = sorted(alike, key=lambda other: abs(other.line - entry.line))[:_BESIDE]
    beside = [_rendered(other, lines) for other in nearest]
    texts = [without_title(near.text, other.title)[0] for near, other in zip(beside, nearest, strict=True)]
    if shown.lists - frozenset().union(*(other.lists for other in beside)) and beside:
        raise _refusal(document, f"the entry of {paper.id} would hold a list as no other does")
    left = find_faults(rest) - set().union(*map(find_faults, texts))
    if left and texts:
        raise _refusal(
            document, f"the entry of {paper.id} would show {min(left)} that no other shows: {rest}"
        )


def _check_blocks(old: Document, new: Document, entries: Sequence[Entry]) -> None:
    """Count blocks: none is lost, and new are one item or row an entry, what is in it, and its rule."""
    before = Counter((block.kind, block.depth) for block in old.blocks)
    after = Counter((block.kind, block.depth) for block in new.blocks)
    if before - after:
        raise _refusal(old, "what was there before would show differently")
    more = after - before
    more -= Counter({block: len(entries) for block in before if block[0] == "rule"})
    for entry in entries:
        own = [block for block in new.blocks if entry.line <= block.line <= entry.end_line]
        more -= Counter((block.kind, block.depth) for block in own)
        least = min((block.depth for block in own), default=0)
        items = [block for block in own if block.kind in {"item", "row"} and block.depth == least]
        if len(items) > 1:
            raise _refusal(old, f"the entry in line {entry.line} would show as {len(items)}")
    if {kind for kind, _ in more} - {"head"}:
        raise _refusal(old, "more than the new entries would show")


def _rendered(entry: Entry, lines: Sequence[str]) -> Shown:
    header = lines[entry.header - 1 : entry.header + 1] if entry.header else []
    own = lines[entry.line - 1 : entry.end_line]
    return render([strip_ending(line) for line in own], [strip_ending(line) for line in header])


def _refusal(document: Document, reason: str) -> EditRefusedError:
    return EditRefusedError(
        f"{document.path} was left as it is: {reason}", "give a `template:` in the config, or add it by hand"
    )


if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ADDRESS = re.compile(r"https?://[^\s<>\[\]()]+")  # matches "https://arxiv.org/abs/2407.12391"
_LISTS = {"bullet_list_open", "ordered_list_open"}
_BOX = re.compile(r"^\s*\[[ xX]?\](?=\s)")  # matches the box of "[ ] A Title"
_BRACKETS = {"]": "[", ")": "(", "】": "【", "）": "（"}
_SEPARATOR = r",|/·•→~∣;；，"
_FAULTS = {
    "a backslash": re.compile(r"\\"),  # matches "\"
    "an empty bracket": re.compile(r"\[\s*\]|\(\s*\)|（\s*）|【\s*】"),  # matches "[ ]"
    "half a link": re.compile(r"\]\s?\(\s*<?(?:https?:|$)"),  # matches "](https:"
    "two separators": re.compile(rf"[{_SEPARATOR}:]\s*[{_SEPARATOR}]"),  # matches ", ,"
    "a separator at its end": re.compile(rf"[{_SEPARATOR}:：&–—-]\s*$"),  # matches "A Title -"
    "a mark of emphasis": re.compile(r"\*\*|(?<!\w)__|(?<![\w*])\*(?=\w)"),  # matches "**"
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it.

    Attributes:
        text: All of its text in one line, links by their labels.
        lists: What lists it holds or is in: `bullet_list_open` or `ordered_list_open`, and how deep.
    """

    text: str
    lists: frozenset[tuple[str, int]] = frozenset()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # costly, and not needed for the list's values

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def render(lines: Sequence[str], header: Sequence[str] = ()) -> Shown:
    """Render an entry by itself.

    Args:
        lines: Its lines without their endings.
        header: The two lines of its table's header, for a row; cells beyond it are not shown.
    """
    text = "\n".join([*header, *lines]) if header else textwrap.dedent("\n".join(lines))
    tokens = _parser().parse(text)
    if header:
        start = next((index for index, token in enumerate(tokens) if token.type == "tbody_open"), 0)
        tokens = tokens[start:]
    texts: list[str] = []
    for token in tokens:
        pieces = token.children or [token]
        own = "".join(text for piece in pieces for text in _texts(piece))
        if not header or re.search(r"\w", own):  # a dash in a cell says that there is nothing
            texts.append(f"{own} " if token.type == "inline" else own)
    lists = {(token.type, token.level) for token in tokens if token.type in _LISTS}
    return Shown(" ".join("".join(texts).split()), frozenset(lists))


def _texts(token: Token) -> Iterator[str]:
    if token.type in {"text", "code_inline", "code_block", "fence"}:
        yield token.content
    elif token.type in {"softbreak", "hardbreak"} or token.content[:3].lower() == "<br":
        yield " "
    elif token.type == "html_block":
        yield f"{plain(token.content)} "


def find_faults(text: str) -> set[str]:
    """Name what is left over in a rendered text without its title: half brackets, separators, marks."""
    text = _ADDRESS.sub("U", _BOX.sub("", text))
    faults = {name for name, pattern in _FAULTS.items() if pattern.search(text)}
    if any(text.count(one) != text.count(other) for one, other in _BRACKETS.items()):
        faults.add("half a bracket")
    return faults


def without_title(text: str, title: str) -> tuple[str, int]:
    """Put one sign in each place of a title, and return how often it stood there."""
    # Matches "Serving", a word of a title.
    words = re.findall(r"[^\W_]+", title)
    if not words:
        return text, 0
    inner = r"[\W_]*?".join(map(re.escape, words))
    before, after = (
        "".join(f"{re.escape(mark)}?" for mark in outer)
        for outer in (title[: title.index(words[0])], title[title.rindex(words[-1]) + len(words[-1]) :])
    )
    return re.subn(before + inner + after + r"[.!?]*", "T", text, flags=re.IGNORECASE)
