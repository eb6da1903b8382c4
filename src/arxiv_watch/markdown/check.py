"""`list check`: what in a list is unreadable, doubled or broken, and what the bot would do where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.markdown.document import Document, Entry, Finding, PaperList, Section
from arxiv_watch.markdown.inline import find_id
from arxiv_watch.markdown.learning import learn_form
from arxiv_watch.markdown.lines import decode
from arxiv_watch.markdown.placing import choose_slot
from arxiv_watch.markdown.refusal import find_conflict, find_generated
from arxiv_watch.markdown.style import describe

_ARXIV_LINK = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf)/[^\s<>|\[\]\"'`)]*", re.IGNORECASE)


def check_list(paper_list: PaperList) -> tuple[Finding, ...]:
    """Report what the maintainer should know about a list, in order of file and line."""
    findings: list[Finding] = []
    for document in paper_list.documents:
        findings += _unsafe(document)
        findings += _broken_links(document)
        findings += _unreadable(document)
        findings += _sections(document)
    findings += _doubles(paper_list)
    return tuple(sorted(findings, key=lambda finding: (finding.file, finding.line, finding.kind)))


def _unsafe(document: Document) -> Iterator[Finding]:
    conflict = find_conflict(document)
    if conflict:
        yield Finding(
            document.path, conflict, "error", "an unresolved merge conflict", "resolve it in the list"
        )
    generated = find_generated(document)
    if generated:
        line, words = generated
        yield Finding(
            document.path,
            line,
            "error",
            f"the file is generated ({words!r})",
            "watch what it is generated from",
        )


def _broken_links(document: Document) -> Iterator[Finding]:
    text = decode(document.data)
    for match in _ARXIV_LINK.finditer(text):
        if find_id(match[0]) is None:
            line = text.count("\n", 0, match.start()) + 1
            yield Finding(
                document.path, line, "warning", f"{match[0]} names no paper", "correct the identifier"
            )


def _unreadable(document: Document) -> Iterator[Finding]:
    for section in document.sections:
        for entry in section.entries:
            if section.category and not entry.title:
                yield Finding(
                    document.path, entry.line, "warning", "an entry without a title", "write its title"
                )


def _doubles(paper_list: PaperList) -> Iterator[Finding]:
    first: dict[tuple[str, HeadingPath], tuple[str, Entry]] = {}
    for document in paper_list.documents:
        for section in document.sections:
            for entry in section.entries if section.category else ():
                for identifier in entry.ids:
                    key = (identifier.base, section.path)
                    if key in first:
                        file, other = first[key]
                        message = (
                            f"{identifier.base} is already under this heading, in line {other.line} of {file}"
                        )
                        yield Finding(document.path, entry.line, "warning", message, "keep one of the two")
                    else:
                        first[key] = (document.path, entry)


def _sections(document: Document) -> Iterator[Finding]:
    for section in document.sections:
        if section.category:
            yield _prospect(document, section)


def _prospect(document: Document, section: Section) -> Finding:
    name = format_path(section.path)
    try:
        newest = max(entry.ids[0] for entry in section.entries if entry.ids)
        slot = choose_slot(section, newest)
        form = learn_form(document, section, slot.style, newest)
    except (EditRefusedError, ValueError):
        return Finding(
            document.path,
            section.line,
            "warning",
            f"nothing can be learned from the entries under {name!r}",
            "give a `template:` in the config",
        )
    line = slot.line + 1
    message = (
        f"{name!r}: {section.style}, {section.order}; a new entry goes to line {line} as {describe(form)}"
    )
    return Finding(document.path, section.line, "info", message)
