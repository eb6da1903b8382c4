"""How completely and how politely arXiv is read: every known fault, and a simulated quarter.

    python tests/arxiv_tables.py faults     the table of faults
    python tests/arxiv_tables.py quarter    sixty announcement days with random faults
    python tests/arxiv_tables.py cost       requests of a first run and of a usual day

Everything runs over HTTP on loopback against the stand-in of arXiv, in virtual time.
"""

# ruff: noqa: S311 - papers are drawn at random from a fixed seed; nothing here is secret

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))  # as pyproject.toml has it for the tests

from arxiv_quarter import CATEGORIES, announcement_days, freeze_month, simulate
from arxiv_scenarios import SCENARIOS, run
from arxiv_support import settings_for
from arxiv_watch.arxiv import Arxiv
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper
from fakes import FakeClock
from stand_ins.arxiv_server import FaultyArxiv
from stand_ins.arxiv_world import World


def main(arguments: Sequence[str]) -> None:
    tables = {"faults": fault_table, "quarter": quarter_table, "cost": cost_table}
    for name in arguments or tables:
        for line in tables[name]():
            print(line, flush=True)
        print()


def fault_table() -> Iterator[str]:
    yield "| fault | that day | from | found that day | after the next | requests | violations | message |"
    yield "|---|---|---|---|---|---|---|---|"
    for scenario in SCENARIOS:
        outcome = run(scenario)
        monday = outcome.monday
        yield (
            f"| {scenario.name} | {monday.state} | {monday.source or '–'} | {outcome.on_monday:.0%} |"
            f" {outcome.on_tuesday:.0%} | {outcome.requests} | {len(outcome.rude)} |"
            f" {_said(monday.detail)} |"
        )


def _said(detail: str) -> str:
    """The words of a day's coverage, its loopback address replaced, cut to a table's width."""
    text = re.sub(r"(?:http://)?127\.0\.0\.1:\d+", "the host", detail.replace("|", "/"))
    text = text.replace("the host/", "/")
    return text if len(text) <= 120 else f"{text[:119]}…"


def quarter_table() -> Iterator[str]:
    """Five quarters, each with its own papers and faults; summer time ends in all of them."""
    yield "| | seed 0 | seed 1 | seed 2 | seed 3 | seed 4 |"
    yield "|---|---|---|---|---|---|"
    results = [simulate(date(2026, 9, 14), 60, seed) for seed in range(5)]
    rows: dict[str, list[str]] = {}
    for result in results:
        papers, found = {event[0] for event in result.wanted}, {event[0] for event in result.seen}
        recorded = len(result.wanted) - len(result.lost)
        for name, text in (
            ("papers announced", f"{len(papers)}"),
            ("papers recorded", f"{len(papers & found)} ({len(papers & found) / len(papers):.2%})"),
            ("announcements", f"{len(result.wanted)}"),
            ("announcements recorded", f"{recorded} ({recorded / len(result.wanted):.2%})"),
            ("silent losses", f"{len(result.silent)}"),
            ("violations", f"{len(result.rude)}"),
            ("polls", f"{len(result.requests)}"),
            ("requests per poll: median", f"{result.requests[len(result.requests) // 2]}"),
            ("requests per poll: largest", f"{result.requests[-1]}"),
            ("coverage states", _told(result.states)),
        ):
            rows.setdefault(name, []).append(text)
        for event in sorted(result.lost):
            print("lost:", event, file=sys.stderr)
    yield from (f"| {name} | {' | '.join(texts)} |" for name, texts in rows.items())


def _told(states: Counter[str]) -> str:
    return ", ".join(f"{state} {count}" for state, count in states.most_common())


def cost_table() -> Iterator[str]:
    """A real-sized arXiv: eight categories, 1,100 papers a day, a list of 860 papers."""
    days = announcement_days(date(2026, 10, 5), 35)
    world = real_sized(days)
    clock = FakeClock(datetime.combine(days[-2], time(12), UTC))
    listed = [submission.id for submission in world.submissions.values()][:860]
    with tempfile.TemporaryDirectory() as folder, FaultyArxiv(world, clock=clock) as server:
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
