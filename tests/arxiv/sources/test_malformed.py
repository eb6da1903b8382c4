"""Whatever a field of a document holds, reading it ends in papers or in a reason, never in a traceback."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest

from arxiv_support import FRIDAY, MORNING, november
from arxiv_watch.arxiv.session import RefusalError
from arxiv_watch.arxiv.session.transport import Check
from arxiv_watch.arxiv.sources.api import SearchApi
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.listing import parse_listing
from arxiv_watch.arxiv.sources.oai import Oai
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.errors import ArxivUnavailableError
from arxiv_watch.identifiers import ArxivId
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv

NASTY = [
    "",
    " ",
    "Tue, 14 Oct 2025",
    "2025-10-14",
    "31 February 2026",
    "Tue, 14 Okt 2025 00:00:00 GMT",
    "Fri, 99999999999999999999 Jan 2026 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "0",
    "-1",
    "²",
    "٣",
    "NaN",
    "9" * 5000,
    "v" + "9" * 5000,
    "of " + "9" * 5000 + " entries",
    "New submissions (showing 1 of " + "9" * 5000 + " entries)",
    "Catchup results for X (cs.LG) on 99999999999999999999 Jan 2026",
    "2611.00001v" + "9" * 5000,
    "http://[",
    "//[x]",
    "\ud7ff\uffff",
    "&#1114111;",
    "<b>x</b>",
    "]]>",
    "(" * 3000,
    "%zz%",
]
# Matches the text between two tags and the value of an attribute.
FIELD = re.compile(r"(?<=>)[^<>]*\S[^<>]*(?=<)|(?<==['\"])[^'\"<>]*(?=['\"])")


DAYS = {date(2026, 11, 19), FRIDAY}


class Recorded:
    """A session that has one answer to everything."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked = 0

    def fetch(self, url: str, check: Check) -> bytes:
        del url
        self.asked += 1
        if self.asked > 3:
            raise ArxivUnavailableError("enough")
        check(self.body)
        return self.body


def api(body: bytes) -> object:
    return SearchApi(Recorded(body), "https://example.org").by_ids([ArxivId("2611.00001")])


def query(body: bytes) -> object:
    return SearchApi(Recorded(body), "https://example.org").search("cat:cs.LG", FRIDAY)


def identifiers(body: bytes) -> object:
    return Oai(Recorded(body), "https://example.org").identifiers(FRIDAY)


def records(body: bytes) -> object:
    return list(Oai(Recorded(body), "https://example.org").records("cs:cs", FRIDAY))


SOURCES: dict[str, tuple[Role, str, Callable[[bytes], object]]] = {
    "rss": (Role.RSS, "/rss/cs.LG", parse_feed),
    "atom": (Role.RSS, "/atom/cs.LG", parse_feed),
    "listing": (Role.PAGES, "/list/cs.LG/new", lambda body: parse_listing(body, "cs.LG")),
    "catchup": (Role.PAGES, "/catchup/cs.LG/2026-11-19?abs=True", lambda body: parse_listing(body, "cs.LG")),
    "identifiers": (
        Role.OAI,
        "/oai?verb=ListIdentifiers&metadataPrefix=arXiv&from=2026-11-19",
        identifiers,
    ),
    "records": (
        Role.OAI,
        "/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=cs:cs&from=2026-11-20",
        records,
    ),
    "api": (Role.API, "/api/query?id_list=2611.00169&max_results=1", api),
    "query": (
        Role.API,
        "/api/query?search_query=cat:cs.LG+AND+submittedDate:[202609210000+TO+202611212359]&max_results=100",
        query,
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_no_field_of_a_document_ends_a_run(source: str) -> None:
    role, path, read = SOURCES[source]
    server = FaultyArxiv([paper for paper in november() if paper.announced in DAYS], clock=FakeClock(MORNING))
    whole = server.honest(server.request(role, path, {})).body.decode()
    assert read(whole.encode()), urlsplit(path).path
    fields = list(FIELD.finditer(whole))[:60]
    chance = random.Random(source)  # noqa: S311 - the same fields each time

    for field in fields:
        for nasty in chance.sample(NASTY, 4):
            body = f"{whole[: field.start()]}{nasty}{whole[field.end() :]}"
            try:
                read(body.encode("utf-8", "surrogatepass"))
            except (ArxivUnavailableError, RefusalError):
                continue
            except Exception as error:
                raise AssertionError(f"{field[0]!r} became {nasty[:40]!r}") from error
