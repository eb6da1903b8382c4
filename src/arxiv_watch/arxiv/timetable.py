"""arXiv's days: they turn over in New York, and not every one of them has an announcement.

The schedule is https://info.arxiv.org/help/availability.html: batches appear on Sunday to Thursday
at 20:00 in New York and bear the next day's date; the feeds show them from 00:00 of that day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arxiv_watch.errors import UsageError

NEW_YORK = ZoneInfo("America/New_York")

WINDOW = timedelta(days=7)  # days that are read again, proven and repaired
CATCH_UP = timedelta(days=90)  # arXiv's catch-up pages reach no further back
BACKGROUND = timedelta(days=21)  # the background is as old as that at most, and older than the window

# Days on which arXiv has said it will announce nothing, from https://info.arxiv.org/help/availability.html.
# A hint: a day is closed by it only where OAI-PMH has no batch of it either.
_HOLIDAYS = """
2023-01-17 2023-06-15 2023-06-20 2023-07-05 2023-08-18 2023-09-05 2023-11-24 2023-12-26 2023-12-28
2024-01-16 2024-05-23 2024-06-20 2024-07-05 2024-09-03 2024-10-09 2024-11-29 2024-12-26 2024-12-27
2025-01-01 2025-01-02 2025-01-21 2025-06-20 2025-07-07 2025-09-02 2025-11-28 2025-12-26 2025-12-31
2026-01-02 2026-01-20 2026-06-22 2026-07-06 2026-09-08 2026-11-27 2026-12-28 2026-12-30 2027-01-01
"""
HOLIDAYS: frozenset[date] = frozenset(date.fromisoformat(day) for day in _HOLIDAYS.split())
HOLIDAYS_END = max(HOLIDAYS)
"""The last day off that is known; arXiv names those of a year in the year before."""

_NOTICE = timedelta(days=183)  # half a year, for a release of ours to be installed everywhere
_SATURDAY = 5
_FREEZE = time(14)  # submissions until then are announced the same evening
# When a feed that is not out, or not whole, is worth asking for again.
_SLOTS = (time(0, 10), time(0, 40), time(2), time(5), time(9), time(14), time(23, 30))
_MIDNIGHT_QUIET = (time(23, 50), time(0, 5))  # a feed rendered as the day turns over can be yesterday's
_API_QUIET = (time(19, 55), time(21, 30))  # arXiv's staff: avoid 8 pm, after announcement is busy


def new_york(moment: datetime) -> datetime:
    """Return the moment on New York's clocks."""
    return moment.astimezone(NEW_YORK)


def listing_day(moment: datetime) -> date:
    """Return the date that feeds fetched at this moment are for: New York's."""
    return new_york(moment).date()


def is_weekend(day: date) -> bool:
    """Return whether the day is a Saturday or Sunday; those never bear an announcement."""
    return day.weekday() >= _SATURDAY


def holidays_run_out(day: date) -> bool:
    """Return whether the days off are known for less than half a year from a day on."""
    return HOLIDAYS_END - day < _NOTICE


def announcement_days(first: date, last: date) -> list[date]:
    """Return the Mondays to Fridays from `first` to `last`, holidays included, oldest first."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if not is_weekend(day)]


def first_day(since: date | None, today: date) -> date:
    """Return the first announcement day that a poll looks at: a week ago, or as asked and as arXiv has it.

    Raises:
        UsageError: The day that was asked for is still to come.
    """
    if since is not None and since > today + timedelta(days=1):  # that one may have begun elsewhere
        raise UsageError(f"{since} is still to come: in New York it is {today}", "name an earlier day")
    return max(since or today - WINDOW, today - CATCH_UP)


def weekday_on_or_before(day: date) -> date:
    """Return the day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - _SATURDAY + 1))


def scheduled_day(submitted: datetime) -> date:
    """Return the listing date of a paper submitted at this moment, unless moderation holds it."""
    local = new_york(submitted)
    freeze = local.date() + timedelta(days=int(local.time() >= _FREEZE))
    while is_weekend(freeze) or _listing_of(freeze) in HOLIDAYS:
        freeze += timedelta(days=1)
    return _listing_of(freeze)


def _listing_of(freeze: date) -> date:
    return freeze + timedelta(days=3 if freeze.weekday() == _SATURDAY - 1 else 1)


def next_slot(moment: datetime) -> datetime:
    """Return the next moment at which asking again for a missing feed makes sense, in UTC."""
    local = new_york(moment)
    for day in (local.date(), local.date() + timedelta(days=1)):
        for slot in _SLOTS:
            candidate = datetime.combine(day, slot, NEW_YORK)
            if candidate > local:
                return candidate.astimezone(UTC)
    raise AssertionError("a day has slots")


def quiet_until(moment: datetime, *, api: bool) -> datetime | None:
    """Return when arXiv may be asked again, in UTC, or None if it may be asked at this moment.

    The search API (`api`) is also left alone in the evening.
    """
    local = new_york(moment)
    start, end = _MIDNIGHT_QUIET
    if local.time() >= start:
        return datetime.combine(local.date() + timedelta(days=1), end, NEW_YORK).astimezone(UTC)
    if local.time() < end:
        return datetime.combine(local.date(), end, NEW_YORK).astimezone(UTC)
    start, end = _API_QUIET
    if api and start <= local.time() < end:
        return datetime.combine(local.date(), end, NEW_YORK).astimezone(UTC)
    return None
