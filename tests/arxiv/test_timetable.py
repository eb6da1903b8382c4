"""New York's days, nights and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.timetable import NEW_YORK

moments = st.datetimes(datetime(2023, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - with timezones=


def in_new_york(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("submitted", "listed"),
    [
        ("2026-11-18 13:59", "2026-11-19"),  # a Wednesday
        ("2026-11-18 14:00", "2026-11-20"),
        ("2026-11-20 13:00", "2026-11-23"),  # a Friday before the freeze: Sunday evening, dated Monday
        ("2026-11-20 15:00", "2026-11-24"),
        ("2026-11-22 10:00", "2026-11-24"),
        ("2026-11-25 15:00", "2026-11-30"),  # Thanksgiving's freeze is skipped
        (
            "2026-06-18 15:00",
            "2026-06-23",
        ),  # Juneteenth, a Friday: no batch on Monday, a double one on Tuesday
    ],
)
def test_papers_are_listed_as_arxiv_schedules(submitted: str, listed: str) -> None:
    assert timetable.scheduled_day(in_new_york(submitted)) == date.fromisoformat(listed)


@given(moments)
def test_a_listing_day_is_a_working_day_after_its_submission(submitted: datetime) -> None:
    day = timetable.scheduled_day(submitted)

    assert not timetable.is_weekend(day)
    assert day not in timetable.HOLIDAYS
    assert timedelta() < day - timetable.listing_day(submitted) <= timedelta(days=8)


@given(moments)
def test_the_next_slot_is_later_and_never_in_the_quiet_of_midnight(moment: datetime) -> None:
    slot = timetable.next_slot(moment)

    assert moment < slot <= moment + timedelta(hours=11)
    assert timetable.quiet_until(slot, api=False) is None


@pytest.mark.parametrize(
    ("moment", "api", "until"),
    [
        ("2026-11-20 23:49", False, None),
        ("2026-11-20 23:50", False, "2026-11-21 00:05"),
        ("2026-11-21 00:04", False, "2026-11-21 00:05"),
        ("2026-11-21 00:05", False, None),
        ("2026-11-20 20:00", False, None),
        ("2026-11-20 20:00", True, "2026-11-20 21:30"),
        ("2026-11-20 21:30", True, None),
        ("2026-11-01 23:55", False, "2026-11-02 00:05"),  # the day summer time ends
    ],
)
def test_nothing_is_asked_before_the_quiet_window_ends(moment: str, api: bool, until: str | None) -> None:  # noqa: FBT001 - a table
    assert timetable.quiet_until(in_new_york(moment), api=api) == (until and in_new_york(until))


def test_days_turn_over_in_new_york_in_summer_and_in_winter() -> None:
    assert timetable.listing_day(datetime(2026, 7, 1, 3, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert timetable.listing_day(datetime(2026, 7, 1, 4, 0, tzinfo=UTC)) == date(2026, 7, 1)
    assert timetable.listing_day(datetime(2026, 12, 1, 4, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert timetable.listing_day(datetime(2026, 12, 1, 5, 0, tzinfo=UTC)) == date(2026, 12, 1)


def test_announcement_days_leave_out_weekends_only() -> None:
    days = timetable.announcement_days(date(2026, 11, 25), date(2026, 11, 30))

    assert [day.day for day in days] == [25, 26, 27, 30]


@pytest.mark.parametrize(
    ("day", "told"), [(date(2026, 7, 2), False), (date(2026, 7, 3), True), (date(2027, 6, 1), True)]
)
def test_the_end_of_the_known_days_off_is_told_half_a_year_ahead(day: date, told: bool) -> None:  # noqa: FBT001 - a table
    assert timetable.holidays_run_out(day) is told
