"""`list show`, `list add`, `list check`: the Markdown engine by itself."""

from __future__ import annotations

import argparse
import logging
from dataclasses import asdict

from arxiv_watch.cli.context import Context
from arxiv_watch.errors import UsageError
from arxiv_watch.headings import HeadingPath, format_path, parse_path, resolve_path
from arxiv_watch.markdown import (
    Document,
    Insertion,
    PaperList,
    check_list,
    document_to_dict,
    insert,
    parse_list,
    read_history,
    read_list,
)
from arxiv_watch.publish import write_file
from arxiv_watch.rows import read_papers
from arxiv_watch.wording import plural

log = logging.getLogger(__name__)


def show(context: Context, arguments: argparse.Namespace) -> int:
    """Print the sections of a list, with their numbers of entries and styles."""
    paper_list = parse_list(read_list(*context.locate(arguments.list)))
    if arguments.format == "json":
        shown = [document_to_dict(document) for document in paper_list.documents]
        # One file is one object; a folder is an array of them.
        context.print_json(shown[0] if len(shown) == 1 else shown)
    else:
        context.print("\n".join(_describe(document) for document in paper_list.documents))
    return 0


def add(context: Context, arguments: argparse.Namespace) -> int:
    """Insert one paper; print the diff, or write the list.

    Raises:
        UsageError: The file does not hold one paper, or the heading is none of the list's.
        EditRefusedError: The list cannot be changed safely.
    """
    papers = list(read_papers(arguments.paper, log.warning))
    if len(papers) != 1:
        raise UsageError(f"{arguments.paper} holds {len(papers)} papers", "give a file with one paper row")
    folder, pattern = context.locate(arguments.list)
    files = read_list(folder, pattern)
    paper_list = parse_list(files)
    path = _heading(paper_list, parse_path(arguments.heading))
    history = read_history(folder, files)
    edit = insert(paper_list, [Insertion(papers[0], path)], history=history)
    if not edit.files:
        log.warning("%s is already listed; nothing to do", papers[0].id)
    if arguments.write:
        for name, data in edit.files.items():
            write_file(folder / name, data, expected=files[name])
    else:
        context.print(edit.diff)
    return 0


def _heading(paper_list: PaperList, asked: HeadingPath) -> HeadingPath:
    """Find the heading meant: one for papers, any other by its whole path, or one after its file."""
    if asked in paper_list.file_headings:
        return asked
    try:
        return resolve_path(asked, paper_list.headings)
    except UsageError:
        if any(asked == section.path for document in paper_list.documents for section in document.sections):
            return asked
        raise


def check(context: Context, arguments: argparse.Namespace) -> int:
    """Print the findings: entries that are unreadable, duplicated or broken."""
    folder, pattern = context.locate(arguments.list)
    files = read_list(folder, pattern)
    history = read_history(folder, files)
    findings = check_list(parse_list(files), history)
    if arguments.format == "json":
        context.print_json([asdict(finding) for finding in findings])
    else:
        context.print(
            "\n".join(f"{f.file}:{f.line}: {f.kind}: {f.message}" for f in findings) or "nothing found"
        )
    return 0


def _describe(document: Document) -> str:
    entries = sum(len(section.entries) for section in document.sections)
    lines = [f"{document.path}: {plural(entries, 'entry', 'entries')}"]
    for section in document.sections:
        if section.entries:
            how = f"({plural(len(section.entries), 'entry', 'entries')}, {section.style}, {section.order})"
            lines.append(f"{section.line:>6}  {format_path(section.path)}  {how}")
    return "\n".join(lines)
