"""A quarter of arXiv with random faults, polled as a scheduler would: is anything lost, doubled or rude?

Used by the tests, which simulate some weeks, and by tests/arxiv_tables.py, which simulates it all.
"""

# ruff: noqa: S311 - faults are drawn at random from a fixed seed; nothing here is secret

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from arxiv_support import settings_for
from arxiv_watch.arxiv import Arxiv, Poll
from arxiv_watch.arxiv.timetable import HOLIDAYS, NEW_YORK
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.demo.arxiv_server.world import freeze_day
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import CoverageState, Paper
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_police import violations
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import Submission, Version, World

CATEGORIES = ("cs.AI", "cs.AR", "cs.CL", "cs.DC", "cs.LG", "cs.OS", "cs.PF", "stat.ML")
POLL_AT = (time(0, 10), time(9, 0), time(14, 0))  # later ones only while something is open
QUIET_STATES = {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}

Event = tuple[str, str, str, int]
"""Identifier, category, type, and the version of a replacement."""


def announcement_days(first: date, count: int) -> list[date]:
    """Weekdays without the holidays that arXiv announced, and without two that it did not announce."""
    unannounced = {date(2026, 10, 14), date(2026, 11, 12)}
    days, day = [], first
    while len(days) < count:
        if day.weekday() < 5 and day not in HOLIDAYS and day not in unannounced:
            days.append(day)
        day += timedelta(days=1)
    return days


def freeze_month(day: date) -> str:
    """The month of an identifier is that of the freeze, the working day before the listing's date."""
    return f"{freeze_day(day):%y%m}"


def quarter_world(days: Sequence[date], seed: int = 0) -> World:
    """Batches of random size: held papers, later cross-lists, replacements, a double batch after each gap."""
    chance = random.Random(seed)
    submissions: list[Submission] = []
    number: Counter[str] = Counter()
    for index, day in enumerate(days):
        gap = (day - days[index - 1]).days if index else 1
        size = chance.randint(18, 40) * (2 if gap in {2, 4, 5} else 1)
        for _ in range(size):
            month = freeze_month(day)
            number[month] += 1
            submissions.append(_submission(chance, month, number[month], day, days[index + 1 :]))
    return World(submissions)


def _submission(
    chance: random.Random, month: str, number: int, day: date, later: Sequence[date]
) -> Submission:
    everything = (*CATEGORIES, "math.NT", "quant-ph", "cs.CV")
    categories = tuple(chance.sample(everything, chance.choice((1, 1, 2, 3))))
    paper = Paper(
        ArxivId(f"{month}.{number:05d}"),
        f"Paper {number} of {month}",
        f"Abstract {number}.",
        ("Ada Lovelace",),
        categories,
        announced=day,
    )
    held = timedelta(days=chance.choice((2, 8, 31))) if chance.random() < 0.05 else timedelta()
    submitted = datetime.combine(freeze_day(day), time(12), UTC) - held
    future = [each for each in later if each > day]
    replacements = tuple(
        Version(datetime.combine(freeze_day(each), time(12), UTC), each)
        for each in sorted(chance.sample(future[:40], min(len(future[:40]), chance.choice((0, 0, 0, 1, 2)))))
    )
    crosses = {}
    if future and chance.random() < 0.04:
        added = chance.choice([name for name in CATEGORIES if name not in categories])
        crosses = {added: chance.choice(future)}
    return Submission(paper, submitted, day, replacements, crosses)


@dataclass(slots=True)
class Quarter:
    """What a quarter of polls came to."""

    server: FaultyArxiv
    cache_dir: Path
    clock: FakeClock
    seen: Counter[Event] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    requests: list[int] = field(default_factory=list)
    closed: set[tuple[str, date]] = field(default_factory=set)

    def poll(self) -> Poll:
        """Poll once, and count what it delivers."""
        settings = settings_for(self.server, self.cache_dir)
        with Arxiv(settings, self.clock, jitter=random.Random(1).random) as arxiv:
            poll = arxiv.poll(CATEGORIES)
            arxiv.handled(poll)
            self.requests.append(arxiv.requests)
        for announcement in poll.announcements:
            for category, kind in announcement.types.items():
                version = _version(kind.value, announcement.paper.id.version or 0)
                self.seen[announcement.paper.id.base, category, kind.value, version] += 1
        for row in poll.coverage:
            self.states[row.state.value] += 1
            if row.state in QUIET_STATES:
                self.closed.add((row.category, row.day))
        return poll

    def spend(self, day: date, chance: random.Random, *, tidy: bool) -> None:
        """Poll a day: once if all is well, again later if something is open."""
        for slot in POLL_AT:
            moment = datetime.combine(day, slot, NEW_YORK).astimezone(UTC)
            skew = timedelta(minutes=chance.randint(0, 10))
            self.clock.moment = max(self.clock.moment, moment + skew)
            poll = self.poll()
            if all(row.state.is_whole for row in poll.coverage):
                return
            if tidy and chance.random() < 0.05:
                (self.cache_dir / "arxiv.sqlite3").unlink()


def _version(kind: str, version: int) -> int:
    """The version tells one replacement from another; a paper is new, or cross-listed, once."""
    return 0 if kind in {"new", "cross"} else version


def strikes(server: FaultyArxiv, chance: random.Random) -> None:
    """Script the faults of a day: each host is on its own."""
    server.faults.clear()
    category = chance.choice(CATEGORIES)
    feeds = (
        lambda: faults.stale(server, days=chance.choice((1, 3))),
        faults.empty_items,
        faults.truncate,
        faults.damage_first_item,
        faults.latin_1,
        lambda: faults.refuse(429, body=b"Rate exceeded."),
        lambda: faults.refuse_sometimes(406, 0.7, chance.randint(0, 99)),
        lambda: faults.say(b""),
        lambda: faults.say(b"Rate exceeded.", "text/plain"),
        lambda: faults.drop_items(lambda index, _: index % 3 == 0),
        faults.reset,
        lambda: faults.slow(183),
        lambda: faults.refuse(503, chance.choice(("0", "300", "86400"))),
    )
    if chance.random() < 0.5:
        where = chance.choice((f"/rss/{category}", category, ""))
        server.fault(Role.RSS, chance.choice(feeds)(), path=where, times=chance.choice((1, 3, None)))
    if chance.random() < 0.2:
        server.fault(
            Role.PAGES,
            chance.choice((faults.wrong_counts(), faults.refuse(503, "300"), faults.lag(server, 30))),
        )
    if chance.random() < 0.2:
        server.fault(
            Role.OAI, chance.choice((faults.refuse(503, "0"), faults.lag(server, 30), faults.truncate(0.9)))
        )
    if chance.random() < 0.1:
        server.fault(Role.API, faults.refuse(429))


@dataclass(frozen=True, slots=True)
class Result:
    """What a quarter came to.

    Attributes:
        wanted: Every event that was announced in the categories on the watched days.
        seen: How often each event was delivered.
        lost: Events that were not delivered.
        silent: Lost events of days that were said to be read completely.
        states: How often each state of coverage was told.
        requests: Requests of each poll.
        rude: Bad manners, in words.
    """

    wanted: set[Event]
    seen: Counter[Event]
    lost: set[Event]
    silent: set[Event]
    states: Counter[str]
    requests: Sequence[int]
    rude: Sequence[str]


def simulate(first: date, count: int, seed: int, *, tidy: bool = True) -> Result:
    """Watch some announcement days, with a two-day outage in the middle.

    Args:
        first: The first day of arXiv; it is watched from the thirteenth announcement on.
        count: How many announcement days are watched.
        seed: Of everything that is drawn at random.
        tidy: Whether now and then somebody deletes the cache.
    """
    days = announcement_days(first, count + 15)
    watched = days[12 : 12 + count]
    outage = set(watched[count // 2 : count // 2 + 2])
    world, chance = quarter_world(days[: 12 + count], seed), random.Random(seed + 1)
    clock = FakeClock(datetime.combine(watched[0], time(), UTC))
    with tempfile.TemporaryDirectory() as folder, FaultyArxiv(world, clock=clock) as server:
        quarter = Quarter(server, Path(folder), clock)
        day = watched[0]
        while day <= watched[-1] + timedelta(days=3):
            if day in outage:
                server.faults.clear()
                for role in Role:
                    server.fault(role, faults.reset())
            elif day > watched[-1]:
                server.faults.clear()
            else:
                strikes(server, chance)
            quarter.spend(day, chance, tidy=tidy)
            day += timedelta(days=1)
        return _result(world, quarter, watched, violations(server.log))


def _result(world: World, quarter: Quarter, watched: Sequence[date], rude: Sequence[str]) -> Result:
    wanted = {
        (listed.submission.id.base, category, listed.type.value, _version(listed.type.value, listed.version))
        for day in watched
        for category in CATEGORIES
        for listed in world.announced(day, category)
    }
    lost = wanted - set(quarter.seen)
    silent = {
        event for event in lost if any((event[1], day) in quarter.closed for day in days_of(world, event))
    }
    return Result(wanted, quarter.seen, lost, silent, quarter.states, sorted(quarter.requests), rude)


def days_of(world: World, event: tuple[str, str, str, int]) -> list[date]:
    submission = world.submissions[ArxivId(event[0])]
    days = [
        submission.announced,
        *submission.crosses.values(),
        *(each.announced for each in submission.replacements),
    ]
    return [
        day
        for day in days
        if (told := submission.type_in(event[1], day))
        and told[0].value == event[2]
        and event[3] in {0, told[1]}
    ]
