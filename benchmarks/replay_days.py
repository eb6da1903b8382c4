"""The classifier as its user meets it: day by day, with the list, the background and the defaults of a poll.

python benchmarks/replay_days.py [--list NAME]… [--clone FOLDER]… [--scenario NAME]… [--plain] [--print]

Everything is decided by the code that `poll` runs: `fit`, `operating_point`, `screen` and `decide`, with five
papers a day and a precision of .5. A day's list is what its history held that morning; the background is what
arXiv announced 21 to 7 days before.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from arxiv_watch.decide import Known, Policy, Rules, decide, screen
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model import fit
from arxiv_watch.model.history import listed_on
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Decision, HistoryRow, Record, ReviewedPaper, Verdict
from arxiv_watch.scope import MOST_BACKGROUND
from replay_baselines import plain_svm
from replay_data import WINDOWS, Feed, Window, read_clone, read_rows
from replay_tables import table_head, table_row, write_tables

PER_DAY, PRECISION = 5, 0.5
OLDEST, NEWEST = timedelta(days=21), timedelta(days=7)  # of the background, before the day
SECONDS_A_PAPER = 30  # as `operating_point` reckons
MONTH = timedelta(days=30)
MONTHS = date(2025, 6, 1), date(2025, 12, 1)  # of the feed, for lists without a window of their own


@dataclass(frozen=True)
class Scenario:
    """How a list is met.

    Attributes:
        name: What it is called in the table.
        every: Of so many announcement days one is replayed.
        asleep: For how many months before the window nothing was added.
        papers: To how many papers the list is cut down, or None.
        fed_back: Whether what became of the papers shown is learned from. A reviewer who accepts what the
            list holds later answers at once, and what is accepted is listed from then on; what is counted
            is what comes after the first month.
    """

    name: str
    every: int = 5
    asleep: int = 0
    papers: int | None = None
    fed_back: bool = False


SCENARIOS = (
    Scenario("as it was"),
    Scenario("slept 3 months", every=10, asleep=3),
    Scenario("slept 6 months", every=10, asleep=6),
    Scenario("slept 12 months", every=10, asleep=12),
    Scenario("10 papers", every=10, papers=10),
    Scenario("40 papers", every=10, papers=40),
    Scenario("100 papers", every=10, papers=100),
    Scenario("fed back, after a month", every=1, fed_back=True),
)


@dataclass(frozen=True)
class Day:
    """What a reader was shown on one day, and what the list holds later of that day's papers.

    Attributes:
        day: The announcement day.
        ticked: For each ticked paper whether it was right.
        unticked: For each paper that was shown without a tick whether it was right.
        wanted: How many of the day's papers the list holds later.
        stated: The precision that was stated for the ticked ones, or None.
        plain: How many of the wanted a plain SVM has among its first five, or None where it was not asked.
    """

    day: date
    ticked: tuple[bool, ...]
    unticked: tuple[bool, ...]
    wanted: int
    stated: float | None
    plain: int | None = None


def main() -> None:
    options = _options()
    feed = Feed.read()
    some = options.list or options.clone
    lists = [(one, read_rows(one)) for one in WINDOWS if not some or one.name in (options.list or ())]
    lists += [(Window(one.name, "README.md", *MONTHS), read_clone(one)) for one in options.clone or ()]
    chosen = [one for one in SCENARIOS if not options.scenario or one.name in options.scenario]
    page = [table_head(*HEADER)]
    for window, rows in lists:
        for scenario in chosen:
            days = list(replay(window, rows, scenario, feed, plain=options.plain))
            page.append(table_row(window.name, scenario.name, *_figures(days)))
            print(page[-1], flush=True)
    text = "\n".join(["Made by `python benchmarks/replay_days.py --plain`.\n", *page, ""])
    print(text)
    if not (some or options.scenario or options.print):
        write_tables("days", text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    names = [window.name for window in WINDOWS]
    parser.add_argument("--list", action="append", choices=names, help="only this list; may be repeated")
    parser.add_argument(
        "--clone", action="append", type=Path, help="a clone of a list, its README.md; may be repeated"
    )
    scenarios = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--scenario", action="append", choices=scenarios, help="only this; may be repeated")
    parser.add_argument("--plain", action="store_true", help="put a plain SVM beside it (slow)")
    parser.add_argument("--print", action="store_true", help="leave docs/classifier.md as it is")
    return parser.parse_args()


def replay(
    window: Window, rows: Sequence[HistoryRow], scenario: Scenario, feed: Feed, *, plain: bool = False
) -> Iterator[Day]:
    """Yield what a reader met on every so many days of a window."""
    accepted: list[HistoryRow] = []
    refused: dict[ArxivId, Paper] = {}
    reviewed: list[ReviewedPaper] = []
    days = [day for day in feed.by_day if window.cut <= day < window.end]
    for day in days[:: scenario.every]:
        listed = _listed(window, rows, scenario, day)
        held = {one.id.base for one in listed}
        listed += [one for one in accepted if one.id.base not in held]
        later = {one.id.base: one for one in reversed(rows) if one.added >= day}
        verdicts, stated = _poll(listed, day, feed, refused, reviewed)
        shown = {
            kind: [verdict.paper for verdict in verdicts if verdict.decision is kind]
            for kind in (Decision.PROPOSE, Decision.UNSURE)
        }
        if scenario.fed_back:
            every_shown = [paper for papers in shown.values() for paper in papers]
            refused |= {paper.id: paper for paper in every_shown if paper.id.base not in later}
            accepted += [
                replace(later[paper.id.base], added=day, removed=None)
                for paper in every_shown
                if paper.id.base in later
            ]
            reviewed += [
                ReviewedPaper(verdict.prediction.base_relevance, verdict.paper.id.base in later)
                for verdict in verdicts
                if verdict.decision is not Decision.SKIP and verdict.prediction
            ]
            if day < window.cut + MONTH:
                continue
        ticked, unticked = (tuple(paper.id.base in later for paper in papers) for papers in shown.values())
        wanted = [verdict.paper for verdict in verdicts if verdict.paper.id.base in later]
        yield Day(
            day,
            ticked,
            unticked,
            len(wanted),
            stated,
            _by_plain_svm(listed, day, feed, later) if plain and scenario == SCENARIOS[0] else None,
        )


def _listed(window: Window, rows: Sequence[HistoryRow], scenario: Scenario, day: date) -> list[HistoryRow]:
    """Return what the list held that morning."""
    listed = listed_on(rows, window.cut - scenario.asleep * MONTH if scenario.asleep else day)
    if scenario.papers is None:
        return listed
    listed = listed_on(rows, window.cut)
    ids = sorted({one.id.base for one in listed})
    drawn = {*random.Random(0).sample(ids, min(scenario.papers, len(ids)))}  # noqa: S311 - must come out the same
    return [one for one in listed if one.id.base in drawn]


def _poll(
    listed: Sequence[HistoryRow],
    day: date,
    feed: Feed,
    refused: Mapping[ArxivId, Paper],
    reviewed: Sequence[ReviewedPaper],
) -> tuple[list[Verdict], float | None]:
    """Decide on one day's papers as `poll` does."""
    records = _records(listed, feed)
    known = Known(listed={one.id for one in listed}, rejected=frozenset(refused))
    headings: frozenset[HeadingPath] = frozenset(record.path for record in records)
    model = fit(
        records,
        _background(listed, day, feed),
        rejected=list(refused.values()),
        headings=sorted(headings),
        reviewed=reviewed,
    )
    candidates, _ = screen(feed.by_day[day], known, Rules())
    point = model.operating_point(PRECISION, per_day=PER_DAY)
    predictions = list(model.predict(candidates, evidence=False))
    return decide(candidates, predictions, Policy(point, PER_DAY, headings=headings), {}), point.precision


def _by_plain_svm(listed: Sequence[HistoryRow], day: date, feed: Feed, later: Container[str]) -> int:
    """Count the wanted papers among the five that a plain SVM puts first."""
    held = {one.id.base for one in listed}
    candidates = [paper for paper in feed.by_day[day] if paper.id.base not in held]
    scores = plain_svm(_records(listed, feed), _background(listed, day, feed), candidates)
    best = np.argsort(-scores, kind="stable")[:PER_DAY]
    return sum(candidates[place].id.base in later for place in best)


def _records(listed: Sequence[HistoryRow], feed: Feed) -> list[Record]:
    return [Record(feed.paper(one), one.path) for one in listed]


def _background(listed: Sequence[HistoryRow], day: date, feed: Feed) -> list[Paper]:
    """Return what a poll of that day has in its cache, newest first."""
    held = {one.id.base for one in listed}
    papers = feed.between(day - OLDEST, day - NEWEST, held)
    return sorted(papers, key=lambda paper: paper.announced or day, reverse=True)[:MOST_BACKGROUND]


HEADER = (
    "list",
    "met as",
    "days",
    "wanted",
    "ticked a day",
    "unticked a day",
    "stated",
    "right of the ticked",
    "wanted: ticked",
    "wanted: shown",
    "plain SVM: first five",
    "minutes a day",
)


def _figures(days: Sequence[Day]) -> Iterable[str]:
    """Yield the cells of one row: a mean over days, a share over papers."""
    ticked, right = (
        sum(map(count, days)) for count in (lambda day: len(day.ticked), lambda day: sum(day.ticked))
    )
    unticked, found = (
        sum(map(count, days)) for count in (lambda day: len(day.unticked), lambda day: sum(day.unticked))
    )
    wanted = sum(day.wanted for day in days)
    stated = sum((day.stated or 0.0) * len(day.ticked) for day in days)
    plain = None if any(day.plain is None for day in days) else sum(day.plain or 0 for day in days)
    yield str(len(days))
    yield str(wanted)
    yield f"{ticked / len(days):.1f}"
    yield f"{unticked / len(days):.1f}"
    yield _share(stated, ticked)
    yield f"{_share(right, ticked)} ({right} of {ticked})"
    yield _share(right, wanted)
    yield _share(right + found, wanted)
    yield _share(plain, wanted)
    yield f"{(ticked + unticked) / len(days) * SECONDS_A_PAPER / 60:.1f}"


def _share(part: float | None, whole: int) -> str:
    return "-" if part is None or not whole else f"{part / whole:.2f}"


if __name__ == "__main__":
    main()
