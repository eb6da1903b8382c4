"""`list check`: what in a list is unreadable, doubled or broken, and what the bot would do where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Entry, Finding, PaperList, Section
from arxiv_watch.markdown.editing.refusal import find_unsafe
from arxiv_watch.markdown.editing.writing import draft_entry
from arxiv_watch.markdown.formats import FORMATS
from arxiv_watch.markdown.history.changes import Arrivals
from arxiv_watch.markdown.history.record import ListHistory
from arxiv_watch.markdown.placing.rules import RULES, Habit
from arxiv_watch.markdown.text.inline import find_id
from arxiv_watch.markdown.text.lines import decode
from arxiv_watch.papers import Paper

# matches "https://arxiv.org/abs/2407.12391"
_ARXIV_LINK = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf)/[^\s<>|\[\]\"'`)]*", re.IGNORECASE)

# matches "] (https://arxiv.org/abs/2407.12391)", a link that a blank keeps from being one
_PARTED = re.compile(r"\][ \t]+\((https?://[^\s()]+)\)")
# matches the end of "Papers [12]", "Papers (34)", "Quantisation (8 papers)" and "论文（12 篇）"
_COUNT = re.compile(
    r"[\[(（【]\s*(\d{1,5})\s*+(?:papers?|entries|items|works|篇)?\s*+[\])）】]\W*$", re.IGNORECASE
)
_LEAST_COUNT = 2  # entries; "Part (1)" above a single paper may be no count
_WORD = re.compile(r"\w+")  # matches "serving"
_SHORTEST = 4  # letters of a word that distinguishes titles
_NAME = 2  # words; so few may be a name beside a title
_AUTHORS = ("Ada Example", "Ben Example", "Cy Example")


def check_list(paper_list: PaperList, history: ListHistory | None = None) -> tuple[Finding, ...]:
    """Report what the maintainer should know about a list, in order of file and line."""
    arrivals = history.arrivals if history else {}
    prospects = [
        finding
        for document in paper_list.documents
        for finding in _prospects(document, arrivals.get(document.path))
    ]
    return _sorted([*find_faults(paper_list), *prospects])


def find_faults(paper_list: PaperList) -> tuple[Finding, ...]:
    """Report what is unreadable, doubled or broken; nothing is learned for it, so it takes no time."""
    findings: list[Finding] = []
    for document in paper_list.documents:
        findings += find_unsafe(document)
        findings += _broken_links(document)
        findings += _unreadable(document)
        findings += _counting(document)
    return _sorted([*findings, *_doubles(paper_list), *_two_titles(paper_list)])


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.file, finding.line, finding.kind)))


def _warning(document: Document, line: int, message: str, advice: str) -> Finding:
    return Finding(document.path, line, "warning", message, advice)


def _broken_links(document: Document) -> Iterator[Finding]:
    text = decode(document.data)
    for line, match in _by_line(_ARXIV_LINK, text):
        if find_id(match[0]) is None:
            yield _warning(document, line, f"{match[0]} names no paper", "correct the identifier")
    for line, match in _by_line(_PARTED, text):
        message = f"a space separates {match[1]} from its text, so it is not a link"
        yield _warning(document, line, message, "take the blank out")


def _by_line(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Find a pattern with the lines it is in, counted on from one to the next."""
    line, position = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line, match


def _unreadable(document: Document) -> Iterator[Finding]:
    for section in document.sections:
        for entry in section.entries:
            # Of a link that a blank keeps from being one there is a finding already; its text is the title.
            parted = _PARTED.search(document.text(entry))
            if section.category and not entry.title and not parted:
                yield _warning(document, entry.line, "an entry without a title", "write its title")
            if (
                FORMATS[entry.style].in_cells
                and len(entry.ids) > 1
                and "||" in document.lines[entry.line - 1]
            ):
                message = f"one row with {len(entry.ids)} papers"
                yield _warning(document, entry.line, message, "give each a line of its own")


def _counting(document: Document) -> Iterator[Finding]:
    """Report each heading that counts its entries, with those of the headings below it or without.

    A new entry makes the number wrong. A number in brackets may be a year or the number of a part. It is a
    count where it is true, and also where it is not, if another heading of the file counts truly.
    """
    below: Counter[HeadingPath] = Counter()
    for section in document.sections:
        for depth in range(1, len(section.path) + 1):
            below[section.path[:depth]] += len(section.entries) * section.category
    said = [
        (section, int(found[1]))
        for section in document.sections
        if below[section.path] and (found := _COUNT.search(section.path[-1]))
    ]
    true = [number in {len(section.entries), below[section.path]} for section, number in said]
    counting = any(holds and number >= _LEAST_COUNT for holds, (_, number) in zip(true, said, strict=True))
    for holds, (section, number) in zip(true, said, strict=True) if counting else ():
        message = f"{format_path(section.path)!r} counts "
        if holds:
            message += f"its {number} entries, which is no longer true with a new one"
        else:
            message += f"{number} entries and has {below[section.path]}"
        yield _warning(document, section.line, message, "correct it by hand: no heading is changed")


def _doubles(paper_list: PaperList) -> Iterator[Finding]:
    first: dict[tuple[str, HeadingPath], tuple[str, Entry]] = {}
    for document, section, entry in paper_list.entries:
        for identifier in entry.ids:
            file, other = first.setdefault((identifier.base, section.path), (document.path, entry))
            if other is not entry:
                message = f"{identifier.base} is already under this heading, in line {other.line} of {file}"
                yield _warning(document, entry.line, message, "keep one of the two")


def _two_titles(paper_list: PaperList) -> Iterator[Finding]:
    """Report an identifier under two titles that share no word: one of the two links is wrong."""
    first: dict[str, tuple[str, Entry]] = {}
    for document, _, entry in paper_list.entries:
        if len(entry.ids) == 1 and len(_words(entry.title)) > _NAME:
            file, other = first.setdefault(entry.ids[0].base, (document.path, entry))
            if not _words(entry.title) & _words(other.title):
                message = f"{entry.ids[0].base} has another title in line {other.line} of {file}"
                yield _warning(document, entry.line, message, "correct the identifier of one")


def _words(title: str) -> set[str]:
    return {word for word in _WORD.findall(title.casefold()) if len(word) >= _SHORTEST}


def _prospects(document: Document, arrivals: Arrivals | None) -> Iterator[Finding]:
    """Report what the bot would write under each heading, and where."""
    ids = [found for section in document.sections for entry in section.entries for found in entry.ids]
    if not ids:
        return
    example = Paper(max(ids), "Example: The Title of a New Paper", authors=_AUTHORS, published=max(ids).month)
    for section in document.sections:
        if section.category:
            yield _prospect(document, section, example, arrivals)


def _prospect(document: Document, section: Section, example: Paper, arrivals: Arrivals | None) -> Finding:
    name = format_path(section.path)
    try:
        draft = draft_entry(document, section, example, arrivals=arrivals)
        text = " ⏎ ".join(draft.lines())
    except EditRefusedError as error:
        message = f"nothing can be learned from the entries under {name!r} ({error.message})"
        return _warning(document, section.line, message, "give a `template:` in the config")
    kind = f"{section.style}, {section.order}" if section.entries else "no entries yet"
    kind += f"; {_habit(draft.habit)}" if draft.habit else ""
    message = f"{name!r}: {kind}; next, in line {draft.slot.line + 1}: {text}"
    return Finding(document.path, section.line, "info", message)


def _habit(habit: Habit) -> str:
    """Return which rule was learned from the history, and how sure it is."""
    where = "here" if habit.own else "in the file, none of them here"
    words = RULES[habit.rule].words
    return f"new entries go {words}, as {habit.right} of the last {habit.tried} did {where}"
