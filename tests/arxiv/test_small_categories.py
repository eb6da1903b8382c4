"""A day on which a category has no paper: every source, every earlier state, and what becomes of the day."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, batches, november, open_arxiv, working_days
from arxiv_watch.arxiv.store.announcements import AnnouncementStore
from arxiv_watch.arxiv.store.database import FILE_NAME, Database
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.troubles import Trouble, TroubleKind
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import World

SMALL = "cs.OS"
THURSDAY, TUESDAY = FRIDAY - timedelta(days=1), FRIDAY - timedelta(days=3)
EARLIER = Trouble(TroubleKind.REFUSED, "rss", "503 Service Unavailable", host="rss.arxiv.org")
STATES = (None, *CoverageState)

Strike = Callable[[FaultyArxiv], object]


def refuse(*roles: Role, path: str = "") -> Strike:
    return lambda server: [server.fault(role, faults.refuse(503), path=path) for role in roles]


def both(*strikes: Strike) -> Strike:
    return lambda server: [strike(server) for strike in strikes]


# What is left to tell of the day; OAI-PMH always is.
SOURCES: dict[str, Strike] = {
    "rss": lambda _: None,
    "atom": refuse(Role.RSS, path="/rss/"),
    "listing": refuse(Role.RSS),
    "catchup": both(refuse(Role.RSS), refuse(Role.PAGES, path="/list/")),
    "oai alone": refuse(Role.RSS, Role.PAGES),
    "oai, and a feed of yesterday": both(
        lambda server: server.fault(Role.RSS, faults.stale(server, days=1)), refuse(Role.PAGES)
    ),
}


@cache
def world() -> World:
    """The small category has a paper on Tuesday and none on any other day."""
    papers = november()
    place = next(n for n, paper in enumerate(papers) if paper.announced == TUESDAY)
    papers[place] = replace(papers[place], categories=(SMALL,))
    return World.of(papers)


@cache
def wednesdays_cache() -> bytes:
    """The cache after a Wednesday on which all was well."""
    clock = FakeClock(MORNING - timedelta(days=2))
    with tempfile.TemporaryDirectory() as folder:
        with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, Path(folder), clock) as arxiv:
            arxiv.poll([SMALL])
        return (Path(folder) / FILE_NAME).read_bytes()


def poll_after(
    cache_dir: Path, day: date, earlier: CoverageState | None, strike: Strike, papers: World | None = None
) -> Coverage:
    """Poll on Friday, when a day was known as in `earlier` and sources fail as in `strike`."""
    (cache_dir / FILE_NAME).write_bytes(wednesdays_cache())
    if earlier is not None:
        database = Database(cache_dir / FILE_NAME)
        source = "rss" if earlier is CoverageState.FRESH else ""
        troubles = (EARLIER, Trouble(TroubleKind.OAI_ONLY)) if earlier.is_whole else (EARLIER,)
        coverage = Coverage(SMALL, day, earlier, source=source, troubles=troubles)
        read_at = MORNING - timedelta(days=(FRIDAY - day).days, hours=2)
        AnnouncementStore(database).enter(coverage, (), read_at)
        database.close()
    clock = FakeClock(MORNING)
    with FaultyArxiv(papers or world(), clock=clock) as server, open_arxiv(server, cache_dir, clock) as arxiv:
        strike(server)
        arxiv.poll([SMALL])
    database = Database(cache_dir / FILE_NAME)
    row = AnnouncementStore(database).coverage(SMALL, day)
    database.close()
    assert row is not None
    return row


@pytest.mark.parametrize("earlier", STATES)
@pytest.mark.parametrize(
    ("day", "source"),
    [*((FRIDAY, source) for source in SOURCES), (THURSDAY, "rss"), (THURSDAY, "oai alone")],
)
def test_a_day_without_papers_is_quiet_whatever_was_tried_before(
    tmp_path: Path, day: date, source: str, earlier: CoverageState | None
) -> None:
    row = poll_after(tmp_path, day, earlier, SOURCES[source])

    was_whole = earlier is not None and earlier.is_whole
    kept = {earlier, CoverageState.QUIET} if was_whole else {CoverageState.QUIET}
    assert row.state in kept
    assert (row.new, row.cross, row.replace) == (0, 0, 0)


@pytest.mark.parametrize("earlier", [None, CoverageState.FAILED])
@pytest.mark.parametrize("source", SOURCES)
def test_a_day_with_one_paper_is_whole_all_the_same(
    tmp_path: Path, source: str, earlier: CoverageState | None
) -> None:
    papers = [each.paper for each in world().submissions.values()]
    place = next(n for n, paper in enumerate(papers) if paper.announced == FRIDAY)
    papers[place] = replace(papers[place], categories=(SMALL,))

    row = poll_after(tmp_path, FRIDAY, earlier, SOURCES[source], World.of(papers))

    assert row.state in {CoverageState.FRESH, CoverageState.REPAIRED}
    assert row.new == 1


@pytest.mark.parametrize("earlier", [None, *(state for state in CoverageState if not state.is_whole)])
def test_without_a_second_source_an_empty_feed_proves_nothing(
    tmp_path: Path, earlier: CoverageState | None
) -> None:
    row = poll_after(tmp_path, FRIDAY, earlier, refuse(Role.OAI, Role.PAGES))

    assert not row.state.is_whole


def test_a_batch_with_a_hole_is_not_a_whole_one(tmp_path: Path) -> None:
    fridays = [each.id.base for each in world().submissions.values() if each.announced == FRIDAY]

    def strike(server: FaultyArxiv) -> None:
        for role in Role:
            server.fault(role, faults.drop_ids(fridays[4]))
        server.fault(Role.RSS, faults.refuse(503))
        server.fault(Role.PAGES, faults.refuse(503))

    assert poll_after(tmp_path, FRIDAY, None, strike).state is CoverageState.FAILED


def test_a_day_off_that_nobody_announced_is_quiet_once_a_later_batch_is_known(tmp_path: Path) -> None:
    days = [day for day in working_days(date(2026, 11, 2), FRIDAY) if day != THURSDAY]

    row = poll_after(
        tmp_path, THURSDAY, CoverageState.FAILED, refuse(Role.PAGES), World.of(list(batches(days)))
    )

    assert (row.state, row.source) == (CoverageState.QUIET, "oai")


def test_an_entry_that_nobody_could_read_keeps_its_day_open(tmp_path: Path) -> None:
    damaged = Trouble(TroubleKind.DAMAGED, "listing", "1 cannot be read: 2611.00001")
    (tmp_path / FILE_NAME).write_bytes(wednesdays_cache())
    database = Database(tmp_path / FILE_NAME)
    coverage = Coverage(SMALL, FRIDAY, CoverageState.STARVED, source="listing", troubles=(damaged,))
    AnnouncementStore(database).enter(coverage, (), MORNING - timedelta(hours=2))
    database.close()
    clock = FakeClock(MORNING)
    with FaultyArxiv(world(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        refuse(Role.RSS, Role.PAGES)(server)
        poll = arxiv.poll([SMALL])

    assert [row.state for row in poll.coverage if row.day == FRIDAY] == [CoverageState.FAILED]
