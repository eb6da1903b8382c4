"""OAI-PMH lists: page by page, to their end, and never round and round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from arxiv_support import MORNING, november, open_arxiv, settings_for
from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.session.rate_limiter import RateLimiter
from arxiv_watch.arxiv.session.transport import Session
from arxiv_watch.arxiv.sources.oai import Oai
from arxiv_watch.demo.arxiv_server import Role
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv

SINCE = date(2026, 11, 9)


@pytest.fixture
def server() -> Iterator[FaultyArxiv]:
    with FaultyArxiv(november(), clock=FakeClock(MORNING)) as server:
        server.page_sizes.update(ListRecords=25, ListIdentifiers=25)
        yield server


@pytest.fixture
def oai(server: FaultyArxiv, tmp_path: Path) -> Iterator[Oai]:
    settings, clock = settings_for(server, tmp_path), FakeClock(MORNING)
    session = Session(settings, clock, RateLimiter(tmp_path, clock, interval=3, floor=60, jitter=lambda: 0.5))
    yield Oai(session, settings.oai_url)
    session.close()


def test_a_list_is_read_to_its_last_page(server: FaultyArxiv, oai: Oai) -> None:
    assert len({header.id for header in oai.identifiers(SINCE)}) == 120
    assert len(list(oai.records("cs:cs", SINCE))) == 90
    assert [line.request.query["verb"] for line in server.log] == ["ListIdentifiers"] * 5 + [
        "ListRecords"
    ] * 4


def same_page(server: FaultyArxiv) -> faults.Change:
    """Answer every token with the first page, and the first page's token."""
    first = {"verb": "ListIdentifiers", "metadataPrefix": "arXiv", "from": SINCE.isoformat()}
    return lambda request, _: server.honest(replace(request, query=first))


def other_token(server: FaultyArxiv) -> faults.Change:
    """Answer every token with the first page, and another token each time."""
    numbers, page = count(), same_page(server)

    def change(request: faults.Request, response: faults.Response) -> faults.Response:
        answer, number = page(request, response), b"%d" % next(numbers)
        return replace(answer, body=answer.body.replace(b"%26skip", b"%26number%3D" + number + b"%26skip"))

    return change


def same_token(server: FaultyArxiv) -> faults.Change:
    """Answer with one page after the other, but always with the same token."""
    numbers = count()

    def change(request: faults.Request, _: faults.Response) -> faults.Response:
        token = f"verb=ListIdentifiers&metadataPrefix=arXiv&from={SINCE}&skip={25 * next(numbers)}"
        query = {"verb": "ListIdentifiers", "resumptionToken": quote(token)}
        answer = server.honest(replace(request, query=query))
        return replace(answer, body=TOKEN.sub(b">the-token<", answer.body))

    return change


# Matches ">verb%3DListIdentifiers%26metadataPrefix%3DarXiv%26skip%3D25<", the words of a token.
TOKEN = re.compile(rb">verb%3D[^<]+<")


@pytest.mark.parametrize("loop", [same_page, other_token, same_token])
def test_a_list_that_goes_round_and_round_ends_at_once(
    server: FaultyArxiv, oai: Oai, loop: Callable[[FaultyArxiv], faults.Change]
) -> None:
    server.fault(Role.OAI, loop(server))

    with pytest.raises(BadDocumentError, match="repeats a page, or the token"):
        oai.identifiers(SINCE)
    assert len(server.log) <= 3


def test_a_poll_goes_on_to_the_next_source(server: FaultyArxiv, tmp_path: Path) -> None:
    server.fault(Role.OAI, other_token(server))
    with open_arxiv(server, tmp_path, FakeClock(MORNING)) as arxiv:
        arxiv.poll(["cs.LG"])

        assert len([line for line in server.log if line.request.role is Role.OAI]) <= 6
        assert arxiv.requests <= 30


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"(2611\.00169</id>.*?<date>)[^<]+", rb"\1Tue, 14 Okt 2025"),
        (rb"(2611\.00169</id>.*?<title>)[^<]+", rb"\1 "),
        (rb"(2611\.00169</id>.*?<categories>)[^<]+", rb"\1"),
    ],
)
def test_a_record_that_cannot_be_read_is_asked_of_the_next_source(
    server: FaultyArxiv, tmp_path: Path, old: bytes, new: bytes
) -> None:
    """Nobody else shows the paper: feeds and pages refuse, and OAI-PMH alone knows the day."""
    server.fault(Role.RSS, faults.refuse(503))
    server.fault(Role.PAGES, faults.refuse(503))
    server.fault(
        Role.OAI, lambda _, response: replace(response, body=re.sub(old, new, response.body, flags=re.DOTALL))
    )
    with open_arxiv(server, tmp_path, FakeClock(MORNING)) as arxiv:
        poll = arxiv.poll(["cs.LG"])

        asked = [line.request.query["id_list"] for line in server.log if line.request.role is Role.API]
    assert asked == ["2611.00169"]
    assert "2611.00169" in {each.paper.id.base for each in poll.announcements}


def test_a_record_that_no_source_can_give_leaves_its_day_open(server: FaultyArxiv, tmp_path: Path) -> None:
    server.fault(Role.RSS, faults.refuse(503))
    server.fault(Role.PAGES, faults.refuse(503))
    server.fault(Role.API, faults.refuse(503))
    nameless = re.compile(rb"(2611\.00169</id>.*?<title>)[^<]+", re.DOTALL)
    server.fault(Role.OAI, lambda _, response: replace(response, body=nameless.sub(rb"\1 ", response.body)))
    with open_arxiv(server, tmp_path, FakeClock(MORNING)) as arxiv:
        poll = arxiv.poll(["cs.LG"])

    states = {row.day: row.state.is_whole for row in poll.coverage}
    assert [day for day, is_whole in states.items() if not is_whole] == [date(2026, 11, 20)]
