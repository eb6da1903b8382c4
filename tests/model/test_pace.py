from __future__ import annotations

from datetime import date, timedelta

import pytest

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.certainty import ANNOUNCEMENTS_A_MONTH, announced_a_day, estimate_pace
from arxiv_watch.papers import Paper
from model_support import START, make_paper, unlisted


def taken_up(*a_month: int, first: date = date(2024, 7, 1)) -> list[Paper]:
    """Make so many listed papers of each month, one month after the other."""
    months = [
        f"{(first.year - 2000) + (first.month - 1 + age) // 12:02}{(first.month - 1 + age) % 12 + 1:02}"
        for age in range(len(a_month))
    ]
    return [
        Paper(ArxivId.parse(f"{month}.{number:05}"), "A paper")
        for month, papers in zip(months, a_month, strict=True)
        for number in range(1, papers + 1)
    ]


def announced(day: date, papers: int) -> list[Paper]:
    return [make_paper(40_000 + number, ["word"], day) for number in range(papers)]


def test_the_pace_is_that_of_the_half_year_before_the_newest_month() -> None:
    steady = estimate_pace(taken_up(10, 10, 10, 10, 10, 10, 1), [])
    before = estimate_pace(taken_up(99, 10, 10, 10, 10, 10, 10, 1, first=date(2024, 6, 1)), [])

    assert steady.wanted == before.wanted
    assert (steady.since, steady.until) == (date(2024, 7, 1), date(2024, 12, 1))
    assert steady.wanted * ANNOUNCEMENTS_A_MONTH == pytest.approx(0.6 * 10, rel=0.02)


def test_a_list_whose_papers_are_all_of_one_month_is_paced_by_that_month() -> None:
    """Before its newest month it had none, and next to nothing was expected of it."""
    young = estimate_pace(taken_up(40), [])

    assert young.wanted * ANNOUNCEMENTS_A_MONTH == pytest.approx(0.6 * 40 / 6, rel=0.02)


def test_an_identifier_of_the_future_is_a_slip_and_no_newest_month() -> None:
    background = announced(date(2025, 2, 3), 100)
    papers = taken_up(10, 10, 10, 10, 10, 10, 1)

    slipped = estimate_pace([*papers, Paper(ArxivId("9912.12345"), "A paper")], background)

    assert slipped == estimate_pace(papers, background)


def test_a_list_that_slept_is_expected_to_go_on_where_it_stopped() -> None:
    papers = taken_up(10, 10, 10, 10, 10, 10, 5)

    soon, late = (
        estimate_pace(papers, announced(date(2025, 2, 3) + timedelta(days=sleep), 100)) for sleep in (0, 360)
    )

    assert soon.wanted == late.wanted


def test_a_list_without_a_paper_in_half_a_year_is_still_expected_to_want_some() -> None:
    assert 0 < estimate_pace(taken_up(1), []).wanted < 1 / ANNOUNCEMENTS_A_MONTH


def test_a_few_late_strays_do_not_make_a_feed_look_thin() -> None:
    strays = [make_paper(40_000, ["stray"], START + timedelta(days=300))]

    assert announced_a_day([*unlisted(), *strays]) == announced_a_day(unlisted())


def test_a_feed_without_announcement_days_is_counted_by_identifiers() -> None:
    papers = [Paper(ArxivId.parse(f"2506.{number:05}"), "A paper") for number in range(1, 211)]

    assert announced_a_day(papers) == pytest.approx(10)
    assert announced_a_day([]) is None


def test_the_pace_says_what_was_assumed() -> None:
    assert str(estimate_pace(taken_up(10, 10, 10, 10, 10, 10, 1), [])) == (
        "assuming 6.0 wanted papers a month: 0.6 of what the list has of 2024-07 to 2024-12"
    )


def test_the_pace_is_the_same_however_long_a_background_is_known() -> None:
    months = [paper for age in range(90) for paper in announced(START - timedelta(days=age), 12 + age % 3)]
    week, three_weeks = ([p for p in months if p.announced > START - timedelta(days=d)] for d in (6, 21))

    paces = [
        estimate_pace(taken_up(10, 10, 10, 10, 10, 10, 1), known) for known in (week, three_weeks, months)
    ]

    assert [pace.rate for pace in paces] == pytest.approx([paces[0].rate] * 3, rel=0.02)
