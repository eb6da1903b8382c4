"""Checks of every document before it is parsed: whole, UTF-8, without declarations of its own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError, fromstring

from arxiv_watch.arxiv.session import BadDocumentError, RefusalError

MARKS = 600_000  # the largest honest answer, 20,000 identifiers of OAI-PMH, has about 400,000
ATTRIBUTES = 200_000  # 2,000 entries of a listing with their authors' links have about 60,000
_ERROR_BYTES = 2**16
_SHOWN = 60  # characters of a text that cannot be read
_LONGEST_REASON = 200  # characters of it
_REASONS = (
    "{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}summary",
    "channel/description",
    "{http://www.w3.org/2005/Atom}subtitle",
)
# Matches the beginning of a tag with eight thousand bytes of attributes; no tag of arXiv's has 300.
_LONG_TAG = re.compile(rb"<[^<>]{8192}")
# Matches "<h1>".
_TAG = re.compile(r"<[^<>]*>")
# matches "<!DOCTYPE html" at the beginning of a page
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html)", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|rss|feed|OAI-PMH)\b")  # matches "<rss" and "<?xml"


def check_marks(body: bytes) -> None:
    """Refuse a document that has more tags, attributes, entities or lines than any answer of arXiv.

    They are what costs a parser time and memory: 16 MB of empty elements take minutes (issue 11), and 16 MB
    of attributes three gigabytes.
    """
    marks = sum(body.count(mark) for mark in (b"<", b"&", b"=", b"\n"))
    if marks > MARKS:
        raise BadDocumentError(f"it has {marks} tags, entities, attributes and lines, more than {MARKS}")
    if body.count(b"=") > ATTRIBUTES or _LONG_TAG.search(body):
        raise BadDocumentError("it has more attributes than any page of arXiv")


def check_xml(body: bytes) -> None:
    """Refuse a body that does not begin like XML.

    arXiv sends nothing, a page, or the words "Rate exceeded." with status 200 when it means "not now".
    """
    _check_beginning(body, _XML, "XML")


def check_html(body: bytes) -> None:
    """Refuse a body that does not begin like a page."""
    _check_beginning(body, _HTML, "a page")


def _check_beginning(body: bytes, wanted: re.Pattern[bytes], name: str) -> None:
    if not body.strip():
        raise RefusalError("200 with an empty body")
    if not wanted.match(body):
        found = "a page" if _HTML.match(body) else repr(body[:40].decode("utf-8", "replace").strip())
        raise RefusalError(f"200 with {found} in place of {name}")


def decoded(body: bytes) -> str:
    """Decode a document, which must be UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDocumentError(f"not UTF-8 ({error.reason} at byte {error.start})") from error


def text_of_xml(body: bytes) -> str:
    """Decode an XML document, refusing what could make a parser read or allocate more than it was given.

    arXiv's documents declare no types and no entities, so one that does is not arXiv's.
    """
    text = decoded(body)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadDocumentError("it declares a document type or entities")
    return text


def xml(body: bytes) -> Element:
    """Parse an XML document strictly."""
    text = text_of_xml(body)
    try:
        return fromstring(text.partition("?>")[2] if text.startswith("<?xml") else text)  # noqa: S314 - see text_of_xml
    except ParseError as error:
        raise BadDocumentError(f"not well-formed XML ({error})") from error


def reason_of(body: bytes) -> str:
    """Return the reason in an error document of any of arXiv's services, cut off where it is long.

    The search API gives it in an entry's summary, an RSS feed in its description, an Atom feed in its
    subtitle, and pages in their text.
    """
    try:
        root = xml(body[:_ERROR_BYTES])
    except BadDocumentError:
        text = _TAG.sub(" ", body[:_ERROR_BYTES].decode("utf-8", "replace"))
    else:
        reasons = (root.findtext(place) for place in _REASONS)
        text = next(filter(None, reasons), None) or " ".join(root.itertext())
    text = line(text)
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def moment(text: str | None) -> datetime:
    """Read a moment, in UTC, as RFC 3339 writes it (the search API) or RFC 5322 (OAI-PMH and pages)."""
    written = line(text)
    try:
        try:
            found = datetime.fromisoformat(written)
        except ValueError:
            found = parsedate_to_datetime(written)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadDocumentError(f"{written[:_SHOWN]!r} is no date") from error


def line(text: str | None) -> str:
    """Return text as one line: any run of white space is one space."""
    return " ".join((text or "").split())
