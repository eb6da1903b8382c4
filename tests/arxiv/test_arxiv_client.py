"""The door: metadata, replays, readers, a cache that vanishes, and connections that hang."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from arxiv_scenarios import CATEGORIES, MONDAY, delivered, expected, fridays_cache, world
from arxiv_support import FRIDAY, MORNING, november, open_arxiv, settings_for, working_days
from arxiv_watch.arxiv import Arxiv
from arxiv_watch.arxiv.session.transport import BOUNDS
from arxiv_watch.arxiv.sources.page import Item
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.demo.arxiv_server import Request, Response, Role
from arxiv_watch.errors import ArxivUnavailableError, UsageError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, AnnounceType, CoverageState, Paper
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv


def test_past_days_are_replayed_from_one_harvest(tmp_path: Path) -> None:
    papers = november()
    clock = FakeClock(MORNING)
    with FaultyArxiv(papers, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        first = list(arxiv.announced(date(2026, 11, 9), date(2026, 11, 13), ["cs.LG"]))
        made = arxiv.requests
        again = list(arxiv.announced(date(2026, 11, 9), date(2026, 11, 13), ["cs.LG"]))

        assert arxiv.requests == made == 1
    assert again == first
    assert [each.day for each in first] == sorted(each.day for each in first)
    wanted = {
        (paper.id.base, paper.announced)
        for paper in papers
        if "cs.LG" in paper.categories
        and date(2026, 11, 9) <= (paper.announced or FRIDAY) <= date(2026, 11, 13)
    }
    assert {(each.paper.id.base, each.day) for each in first} == wanted
    assert first[0].types == {"cs.LG": AnnounceType.NEW}


def test_a_replay_before_a_batch_is_out_closes_no_day(tmp_path: Path) -> None:
    """On Sunday evening in New York it is Monday in UTC, and Monday's batch is not out."""
    clock = FakeClock(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    with FaultyArxiv(november(MONDAY), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        assert list(arxiv.announced(date(2026, 11, 2), MONDAY, ["cs.LG"]))
        clock.moment += timedelta(hours=12)
        server.fault(Role.RSS, faults.empty_items())
        server.fault(Role.PAGES, faults.refuse(503))
        poll = arxiv.poll(["cs.LG"])

    assert [row.state for row in poll.coverage if row.day == MONDAY] == [CoverageState.REPAIRED]
    assert len([each for each in poll.announcements if each.day == MONDAY]) == 6


def test_authors_without_a_name_are_none(tmp_path: Path) -> None:
    [first, *others] = november()
    odd = replace(first, authors=(" ", "Ada  Lovelace", ""))
    clock = FakeClock(MORNING)
    with FaultyArxiv([odd, *others], clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        [found] = arxiv.metadata([odd.id]).values()

    assert found.authors == ("Ada Lovelace",)


def test_a_replay_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.fault(Role.OAI, faults.refuse(503))

        with pytest.raises(ArxivUnavailableError, match="503"):
            list(arxiv.announced(date(2026, 11, 9), date(2026, 11, 13), ["cs.LG"]))


def test_each_reader_has_its_own_record_of_what_it_handled(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        arxiv.handled(arxiv.poll(["cs.LG"], reader="one"), reader="one")

        assert arxiv.poll(["cs.LG"], reader="one").announcements == ()
        assert arxiv.poll(["cs.LG"], reader="two").announcements


def test_a_day_that_is_still_to_come_is_refused(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        with pytest.raises(UsageError, match="2027-11-20 is still to come: in New York it is 2026-11-20"):
            arxiv.poll(["cs.LG"], since=date(2027, 11, 20))

        assert arxiv.poll(["cs.LG"], since=FRIDAY + timedelta(days=1)).announcements == ()


def test_days_that_arxiv_does_not_show_any_more_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        arxiv.poll(["cs.OS"], since=FRIDAY - timedelta(days=91))

    assert "arXiv shows the last 90 days, so none before 2026-08-22 is read" in caplog.text


def test_what_another_process_adds_while_a_poll_ends_is_delivered_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Item(Paper(ArxivId("2611.99999v1"), "Found on a catch-up page"), AnnounceType.CROSS)
    read = AnnouncementStore.announcements

    def announcements(store: AnnouncementStore, *args: Any) -> tuple[list[Announcement], ...]:
        found = read(store, *args)
        store.add("cs.LG", FRIDAY, [late], "catchup")
        return found

    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        with monkeypatch.context() as patch:
            patch.setattr(AnnouncementStore, "announcements", announcements)
            arxiv.handled(arxiv.poll(["cs.LG"]))

        assert [each.paper.id for each in arxiv.poll(["cs.LG"]).announcements] == [late.paper.id]


def test_what_was_not_handled_is_delivered_again(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        first = arxiv.poll(["cs.LG"])
        second = arxiv.poll(["cs.LG"])

    assert second.announcements == first.announcements


def test_a_cache_that_is_deleted_while_it_is_used_is_created_again(tmp_path: Path) -> None:
    (tmp_path / "arxiv.sqlite3").write_bytes(fridays_cache())
    clock = FakeClock(MORNING + timedelta(days=3))

    def delete(_request: Request, response: Response) -> Response:
        (tmp_path / "arxiv.sqlite3").unlink()
        return response

    with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.fault(Role.OAI, delete, times=1)
        poll = arxiv.poll(CATEGORIES)

    found = {(each.paper.id.base, *pair) for each in poll.announcements for pair in each.types.items()}
    assert expected(world(), MONDAY) <= found
    assert (tmp_path / "arxiv.sqlite3").exists()


def test_what_was_handled_in_a_deleted_cache_says_nothing_of_the_next(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server:
        with open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"])
        (tmp_path / "arxiv.sqlite3").unlink()
        with open_arxiv(server, tmp_path, clock) as arxiv:
            arxiv.handled(replace(poll, cursor=replace(poll.cursor, seq=999999)))
            assert arxiv.poll(["cs.LG"]).announcements


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    clock = FakeClock(MORNING)
    with FaultyArxiv([], clock=clock) as server:
        arxiv = open_arxiv(server, tmp_path / "file" / "cache", clock)
        with pytest.raises(UsageError, match="cache_dir"):
            arxiv.poll(["cs.LG"])


def test_a_category_that_does_not_exist_is_named(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv([], clock=clock) as server:
        arxiv = open_arxiv(server, tmp_path, clock)
        with pytest.raises(UsageError, match=r"cs\.LGG: did you mean cs\.LG"):
            arxiv.poll(["cs.LGG"])


def test_a_server_that_hangs_is_not_waited_for_permanently(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server:
        server.fault(Role.RSS, faults.hang(1.0), times=1)
        bounds = replace(BOUNDS, pause=0.1)
        with Arxiv(settings_for(server, tmp_path), clock, bounds=bounds) as arxiv:
            poll = arxiv.poll(["cs.LG"])

    [today] = [row for row in poll.coverage if row.day == FRIDAY]
    assert today.state is CoverageState.FRESH
    assert clock.slept[0] >= 60


def test_an_answer_beyond_all_measure_is_not_read_to_its_end(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with (
        FaultyArxiv(november(size=40), clock=clock) as server,
        Arxiv(settings_for(server, tmp_path), clock, bounds=replace(BOUNDS, size=2000)) as arxiv,
    ):
        poll = arxiv.poll(["cs.LG"])

    assert all("more than" in row.detail for row in poll.coverage if row.day == FRIDAY)


def test_a_host_that_drips_is_left_after_one_answer_and_the_others_are_asked(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server:
        server.fault(Role.RSS, faults.drip(100, 3.0))
        with open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(["cs.LG"])
        asked = [line.request.path for line in server.log if line.request.role is Role.RSS]

    [today] = [row for row in poll.coverage if row.day == FRIDAY]
    assert (today.state, today.source) == (CoverageState.REPAIRED, "listing")
    assert "not finished after 240 s" in today.detail
    assert asked == ["/rss/cs.LG"]


def test_a_run_ends_when_its_time_is_up_and_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "arxiv.sqlite3").write_bytes(fridays_cache())
    clock = FakeClock(MORNING + timedelta(days=3))
    with FaultyArxiv(world(), clock=clock) as server:
        server.fault(Role.RSS, faults.drip(100, 3.0), path="cs.CL")
        for role in (Role.OAI, Role.PAGES, Role.API):
            server.fault(role, faults.drip(100, 3.0))
        with Arxiv(settings_for(server, tmp_path, time_limit=100.0), clock) as arxiv:
            poll = arxiv.poll(CATEGORIES, since=MONDAY)
            known = arxiv.metadata([ArxivId("2407.12391")])
        hosts = {line.request.role for line in server.log}

    assert hosts == {Role.RSS}
    assert set(delivered(poll)) == expected(world(), MONDAY, ["cs.LG"])
    states = {row.category: row.state for row in poll.coverage if row.day == MONDAY}
    assert states == {"cs.LG": CoverageState.FRESH, "cs.CL": CoverageState.FAILED}
    assert known == {}
    assert "time limit" in arxiv.trouble


def test_a_redirect_loop_is_an_error(tmp_path: Path) -> None:
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.fault(Role.RSS, faults.redirect(server.rss_url + "{path}"), path="/rss/")
        poll = arxiv.poll(["cs.LG"])

    [today] = [row for row in poll.coverage if row.day == FRIDAY]
    assert "redirects endlessly" in today.detail
    assert today.state is CoverageState.REPAIRED


def test_an_outage_of_two_days_is_caught_up_whole(tmp_path: Path) -> None:
    (tmp_path / "arxiv.sqlite3").write_bytes(fridays_cache())
    clock = FakeClock(MORNING + timedelta(days=3))
    days = working_days(MONDAY, MONDAY + timedelta(days=1))
    with FaultyArxiv(world(), clock=clock) as server:
        for role in Role:
            server.fault(role, faults.reset())
        with open_arxiv(server, tmp_path, clock) as arxiv:
            failed = arxiv.poll(CATEGORIES)
        server.faults.clear()
        clock.moment = MORNING + timedelta(days=4)
        with open_arxiv(server, tmp_path, clock) as arxiv:
            poll = arxiv.poll(CATEGORIES)

    assert {row.state for row in failed.coverage} == {CoverageState.FAILED}
    found = {(each.paper.id.base, *pair) for each in poll.announcements for pair in each.types.items()}
    assert set().union(*(expected(world(), day) for day in days)) <= found


@pytest.mark.parametrize(
    ("unknown", "told"), [(5, ""), (12, ""), (40, "arXiv answered for only 185 of 220 papers")]
)
def test_an_answer_that_leaves_out_many_papers_is_a_trouble_and_one_that_leaves_out_few_is_not(
    tmp_path: Path, unknown: int, told: str
) -> None:
    ids = [paper.id for paper in november()]
    for number in range(unknown):
        ids.insert(5 * number, ArxivId(f"2511.{number + 1:05}"))
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        arxiv.metadata(ids)

        assert arxiv.trouble == told
