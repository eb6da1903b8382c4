"""Listing and catch-up pages: the only sources that say how many papers there must be.

`/list/<category>/new` shows the latest batch, whichever day it is of; `/catchup/<category>/<date>` shows
the batch of a day of the last ninety. Their headings bear the date and the counts, each in its own words:
https://github.com/arXiv/arxiv-browse, browse/templates/list/new.html and browse/templates/catchup.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from html import unescape

from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.session.documents import decoded, line, moment
from arxiv_watch.arxiv.sources.page import Item, Page
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Category, Paper
from arxiv_watch.tex import clean_names, split_names

# Matches '<a href ="/abs/2606.18463" title="Abstract">', '</dd>', text before the next '<', and a stray '<'.
_TOKEN = re.compile(r"<(?P<slash>/?)(?P<tag>[A-Za-z][A-Za-z0-9]*+)(?P<attributes>[^<>]*)>|[^<]+|<")
# Matches 'href ="/abs/2606.18463"', "class='meta'" and 'href=/catchup/cs.DC/2026-06-18?page=2'.
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(?P<name>[\w-]++)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))"""
)


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag, its name in lower case."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag, its name in lower case."""

    name: str


def tokens(page: str) -> Iterator[StartTag | EndTag | str]:
    """Yield the tags and the text of a page in their order, comments left out and references resolved."""
    first, *others = page.split("<!--")
    without_comments = "".join([first, *(each.partition("-->")[2] for each in others)])
    for found in _TOKEN.finditer(without_comments):
        if found["tag"] is None:
            yield unescape(found[0])
        elif found["slash"]:
            yield EndTag(found["tag"].lower())
        else:
            attributes = {
                one["name"].lower(): unescape(one["double"] or one["single"] or one["bare"] or "")
                for one in _ATTRIBUTE.finditer(found["attributes"])
            }
            yield StartTag(found["tag"].lower(), attributes)


# Matches "Showing new listings for Thursday, 18 June 2026" and
# "Catchup results for Operating Systems (cs.OS) on Sat, 20 Jun 2026", with or without the id: the template
# writes a category's full name, and arXiv's taxonomy has had it both ways.
_DATED = re.compile(r"^(?:Showing new listings for|Catchup results for (?P<name>.+) on) (?P<day>\S.*)$")
# Matches the end of "Operating Systems (cs.OS)".
_NAMED = re.compile(r"\((?P<subject>[\w.-]+)\)$")
# Matches "/catchup/cs.OS/2026-06-21?abs=True&page=1", the link to the next day or page.
_ONWARD = re.compile(r"^/catchup/(?P<subject>[\w.-]+)/\d{4}-")
# Matches "New submissions (continued, showing last 4 of 17 entries)".
_SECTION = re.compile(
    r"^(?P<name>New|Cross|Replacement) submissions"
    r"(?: \((?:continued, )?(?:showing )?(?:(?:first|last) )?(?:\d+ )?of (?P<total>[0-9]{1,6}) entries\))?"
)
_TYPES = {"New": AnnounceType.NEW, "Cross": AnnounceType.CROSS, "Replacement": AnnounceType.REPLACE}
# Matches the end of "Operating Systems (cs.OS)".
_CATEGORY = re.compile(r"\((?P<category>[a-z-]+(?:\.[A-Za-z-]+)?)\)")
# Matches the end of "https://arxiv.org/html/2606.18463v1".
_VERSION = re.compile(r"v([0-9]{1,4})$")
# Matches "this https URL", which arXiv's pages show in the place of an address.
_HIDDEN_LINK = re.compile(r"this (?:https?|ftp) URL")
_MOST_ENTRIES = 5000  # of a page, which shows 2,000 at most
_MOST_TOKENS = 1_000_000  # of a page; 2,000 entries with the 100 authors that arXiv shows have 700,000
# Matches "Total of 27 entries for Thu, 18 Jun 2026".
_TOTAL = re.compile(r"Total of (?P<total>[0-9]{1,6}) entries")
# Matches "No updates today." on a listing and "No updates for Sat, 20 Jun 2026." on a catch-up page.
_NOTHING = re.compile(r"No updates (?:today|for)\b")


def parse_listing(body: bytes, category: Category) -> Page:
    """Parse a page of a category.

    It is a `BadDocumentError` if its heading bears no date or another category, or if it has no papers and
    does not say so.
    """
    reader = _Reader()
    for count, token in enumerate(tokens(decoded(body))):
        if count == _MOST_TOKENS:
            raise BadDocumentError(f"it has more than {_MOST_TOKENS} tags and texts")
        reader.read(token)
    if reader.day is None:
        raise BadDocumentError("not a listing: no heading bears a date")
    if reader.subject and not belongs(category, [reader.subject]):
        raise BadDocumentError(f"it shows {reader.subject}")
    around = line("".join(reader.around))
    totals = [int(total) for total in _TOTAL.findall(around)]
    if not reader.entries and not any(totals) and not _NOTHING.search(around):
        raise BadDocumentError('it has neither papers nor "No updates"')
    return replace(
        Page.of(reader.entries, lambda entry: _item(entry, category)),
        day=reader.day,
        declared=reader.declared,
        total=max(totals, default=0),
    )


# A part of an entry begins at an element of this class (or at a paragraph: the abstract).
_PARTS = {
    "list-title": "title",
    "list-authors": "authors",
    "list-comments": "comment",
    "list-journal-ref": "journal_ref",
    "list-subjects": "subjects",
}
_HEADINGS = {"h1", "h2", "h3"}
_ENDS_OF_ENTRY = (EndTag("dd"), EndTag("dl"))


class _Entry:
    """Collects the parts of an entry, from its `<dt>` to its `</dd>`."""

    def __init__(self, announced_as: AnnounceType) -> None:
        self.type = announced_as
        self.id = ""
        self.version: int | None = None
        self.authors: list[str] = []
        self._parts: dict[str, list[str]] = {}
        self._part = "label"
        self._in_descriptor = False
        self._target: str | None = None  # of the link that the text is in

    def text(self, part: str) -> str:
        """Return the text of a part as one line."""
        return line("".join(self._parts.get(part, ())))

    def read(self, token: StartTag | EndTag | str) -> None:
        """Take the next tag or text."""
        if isinstance(token, str):
            self._take(token)
        elif isinstance(token, EndTag):
            self._end(token.name)
        else:
            self._begin(token)

    def _begin(self, tag: StartTag) -> None:
        classes = tag.attributes.get("class", "").split()
        if tag.name == "a":
            self._link(tag.attributes.get("href", ""))
        elif tag.name == "p":
            self._part = "abstract"
        elif tag.name == "dd":
            self._part = ""
        elif tag.name == "br":
            self._take(" ")
        elif tag.name == "span" and "descriptor" in classes:
            self._in_descriptor = True
        for name in classes:
            self._part = _PARTS.get(name, self._part)

    def _end(self, name: str) -> None:
        if name == "a":
            self._target = None
        elif name == "span":
            self._in_descriptor = False
        elif name in {"p", "dt"}:
            self._part = ""

    def _take(self, text: str) -> None:
        if not self._part or self._in_descriptor:
            return
        if self._part == "authors" and self._target is not None:
            self.authors.append(line(text))
        if self._target is not None and _HIDDEN_LINK.fullmatch(line(text)):
            text = self._target
        self._parts.setdefault(self._part, []).append(text)

    def _link(self, target: str) -> None:
        self._target = target
        if self._part == "label" and target.startswith("/abs/"):
            self.id = self.id or target.removeprefix("/abs/")
        elif self._part == "label" and (version := _VERSION.search(target)):
            self.version = int(version[1])


class _Reader:
    """Collects headings and entries; it relies on ids and words first and on classes last.

    The text of an entry is the authors' and never a heading, whatever it says.
    """

    def __init__(self) -> None:
        self.day: date | None = None
        self.subject = ""
        self.declared: dict[AnnounceType, int] = {}
        self.entries: list[_Entry] = []
        self.around: list[str] = []
        self._type: AnnounceType | None = None
        self._entry: _Entry | None = None
        self._heading: list[str] | None = None

    def read(self, token: StartTag | EndTag | str) -> None:
        """Take the next tag or text of the page."""
        if isinstance(token, StartTag) and token.name == "dt" and self._type:
            self._begin_entry(self._type)
        elif token in _ENDS_OF_ENTRY:
            self._entry = None
        elif self._entry is not None:
            self._entry.read(token)
        elif isinstance(token, str):
            (self.around if self._heading is None else self._heading).append(token)
        elif isinstance(token, EndTag):
            self._end_heading(token.name)
        elif token.name in _HEADINGS:
            self._heading = []
        elif token.name == "a":
            self._link_around(token.attributes)

    def _begin_entry(self, announced_as: AnnounceType) -> None:
        if len(self.entries) == _MOST_ENTRIES:
            raise BadDocumentError(f"it has more than {_MOST_ENTRIES} entries")
        self._heading = None
        self._entry = _Entry(announced_as)
        self.entries.append(self._entry)

    def _end_heading(self, name: str) -> None:
        if name in _HEADINGS and self._heading is not None:
            self._read_heading(line("".join(self._heading)))
            self._heading = None

    def _link_around(self, attributes: dict[str, str]) -> None:
        """Note which category the page is of; a redirect may have led to another."""
        onward = _ONWARD.match(attributes.get("href", ""))
        if attributes.get("id", "").startswith("recent-"):
            self.subject = self.subject or attributes["id"].removeprefix("recent-")
        elif onward:
            self.subject = self.subject or onward["subject"]

    def _read_heading(self, heading: str) -> None:
        section, dated = _SECTION.search(heading), _DATED.search(heading)
        if section:
            self._type = _TYPES[section["name"]]
            if section["total"]:
                self.declared[self._type] = int(section["total"])
        elif dated and self.day is None:
            self.day = _date(dated["day"])
            named = _NAMED.search(dated["name"] or "")
            self.subject = named["subject"] if named else self.subject


def _date(text: str) -> date:
    """Read "Thursday, 18 June 2026" or "Thu, 18 Jun 2026"; both are dates of RFC 5322 without a time."""
    try:
        return moment(f"{text} 00:00 +0000").date()
    except BadDocumentError as error:
        raise BadDocumentError(f"its date {text[:60]!r} cannot be read") from error


def _item(entry: _Entry, category: Category) -> Item:
    identifier = ArxivId.find(entry.id)
    if identifier is None:
        raise ValueError(f"{entry.id or 'an entry'}: no arXiv identifier")
    title = entry.text("title")
    if not title:
        raise ValueError(f"{identifier}: no title")
    version = entry.version or (1 if entry.type is AnnounceType.NEW else None)
    paper = Paper(
        id=ArxivId(identifier.base, version),
        title=title,
        abstract=entry.text("abstract"),
        # Each author is a link; what stands between them are commas, affiliations and a team's colon.
        authors=clean_names(entry.authors) or split_names(entry.text("authors")),
        categories=tuple(dict.fromkeys(_CATEGORY.findall(entry.text("subjects")))),
        comment=entry.text("comment"),
        journal_ref=entry.text("journal_ref"),
    )
    is_cross = not belongs(category, paper.categories[:1])
    if entry.type is AnnounceType.REPLACE and is_cross:
        return Item(paper, AnnounceType.REPLACE_CROSS)
    return Item(paper, entry.type)
