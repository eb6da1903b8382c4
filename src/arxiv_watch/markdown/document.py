"""The values of the list: entries under headings, edits and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.blocks import Block
from arxiv_watch.papers import Paper, normalise_title


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of the list and the lines it takes.

    Attributes:
        line: First line, from 1.
        end_line: Last line, itself included.
        ids: The arXiv papers it links to, in order, each once.
        title: The title as people see it, or empty where none can be told.
        urls: Every link, in order; images are not links.
        note: What else people see: comment, venue, authors, labels.
        style: The name of its format, one of `formats.FORMATS`.
        run: Entries of a section that stand together share a number; prose and rules part runs.
        gap: Number of blank lines right above it.
        number: The number it bears, in a numbered list or heading or a table's first column; else 0.
        header: The line of the table's header, for a row; else 0.
    """

    line: int
    end_line: int
    ids: tuple[ArxivId, ...]
    title: str
    urls: tuple[str, ...]
    note: str
    style: str = "bullet"
    run: int = 0
    header: int = 0
    gap: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the entries directly under it.

    Attributes:
        path: Every heading above the entries, outermost first.
        level: 1 to 6 as in Markdown; deeper for headings that are none to Markdown.
        line: The heading's line, from 1; 0 for what stands above every heading.
        style: That of most entries, or empty.
        order: `newest-first`, `oldest-first`, `alphabetical`, `append` where no order shows, or empty.
        ordered_by: What it is an order of: `id`, `date` or `month`, or empty.
        category: Whether a paper can be put here; false for news, contents and the like.
    """

    path: HeadingPath
    level: int
    line: int
    style: str
    order: str
    entries: tuple[Entry, ...]
    ordered_by: str = ""
    category: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    r"""One file of a list; it is compared by identity, so that what is worked out from it can be cached.

    Attributes:
        path: Relative to the repository's root, with forward slashes.
        newline: The line ending of most lines: `\n`, `\r\n` or `\r`.
        sections: One for each heading, and one for what stands above them all.
        lines: The lines as text, without their endings and without a byte order mark.
        linked: Every arXiv paper linked anywhere in the file, entries or not.
        references: The addresses of reference links by their label in lower case.
    """

    path: str
    data: bytes = field(repr=False)
    newline: str
    sections: tuple[Section, ...]
    linked: frozenset[ArxivId] = frozenset()
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    references: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    blocks: tuple[Block, ...] = field(default=(), repr=False, compare=False)

    def text(self, entry: Entry) -> str:
        """Return the lines of an entry as one text."""
        return "\n".join(self.lines[entry.line - 1 : entry.end_line])

    def header(self, entry: Entry) -> str:
        """Return the line of the header of a row's table; empty where there is none."""
        return self.lines[entry.header - 1] if entry.header else ""


@dataclass(frozen=True)
class PaperList:
    """All files of one list."""

    documents: tuple[Document, ...]

    @cached_property
    def sections(self) -> tuple[tuple[Document, Section], ...]:
        """Every section with its file."""
        return tuple((document, section) for document in self.documents for section in document.sections)

    @cached_property
    def entries(self) -> tuple[tuple[Document, Section, Entry], ...]:
        """Every entry of a category with its file and section."""
        return tuple(
            (document, section, entry)
            for document, section in self.sections
            if section.category
            for entry in section.entries
        )

    @cached_property
    def ids(self) -> frozenset[ArxivId]:
        """Every arXiv paper the list knows: its entries, and links anywhere else in its files."""
        linked = (identifier for document in self.documents for identifier in document.linked)
        return frozenset(linked) | {identifier for _, _, entry in self.entries for identifier in entry.ids}

    @cached_property
    def titles(self) -> frozenset[str]:
        """The normalised titles of all entries, news and the like among them."""
        entries = (entry for _, section in self.sections for entry in section.entries)
        return frozenset(normalise_title(entry.title) for entry in entries) - {""}

    @cached_property
    def headings(self) -> tuple[HeadingPath, ...]:
        """The headings a paper can be put under, in order, each once."""
        return tuple(dict.fromkeys(section.path for _, section in self.sections if section.category))

    @cached_property
    def file_headings(self) -> frozenset[HeadingPath]:
        """Every heading with its file before it, to tell headings of several files apart."""
        return frozenset((document.path, *section.path) for document, section in self.sections)

    @cached_property
    def placed(self) -> tuple[tuple[Entry, HeadingPath], ...]:
        """Every entry of a category with its heading."""
        return tuple((entry, section.path) for _, section, entry in self.entries)

    @cached_property
    def paths(self) -> Mapping[ArxivId, HeadingPath]:
        """Which paper is listed under which heading; the first, where there are several."""
        return {paper: path for entry, path in reversed(self.placed) for paper in entry.ids}

    @property
    def files(self) -> Mapping[str, bytes]:
        """The bytes of each file by its path."""
        return {document.path: document.data for document in self.documents}


@dataclass(frozen=True, slots=True)
class Insertion:
    """A paper and the heading to put it under, before which its file may stand where several have it."""

    paper: Paper
    path: HeadingPath


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new entry stands in the edited file; `line` is its first line, from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Edit:
    """The outcome of an insertion.

    Attributes:
        files: The new bytes of each file that changes.
        places: For each insertion where it went, or None where the list already holds the paper.
        diff: The change as a unified diff; empty if nothing changes.
    """

    files: Mapping[str, bytes]
    places: tuple[Place | None, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a list.

    Attributes:
        line: From 1; 0 for the whole file.
        kind: `error` stops the bot, `warning` is a flaw of the list, `info` is what the bot would do.
        advice: The one thing to do, or empty.
    """

    file: str
    line: int
    kind: str
    message: str
    advice: str = ""


def document_to_dict(document: Document) -> dict[str, Any]:
    """Describe a document as `list show --format json` prints it."""
    sections = [
        {
            "path": list(section.path),
            **{name: getattr(section, name) for name in ("level", "line", "style", "order")},
            "entries": [
                {
                    "line": entry.line,
                    "end_line": entry.end_line,
                    "ids": [identifier.base for identifier in entry.ids],
                    "title": entry.title,
                    "urls": list(entry.urls),
                    "note": entry.note,
                }
                for entry in section.entries
            ],
        }
        for section in document.sections
    ]
    return {"path": document.path, "newline": document.newline, "sections": sections}
