"""Whole polls over real HTTP against the stand-in, in virtual time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from arxiv_support import FRIDAY, MORNING, november, open_arxiv
from arxiv_watch.arxiv.timetable import NEW_YORK
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, CoverageState
from arxiv_watch.report.words import reasons_for
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, World


def test_a_first_poll_brings_today_and_the_days_before(tmp_path: Path) -> None:
    papers = november()
    clock = FakeClock(MORNING)

    with FaultyArxiv(papers, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        poll = arxiv.poll(["cs.LG", "cs.DC"])

    today = {row.category: row for row in poll.coverage if row.day == FRIDAY}
    assert {name: row.state for name, row in today.items()} == {
        "cs.LG": CoverageState.FRESH,
        "cs.DC": CoverageState.FRESH,
    }
    assert (today["cs.LG"].new, today["cs.LG"].cross, today["cs.LG"].source) == (3, 3, "rss")
    fridays = [each for each in poll.announcements if each.day == FRIDAY]
    wanted = {
        paper.id for paper in papers if paper.announced == FRIDAY and {"cs.LG", "cs.DC"} & {*paper.categories}
    }
    assert {each.paper.id for each in fridays} == wanted
    assert fridays[0].types == {"cs.LG": AnnounceType.NEW}
    assert fridays[1].types == {"cs.LG": AnnounceType.CROSS, "cs.DC": AnnounceType.NEW}
    assert fridays[0].paper.title.endswith("with $x<y$ in its title")


def test_what_was_handled_is_not_delivered_again_and_costs_nothing(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)

    with FaultyArxiv(november(), clock=clock) as server:
        with open_arxiv(server, tmp_path, clock) as arxiv:
            first = arxiv.poll(["cs.LG"])
            arxiv.handled(first)
        with open_arxiv(server, tmp_path, clock) as arxiv:
            second = arxiv.poll(["cs.LG"])
            requests = arxiv.requests

    assert first.announcements
    assert second.announcements == ()
    assert second.background == first.background
    assert requests == 0


def test_the_next_day_brings_the_next_batch(tmp_path: Path) -> None:
    monday = FRIDAY + timedelta(days=3)
    clock = FakeClock(MORNING)

    with FaultyArxiv(november(monday), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        arxiv.handled(arxiv.poll(["cs.LG"]))
        clock.moment += timedelta(days=3)
        poll = arxiv.poll(["cs.LG"])

    assert {each.day for each in poll.announcements} == {monday}
    assert len(poll.announcements) == 6


def test_a_thin_feed_is_noticed_although_the_last_paper_before_was_edited(tmp_path: Path) -> None:
    monday = FRIDAY + timedelta(days=3)
    submissions = [Submission.of(paper) for paper in november(monday)]
    place = max(n for n, each in enumerate(submissions) if each.announced == FRIDAY)
    submissions[place] = replace(submissions[place], edited=(monday,))
    clock = FakeClock(MORNING)

    with (
        FaultyArxiv(World(submissions), clock=clock) as server,
        open_arxiv(server, tmp_path, clock) as arxiv,
    ):
        arxiv.handled(arxiv.poll(["cs.LG"]))
        clock.moment += timedelta(days=3)
        server.fault(Role.RSS, faults.drop_items(lambda index, _: index == 0), path="/rss/")
        poll = arxiv.poll(["cs.LG"])

    [row] = [row for row in poll.coverage if row.day == monday]
    assert (row.state, row.source, row.new + row.cross) == (CoverageState.REPAIRED, "atom", 6)
    assert "5 papers that OAI-PMH lists are not in it" in row.detail


def test_a_weekend_is_proven_quiet(tmp_path: Path) -> None:
    clock = FakeClock(MORNING + timedelta(days=1))

    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        poll = arxiv.poll(["cs.LG"])

    saturday = [row for row in poll.coverage if row.day == FRIDAY + timedelta(days=1)]
    assert [(row.state, row.source) for row in saturday] == [(CoverageState.QUIET, "oai")]


def test_metadata_is_fetched_once(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    ids = [ArxivId("2611.00003"), ArxivId("2611.00008"), ArxivId("2511.99999")]

    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        first = arxiv.metadata(ids)
        made = arxiv.requests
        second = arxiv.metadata(ids)

        assert list(first) == ids[:2]
        assert first[ids[0]].abstract == "Abstract 3."
        assert second == first
        assert arxiv.requests == made == 2


SEVEN = ("cs.AI", "cs.AR", "cs.CL", "cs.DC", "cs.LG", "cs.OS", "stat.ML")


def test_hosts_that_refuse_a_first_run_are_told_once_each(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)

    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        for role in Role:
            server.fault(role, faults.refuse(503))
        poll = arxiv.poll(SEVEN)
        hosts = [urlsplit(url).netloc for url in (server.rss_url, server.listing_url, server.oai_url)]

    reasons = reasons_for(poll.coverage)
    assert len(poll.coverage) >= 35
    assert sorted(reason.cause.split()[0] for reason in reasons) == sorted(hosts)
    assert all(reason.cause.endswith("is not asked again until 2026-11-20 14:00 UTC") for reason in reasons)


def test_a_run_within_the_quiet_hours_says_so_once(tmp_path: Path) -> None:
    clock = FakeClock(datetime(2026, 11, 20, 23, 51, tzinfo=NEW_YORK).astimezone(UTC))

    with (
        FaultyArxiv(november(), clock=clock) as server,
        open_arxiv(server, tmp_path, clock, time_limit=60) as arxiv,
    ):
        poll = arxiv.poll(SEVEN, queries=["cat:math.NT"])

        assert server.log == []
    [reason] = reasons_for(poll.coverage)
    assert (
        reason.cause == "arXiv is not asked again until 2026-11-21 05:05 UTC, because it is busy at this hour"
    )


def test_troubles_do_not_grow_from_poll_to_poll(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server:
        for role in Role:
            server.fault(role, faults.refuse(503))
        for _ in range(3):
            with open_arxiv(server, tmp_path, clock) as arxiv:
                poll = arxiv.poll(["cs.LG"])
            clock.moment += timedelta(hours=8)

    told = [[(trouble.kind, trouble.source) for trouble in line.troubles] for line in poll.coverage]
    assert all(len(troubles) == len(set(troubles)) <= 4 for troubles in told)
