"""What a cache may decide, and what not: a fresh, a warm, a replaced and an old one bring the same papers."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from arxiv_quarter import announcement_days, quarter_world
from arxiv_support import FRIDAY, MORNING, november, open_arxiv, working_days
from arxiv_watch.arxiv import Poll
from arxiv_watch.arxiv.coverage.scheduled import scheduled_days
from arxiv_watch.arxiv.timetable import BACKGROUND, WINDOW
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.demo.arxiv_server import Request, Response, Role
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.notes import handled_notes
from arxiv_watch.papers import AnnounceType, Paper
from arxiv_watch.publish import DryRun, LocalFiles, Publisher
from arxiv_watch.report.values import WatchRun
from arxiv_watch.troubles import TroubleKind
from arxiv_watch.watch import run_watches
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import World
from watch_support import BIRDS, LIST, LISTED, SERVING

FIRST = {AnnounceType.NEW, AnnounceType.CROSS}
CATEGORIES = ("cs.DC", "cs.LG")  # so few that a first run reads the pages of all days


def new_papers(poll: Poll) -> dict[tuple[ArxivId, date], dict[str, AnnounceType]]:
    """What a watch would look at: the papers that a category announced first, by day."""
    return {
        (each.paper.id, each.day): dict(each.types)
        for each in poll.announcements
        if FIRST & {*each.types.values()}
    }


def poll_with(
    server: FaultyArxiv, cache: Path, clock: FakeClock, categories: Sequence[str] = CATEGORIES
) -> Poll:
    with open_arxiv(server, cache, FakeClock(clock.now())) as arxiv:
        return arxiv.poll(categories)


@pytest.fixture(scope="module")
def polls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Poll]:
    tmp_path = tmp_path_factory.mktemp("caches")
    days = announcement_days(date(2026, 9, 14), 26)
    clock = FakeClock()
    caches = {name: tmp_path / name for name in ("warm", "replaced", "old", "fresh")}
    with FaultyArxiv(quarter_world(days, seed=3), clock=clock) as server:
        for day in days[17::2]:
            clock.moment = MORNING.replace(year=day.year, month=day.month, day=day.day)
            poll_with(server, caches["warm"], clock)
            if day == days[17]:
                shutil.copytree(caches["warm"], caches["old"])
            if day == days[23]:
                poll_with(server, caches["replaced"], clock)
        return {name: poll_with(server, cache, clock) for name, cache in caches.items()}


class TestANewCacheChangesNoDecision:
    """Fresh cache, warm cache, replaced cache, cache of another week: the same papers and background."""

    def test_the_same_papers_of_the_same_days(self, polls: dict[str, Poll]) -> None:
        warm = new_papers(polls["warm"])

        assert warm
        assert [name for name, poll in polls.items() if new_papers(poll) != warm] == []

    def test_the_same_background(self, polls: dict[str, Poll]) -> None:
        warm = polls["warm"].background

        assert warm
        assert [name for name, poll in polls.items() if poll.background != warm] == []


def topical_world(days: Sequence[date], since: date) -> World:
    """Forty papers a day about birds; from a day on, an eighth of them more or less about serving."""
    chance = random.Random(5)  # noqa: S311 - papers, not secrets
    papers, number = list(LISTED), 0
    for day in days:
        for place in range(40):
            number += 1
            is_near = day >= since and place % 8 == 0
            words = " ".join(chance.choices(BIRDS.split(), k=number % 3 if is_near else 20))
            title, abstract = ("Paged Serving", f"{SERVING} {words}") if is_near else ("Birds", words)
            base = ArxivId(f"{days[0]:%y%m}.{number:05d}")
            papers.append(Paper(base, f"{title} {number}", abstract, ("A",), ("cs.DC",), announced=day))
    return World.of(papers)


class TestProposals:
    """The whole way, from the cache to what is proposed."""

    WATCH = WatchConfig.model_validate({"list": "README.md", "categories": ["cs.DC"]})
    DAYS = working_days(date(2026, 11, 2), date(2026, 11, 26))

    def propose(self, server: FaultyArxiv, cache: Path, clock: FakeClock, publisher: Publisher) -> WatchRun:
        now = FakeClock(clock.now())
        with open_arxiv(server, cache, now) as arxiv:
            [run] = run_watches([self.WATCH], arxiv, publisher, now).watches
        return run

    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        (tmp_path / "repository").mkdir()
        (tmp_path / "repository" / "README.md").write_text(LIST)
        return tmp_path / "repository"

    def test_they_are_the_same_with_every_cache(self, tmp_path: Path, repository: Path) -> None:
        clock = FakeClock()
        with FaultyArxiv(topical_world(self.DAYS, self.DAYS[-6]), clock=clock) as server:
            for day in (16, 25, 26):
                clock.moment = MORNING.replace(day=day)
                self.propose(server, tmp_path / "warm", clock, DryRun(repository))
                if day == 16:
                    shutil.copytree(tmp_path / "warm", tmp_path / "old")
            runs = [
                self.propose(server, tmp_path / name, clock, DryRun(repository))
                for name in ("warm", "old", "fresh")
            ]

        assert runs[0].proposals or runs[0].unsure
        told = [[each.prediction for each in (*run.proposals, *run.unsure)] for run in runs]
        assert told[1:] == [told[0]] * 2

    def test_a_cache_lost_after_papers_were_applied_spends_no_budget_twice(
        self, tmp_path: Path, repository: Path
    ) -> None:
        clock = FakeClock(MORNING.replace(day=26))
        with FaultyArxiv(topical_world(self.DAYS, self.DAYS[-6]), clock=clock) as server:
            first = self.propose(server, tmp_path / "one", clock, LocalFiles(repository))
            again = self.propose(server, tmp_path / "two", clock, LocalFiles(repository))

        days = [each.paper.announced for each in (*first.proposals, *again.proposals)]
        assert first.proposals
        assert max(days.count(day) for day in days) <= self.WATCH.budget.per_day

    def test_what_a_first_run_could_not_judge_the_next_one_proposes(
        self, tmp_path: Path, repository: Path
    ) -> None:
        clock = FakeClock(MORNING.replace(day=26))
        with FaultyArxiv(topical_world(self.DAYS, self.DAYS[-6]), clock=clock) as server:
            control = self.propose(server, tmp_path / "control", clock, DryRun(repository))
            server.fault(Role.OAI, without_records)
            unjudged = self.propose(server, tmp_path / "cache", clock, LocalFiles(repository))
            server.faults.clear()
            clock.moment += timedelta(hours=5)
            judged = self.propose(server, tmp_path / "cache", clock, LocalFiles(repository))

        assert (unjudged.proposals, bool(unjudged.unsure), unjudged.judged) == ((), True, False)
        assert [each.paper.id for each in judged.proposals] == [each.paper.id for each in control.proposals]
        assert control.proposals


def without_records(request: Request, response: Response) -> Response:
    """OAI-PMH lists identifiers and refuses records."""
    return faults.refuse(503)(request, response) if request.query["verb"] == "ListRecords" else response


class TestABackgroundThatIsMissing:
    """Whether the background is the whole one is known, and told."""

    def test_a_first_run_without_oai_has_none_and_says_why(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server:
            server.fault(Role.OAI, faults.refuse(503))
            poll = poll_with(server, tmp_path, clock, ["cs.LG"])

        assert poll.background == ()
        assert poll.background_trouble is not None
        assert poll.background_trouble.kind is TroubleKind.REFUSED

    def test_yesterdays_harvest_serves_today(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING - timedelta(days=1))
        with FaultyArxiv(november(), clock=clock) as server:
            poll_with(server, tmp_path, clock, ["cs.LG"])
            clock.moment = MORNING
            server.fault(Role.OAI, faults.refuse(503))
            poll = poll_with(server, tmp_path, clock, ["cs.LG"])

        assert poll.background
        assert poll.background_trouble is None

    def test_it_is_announced_before_the_window_and_submitted_after_its_first_day(
        self, tmp_path: Path
    ) -> None:
        papers = {paper.id: paper for paper in november()}
        clock = FakeClock(MORNING)
        with FaultyArxiv(list(papers.values()), clock=clock) as server:
            background = poll_with(server, tmp_path, clock, ["cs.LG"]).background

        days = [papers[ArxivId(each.id.base)].announced for each in background]
        assert days == sorted(days, key=lambda day: day or FRIDAY, reverse=True)
        assert all(day and FRIDAY - BACKGROUND <= day < FRIDAY - WINDOW for day in days)


class TestReaders:
    """A reader handles what it was given, and nothing else."""

    def test_days_before_since_are_not_taken_for_handled(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            arxiv.handled(arxiv.poll(["cs.LG"], since=FRIDAY))
            poll = arxiv.poll(["cs.LG"])

        assert min(each.day for each in poll.announcements) == FRIDAY - WINDOW

    def test_a_category_that_is_added_brings_its_week(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            arxiv.handled(arxiv.poll(["cs.LG"], reader="one"), reader="one")
            arxiv.handled(arxiv.poll(["cs.DC"], reader="two"), reader="two")
            poll = arxiv.poll(["cs.DC", "cs.LG"], reader="two")

        assert {name for each in poll.announcements for name in each.types} == {"cs.LG"}

    def test_what_was_handled_is_kept_apart_and_told_by_its_first_day(self, tmp_path: Path) -> None:
        clock = FakeClock(MORNING)
        with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
            first = arxiv.poll(["cs.LG"])
            arxiv.handled(first)
            again = arxiv.poll(["cs.LG"])

        assert (first.handled, again.handled) == ((), first.announcements)
        assert handled_notes(again)[0].startswith(
            f"earlier runs have looked at what was announced since {FRIDAY - WINDOW}"
        )


@pytest.mark.parametrize("source", ["rss", "atom", "listing"])
def test_comment_and_journal_reference_are_there_whichever_source_a_day_came_from(
    tmp_path: Path, source: str
) -> None:
    told = {"comment": "Accepted at a workshop", "journal_ref": "J. of Birds 7 (2026) 1-9"}
    papers = [replace(paper, **told) for paper in november()]
    clock = FakeClock(MORNING)
    with FaultyArxiv(papers, clock=clock) as server:
        if source != "rss":
            server.fault(Role.RSS, faults.empty_items(), path="/rss/" if source == "atom" else "")
        poll = poll_with(server, tmp_path, clock, ["cs.LG"])

    [today] = [line for line in poll.coverage if line.day == FRIDAY]
    fridays = [each.paper for each in poll.announcements if each.day == FRIDAY]
    assert today.source == source
    assert {(paper.comment, paper.journal_ref) for paper in fridays} == {
        (told["comment"], told["journal_ref"])
    }


def test_a_paper_that_a_feed_lacked_while_oai_was_down_comes_after_the_day_was_handled(
    tmp_path: Path,
) -> None:
    papers = november(FRIDAY + timedelta(days=3))
    lost = next(each.id.base for each in papers if each.announced == FRIDAY)
    clock = FakeClock(MORNING - timedelta(days=1))
    with FaultyArxiv(papers, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        arxiv.handled(arxiv.poll(["cs.LG"]))
        clock.moment = MORNING
        server.fault(Role.OAI, faults.refuse(503))
        server.fault(Role.RSS, faults.drop_ids(lost))
        friday = arxiv.poll(["cs.LG"])
        arxiv.handled(friday)
        server.faults.clear()
        clock.moment = MORNING + timedelta(days=3)
        monday = arxiv.poll(["cs.LG"])

    assert all(line.state.is_whole for line in friday.coverage)
    assert lost in {each.paper.id.base for each in monday.announcements}


def test_the_schedule_puts_a_held_paper_into_its_batch() -> None:
    held = MORNING - timedelta(days=9)
    rows = [(ArxivId(f"2611.0000{n}"), MORNING, ()) for n in (1, 3)] + [(ArxivId("2611.00002"), held, ())]

    days = {identifier.base: day for identifier, day, _ in scheduled_days(rows)}

    assert set(days.values()) == {FRIDAY + timedelta(days=3)}


def test_the_day_of_a_later_cross_list_is_its_pages_and_not_oais(tmp_path: Path) -> None:
    submissions = World.of(november()).submissions
    crossed = next(each for each in submissions.values() if each.announced == FRIDAY - timedelta(days=2))
    later = replace(crossed, crosses={"cs.AI": FRIDAY - timedelta(days=1)})
    world = World([*(each for each in submissions.values() if each.id != crossed.id), later])
    clock = FakeClock(MORNING)
    with FaultyArxiv(world, clock=clock) as server:
        poll = poll_with(server, tmp_path, clock, ["cs.AI"])

    assert [each.day for each in poll.announcements] == [FRIDAY - timedelta(days=1)]
