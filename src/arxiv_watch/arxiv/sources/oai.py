"""OAI-PMH: not the first to know, but complete, and cheap as a second source.

arXivRaw is the one format that gives the versions with their dates and leaves texts as they were
written. The protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html; arXiv's side of it:
https://info.arxiv.org/help/oa/index.html.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from arxiv_watch.arxiv.session import BadDocumentError, RejectedError
from arxiv_watch.arxiv.session.documents import check_xml, line, moment, xml
from arxiv_watch.arxiv.taxonomy import OAI_SETS
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Category, Paper
from arxiv_watch.tex import decode_accents, split_names

if TYPE_CHECKING:
    from arxiv_watch.arxiv.session.transport import Session  # `check` starts without requests

MAX_PAGES = 200  # of one list; a token that never ends is a fault

_logger = logging.getLogger(__name__)
_Read = TypeVar("_Read")

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_WITHDRAWN = "I"  # a version's source type: it is ignored (https://info.arxiv.org/help/oa/index.html)
_SETS_PER_ARCHIVE = 3  # for more categories of an archive its own set costs fewer requests


@dataclass(frozen=True, slots=True)
class Header:
    """An identifier and the UTC day of its last change of any kind."""

    id: ArxivId
    datestamp: date


@dataclass(frozen=True, slots=True)
class OaiRecord:
    """A paper with the moments its first and its latest version were submitted; its id bears the latter."""

    paper: Paper
    submitted: datetime
    updated: datetime
    datestamp: date


@dataclass(slots=True)
class Oai:
    """Lists identifiers and records through the rate-limited session."""

    session: Session
    url: str
    unread: dict[ArxivId, frozenset[str]] = field(default_factory=dict)
    """Papers whose records were left out because they cannot be read, and the sets they are in."""

    def identifiers(self, since: date) -> list[Header]:
        """Return all identifiers of arXiv that changed on that UTC day or later, unreadable ones left out."""
        arguments = {"verb": "ListIdentifiers", "metadataPrefix": "arXiv", "from": since.isoformat()}
        return [
            header
            for page in self._pages(arguments)
            for header in self._readable(page, f"{_OAI}header", _header)
        ]

    def records(self, oai_set: str, since: date) -> Iterator[OaiRecord]:
        """Yield the records of a set that changed on that UTC day or later, unreadable ones left out."""
        arguments = {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "set": oai_set,
            "from": since.isoformat(),
        }
        for page in self._pages(arguments):
            records = self._readable(page, f"{_OAI}record", _record)
            yield from (record for record in records if record is not None)

    def _pages(self, arguments: dict[str, str]) -> Iterator[Element]:
        token, verb = "", arguments["verb"]
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            query = {"verb": verb, "resumptionToken": token} if token else arguments
            root = xml(self.session.fetch(f"{self.url}?{urlencode(query)}", check_xml))
            error = root.find(f"{_OAI}error")
            if error is not None and error.get("code") == "noRecordsMatch":
                return
            if error is not None:
                raise RejectedError(f"OAI-PMH answered {error.get('code')}: {line(error.text)}")
            page = root.find(f"{_OAI}{verb}")
            if page is None:
                raise BadDocumentError(f"OAI-PMH answered without {verb}")
            token = line(page.findtext(f"{_OAI}resumptionToken"))
            content = " ".join(each.text or "" for each in page.iter(f"{_OAI}identifier"))
            if token in seen or content in seen:
                raise BadDocumentError("OAI-PMH repeats a page, or the token of one")
            yield page
            if not token:
                return
            seen |= {token, content}
        raise BadDocumentError(f"OAI-PMH has sent {MAX_PAGES} pages and still another token")

    def _readable(self, page: Element, tag: str, read: Callable[[Element], _Read]) -> list[_Read]:
        """Read the elements of a page, and leave out those that cannot be read, unless none can."""
        found: list[_Read] = []
        errors: list[BadDocumentError] = []
        for element in page.iter(tag):
            try:
                found.append(read(element))
            except BadDocumentError as error:
                errors.append(error)
                self._leave_out(element, error.message)
        if errors and not found:
            raise errors[-1]
        return found

    def _leave_out(self, element: Element, reason: str) -> None:
        name = line(next((each.text for each in element.iter(f"{_OAI}identifier")), ""))
        _logger.warning("OAI-PMH: %s is left out: %s", name or "a nameless record", reason)
        identifier = ArxivId.find(name)
        if identifier is not None:
            sets = (line(each.text) for each in element.iter(f"{_OAI}setSpec"))
            self.unread[identifier] = frozenset(sets)


def sets_for(categories: Iterable[Category]) -> list[str]:
    """Return the OAI-PMH sets that cover these categories with few requests."""
    by_archive: dict[str, list[str]] = {}
    for oai_set in sorted({OAI_SETS[category] for category in categories}):
        archive = _archive_of(oai_set)
        by_archive.setdefault(archive, []).append(oai_set)
    return [
        oai_set
        for archive, sets in by_archive.items()
        for oai_set in ([archive] if len(sets) > _SETS_PER_ARCHIVE else sets)
    ]


def sets_of(category: Category) -> tuple[str, str]:
    """Return the two OAI-PMH sets whose records hold a category: its own, and its archive's."""
    own = OAI_SETS[category]
    return own, _archive_of(own)


def _archive_of(oai_set: str) -> str:
    return ":".join(oai_set.split(":")[:2])


def _header(element: Element) -> Header:
    try:
        identifier = ArxivId.parse(element.findtext(f"{_OAI}identifier") or "")
        return Header(identifier, date.fromisoformat(element.findtext(f"{_OAI}datestamp") or ""))
    except ValueError as error:
        raise BadDocumentError(f"its header cannot be read: {error}") from error


def _record(element: Element) -> OaiRecord | None:
    """Read a record, or return None for one that is deleted."""
    header, raw = element.find(f"{_OAI}header"), element.find(f"{_OAI}metadata/{_RAW}arXivRaw")
    if header is None or raw is None:
        return None
    versions = list(raw.iter(f"{_RAW}version"))
    dates = [moment(version.findtext(f"{_RAW}date")) for version in versions]
    title = decode_accents(line(raw.findtext(f"{_RAW}title")))
    categories = (raw.findtext(f"{_RAW}categories") or "").split()
    known = _header(header)
    if not title or not categories or not dates:
        raise BadDocumentError("it lacks a title, a category or a version")
    paper = Paper(
        id=ArxivId(known.id.base, len(dates)),
        title=title,
        abstract=line(raw.findtext(f"{_RAW}abstract")),
        authors=split_names(raw.findtext(f"{_RAW}authors") or ""),
        categories=tuple(dict.fromkeys(categories)),
        published=dates[0].date(),
        comment=line(raw.findtext(f"{_RAW}comments")),
        journal_ref=line(raw.findtext(f"{_RAW}journal-ref")),
        doi=line(raw.findtext(f"{_RAW}doi")),
        withdrawn=_WITHDRAWN in line(versions[-1].findtext(f"{_RAW}source_type")),
    )
    return OaiRecord(paper, dates[0], dates[-1], known.datestamp)
