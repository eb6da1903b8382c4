"""An edit is read back, and new entries looked at as a reader sees them: only what is intended may show."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.blocks import markdown_parser
from arxiv_watch.markdown.document import Document, Entry, Insertion, Section
from arxiv_watch.markdown.formats import HTML_TAGS
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.escapes import shown_text
from arxiv_watch.markdown.text.inline import plain
from arxiv_watch.markdown.text.lines import decode, split_lines, strip_ending
from arxiv_watch.papers import Paper, normalise_title

if TYPE_CHECKING:
    from markdown_it.token import Token

_ADDRESS = re.compile(r"https?://[^\s<>\[\]()]+")  # matches "https://arxiv.org/abs/2407.12391"
_CELL = re.compile(rf"<(?:{HTML_TAGS})\b[^<>]*>", re.IGNORECASE)  # matches "<td>" and "<dd>"
_LISTS = {"bullet_list_open", "ordered_list_open"}
_HAS_WORD = re.compile(r"\w")  # matches "2024", not the "--" of a cell that says that there is nothing
_BOX = re.compile(r"^\s*\[[ xX]?\](?=\s)")  # matches the box of "[ ] A Title"
_BRACKETS = {"]": "[", ")": "(", "】": "【", "）": "（"}
_SEPARATOR = r",|/·•→~∣;；，"
_LEFTOVERS = {
    "a backslash": re.compile(r"\\"),  # matches "\"
    "an empty bracket": re.compile(r"\[\s*\]|\(\s*\)|（\s*）|【\s*】"),  # matches "[ ]"
    "half a link": re.compile(r"\]\s?\(\s*<?(?:https?:|$)"),  # matches "](https:"
    "two separators": re.compile(rf"[{_SEPARATOR}:]\s*[{_SEPARATOR}]"),  # matches ", ,"
    "a separator at its end": re.compile(rf"[{_SEPARATOR}:：&–—-]\s*$"),  # matches "A Title -"
    "a mark of emphasis": re.compile(r"\*\*|(?<!\w)__|(?<![\w*])\*(?=\w)"),  # matches "**"
}
_NAME = 2  # words; so few may stand twice
_BESIDE = 40  # entries that show what is usual in a file; those next to the new one


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader sees it, all of its text in one line, links by their labels.

    Attributes:
        lists: What lists it holds or is in: `bullet_list_open` or `ordered_list_open`, and how deep.
    """

    text: str
    lists: frozenset[tuple[str, int]] = frozenset()


def render(lines: Sequence[str], header: Sequence[str] = ()) -> Shown:
    """Render the lines of an entry by themselves; of a row the cells that the table's header has.

    The header has two lines, of which the second parts it from the rows.
    """
    text = "\n".join([*header, *lines]) if header else textwrap.dedent("\n".join(lines))
    tokens = markdown_parser(inline=True).parse(text)
    if header:
        start = next((index for index, token in enumerate(tokens) if token.type == "tbody_open"), 0)
        tokens = tokens[start:]
    texts: list[str] = []
    for token in tokens:
        pieces = token.children or [token]
        own = "".join(text for piece in pieces for text in _texts(piece))
        if not header or _HAS_WORD.search(own):
            texts.append(f"{own} " if token.type == "inline" else own)
    lists = {(token.type, token.level) for token in tokens if token.type in _LISTS}
    return Shown(" ".join("".join(texts).split()), frozenset(lists))


def _texts(token: Token) -> Iterator[str]:
    if token.type in {"text", "code_inline", "code_block", "fence"}:
        yield token.content
    elif token.type in {"softbreak", "hardbreak"} or token.content[:3].lower() == "<br":
        yield " "
    elif token.type == "html_block":
        outside, *cells = map(plain, _CELL.split(token.content))
        yield " ".join([outside, *filter(_HAS_WORD.search, cells), ""])


def find_leftovers(text: str) -> set[str]:
    """Name what an entry shows that nobody would write: half brackets, separators, marks."""
    text = _ADDRESS.sub("U", _BOX.sub("", text))
    found = {name for name, pattern in _LEFTOVERS.items() if pattern.search(text)}
    if any(text.count(one) != text.count(other) for one, other in _BRACKETS.items()):
        found.add("half a bracket")
    return found


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


def verify(old: Document, data: bytes, inserted: Mapping[int, Insertion]) -> None:
    """Refuse an edit that reads as anything but the new entries under their headings, the rest as before.

    Each insertion is given by its first line in the edited file, from 1.
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
        usual |= find_leftovers(without_title(near.text, other.title)[0])
    if shown.lists - lists:
        yield f"the entry of {paper.id} would hold a list as no other does"
    if left := find_leftovers(rest) - usual:
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
