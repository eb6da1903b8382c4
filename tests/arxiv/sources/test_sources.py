"""A source of announcements is one function, and its place in the order is all that says when it is asked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from arxiv_support import FRIDAY, MORNING, november, open_arxiv
from arxiv_watch.arxiv import client
from arxiv_watch.arxiv.session import BadDocumentError
from arxiv_watch.arxiv.sources.page import Item, Page, Source
from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.papers import AnnounceType, Category, CoverageState
from arxiv_watch.troubles import TroubleKind
from fakes import FakeClock
from stand_ins import arxiv_faults as faults
from stand_ins.arxiv_server import FaultyArxiv


def archive(category: Category, day: date) -> Page:
    """What a fifth place might show: Friday's papers, with their number."""
    if day != FRIDAY:
        raise BadDocumentError("the archive holds one day")
    items = [
        Item(paper, AnnounceType.NEW if paper.categories[0] == category else AnnounceType.CROSS)
        for paper in november()
        if paper.announced == day and category in paper.categories
    ]
    return Page(tuple(items), day=day, total=len(items))


@pytest.mark.parametrize(("holds", "state"), [(True, CoverageState.REPAIRED), (False, CoverageState.FAILED)])
def test_a_source_that_is_added_is_asked_after_the_others(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    holds: bool,  # noqa: FBT001 - a table
    state: CoverageState,
) -> None:
    def read(category: Category, day: date) -> Page:
        if not holds:
            raise BadDocumentError("the archive is empty")
        return archive(category, day)

    known = client.sources_of
    monkeypatch.setattr(
        client, "sources_of", lambda *arguments: (*known(*arguments), Source("archive", read))
    )
    clock = FakeClock(MORNING)
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        for role in Role:
            server.fault(role, faults.refuse(503))
        poll = arxiv.poll(["cs.LG"])

    [row] = [row for row in poll.coverage if row.day == FRIDAY]
    assert (row.state, row.source) == (state, "archive" if holds else "")
    asked = {trouble.source: trouble.kind for trouble in row.troubles}
    assert [*asked][:3] == ["rss", "atom", "listing"]
    assert asked.get("archive") == (None if holds else TroubleKind.UNREADABLE)


def test_sources_without_a_listing_of_the_latest_day_still_make_a_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = client.sources_of
    monkeypatch.setattr(
        client, "sources_of", lambda *arguments: [each for each in known(*arguments) if not each.shows_latest]
    )
    clock = FakeClock(MORNING + timedelta(days=3))  # Monday, whose batch is not out
    with FaultyArxiv(november(), clock=clock) as server, open_arxiv(server, tmp_path, clock) as arxiv:
        poll = arxiv.poll(["cs.LG"])

    states = {row.day: row.state for row in poll.coverage}
    assert states[FRIDAY].is_whole
    assert not states[FRIDAY + timedelta(days=3)].is_whole
