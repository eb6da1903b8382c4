"""RSS and Atom feeds of one category, from bytes to items.

The format is https://info.arxiv.org/help/rss_specifications.html. Titles and abstracts are kept as the
authors wrote them: `$x<y$` is mathematics, not markup, so nothing that looks like a tag is removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.session.documents import line, text_of_xml, xml
from arxiv_watch.arxiv.sources.page import Item, Page
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Paper
from arxiv_watch.tex import decode_accents, split_names

if TYPE_CHECKING:
    from feedparser import FeedParserDict

MAX_ITEMS = 2000  # the feed's own limit; what it cuts are the new papers with the lowest identifiers

# Matches "</rss>" at the end of a feed.
_CLOSED = re.compile(r"</(?:rss|feed)>\s*$")
_ITEM_LENGTH = 2**18  # three thousand authors with their affiliations are 2**17
_USUAL_TAGS = 100  # a paper's item has forty
_ITEM_TAGS = 200
_FRAME_LENGTH = 2**16
_FRAME_TAGS = 1000
# Matches "<item>" and "</item>" of RSS, "<entry>" and "</entry>" of Atom.
_ITEM_TAG = re.compile(r"</?(?:item|entry)>")
# Matches "arXiv:2508.13426v1 Announce Type: cross Abstract: " at the beginning of a description.
_ABSTRACT = re.compile(r"^arXiv:\S+\s+Announce Type:\s*(?P<type>\S+)\s+Abstract:\s*", re.IGNORECASE)
# Matches "oai:arXiv.org:2508.13426v1".
_FIRST_ID = re.compile(r"oai:arXiv\.org:(?P<id>[^<\s]+)")


def parse_feed(body: bytes) -> Page:
    """Parse an RSS or Atom document.

    An item that cannot be read is quarantined and named; the others are kept. A document that is truncated,
    in another encoding, unsafe, or an error feed is a `BadDocumentError`.
    """
    text = text_of_xml(body)
    if not _CLOSED.search(text):
        raise BadDocumentError("the feed is cut off: its last tag is missing")
    items, frame = _parted(text)
    _check_extent(text, frame, len(items))
    error = _error_of(text)
    is_usual = not error and all(map(_is_of_usual_size, items))
    document = _parse(text if is_usual else frame)
    title = str(document.feed.get("title", ""))
    if title.startswith("Feed error for query"):
        raise BadDocumentError(line(str(document.feed.get("subtitle") or title)))
    if is_usual:
        return Page.of(document.entries, _item)
    if not items:
        raise BadDocumentError(f"the feed is {error}")
    # One bad item spoils the whole document for a strict parser: take the items one by one.
    return Page.of(items, lambda item: _item(_entry(item, frame)))


def _parted(text: str) -> tuple[list[str], str]:
    """Part a feed into its items and the frame they stand in."""
    items, frame, end, start = [], [], 0, -1
    for tag in _ITEM_TAG.finditer(text):
        if tag[0][1] != "/" and start < 0:
            start = tag.start()
        elif tag[0][1] == "/" and start >= 0:
            items.append(text[start : tag.end()])
            frame.append(text[end:start])
            end, start = tag.end(), -1
    return items, "".join([*frame, text[end:]])


def _check_extent(text: str, frame: str, items: int) -> None:
    """Refuse what would take long to parse: more items than arXiv gives, or more around them."""
    if items > MAX_ITEMS:
        raise BadDocumentError(f"the feed has {items} items, more than {MAX_ITEMS}")
    if text.count("<") > MAX_ITEMS * _USUAL_TAGS:
        raise BadDocumentError("the feed has many more elements than two thousand papers")
    if len(frame) > _FRAME_LENGTH or frame.count("<") > _FRAME_TAGS:
        raise BadDocumentError("the feed holds much more than its items")


def _is_of_usual_size(item: str) -> bool:
    return len(item) <= _ITEM_LENGTH and item.count("<") <= _ITEM_TAGS


def _entry(item: str, frame: str) -> Mapping[str, Any]:
    """Read an item by itself, in the frame of its feed."""
    found = _FIRST_ID.search(item)
    name = found["id"] if found else "an item"
    if not _is_of_usual_size(item):
        raise ValueError(f"{name}: much longer than a paper's item")
    place = next(frame.rindex(end) for end in ("</channel>", "</feed>", "</rss>") if end in frame)
    alone = frame[:place] + item + frame[place:]
    error = _error_of(alone)
    entries = [] if error else _parse(alone).entries
    if len(entries) != 1:
        raise ValueError(f"{name}: {error or 'no item'}")
    entry: Mapping[str, Any] = entries[0]
    return entry


def _error_of(text: str) -> str:
    """Return why a text is not well-formed XML, or empty."""
    try:
        xml(text.encode())
    except BadDocumentError as error:
        return error.message
    return ""


def _parse(text: str) -> FeedParserDict:
    import feedparser  # not needed before the first feed

    # The texts are data: they are shown encoded, never as HTML, and must arrive as they were written.
    return feedparser.parse(text.encode(), sanitize_html=False, resolve_relative_uris=False)


def _item(entry: Mapping[str, Any]) -> Item:
    summary = str(entry.get("summary", "")).strip()
    name = str(entry.get("id") or entry.get("link") or entry.get("title") or "an item")
    identifier = ArxivId.find(str(entry.get("id", ""))) or ArxivId.find(str(entry.get("link", "")))
    if identifier is None:
        raise ValueError(f"{line(name)}: no arXiv identifier")
    title = decode_accents(line(entry.get("title")))
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
        authors=split_names(str(entry.get("author", ""))),
        categories=tuple(dict.fromkeys(tag["term"] for tag in entry.get("tags", ()) if tag.get("term"))),
        journal_ref=line(entry.get("arxiv_journal_reference")),
        doi=line(entry.get("arxiv_doi")),
    )
    return Item(paper, announce_type)
