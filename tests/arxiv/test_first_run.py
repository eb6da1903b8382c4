"""A first run on an arXiv with months behind it is whole, polite and quiet about it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from arxiv_quarter import announcement_days, freeze_month
from arxiv_support import open_arxiv
from arxiv_watch.demo.arxiv_server.world import freeze_day
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import CoverageState, Paper
from fakes import FakeClock
from stand_ins.arxiv_police import violations
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, Version, World

LARGE = ("cs.LG", "cs.CL", "cs.DC", "cs.AI")
SMALL = ("cs.OS", "cs.PF", "econ.TH", "math.HO")  # without papers on most days
OTHERS = ("math.NT", "quant-ph", "hep-th", "cs.CV")
MOST_REQUESTS = 30


def months(first: date, last: date, seed: int) -> World:
    """Held papers, replacements, later cross-lists, records that were edited, and small categories."""
    chance = random.Random(seed)  # noqa: S311 - the same world each time
    days = [day for day in announcement_days(first, 90) if day <= last]
    return World(submissions(chance, days))


def submissions(chance: random.Random, days: list[date]) -> Iterator[Submission]:
    numbers: Counter[str] = Counter()
    for index, day in enumerate(days):
        for _ in range(chance.randint(18, 30)):
            month = freeze_month(day)
            numbers[month] += 1
            names = (*LARGE, *OTHERS, *((chance.choice(SMALL),) if chance.random() < 0.04 else ()))
            paper = Paper(
                ArxivId(f"{month}.{numbers[month]:05d}"),
                f"Paper {numbers[month]} of {month}",
                f"Abstract {numbers[month]}.",
                ("Ada Lovelace", "Emmy Noether"),
                tuple(chance.sample(names, chance.choice((1, 1, 2, 3)))),
                announced=day,
            )
            held = timedelta(days=chance.choice((0,) * 19 + (25,)))
            submitted = datetime.combine(freeze_day(day), time(12), UTC) - held
            yield altered(chance, Submission(paper, submitted, day), days[index + 1 :])


def altered(chance: random.Random, submission: Submission, later: list[date]) -> Submission:
    """The submission, with what became of it on later days."""
    if later and chance.random() < 0.2:
        day = chance.choice(later)
        versions = (Version(datetime.combine(freeze_day(day), time(12), UTC), day),)
        submission = replace(submission, replacements=versions)
    if later and chance.random() < 0.05:
        submission = replace(submission, crosses={chance.choice((*LARGE, *SMALL)): chance.choice(later)})
    if later and chance.random() < 0.1:
        submission = replace(submission, edited=(chance.choice(later),))
    return submission


WHOLE = {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}
MOMENTS = {
    "a Wednesday": datetime(2026, 11, 18, 13, tzinfo=UTC),
    "a Monday": datetime(2026, 11, 23, 13, tzinfo=UTC),
    "a Saturday": datetime(2026, 11, 21, 13, tzinfo=UTC),
    "after a holiday": datetime(2026, 11, 30, 13, tzinfo=UTC),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_first_run_reads_the_week_whole_within_thirty_requests(tmp_path: Path, moment: datetime) -> None:
    world = months(date(2026, 8, 3), moment.date(), seed=moment.day)
    clock = FakeClock(moment)
    with FaultyArxiv(world, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.is_looked_up_now = True
        poll = arxiv.poll([*LARGE, *SMALL])

        assert arxiv.requests == len(server.log) <= MOST_REQUESTS
        assert violations(server.log) == []
        assert {line.status for line in server.log} == {200}
    assert {row.category for row in poll.coverage} == {*LARGE, *SMALL}
    assert {row.state for row in poll.coverage} <= WHOLE


def test_a_past_day_that_is_looked_up_now_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """A paper that was cross-listed since stands on two days' pages, and in more categories than before."""
    days = announcement_days(date(2026, 11, 2), 14)
    papers = [
        Submission.of(
            Paper(ArxivId(f"2611.{3 * index + part:05d}"), f"Paper {index}", categories=names, announced=day)
        )
        for index, day in enumerate(days)
        for part, names in enumerate((("cs.LG",), ("cs.CL",), ("cs.CV", "cs.CL")), start=1)
    ]
    [base] = [each for each in papers if each.announced == days[-4] and each.paper.categories[0] == "cs.CV"]
    world = World([*papers, replace(base, crosses={"cs.LG": days[-2]})])
    clock = FakeClock(datetime.combine(days[-1], time(13), UTC))
    with FaultyArxiv(world, clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        server.is_looked_up_now = True
        first = arxiv.poll(["cs.LG", "cs.CL"])
        arxiv.handled(first)
        second = arxiv.poll(["cs.LG", "cs.CL"])

    found = Counter(each.paper.id for each in first.announcements)
    week = {each.id for each in papers if each.announced in {row.day for row in first.coverage}}
    assert set(found) == week
    assert {name for each in first.announcements if each.paper.id == base.id for name in each.types} == {
        "cs.LG",
        "cs.CL",
    }
    assert {row.state for row in first.coverage} <= WHOLE
    assert second.announcements == ()
