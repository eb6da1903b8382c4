"""How completely and how politely arXiv is read: every known fault, and a simulated quarter.

    python benchmarks/polling.py faults     the table of faults
    python benchmarks/polling.py quarter    sixty announcement days with random faults
    python benchmarks/polling.py cost       requests of a first run and of a usual day

Everything runs over HTTP on loopback against the stand-in of arXiv, in virtual time.
"""

# ruff: noqa: S311 - faults are drawn at random from a fixed seed; nothing here is secret

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the scenarios are the tests' own

from arxiv_scenarios import SCENARIOS, run
from arxiv_support import settings_for
from arxiv_watch.arxiv import Arxiv, Poll
from arxiv_watch.arxiv.almanac import HOLIDAYS, NEW_YORK
from arxiv_watch.demo.arxiv_server import ArxivServer, Role, Submission, Version, World, faults
from arxiv_watch.demo.arxiv_server.police import violations
from arxiv_watch.demo.arxiv_server.world import freeze_day
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import CoverageState, Paper
from fakes import FakeClock

CATEGORIES = ("cs.AI", "cs.AR", "cs.CL", "cs.DC", "cs.LG", "cs.OS", "cs.PF", "stat.ML")
POLL_AT = (time(0, 10), time(9, 0), time(14, 0))  # later ones only while something is open
QUIET_STATES = {CoverageState.FRESH, CoverageState.REPAIRED, CoverageState.QUIET}


def main(arguments: Sequence[str]) -> None:
    tables = {"faults": fault_table, "quarter": quarter_table, "cost": cost_table}
    for name in arguments or tables:
        for line in tables[name]():
            print(line, flush=True)
        print()


def fault_table() -> Iterator[str]:
    yield "| fault | cs.LG that day | from | found that day | after the next | requests | bad manners |"
    yield "|---|---|---|---|---|---|---|"
    for scenario in SCENARIOS:
        outcome = run(scenario)
        monday = outcome.monday
        yield (
            f"| {scenario.name} | {monday.state} | {monday.source or '–'} | {outcome.on_monday:.0%} |"
            f" {outcome.on_tuesday:.0%} | {outcome.requests} | {len(outcome.rude)} |"
        )


# A quarter of arXiv


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

    server: ArxivServer
    cache_dir: Path
    clock: FakeClock
    seen: Counter[tuple[str, str, str, int]] = field(default_factory=Counter)
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


def _version(kind: str, version: int) -> int:
    """The version tells one replacement from another; a paper is new, or cross-listed, once."""
    return 0 if kind in {"new", "cross"} else version


def strikes(server: ArxivServer, chance: random.Random) -> None:
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


def quarter_table(seed: int = 0) -> Iterator[str]:
    # From before the end of summer time until after Thanksgiving and Christmas.
    days = announcement_days(date(2026, 9, 14), 75)
    watched = days[12:72]
    outage = set(watched[30:32])
    world, chance = quarter_world(days[:72], seed), random.Random(seed + 1)
    clock = FakeClock(datetime.combine(watched[0], time(), UTC))
    with tempfile.TemporaryDirectory() as folder, ArxivServer(world, clock=clock) as server:
        quarter = Quarter(server, Path(folder), clock)
        day = watched[0]
        while day <= watched[-1] + timedelta(days=3):
            is_last = day > watched[-1]
            if day in outage:
                server.faults.clear()
                for role in Role:
                    server.fault(role, faults.reset())
            elif is_last:
                server.faults.clear()
            else:
                strikes(server, chance)
            _day(quarter, day, chance)
            day += timedelta(days=1)
        yield from _report(world, quarter, watched, violations(server.log))


def _day(quarter: Quarter, day: date, chance: random.Random) -> None:
    for slot in POLL_AT:
        moment = datetime.combine(day, slot, NEW_YORK).astimezone(UTC)
        skew = timedelta(minutes=chance.randint(0, 10))
        quarter.clock.moment = max(quarter.clock.moment, moment + skew)
        poll = quarter.poll()
        if poll.retry_at is None:
            return
        if chance.random() < 0.05:  # somebody tidies up
            (quarter.cache_dir / "arxiv.sqlite3").unlink()


def _report(world: World, quarter: Quarter, watched: Sequence[date], rude: Sequence[str]) -> Iterator[str]:
    wanted = {
        (
            listed.submission.id.base,
            category,
            listed.type.value,
            0 if listed.type.value in {"new", "cross"} else listed.version,
        )
        for day in watched
        for category in CATEGORIES
        for listed in world.announced(day, category)
    }
    lost = wanted - set(quarter.seen)
    silent = [
        event for event in lost if any((event[1], day) in quarter.closed for day in _days_of(world, event))
    ]
    papers = {base for base, _, _, _ in wanted}
    found = {base for base, _, _, _ in quarter.seen}
    requests = sorted(quarter.requests)
    yield "| | |"
    yield "|---|---|"
    yield f"| announcement days | {len(watched)} |"
    yield f"| papers announced in {len(CATEGORIES)} categories | {len(papers)} |"
    yield f"| papers recorded | {len(papers & found)} ({len(papers & found) / len(papers):.2%}) |"
    yield f"| announcements (paper, category, type, version) | {len(wanted)} |"
    yield f"| announcements recorded | {len(wanted) - len(lost)} ({1 - len(lost) / len(wanted):.2%}) |"
    yield f"| silent losses | {len(silent)} |"
    yield f"| polls | {len(requests)} |"
    yield f"| requests a poll: median, largest | {requests[len(requests) // 2]}, {requests[-1]} |"
    yield f"| requests in all | {sum(requests)} |"
    yield f"| bad manners | {len(rude)} |"
    yield f"| coverage told | {_told(quarter.states)} |"
    for event in sorted(lost)[:20]:
        print("lost:", event, _days_of(world, event), file=sys.stderr)
    for line in rude[:10]:
        print("rude:", line, file=sys.stderr)
    doubled = [event for event, count in quarter.seen.items() if count > 1]
    print("delivered more than once:", len(doubled), file=sys.stderr)


def _days_of(world: World, event: tuple[str, str, str, int]) -> list[date]:
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


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{state} {count}" for state, count in states.most_common())


def cost_table() -> Iterator[str]:
    """A real-sized arXiv: eight categories, 1,100 papers a day, a list of 860 papers."""
    days = announcement_days(date(2026, 10, 5), 35)
    world = real_sized(days)
    clock = FakeClock(datetime.combine(days[-2], time(12), UTC))
    listed = [submission.id for submission in world.submissions.values()][:860]
    with tempfile.TemporaryDirectory() as folder, ArxivServer(world, clock=clock) as server:
        yield "| run | requests | announcements | background | states |"
        yield "|---|---|---|---|---|"
        for name in ("first", "again", "next day"):
            if name == "next day":
                clock.moment = datetime.combine(days[-1], time(12), UTC)
            with Arxiv(settings_for(server, Path(folder)), clock) as arxiv:
                poll = arxiv.poll(CATEGORIES)
                arxiv.metadata(listed)
                arxiv.handled(poll)
                told = _told(Counter(row.state.value for row in poll.coverage))
                found, background = len(poll.announcements), len(poll.background)
                yield f"| {name} | {arxiv.requests} | {found} | {background} | {told} |"


def real_sized(days: Sequence[date], size: int = 1100) -> World:
    chance, papers = random.Random(0), []
    number: Counter[str] = Counter()
    weights = [225, 7, 92, 16, 186, 1, 3, 40, 530]
    for day in days:
        for _ in range(size):
            month = freeze_month(day)
            number[month] += 1
            primary, second = chance.choices((*CATEGORIES, "math.NT"), weights, k=2)
            base = f"{month}.{number[month]:05d}"
            papers.append(
                Paper(
                    ArxivId(base),
                    f"Paper {base}",
                    "An abstract. " * 60,
                    ("A",),
                    tuple(dict.fromkeys((primary, second))),
                    announced=day,
                )
            )
    return World.of(papers)


if __name__ == "__main__":
    main(sys.argv[1:])
