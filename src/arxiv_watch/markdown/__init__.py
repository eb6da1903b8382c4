"""The list as Markdown: read, extended by pure insertion, checked."""

from arxiv_watch.markdown.document import (
    Document,
    Edit,
    Entry,
    Finding,
    Insertion,
    PaperList,
    Place,
    Section,
    document_to_dict,
)
from arxiv_watch.markdown.editing.check import check_list, find_faults
from arxiv_watch.markdown.editing.refusal import refuse_fragment
from arxiv_watch.markdown.editing.writing import insert
from arxiv_watch.markdown.form.filling import read_template
from arxiv_watch.markdown.git import GIT, NO_GIT, has_git, why_no_history
from arxiv_watch.markdown.history.record import ListHistory, read_history, read_rows
from arxiv_watch.markdown.reading.files import read_list
from arxiv_watch.markdown.reading.reader import parse_list

__all__ = [
    "GIT",
    "NO_GIT",
    "Document",
    "Edit",
    "Entry",
    "Finding",
    "Insertion",
    "ListHistory",
    "PaperList",
    "Place",
    "Section",
    "check_list",
    "document_to_dict",
    "find_faults",
    "has_git",
    "insert",
    "parse_list",
    "read_history",
    "read_list",
    "read_rows",
    "read_template",
    "refuse_fragment",
    "why_no_history",
]
