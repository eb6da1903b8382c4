"""What a mirror spares: its days are believed where a feed would be, its searches where they are whole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.collected.mirror import Mirror
from arxiv_watch.arxiv.coverage.days import PollDays, has_trouble, is_half_known
from arxiv_watch.arxiv.coverage.harvest import KEPT
from arxiv_watch.arxiv.coverage.judge import unusual
from arxiv_watch.arxiv.store.announcements import QUERY, AnnouncementStore
from arxiv_watch.papers import Category, Coverage, CoverageState
from arxiv_watch.troubles import TroubleKind

_logger = logging.getLogger(__name__)


def take_days(mirror: Mirror, days: PollDays, ask_second_source: Callable[[], None]) -> bool:
    """Record what a mirror shows, where a feed would be believed; return whether no day is left open.

    On a first run nothing is known yet that could prove it; then OAI-PMH is asked, and it is read again.
    """
    is_whole = _take_all(mirror, days)
    if not is_whole:
        ask_second_source()
        is_whole = _take_all(mirror, days)
    if is_whole:
        days.store.forget(days.today - KEPT)
    return is_whole


def _take_all(mirror: Mirror, days: PollDays) -> bool:
    for day in days.all:
        if timetable.is_weekend(day):
            _take_weekend(mirror, days, day)
        else:
            _take_day(mirror, days, day)
    known = (days.known(category, day) for day in days.all for category in days.categories)
    return all(coverage.state.is_whole for coverage in known)


def _take_weekend(mirror: Mirror, days: PollDays, day: date) -> None:
    """Record that a week-end is quiet, where whoever made the mirror has proved it: it has no papers."""
    for category in days.categories:
        line = mirror.line(category, day)
        is_open = not days.known(category, day).state.is_whole
        if is_open and line is not None and line.state is CoverageState.QUIET:
            days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))


def _take_day(mirror: Mirror, days: PollDays, day: date) -> None:
    """Record a day of a mirror.

    A category without papers is quiet if another was believed and it has none on most days.
    """
    empty: list[Category] = []
    believed = False
    for category in days.categories:
        known, line = days.known(category, day), mirror.line(category, day)
        is_better = line is not None and is_half_known(known) and not is_half_known(line)
        if known.state.is_whole and not is_better:
            continue
        answer = days.read(mirror.source, category, day)
        page, fault = days.judged(mirror.source, category, day, answer)
        if fault is None and line is not None:
            days.enter(_as_mirrored(line), page.items)
            believed = True
        elif fault and fault.kind is TroubleKind.EMPTY and not days.store.ids(category, day):
            empty.append(category)
        else:
            _logger.info("%s of %s: %s", category, day, fault)
    for category in empty if believed else ():
        if not unusual(0, days.store.recent_counts(category, day)):
            days.enter(Coverage(category, day, CoverageState.QUIET, source="mirror"))


def _as_mirrored(line: Coverage) -> Coverage:
    """Return a day of a mirror as ours: one that it knows from OAI-PMH alone is no better known here."""
    ours = Coverage(line.category, line.day, CoverageState.FRESH, source="mirror")
    if not has_trouble(line, TroubleKind.OAI_ONLY):
        return ours
    troubles = tuple(each for each in line.troubles if each.kind is TroubleKind.OAI_ONLY)
    return replace(ours, state=CoverageState.REPAIRED, troubles=troubles)


def take_search(mirror: Mirror, query: str, store: AnnouncementStore, today: date) -> Coverage | None:
    """Record what a search found where a mirror made it; None if it did not, or not whole, or not today."""
    found = mirror.searched(query, today)
    if found is None:
        return None
    for day, items in found.items():
        store.add(f"{QUERY}{query}", day, items, "mirror")
    count = sum(map(len, found.values()))
    return Coverage(query, today, CoverageState.FRESH, new=count, source="mirror")
