"""RSS and Atom feeds of one category, from bytes to items.

The format is https://info.arxiv.org/help/rss_specifications.html. Titles and abstracts are kept as the
authors wrote them: `$x<y$` is mathematics, not markup, so nothing that looks like a tag is removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from arxiv_watch.arxiv.documents import line, text_of_xml
from arxiv_watch.arxiv.refusals import BadDocumentError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper

if TYPE_CHECKING:
    from feedparser import FeedParserDict

MAX_ITEMS = 2000  # the feed's own limit; what it cuts are the new papers with the lowest identifiers

_CLOSED = re.compile(r"</(?:rss|feed)>\s*$")
_ITEM = re.compile(r"<(item|entry)>.*?</\1>", re.DOTALL)
_ABSTRACT = re.compile(r"^arXiv:\S+\s+Announce Type:\s*(?P<type>\S+)\s+Abstract:\s*", re.IGNORECASE)
_FIRST_ID = re.compile(r"oai:arXiv\.org:(?P<id>[^<\s]+)")


Event = tuple[str, int, AnnounceType]
"""What distinguishes the announcements of a category: bare identifier, version, type."""


@dataclass(frozen=True, slots=True)
class Item:
    """One paper of a feed or listing, with what its category announced it as."""

    paper: Paper
    type: AnnounceType

    @property
    def event(self) -> Event:
        """What distinguishes this announcement; the version counts for replacements alone."""
        is_first = self.type in {AnnounceType.NEW, AnnounceType.CROSS}
        return self.paper.id.base, 0 if is_first else self.paper.id.version or 0, self.type


@dataclass(frozen=True, slots=True)
class Feed:
    """The items of a feed in their order, and the ones that could not be read.

    Attributes:
        items: Each paper once.
        quarantined: For each item that could not be read: which one and why.
        length: Number of items in the document, duplicates and unreadable ones included.
    """

    items: tuple[Item, ...]
    quarantined: tuple[str, ...] = ()
    length: int = 0

    def ids(self, *types: AnnounceType) -> set[ArxivId]:
        """Return the papers announced as one of these types."""
        return {item.paper.id for item in self.items if item.type in types}


def parse_feed(body: bytes) -> Feed:
    """Parse an RSS or Atom document.

    An item that cannot be read is quarantined and named; the others are kept.

    Raises:
        BadDocumentError: The document is truncated, in another encoding, unsafe, or an error feed.
    """
    text = text_of_xml(body)
    if not _CLOSED.search(text):
        raise BadDocumentError("the feed is cut off: its last tag is missing")
    items: dict[tuple[ArxivId, AnnounceType], Item] = {}
    quarantined: list[str] = []
    length = 0
    for length, entry in enumerate(_entries(text), start=1):  # noqa: B007 - the count is used below
        try:
            item = _item(entry)
            items.setdefault((item.paper.id, item.type), item)
        except ValueError as error:
            quarantined.append(str(error))
    return Feed(tuple(items.values()), tuple(quarantined), length)


def _entries(text: str) -> Iterator[Mapping[str, Any]]:
    document = _parse(text)
    title = str(document.feed.get("title", ""))
    if title.startswith("Feed error for query"):
        raise BadDocumentError(line(str(document.feed.get("subtitle") or title)))
    if not document.bozo:
        yield from document.entries
        return
    # One bad item spoils the whole document for a strict parser: take the items one by one.
    chunks = list(_ITEM.finditer(text))
    if not chunks:
        raise BadDocumentError(f"the feed is not well-formed XML ({document.bozo_exception})")
    head, tail = text[: chunks[0].start()], text[chunks[-1].end() :]
    for chunk in chunks:
        single = _parse(head + chunk[0] + tail)
        found = _FIRST_ID.search(chunk[0])
        if single.bozo or len(single.entries) != 1:
            yield _Broken(f"{found['id'] if found else 'an item'}: {single.get('bozo_exception', 'no item')}")
        else:
            yield single.entries[0]


class _Broken(dict[str, Any]):
    """An item that is not XML; reading it shows why."""

    def __init__(self, reason: str) -> None:
        super().__init__(broken=reason)


def _parse(text: str) -> FeedParserDict:
    import feedparser  # noqa: PLC0415 - not needed before the first feed

    # The texts are data: they are shown encoded, never as HTML, and must arrive as they were written.
    return feedparser.parse(text.encode(), sanitize_html=False, resolve_relative_uris=False)


def _item(entry: Mapping[str, Any]) -> Item:
    if "broken" in entry:
        raise ValueError(entry["broken"])
    summary = str(entry.get("summary", "")).strip()
    name = str(entry.get("id") or entry.get("link") or entry.get("title") or "an item")
    identifier = ArxivId.find(str(entry.get("id", ""))) or ArxivId.find(str(entry.get("link", "")))
    if identifier is None:
        raise ValueError(f"{line(name)}: no arXiv identifier")
    title = line(entry.get("title"))
    if not title:
        raise ValueError(f"{identifier}: no title")
    prefix = _ABSTRACT.match(summary)
    announced_as = entry.get("arxiv_announce_type") or (prefix["type"] if prefix else "")
    try:
        announce_type = AnnounceType(str(announced_as).strip().lower())
    except ValueError:
        raise ValueError(f"{identifier}: unknown announce type {announced_as!r}") from None
    paper = Paper(
        id=identifier,
        title=title,
        abstract=line(summary[prefix.end() :] if prefix else summary),
        authors=split_creators(str(entry.get("author", ""))),
        categories=tuple(dict.fromkeys(tag["term"] for tag in entry.get("tags", ()) if tag.get("term"))),
        journal_ref=line(entry.get("arxiv_journal_reference")),
        doi=line(entry.get("arxiv_doi")),
    )
    return Item(paper, announce_type)


def split_creators(creators: str) -> tuple[str, ...]:
    """Split `First Last (affiliation, with commas), Next Name` into names without affiliations."""
    names, current, depth = [], "", 0
    for character in creators:
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif character == "," and not depth:
            names.append(current)
            current = ""
        elif not depth:
            current += character
    return tuple(name for name in map(line, [*names, current]) if name)
