"""What a poller of arXiv must guarantee, P1 to P14; each over real HTTP, in virtual time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arxiv_quarter import simulate
from arxiv_scenarios import CATEGORIES, MONDAY, SIZE, TUESDAY, delivered, expected, fridays_cache, world
from arxiv_support import FRIDAY, MORNING, batches, november, open_arxiv, settings_for, working_days
from arxiv_watch.arxiv import Arxiv, Poll, timetable
from arxiv_watch.arxiv.batches import batch_days
from arxiv_watch.arxiv.coverage.days import BatchEvidence, fault_of, unusual
from arxiv_watch.arxiv.sources.feeds import parse_feed
from arxiv_watch.arxiv.sources.oai import Header
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.arxiv.store.database import FILE_NAME, Database
from arxiv_watch.arxiv.store.records import RecordStore
from arxiv_watch.arxiv.timetable import NEW_YORK, WINDOW
from arxiv_watch.demo.arxiv_server import Request, Response, Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import AnnounceType, Coverage, CoverageState
from arxiv_watch.troubles import TroubleKind
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_police import violations
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, World


def cell(poll: Poll, category: str, day: date) -> Coverage:
    return next(row for row in poll.coverage if (row.category, row.day) == (category, day))


def poll_once(
    server: FaultyArxiv, cache_dir: Path, clock: FakeClock, categories: Sequence[str] = CATEGORIES
) -> Poll:
    with open_arxiv(server, cache_dir, clock) as arxiv:
        return arxiv.poll(categories)


def start_monday(cache_dir: Path) -> FakeClock:
    (cache_dir / "arxiv.sqlite3").write_bytes(fridays_cache())
    return FakeClock(MORNING + timedelta(days=3))


class TestP1Completeness:
    """Whatever is visible in one source within a week is recorded, once for each event."""

    def test_two_weeks_of_random_faults_lose_nothing_and_double_nothing(self) -> None:
        result = simulate(date(2026, 9, 14), 9, seed=0, tidy=False)

        assert result.lost == set()
        assert result.silent == set()
        assert max(result.seen.values()) == 1
        assert result.rude == []

    def test_a_cache_that_is_deleted_now_and_then_loses_nothing(self) -> None:
        result = simulate(date(2026, 9, 14), 9, seed=2, tidy=True)

        assert result.lost == set()


class TestP2NoSilentSuccess:
    """Nothing suspicious is taken for a good day: it starts the next source and has a name."""

    def test_a_stale_feed_is_asked_for_at_every_other_source(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.stale(server, days=3), path="cs.LG")
            poll = poll_once(server, tmp_path, clock)
            asked = [line.request.path for line in server.log if "cs.LG" in line.request.path]

        assert asked == ["/rss/cs.LG", "/atom/cs.LG", "/list/cs.LG/new"]
        assert cell(poll, "cs.LG", MONDAY).source == "listing"

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            (faults.empty_items(), TroubleKind.EMPTY),
            (faults.drop_items(lambda index, _: index % 3 == 0), TroubleKind.THIN),
            (faults.damage_first_item(), TroubleKind.DAMAGED),
        ],
    )
    def test_each_suspicion_has_its_own_name(
        self, change: faults.Change, kind: TroubleKind, tmp_path: Path
    ) -> None:
        start_monday(tmp_path)
        database = Database(tmp_path / FILE_NAME)
        evidence = BatchEvidence(RecordStore(database), AnnouncementStore(database), FRIDAY - WINDOW, FRIDAY)
        server = FaultyArxiv(world(), clock=FakeClock(MORNING))
        request = server.request(Role.RSS, "/rss/cs.LG", {})
        honest = server.answer(request)

        trouble = fault_of(parse_feed(change(request, honest).body), FRIDAY, "cs.LG", evidence)

        assert fault_of(parse_feed(honest.body), FRIDAY, "cs.LG", evidence) is None
        assert trouble is not None
        assert trouble.kind is kind
        assert trouble.about

    def test_two_thousand_items_are_a_feed_that_was_cut(self, tmp_path: Path) -> None:
        day = [Submission.of(paper) for paper in november(size=8)]
        many = [
            replace(each, paper=replace(each.paper, categories=("cs.LG",)))
            for each in map(Submission.of, batches([FRIDAY], 2100, start=8 * 14 + 1))
        ]
        papers = World([each for each in day if each.announced < FRIDAY] + many)
        clock = FakeClock(MORNING)

        with FaultyArxiv(papers, clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        friday = cell(poll, "cs.LG", FRIDAY)
        assert friday.state is CoverageState.REPAIRED
        assert "where arXiv cuts feeds off" in friday.detail
        assert friday.new == 2100


class TestP3QuietIsProven:
    """A day is quiet only if a second source says so."""

    THANKSGIVING = date(2026, 11, 27)

    def test_a_holiday_with_a_second_source_is_quiet(self, tmp_path: Path) -> None:
        papers = list(batches(working_days(date(2026, 11, 9), self.THANKSGIVING - timedelta(days=1))))
        clock = FakeClock(datetime(2026, 11, 27, 12, tzinfo=UTC))

        with FaultyArxiv(papers, clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(poll, "cs.LG", self.THANKSGIVING).state is CoverageState.QUIET

    def test_the_calendar_alone_proves_nothing(self, tmp_path: Path) -> None:
        papers = list(batches(working_days(date(2026, 11, 9), self.THANKSGIVING - timedelta(days=1))))
        clock = FakeClock(datetime(2026, 11, 27, 12, tzinfo=UTC))

        with FaultyArxiv(papers, clock=clock) as server:
            for role in (Role.OAI, Role.PAGES):
                server.fault(role, faults.refuse(503))
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(poll, "cs.LG", self.THANKSGIVING).state is CoverageState.STARVED

    def test_a_batch_on_a_holiday_is_read_all_the_same(self, tmp_path: Path) -> None:
        papers = list(batches(working_days(date(2026, 11, 9), self.THANKSGIVING)))
        clock = FakeClock(datetime(2026, 11, 27, 12, tzinfo=UTC))

        with FaultyArxiv(papers, clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(poll, "cs.LG", self.THANKSGIVING).state is CoverageState.FRESH

    def test_a_working_day_without_a_batch_is_closed_the_day_after_by_its_own_page(
        self, tmp_path: Path
    ) -> None:
        days = [day for day in working_days(date(2026, 11, 9), TUESDAY) if day != MONDAY]
        clock = FakeClock(MORNING + timedelta(days=3))

        with FaultyArxiv(list(batches(days)), clock=clock) as server:
            monday = poll_once(server, tmp_path, clock, ["cs.LG"])
            clock.moment += timedelta(days=1)
            tuesday = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(monday, "cs.LG", MONDAY).state is CoverageState.WAITING
        assert (cell(tuesday, "cs.LG", MONDAY).state, cell(tuesday, "cs.LG", MONDAY).source) == (
            CoverageState.QUIET,
            "catchup",
        )

    def test_a_weekend_without_a_second_source_stays_open(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING + timedelta(days=1))

        with FaultyArxiv(november(), clock=clock) as server:
            server.fault(Role.OAI, faults.refuse(503))
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(poll, "cs.LG", FRIDAY + timedelta(days=1)).state is CoverageState.WAITING


class TestP4FreshnessByIdentifiers:
    """What day it is, identifiers say: no date of a document counts."""

    @pytest.mark.parametrize("wrong", [b"01 Jan 1999", b"nonsense", b"24 Nov 2026"])
    def test_wrong_dates_change_nothing(self, tmp_path: Path, wrong: bytes) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.substitute(b"23 Nov 2026", wrong))
            poll = poll_once(server, tmp_path, clock)

        assert cell(poll, "cs.LG", MONDAY).state is CoverageState.FRESH
        assert {each.day for each in poll.announcements if each.day > FRIDAY} == {MONDAY}

    def test_a_paper_bears_the_day_of_its_batch_and_not_of_the_fetch(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        clock.moment += timedelta(days=1)

        with FaultyArxiv(world(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

        mondays = {each.paper.id.base for each in poll.announcements if each.day == MONDAY}
        assert mondays == {base for base, _, _ in expected(world(), MONDAY)}


class TestP5NothingAdvancesBeforeItIsStored:
    """A crash anywhere loses nothing and doubles nothing."""

    def test_a_crash_between_any_two_requests_is_made_good_by_the_next_run(self, tmp_path: Path) -> None:
        wanted = expected(world(), MONDAY)
        for survived in range(5):
            folder = tmp_path / str(survived)
            folder.mkdir()
            clock = start_monday(folder)
            with FaultyArxiv(world(), clock=clock) as server:
                crash(server, folder, clock, after=survived)
                poll = poll_once(server, folder, clock)

            events = [event for event in delivered(poll) if event in wanted]
            assert sorted(events) == sorted(wanted)

    def test_a_killed_process_is_made_good_by_the_next_run(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            child = start_child(server, tmp_path, clock, kill_at="/list/")
            server.fault(Role.RSS, faults.empty_items())
            assert child.wait(60) == -signal.SIGKILL
            poll = poll_once(server, tmp_path, clock)

        wanted = expected(world(), MONDAY)
        assert sorted(event for event in delivered(poll) if event in wanted) == sorted(wanted)

    def test_a_damaged_cache_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "arxiv.sqlite3").write_bytes(b"not a database at all" * 100)
        clock = FakeClock(MORNING)

        with FaultyArxiv(november(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.LG"])

        assert cell(poll, "cs.LG", FRIDAY).state is CoverageState.FRESH

    def test_deleting_the_cache_changes_neither_announcements_nor_background(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            kept = poll_once(server, tmp_path, clock)
            (tmp_path / "arxiv.sqlite3").unlink()
            anew = poll_once(server, tmp_path, clock)

        assert kept.background
        assert anew.background == kept.background
        assert {*delivered(kept)} <= {*delivered(anew)}


class TestP6AnnouncementsNotSubmissionDates:
    """Moderation holds papers back for weeks, and cross-lists old ones."""

    def test_a_paper_submitted_a_month_ago_is_found_today(self, tmp_path: Path) -> None:
        submissions = [Submission.of(paper) for paper in november(MONDAY, SIZE)]
        held = submissions[-SIZE]
        late = replace(held, submitted=held.submitted - timedelta(days=31))
        clock = start_monday(tmp_path)

        with FaultyArxiv(
            World([*submissions[:-SIZE], late, *submissions[1 - SIZE :]]), clock=clock
        ) as server:
            poll = poll_once(server, tmp_path, clock)

        assert (held.id.base, "cs.LG", "new") in delivered(poll)

    def test_an_old_paper_that_is_cross_listed_is_found(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)

        with FaultyArxiv(world(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

        [old] = [
            each for each in poll.announcements if each.paper.id.base == "2611.00004" and each.day == MONDAY
        ]
        assert old.types == {"cs.LG": AnnounceType.CROSS}

    def test_an_old_cross_list_of_a_missed_day_is_found_the_day_after(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        clock.moment += timedelta(days=1)

        with FaultyArxiv(world(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

        assert ("2611.00004", "cs.LG", "cross") in delivered(poll)


class TestP7Holes:
    """A batch's identifiers are contiguous: what is missing is looked for, and reported."""

    HOLE = tuple(f"2611.{number:05d}" for number in range(15 * SIZE + 5, 15 * SIZE + 13))

    def test_a_hole_is_starved_until_it_is_filled(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            for role in Role:
                server.fault(role, faults.drop_ids(*self.HOLE))
            server.fault(Role.API, faults.refuse(503))
            first = poll_once(server, tmp_path, clock)
            server.faults.clear()
            clock.moment += timedelta(days=1)
            second = poll_once(server, tmp_path, clock)

        assert cell(first, "cs.LG", MONDAY).state is CoverageState.STARVED
        assert "8 identifiers" in cell(first, "cs.LG", MONDAY).detail
        assert cell(second, "cs.LG", MONDAY).state is CoverageState.REPAIRED
        assert expected(world(), MONDAY) <= {*delivered(second)}

    def test_days_follow_from_identifiers_and_datestamps(self) -> None:
        headers = [
            Header(ArxivId("2611.00001"), date(2026, 11, 19)),
            Header(ArxivId("2611.00002"), date(2026, 11, 25)),  # of the 19th or 20th, edited later
            Header(ArxivId("2611.00003"), date(2026, 11, 20)),
            Header(ArxivId("2611.00004"), date(2026, 11, 21)),  # edited on a Saturday
            Header(ArxivId("2611.00005"), date(2026, 11, 23)),
        ]

        days = batch_days(headers)

        assert [days[header.id].day for header in headers] == [19, 20, 20, 20, 23]


class TestP8Manners:
    """Three seconds, one at a time, fifteen on pages, and never when arXiv is busy."""

    def test_nothing_is_asked_while_the_day_turns_over(self, tmp_path: Path) -> None:
        clock = FakeClock(datetime(2026, 11, 20, 23, 51, tzinfo=NEW_YORK).astimezone(UTC))

        with FaultyArxiv(november(), clock=clock) as server:
            poll_once(server, tmp_path, clock)
            first = server.log[0].request.moment.astimezone(NEW_YORK)

            assert (first.day, first.hour, first.minute) == (21, 0, 5)
            assert violations(server.log) == []

    def test_the_search_api_is_left_alone_in_the_evening(self, tmp_path: Path) -> None:
        clock = FakeClock(datetime(2026, 11, 20, 20, 30, tzinfo=NEW_YORK).astimezone(UTC))

        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"], queries=["all:paper"])
            metadata = arxiv.metadata([ArxivId("2611.00001")])

            assert [line for line in server.log if line.request.role is Role.API] == []
            assert metadata == {}
            assert "not asked again until" in arxiv.trouble
        assert cell(poll, "all:paper", FRIDAY).state is CoverageState.FAILED

    def test_two_processes_are_as_polite_as_one(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            children = [start_child(server, tmp_path, clock, interval=0.1) for _ in range(2)]
            assert [child.wait(60) for child in children] == [0, 0]
            log = server.log
            poll = poll_once(server, tmp_path, clock)

        assert max(line.in_flight for line in log) == 1
        wanted = expected(world(), MONDAY)
        assert sorted(event for event in delivered(poll) if event in wanted) == sorted(wanted)

    def test_every_request_says_who_asks_and_what_it_accepts(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server:
            poll_once(server, tmp_path, clock)
            agents = {line.request.headers["user-agent"] for line in server.log}

            assert len(agents) == 1
            assert "mailto:someone@example.org" in agents.pop()
            assert violations(server.log) == []

    def test_no_more_requests_are_sent_than_the_daily_cap(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("arxiv_watch.arxiv.session.rate_limiter.DAILY_CAP", 2)
        clock = FakeClock(MORNING)

        with FaultyArxiv(november(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

            assert len(server.log) == 2
        assert any("2 requests were made today" in row.detail for row in poll.coverage)


class TestP9BackOff:
    """A refusal is waited for, with a floor and a cap; three end the host's turn; 403 ends its day."""

    @pytest.mark.parametrize(
        ("retry_after", "shortest", "longest"),
        [(None, 60, 121), ("0", 60, 121), ("300", 300, 361), ("Mon, 23 Nov 2026 12:05:00 GMT", 290, 361)],
    )
    def test_a_retry_waits_for_what_was_asked_and_for_the_floor(
        self, tmp_path: Path, retry_after: str | None, shortest: float, longest: float
    ) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.refuse(429, retry_after), path="/rss/cs.LG", times=1)
            poll_once(server, tmp_path, clock)
            first, second = [line.request.moment for line in server.log if "/rss/cs.LG" in line.request.path]

        assert shortest <= (second - first).total_seconds() <= longest

    def test_an_absurd_retry_after_is_not_waited_for_in_this_run(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.refuse(503, "86400"), times=1)
            poll = poll_once(server, tmp_path, clock)
            asked = [line for line in server.log if line.request.role is Role.RSS]

        assert len(asked) == 1
        assert cell(poll, "cs.LG", MONDAY).state is CoverageState.REPAIRED

    def test_three_refusals_end_a_hosts_turn(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.refuse(406))
            poll_once(server, tmp_path, clock)
            asked = [line for line in server.log if line.request.role is Role.RSS]

        assert len(asked) == 3

    def test_403_stops_the_host_for_a_day(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.block(), times=1)
            first = poll_once(server, tmp_path, clock)
            clock.moment += timedelta(hours=23)
            poll_once(server, tmp_path, clock)
            asked = [line.request.moment for line in server.log if line.request.role is Role.RSS]

        assert len(asked) == 1
        assert "403" in cell(first, "cs.LG", MONDAY).detail

    @pytest.mark.parametrize("status", [400, 404, 414])
    def test_a_wrong_request_is_not_repeated(self, tmp_path: Path, status: int) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            server.fault(Role.RSS, faults.say(b"no", status=status), path="/rss/cs.LG")
            poll = poll_once(server, tmp_path, clock)
            asked = [line for line in server.log if line.request.path == "/rss/cs.LG"]

        assert len(asked) == 1
        assert str(status) in cell(poll, "cs.LG", MONDAY).detail


class TestP10Parsing:
    """One bad item is quarantined and named, not the feed."""

    def test_a_bad_item_is_named_and_the_others_are_kept(self) -> None:
        server = FaultyArxiv(november(), clock=FakeClock(MORNING))
        request = server.request(Role.RSS, "/rss/cs.LG", {})
        honest = server.answer(request)

        feed = parse_feed(faults.damage_first_item()(request, honest).body)

        assert (feed.length, len(feed.items), len(feed.quarantined)) == (6, 5, 1)
        assert feed.quarantined[0].startswith("2611.00169v1")


class TestP11SearchApi:
    """The search API's silent failures are refusals."""

    def test_unknown_identifiers_are_asked_for_singly_and_then_rest(self, tmp_path: Path) -> None:
        ids = [ArxivId("2611.00001"), ArxivId("2611.77777"), ArxivId("2611.88888")]
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            arxiv.metadata(ids)
            asked = [line.request.query["id_list"] for line in server.log]
            arxiv.metadata(ids)
            clock.moment += timedelta(days=2)
            arxiv.metadata(ids)
            later = [line.request.query["id_list"] for line in server.log[len(asked) :]]

        assert asked == ["2611.00001,2611.77777,2611.88888", "2611.77777", "2611.88888"]
        assert later == ["2611.77777,2611.88888", "2611.77777", "2611.88888"]

    def test_a_hundred_identifiers_are_one_request_with_max_results(self, tmp_path: Path) -> None:
        papers = november(size=12)
        clock = FakeClock(MORNING)
        with FaultyArxiv(papers, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            found = arxiv.metadata([paper.id for paper in papers[:160]])
            asked = [line.request.query["max_results"] for line in server.log]

        assert len(found) == 160
        assert asked == ["100", "60"]

    @pytest.mark.parametrize(
        "change",
        [
            faults.say(b""),
            faults.truncate(0.8),
            faults.drop_items(lambda index, _: index > 1),
            faults.substitute(b"<published>", b"<other>"),
            faults.say(
                b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'></feed>",
                "application/atom+xml",
            ),
        ],
    )
    def test_a_short_or_broken_answer_is_asked_for_again(self, tmp_path: Path, change: faults.Change) -> None:
        ids = [paper.id for paper in november()[:20]]
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            server.fault(Role.API, change, times=1)
            found = arxiv.metadata(ids)

            assert list(found) == ids
            assert len(server.log) == 2

    def test_an_empty_answer_for_many_identifiers_is_asked_for_again(self, tmp_path: Path) -> None:
        ids = [paper.id for paper in november()[:20]]
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            server.fault(Role.API, emptied(), times=1)

            assert list(arxiv.metadata(ids)) == ids

    def test_each_page_of_a_query_overlaps_the_one_before(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(size=40), clock=clock) as server:
            with open_arxiv(server, tmp_path, clock) as arxiv:
                arxiv.poll(["cs.OS"], queries=["cat:cs.DC"])
            starts = [line.request.query["start"] for line in server.log if line.request.role is Role.API]

        assert starts == ["0", "90"]

    def test_a_query_that_arxiv_cannot_parse_is_a_failure_that_says_so(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"], queries=['ti:("unclosed'])

        row = cell(poll, 'ti:("unclosed', FRIDAY)
        assert row.state is CoverageState.FAILED
        assert row.detail.startswith("arXiv does not understand this query: a parenthesis or a quotation")
        assert row.detail.endswith(". Correct it under `queries:`")

    def test_an_extra_query_finds_papers_of_other_categories_once(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            first = arxiv.poll(["cs.DC"], queries=["cat:math.NT"])
            arxiv.handled(first)
            second = arxiv.poll(["cs.DC"], queries=["cat:math.NT"])
            query = server.log[-1].request.query["search_query"]

        found = [each for each in first.announcements if each.queries]
        assert found
        assert all(each.queries == {"cat:math.NT"} for each in found)
        assert {} in [each.types for each in found]
        assert second.announcements == ()
        assert query.startswith("(cat:math.NT) AND submittedDate:[")


class TestP12OneCategoryARequest:
    """Each category has its own request; a paper of several is one announcement with all its types."""

    def test_no_request_names_two_categories(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.LG", "cs.CL", "cs.LG"])
            feeds = [line.request.path for line in server.log if line.request.role is Role.RSS]

        assert feeds == ["/rss/cs.LG", "/rss/cs.CL"]
        both = [each for each in poll.announcements if each.day == FRIDAY and len(each.types) == 2]
        assert all(each.types == {"cs.LG": AnnounceType.NEW, "cs.CL": AnnounceType.CROSS} for each in both)
        assert [each.paper.primary_category for each in both] == ["cs.LG"] * 3

    def test_an_alias_is_the_same_category(self, tmp_path: Path) -> None:
        days = working_days(date(2026, 11, 2), FRIDAY)
        papers = [replace(paper, categories=("eess.SY",)) for paper in batches(days)]
        clock = FakeClock(MORNING)

        with FaultyArxiv(papers, clock=clock) as server:
            poll = poll_once(server, tmp_path, clock, ["cs.SY"])

        assert cell(poll, "eess.SY", FRIDAY).new == 12


class TestP13ClocksAndMissedNights:
    """Days turn over in New York; a wrong host clock or a missed night loses no day."""

    @pytest.mark.parametrize("minutes", [-10, 10])
    def test_a_host_clock_that_is_wrong_loses_nothing(self, tmp_path: Path, minutes: int) -> None:
        clock = start_monday(tmp_path)
        clock.moment = datetime(2026, 11, 23, 0, 6, tzinfo=NEW_YORK).astimezone(UTC)
        arxivs_clock = FakeClock(clock.moment + timedelta(minutes=minutes))
        with FaultyArxiv(world(), clock=arxivs_clock) as server:
            poll = poll_once(server, tmp_path, clock)
            arxivs_clock.moment = clock.moment = clock.moment + timedelta(days=1)
            later = poll_once(server, tmp_path, clock)

        assert cell(poll, "cs.LG", MONDAY).state in {CoverageState.FRESH, CoverageState.REPAIRED}
        assert expected(world(), MONDAY) <= {*delivered(later)}

    @pytest.mark.parametrize("sunday", [date(2026, 11, 1), date(2026, 3, 8)])
    def test_the_nights_when_the_clocks_change_lose_nothing(self, tmp_path: Path, sunday: date) -> None:
        days = working_days(sunday - timedelta(days=13), sunday + timedelta(days=2))
        papers = list(batches(days))
        wanted = {paper.id for paper in papers if paper.announced and paper.announced > sunday}
        clock = FakeClock(
            datetime(sunday.year, sunday.month, sunday.day, 0, 10, tzinfo=NEW_YORK).astimezone(UTC)
        )
        with FaultyArxiv(papers, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            for _ in range(4):
                poll = arxiv.poll(["cs.LG", "cs.CL", "cs.DC", "math.NT"])
                clock.moment += timedelta(days=1)

        assert wanted <= {each.paper.id for each in poll.announcements}

    def test_missed_nights_are_caught_up(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        clock.moment += timedelta(days=1)

        with FaultyArxiv(world(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

        monday = cell(poll, "cs.LG", MONDAY)
        assert (monday.state, monday.source) == (CoverageState.REPAIRED, "catchup")
        assert expected(world(), MONDAY) <= {*delivered(poll)}

    def test_a_date_in_the_past_is_read_from_there(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"], since=date(2026, 11, 5))

        assert min(each.day for each in poll.announcements) == date(2026, 11, 5)
        assert {row.day for row in poll.coverage} == {*working_days(date(2026, 11, 5), FRIDAY)}


class TestP14Observability:
    """Each category's day says how many, from where, from which identifier to which, and how late."""

    def test_coverage_has_counts_identifiers_source_and_lateness(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            poll = poll_once(server, tmp_path, clock)

        monday = cell(poll, "cs.LG", MONDAY)
        assert (monday.new, monday.cross, monday.replace) == (10, 11, 1)
        assert (monday.min_id, monday.max_id) == (ArxivId("2611.00601"), ArxivId("2611.00637"))
        assert monday.source == "rss"
        assert monday.lateness is not None
        assert timedelta(hours=7) <= monday.lateness < timedelta(hours=7, minutes=1)

    @pytest.mark.parametrize(("count", "odd"), [(10, True), (49, True), (50, False), (300, False)])
    def test_fewer_than_half_the_usual_number_is_unusual(self, count: int, odd: bool) -> None:  # noqa: FBT001 - a table
        assert bool(unusual(count, [90, 100, 200])) is odd

    def test_what_happens_next_is_said_and_when(self, tmp_path: Path) -> None:
        clock = start_monday(tmp_path)
        with FaultyArxiv(world(), clock=clock) as server:
            for role in Role:
                server.fault(role, faults.refuse(503))
            poll = poll_once(server, tmp_path, clock)

        again = timetable.next_slot(clock.now())
        assert f"A poll after {again:%Y-%m-%d %H:%M} UTC" in cell(poll, "cs.LG", MONDAY).detail


def emptied() -> faults.Change:
    """The search API's known anomaly: no entries, and a total of none."""

    def change(request: Request, response: Response) -> Response:
        without = faults.drop_items(lambda _index, _count: False)(request, response)
        return faults.substitute(b"totalResults>20<", b"totalResults>0<")(request, without)

    return change


class CrashError(BaseException):
    """Stands for a power cut: nothing in the program may catch it."""


def crash(server: FaultyArxiv, cache_dir: Path, clock: FakeClock, *, after: int) -> None:
    """Poll, and die when the request after so many is about to be made."""

    class Dying(FakeClock):
        def now(self) -> datetime:
            if len(server.log) > after:
                raise CrashError
            return clock.now()

        def sleep(self, seconds: float) -> None:
            clock.sleep(seconds)

    with pytest.raises(CrashError), Arxiv(settings_for(server, cache_dir), Dying()) as arxiv:
        arxiv.poll(CATEGORIES)


CHILD = """
    import sys, os, signal, json
    from datetime import datetime
    from arxiv_watch.arxiv import Arxiv, ArxivSettings
    from arxiv_watch.clock import SystemClock

    settings = json.loads(sys.argv[1])
    with Arxiv(ArxivSettings(**settings), SystemClock(datetime.fromisoformat(sys.argv[2]))) as arxiv:
        arxiv.poll(sys.argv[3].split(","))
"""


def start_child(
    server: FaultyArxiv, cache_dir: Path, clock: FakeClock, *, interval: float = 0.0, kill_at: str = ""
) -> subprocess.Popen[bytes]:
    """Poll in a process of its own; kill it with no warning when it asks for a path."""
    settings = asdict(settings_for(server, cache_dir, request_interval=interval))
    arguments = [json.dumps(settings, default=str), clock.now().isoformat(), ",".join(CATEGORIES)]
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(CHILD), *arguments])

    def kill(_request: object, response: object) -> object:
        os.kill(child.pid, signal.SIGKILL)
        return response

    if kill_at:
        server.fault(Role.PAGES, kill, path=kill_at, times=1)
    return child
