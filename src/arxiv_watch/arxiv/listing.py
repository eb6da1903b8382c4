"""Listing and catch-up pages: the only sources that say how many papers there must be.

`/list/<category>/new` shows the latest batch, whichever day it is of; `/catchup/<category>/<date>` shows
the batch of a day of the last ninety. Their headings bear the date and the counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser

from arxiv_watch.arxiv.documents import line
from arxiv_watch.arxiv.feeds import Item
from arxiv_watch.arxiv.refusals import BadDocumentError
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper

_DAY = re.compile(r"(?:listings? for|for) (?:\w+, )?(?P<day>\d{1,2} \w+ \d{4})")
_SECTION = re.compile(
    r"(?P<name>New|Cross|Replacement) submissions"
    r"(?: \((?:continued, )?(?:showing )?(?:(?:first|last) )?(?:\d+ )?of (?P<total>\d+) entries\))?"
)
_TYPES = {"New": AnnounceType.NEW, "Cross": AnnounceType.CROSS, "Replacement": AnnounceType.REPLACE}
_CATEGORY = re.compile(r"\((?P<category>[a-z-]+(?:\.[A-Za-z-]+)?)\)")
_VERSION = re.compile(r"v(\d+)$")
_NOTHING = re.compile(r"No updates (?:today|for)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing or catch-up page.

    Attributes:
        day: The date in its heading, or None where there is none.
        items: The papers; replacements of cross-listed papers bear `replace-cross`.
        declared: How many papers the headings say there are, by type as the page groups them.
        quarantined: Entries that could not be read: which one and why.
    """

    day: date | None
    items: tuple[Item, ...]
    declared: dict[AnnounceType, int]
    quarantined: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether there are as many papers as the headings say."""
        return len(self.items) + len(self.quarantined) >= sum(self.declared.values())


def parse_listing(body: bytes, category: Category) -> Listing:
    """Parse a page of a category.

    Raises:
        BadDocumentError: It is not a listing: neither a dated heading nor "No updates".
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadDocumentError(f"not UTF-8 ({error.reason} at byte {error.start})") from error
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.day is None and not _NOTHING.search(text):
        raise BadDocumentError('not a listing: it has neither a date nor "No updates"')
    items: dict[ArxivId, Item] = {}
    quarantined: list[str] = []
    for entry in reader.entries:
        try:
            item = _item(entry, category)
            items.setdefault(item.paper.id, item)
        except ValueError as error:
            quarantined.append(str(error))
    return Listing(reader.day, tuple(items.values()), reader.declared, tuple(quarantined))


@dataclass(slots=True)
class _Entry:
    type: AnnounceType
    id: str = ""
    version: int | None = None
    parts: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)


# A part of an entry begins at an element of this class (or at a paragraph: the abstract).
_PARTS = {
    "list-title": "title",
    "list-authors": "authors",
    "list-comments": "comment",
    "list-journal-ref": "journal_ref",
    "list-subjects": "subjects",
}


class _Reader(HTMLParser):
    """Collects headings and entries; it relies on ids and words first and on classes last."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.day: date | None = None
        self.declared: dict[AnnounceType, int] = {}
        self.entries: list[_Entry] = []
        self._type: AnnounceType | None = None
        self._heading: str | None = None
        self._part = ""
        self._in_descriptor = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notice where headings, entries and their parts begin."""
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        if tag in {"h1", "h2", "h3"}:
            self._heading = ""
        elif tag == "dt" and self._type:
            self.entries.append(_Entry(self._type))
            self._part = "label"
        elif tag == "a":
            self._link(attributes)
        elif tag == "p":
            self._part = "abstract"
        elif tag == "dd":
            self._part = ""
        elif tag == "span" and "descriptor" in classes:
            self._in_descriptor = True
        for name in classes:
            self._part = _PARTS.get(name, self._part)

    def handle_endtag(self, tag: str) -> None:
        """Notice where headings and parts end."""
        if tag in {"h1", "h2", "h3"} and self._heading is not None:
            self._read_heading(line(self._heading))
            self._heading = None
        elif tag == "span":
            self._in_descriptor = False
        elif tag in {"p", "dt", "dd", "dl"}:
            self._part = ""

    def handle_data(self, data: str) -> None:
        """Collect text for the part it is in."""
        if self._heading is not None:
            self._heading += data
        elif self.entries and self._part and not self._in_descriptor:
            parts = self.entries[-1].parts
            parts[self._part] = parts.get(self._part, "") + data

    def _link(self, attributes: dict[str, str]) -> None:
        if not self.entries or not self._part:
            return
        entry, target = self.entries[-1], attributes.get("href", "")
        if self._part == "label" and target.startswith("/abs/"):
            entry.id = entry.id or target.removeprefix("/abs/")
        elif self._part == "label" and (version := _VERSION.search(target)):
            entry.version = int(version[1])

    def _read_heading(self, heading: str) -> None:
        section, day = _SECTION.search(heading), _DAY.search(heading)
        if section:
            self._type = _TYPES[section["name"]]
            if section["total"]:
                self.declared[self._type] = int(section["total"])
        elif day:
            self.day = datetime.strptime(day["day"], "%d %B %Y").date()  # noqa: DTZ007 - a date only


def _item(entry: _Entry, category: Category) -> Item:
    identifier = ArxivId.find(entry.id)
    if identifier is None:
        raise ValueError(f"{entry.id or 'an entry'}: no arXiv identifier")
    title = line(entry.parts.get("title"))
    if not title:
        raise ValueError(f"{identifier}: no title")
    version = entry.version or (1 if entry.type is AnnounceType.NEW else None)
    paper = Paper(
        id=ArxivId(identifier.base, version),
        title=title,
        abstract=line(entry.parts.get("abstract")),
        authors=tuple(name for name in map(line, entry.parts.get("authors", "").split(",")) if name),
        categories=tuple(dict.fromkeys(_CATEGORY.findall(entry.parts.get("subjects", "")))),
        comment=line(entry.parts.get("comment")),
        journal_ref=line(entry.parts.get("journal_ref")),
    )
    is_cross = not belongs(category, paper.categories[:1])
    if entry.type is AnnounceType.REPLACE and is_cross:
        return Item(paper, AnnounceType.REPLACE_CROSS)
    return Item(paper, entry.type)
