"""Schedules as five cron fields, checked without APScheduler.

APScheduler takes longer to load than a config to read, and its messages name neither the field nor the values
that it may hold.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from typing import NamedTuple

from arxiv_watch.wording import SHORT_MONTHS


class CronField(NamedTuple):
    """What one field of a schedule may hold: numbers, and names for them from the first number on."""

    name: str
    numbers: range
    words: Sequence[str] = ()
    by_number: bool = True


_FIELDS = (
    CronField("minute", range(60)),
    CronField("hour", range(24)),
    CronField("day of the month", range(1, 32)),
    CronField("month", range(1, 13), SHORT_MONTHS),
    # By name alone: 0 is Sunday in cron and Monday in APScheduler.
    CronField("weekday", range(7), ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), by_number=False),
)
_LEAP_YEAR = 2024
# matches "*/15", "1-5" and "mon" between the commas of a field
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d*))?", re.ASCII)


def check_cron(text: str) -> str:
    """Return the schedule in lower case, its fields one blank apart; APScheduler takes it, and it comes due.

    Raises:
        ValueError: The text is not a schedule, or of a day that never comes; the message names the field.
    """
    fields = text.lower().split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"{text!r} has {len(fields)} fields; a schedule has five: minute hour day month weekday"
        )
    _, _, days, months, _ = (_numbers_of(field, kind) for field, kind in zip(fields, _FIELDS, strict=True))
    longest = max(calendar.monthrange(_LEAP_YEAR, month)[1] for month in months)
    if min(days) > longest:
        raise ValueError(f"{text!r} is never due: no month of it has a day {min(days)}")
    return " ".join(fields)


def _numbers_of(text: str, field: CronField) -> set[int]:
    """Return the numbers that a field of a schedule stands for."""
    numbers: set[int] = set()
    for item in text.split(","):
        numbers.update(_range_of(item, field))
    return numbers


def _range_of(item: str, field: CronField) -> range:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is not a valid {field.name}")
    first, last, step = match.group("first", "last", "step")
    if last and (first in field.words) != (last in field.words):
        raise ValueError(f"{item!r}: APScheduler takes no range from a name to a number")
    if step and not {first, last}.isdisjoint(field.words):
        raise ValueError(f"{item!r}: APScheduler takes no step between names; list the {field.name}s")
    begin, end = field.numbers[0], field.numbers[-1]
    if first:
        begin = _number(first, field)
        end = end if step else begin
    if last:
        end = _number(last, field)
    if begin > end:
        raise ValueError(f"{item!r} runs backwards as a {field.name}")
    if step and int(step) > end - begin:  # as APScheduler would say when `serve` begins
        raise ValueError(f"{item!r}: from {begin} to {end} a {field.name}'s step is at most {end - begin}")
    return range(begin, end + 1, int(step or 1))


def _number(value: str, field: CronField) -> int:
    if value in field.words:
        return field.numbers[field.words.index(value)]
    if field.by_number and value.isdecimal() and int(value) in field.numbers:
        return int(value)
    allowed = f"{field.numbers[0]} to {field.numbers[-1]}" if field.by_number else ", ".join(field.words)
    raise ValueError(f"{value!r} is not a valid {field.name}; use {allowed}")
