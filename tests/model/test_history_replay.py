from __future__ import annotations

from datetime import date, timedelta

import pytest

from arxiv_watch.model import replay
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import HistoryRow
from model_support import START, listed, unlisted

LAG = timedelta(days=2)


@pytest.fixture(scope="module")
def rows() -> list[HistoryRow]:
    return [HistoryRow(r.paper.id, r.paper.title, r.path, r.added + LAG) for r in listed(110)]


@pytest.fixture(scope="module")
def announced() -> dict[date, list[Paper]]:
    papers = [record.paper for record in listed(110)] + unlisted(1100)
    months: dict[date, list[Paper]] = {}
    for paper in papers:
        months.setdefault(paper.announced.replace(day=1), []).append(paper)
    return months


def test_each_month_but_the_first_is_scored_by_what_was_listed_before_it(
    rows: list[HistoryRow], announced: dict[date, list[Paper]]
) -> None:
    result = replay(rows, announced)

    assert [month.month for month in result.months] == sorted(announced)[1:]
    assert result.months[0].listed == (date(2025, 2, 1) - START - LAG).days
    assert result.added == sum(month.added for month in result.months)
    assert all(month.average_precision > 0.8 for month in result.months)
    assert result.headings.top1 > 0.8
    assert [point.recall for point in result.review] == sorted(point.recall for point in result.review)


def test_what_is_shown_is_the_best_of_each_day_down_to_the_line_of_the_unticked(
    rows: list[HistoryRow], announced: dict[date, list[Paper]]
) -> None:
    free, bound = (replay(rows, announced, per_day=per_day) for per_day in (None, 1))

    assert all(month.shown >= month.proposed and month.found >= month.right for month in free.months)
    assert all(month.shown <= month.days for month in bound.months)
    assert 0.8 < sum(month.found for month in bound.months) / bound.added <= bound.review[0].recall


def test_a_paper_that_is_announced_twice_is_counted_once(
    rows: list[HistoryRow], announced: dict[date, list[Paper]]
) -> None:
    first, second = sorted(announced)[1:3]
    twice = {**announced, first: announced[first] * 2, second: [*announced[first], *announced[second]]}

    assert replay(rows, twice) == replay(rows, announced)


def test_progress_counts_the_months(rows: list[HistoryRow], announced: dict[date, list[Paper]]) -> None:
    told: list[tuple[int, int]] = []

    replay(rows, announced, progress=lambda _month, done, total: told.append((done, total)))

    months = len(announced) - 1
    assert told == [*((done, months) for done in range(months)), (months, months)]


def test_a_list_too_short_to_learn_from_ends_with_no_months(announced: dict[date, list[Paper]]) -> None:
    paper = listed(1)[0]
    rows = [HistoryRow(paper.paper.id, paper.paper.title, paper.path, paper.added)]

    result = replay(rows, announced)

    assert result.months == ()
    assert result.average_precision is None


def test_growth_follows_the_rows(rows: list[HistoryRow], announced: dict[date, list[Paper]]) -> None:
    result = replay(rows, announced)

    totals = dict.fromkeys(announced, 0)
    for point in result.growth:
        totals[point.month] += point.papers
    assert [totals[month] for month in sorted(totals)] == [
        sum(row.added < month for row in rows) for month in sorted(totals)
    ]
