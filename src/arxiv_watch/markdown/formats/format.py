"""What the list engine asks of a format, and the values that all formats read entries from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry
from arxiv_watch.markdown.text.inline import Link, bare_ids, scan_links, visible
from arxiv_watch.markdown.text.titles import Title, find_title

# matches "- ", "  1. " and "* [ ] "
ITEM_MARKER = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+\[[ xX]?\](?=[ \t]))?(?:[ \t]+|(?=\n|\Z))")
_NUMBER = re.compile(r"\d+")  # matches the "12" of "12. "
# matches "#serving", "docs/more.md" and "papers/"
_HERE = re.compile(r"#|(?!\w+:)(?:.*\.md\b|.*/$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class HtmlElement:
    """How an entry is recognised among other HTML.

    Attributes:
        found: An entry, as sloppy as browsers take it.
        whole: Lines that are one entry, with the tags that end it, and nothing else.
        tags: The names of its tags, which stay although what is between them is left out; a pattern.
    """

    found: re.Pattern[str]
    whole: re.Pattern[str]
    tags: str


@dataclass(frozen=True, slots=True)
class Format:
    """A way in which entries are written.

    Attributes:
        name: As in `Entry.style` and `list show`.
        marker: What comes before an entry's own text.
        title: Finds the title in an entry without its marker.
        element: None where entries are Markdown. No backslash escapes in HTML; an
            entry goes only among whole ones, and shows no other heading how entries are written.
        in_cells: It is a row, learned column by column; a pipe in a title would part two cells.
        bears_number: Its marker may hold a number.
        is_plain: A linked title will do, where there is nothing to learn from.
        is_parted: Rules and lines of years may stand between entries.
        is_open: What follows it, such as a figure, may belong to it.
        needs_gap: Without a blank line it would run into the next one.
    """

    name: str
    marker: re.Pattern[str] = ITEM_MARKER
    title: Callable[[str, list[Link]], Title | None] = find_title
    element: HtmlElement | None = None
    in_cells: bool = False
    bears_number: bool = False
    is_plain: bool = False
    is_parted: bool = False
    is_open: bool = False
    needs_gap: bool = False

    def marker_end(self, text: str) -> int:
        """Return where the bullet, number, box or `#` before an entry ends."""
        match = self.marker.match(text)
        return match.end() if match else 0

    def number_of(self, text: str) -> int:
        """Read the number in an entry's marker; 0 where there is none."""
        match = _NUMBER.search(text, 0, self.marker_end(text)) if self.bears_number else None
        return int(match[0]) if match else 0

    def is_whole(self, text: str) -> bool:
        """Return whether another entry can go on lines of its own right before or after these."""
        return self.element is None or bool(self.element.whole.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines that may be an entry.

    Attributes:
        start: The first of them, from 0.
        end: The line after the last one.
        gap: Number of blank lines right above.
        text: Without a marker.
    """

    start: int
    end: int
    gap: int
    text: str
    links: list[Link]

    def label(self, link: Link) -> str:
        """Return what a reader sees of a link."""
        return visible(self.text[slice(*link.label)])

    @property
    def papers(self) -> dict[ArxivId, None]:
        """The papers that are linked, in order."""
        return dict.fromkeys(link.id for link in self.links if link.id)

    @property
    def is_contents(self) -> bool:
        """Whether the links lead only to places in the list itself."""
        targets = [link.url for link in self.links if link.kind != "image" and link.url]
        return bool(targets) and all(map(leads_inside, targets))

    def entry(self, style: Format, title: Title | None, *, number: int = 0, header: int = 0) -> Entry:
        """Make an entry of it in a format."""
        return Entry(
            line=self.start + 1,
            end_line=self.end,
            ids=tuple(self.papers or dict.fromkeys(bare_ids(self.text))),
            title=title.text if title else "",
            urls=tuple(link.url for link in self.links if link.kind != "image"),
            note=_note(self.text, self.links, title),
            style=style.name,
            gap=self.gap,
            number=number,
            header=header,
        )


@dataclass(frozen=True, slots=True)
class FileText:
    """The lines of a file without their endings, and the addresses of its reference links by label."""

    lines: Sequence[str]
    references: Mapping[str, str]

    def text(self, start: int, end: int) -> str:
        """Return the lines from `start` to `end`, excluded, as one text."""
        return "\n".join(self.lines[start:end])

    def candidate(self, start: int, end: int, text: str) -> Candidate:
        """Return lines that may be an entry, whose text without a marker is given."""
        above = start
        while above > 0 and not self.lines[above - 1].strip():
            above -= 1
        return Candidate(start, end, start - above, text, scan_links(text, self.references))


def leads_inside(url: str) -> bool:
    """Return whether an address is that of a place in the list itself."""
    return bool(_HERE.match(url))


def _note(text: str, links: Sequence[Link], title: Title | None) -> str:
    """Return what else an entry says: its text without the title, link labels and separators."""
    cuts = [(link.start, link.end) for link in links]
    if title:
        cuts.append(title.span)
        cuts += [title.rest] if title.rest else []
    kept, position = [], 0
    for start, end in sorted(cuts):
        if start >= position:
            kept.append(text[position:start])
        position = max(position, end)
    kept.append(text[position:])
    # Matches " | [" between two parts of a note.
    return visible(re.sub(r"[\s|\[\](){}]+", " ", " ".join(kept))).strip(' :,.;-–—"“”*|\\')
