"""Papers by the days that the schedule gives them, without a feed or page: the background, and replays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.coverage.days import item_of
from arxiv_watch.arxiv.coverage.harvest import fetch_records
from arxiv_watch.arxiv.sources.oai import Oai, sets_for
from arxiv_watch.arxiv.store.records import HELD, RecordStore
from arxiv_watch.arxiv.taxonomy import belongs
from arxiv_watch.arxiv.timetable import BACKGROUND, WINDOW
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Announcement, Category, Paper

BACKGROUND_LIMIT = 20_000  # papers


def scheduled_days(
    submitted: Iterable[tuple[ArxivId, datetime, tuple[Category, ...]]],
) -> Iterator[tuple[ArxivId, date, tuple[Category, ...]]]:
    """Yield papers with the day that the schedule announces them on, in the order of identifiers.

    Each comes with the moment its version 1 was submitted, and its categories. No paper is announced before
    the schedule allows; so its day is the latest that the schedule gives to it or to any identifier before
    it. That corrects the days of papers that moderation held.
    """
    day = date.min
    for identifier, moment, names in sorted(submitted, key=lambda row: row[0]):
        day = max(day, timetable.scheduled_day(moment))
        yield identifier, day, names


def background(records: RecordStore, categories: Sequence[Category], today: date) -> tuple[Paper, ...]:
    """Return the unlisted examples: one to three weeks old, announced before the window, newest first.

    They follow from the records and the schedule alone: which feeds were read must not decide which papers
    are proposed.
    """
    rows = records.submitted(today - BACKGROUND, today + timedelta(days=1))
    chosen = [
        identifier
        for identifier, day, names in scheduled_days(rows)
        if day < today - WINDOW and any(belongs(category, names) for category in categories)
    ]
    papers = (records.record(each) for each in reversed(chosen[-BACKGROUND_LIMIT:]))
    return tuple(paper for paper in papers if paper is not None)


def replayed(
    oai: Oai, records: RecordStore, *, since: date, until: date, categories: Sequence[Category]
) -> Iterator[Announcement]:
    """Yield the first announcements from one day to another, oldest first."""
    for oai_set in sets_for(categories):
        covered = records.harvest(oai_set)
        if covered is None or covered[0] > since or covered[1] < until:
            fetch_records(oai, records, oai_set, since=since, until=until)
    rows = records.submitted(since - HELD, until + timedelta(days=1))
    for identifier, day, names in scheduled_days(rows):
        listed = [category for category in categories if belongs(category, names)]
        paper = records.record(identifier) if listed and since <= day <= until else None
        if paper is not None:
            first = replace(paper, id=ArxivId(identifier.base, 1), announced=day)
            yield Announcement(first, day, {category: item_of(paper, category).type for category in listed})
