"""Extra queries and identifiers, asked of a search API that rewrites queries as arXiv's own does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, november, open_arxiv, settings_for
from arxiv_watch.arxiv.session import BadDocumentError, MalformedError, NotNowError
from arxiv_watch.arxiv.session.rate_limiter import RateLimiter
from arxiv_watch.arxiv.session.transport import Session
from arxiv_watch.arxiv.sources import api
from arxiv_watch.arxiv.sources.api import Found, SearchApi
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import CoverageState
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, World


@pytest.fixture
def server() -> Iterator[FaultyArxiv]:
    with FaultyArxiv(november(), clock=FakeClock(MORNING)) as server:
        yield server


def search(server: FaultyArxiv, folder: Path, query: str) -> Found:
    settings, clock = settings_for(server, folder), FakeClock(MORNING)
    limiter = RateLimiter(folder, clock, interval=3, floor=60, jitter=lambda: 0.5)
    session = Session(settings, clock, limiter)
    try:
        return SearchApi(session, settings.api_url).search(query, FRIDAY)
    finally:
        session.close()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("cat:math.NT", 45),
        ("cat:cs.*", 135),
        ("(cat:cs.DC)", 45),
        ("((cat:cs.DC) OR (cat:math.NT))", 90),
        ("cat:cs.LG AND cat:cs.DC", 45),
        ("cat:cs.LG NOT cat:cs.DC", 45),
        ("cat:cs.LG AND NOT cat:cs.DC", 45),
        ("cat:cs.LG ANDNOT cat:cs.DC", 45),
        ('title:"paper 17"', 1),
        ("ti:(17 18)", 2),
        ("ti:17 ti:18", 2),
        ("17 OR OR 18", 2),
        ("ti:17 OR ti:and OR ti:rock-and-roll", 1),
        ('ti:17 OR ti:"search and rescue"', 1),
        ('all:"paper 17"', 1),
        ("au:ada_lovelace AND ti:17", 1),
        ('ti:17 AND au:"Ada Lovelace"', 1),
        ("cat:math.NT AND submittedDate:[20261102 TO 20261106]", 15),
        ("cat:math.NT AND lastUpdatedDate:[202611 TO 2026]", 42),
        ('cat:math.NT AND submittedDate:"202611020000 TO 202611062359"', 15),
        ("cat:math.NT AND\n  ti:paper", 45),
        # Copied from the address of a search.
        ("cat:math.NT+AND+ti:%22paper+20%22", 1),
        ("cat:math.NT+AND+submittedDate:[20261102+TO+20261106]", 15),
    ],
)
def test_every_rewriting_that_arxiv_makes_is_accepted(
    server: FaultyArxiv, tmp_path: Path, query: str, count: int
) -> None:
    found = search(server, tmp_path, query)

    assert (len(found.papers), found.is_whole) == (count, True)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ('ti:("unclosed', "no partner"),
        ("(cat:cs.LG", "no partner"),
        ("cat:cs.LG) OR (cat:cs.CL", "no partner"),
        ("submittedDate:[* TO 2026]", "YYYYMMDD"),
        ("submittedDate:[2026-01-01 TO 2026]", "YYYYMMDD"),
        ("cat:cs.LG and ti:serving", "operator and is written AND"),
        ("(ti:17 Or ti:18)", "operator Or is written OR"),
        ("ti:(search and rescue)", "a phrase in quotation marks"),
        ("cat:cs.LG AND", "Invalid query string"),
        ("ANDNOT", "Invalid query string"),
    ],
)
def test_a_query_that_arxiv_does_not_understand_is_refused_with_the_reason(
    server: FaultyArxiv, tmp_path: Path, query: str, reason: str
) -> None:
    with pytest.raises(MalformedError, match=reason):
        search(server, tmp_path, query)


@pytest.mark.parametrize("size", [99, 100, 101, 500])
def test_all_results_of_a_query_are_read(tmp_path: Path, size: int) -> None:
    papers = [replace(paper, categories=("cs.DC",)) for paper in november(last=FRIDAY, size=40)][:size]
    with FaultyArxiv(papers, clock=FakeClock(MORNING)) as server:
        found = search(server, tmp_path, "cat:cs.DC")

    assert {paper.id for paper in found.papers} == {paper.id for paper in papers}
    assert found.is_whole


def test_a_query_with_more_results_than_are_read_is_starved(
    server: FaultyArxiv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "QUERY_LIMIT", 90)
    with open_arxiv(server, tmp_path, FakeClock(MORNING)) as arxiv:
        poll = arxiv.poll(["cs.OS"], queries=["cat:cs.*", "cat:math.NT"])

    broad, narrow = poll.coverage[-2:]
    assert broad.state is CoverageState.STARVED
    assert broad.detail.startswith("only the newest 100 of what it finds in 60 days are read: narrow it")
    assert narrow.state is CoverageState.FRESH


@pytest.mark.parametrize("is_first", [True, False])
def test_what_a_query_finds_while_no_batch_shows_its_day_is_told_and_comes_later(
    tmp_path: Path, *, is_first: bool
) -> None:
    clock, monday = FakeClock(MORNING), FRIDAY + timedelta(days=3)
    with FaultyArxiv(november(monday), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        if not is_first:
            arxiv.handled(arxiv.poll(["cs.OS"], queries=["cat:math.NT"]))
        clock.moment += timedelta(days=3)
        server.fault(Role.OAI, faults.refuse(503), times=3)
        without = arxiv.poll(["cs.OS"], queries=["cat:math.NT"])
        clock.moment += timedelta(hours=8)
        after = arxiv.poll(["cs.OS"], queries=["cat:math.NT"])

    assert without.coverage[-1].state is CoverageState.STARVED
    count = 48 if is_first else 3
    assert f"api: {count} of the papers it finds are in no batch" in without.coverage[-1].detail
    assert "reads it again" in without.coverage[-1].detail
    assert after.coverage[-1].state is CoverageState.FRESH
    assert len([each for each in after.announcements if each.queries and each.day == monday]) == 3


def test_results_from_before_the_window_end_the_search(tmp_path: Path) -> None:
    long_ago = datetime(2026, 8, 1, tzinfo=UTC)
    old = [
        replace(Submission.of(paper), submitted=long_ago - timedelta(hours=index))
        for index, paper in enumerate(november(size=40))
    ]
    with FaultyArxiv(World(old), clock=FakeClock(MORNING)) as server:
        # The dates are not heeded, whatever the reason.
        server.fault(Role.API, lambda request, _: in_any_year(server, request))
        found = search(server, tmp_path, "cat:cs.*")

        assert found == Found((), is_whole=True)
        assert len(server.log) == 1


def test_a_page_that_comes_again_ends_the_search(server: FaultyArxiv, tmp_path: Path) -> None:
    def first_page(request: faults.Request, _: faults.Response) -> faults.Response:
        return server.honest(replace(request, query={**request.query, "start": "0"}))

    server.fault(Role.API, first_page)
    with pytest.raises(BadDocumentError, match="repeats a page"):
        search(server, tmp_path, "cat:cs.*")
    assert len(server.log) == 2


def in_any_year(server: FaultyArxiv, request: faults.Request) -> faults.Response:
    query, _, asked = request.query["search_query"].partition(" AND submittedDate:")
    anything = f'{query} AND submittedDate:"199101010000 TO 202612312359"'
    found = server.honest(replace(request, query={**request.query, "search_query": anything}))
    echoed = asked.replace("[", '"').replace("]", '"').encode()
    return replace(found, body=found.body.replace(b'"199101010000 TO 202612312359"', echoed))


def test_the_answer_to_another_query_is_asked_for_again(server: FaultyArxiv, tmp_path: Path) -> None:
    def of_others(request: faults.Request, _: faults.Response) -> faults.Response:
        return server.honest(replace(request, query={**request.query, "search_query": "cat:cs.DC"}))

    fault = server.fault(Role.API, of_others, times=1)
    assert len(search(server, tmp_path, "cat:math.NT").papers) == 45
    fault.times = None
    with pytest.raises(NotNowError, match=r"answer to another query: 'cat:cs\.DC'"):
        search(server, tmp_path, "cat:math.NT")


def test_an_identifier_that_arxiv_takes_for_malformed_is_left_out_alone(
    server: FaultyArxiv, tmp_path: Path
) -> None:
    ids = [ArxivId(f"2611.{number:05d}") for number in range(1, 6)]

    def refuse(request: faults.Request, response: faults.Response) -> faults.Response:
        if "2611.00003" not in request.query["id_list"]:
            return response
        broken = request.query["id_list"].replace("2611.00003", "abc")
        refused = server.honest(replace(request, query={**request.query, "id_list": broken}))
        return replace(refused, body=refused.body.replace(b"abc", b"2611.00003"))

    server.fault(Role.API, refuse)
    with open_arxiv(server, tmp_path, FakeClock(MORNING)) as arxiv:
        assert list(arxiv.metadata(ids)) == [each for each in ids if each.base != "2611.00003"]
