"""Schedules as five cron fields, checked without a scheduler at hand."""

from __future__ import annotations

import re

from arxiv_watch.months import SHORT_MONTHS

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS: tuple[tuple[str, range, tuple[str, ...]], ...] = (
    ("minute", range(60), ()),
    ("hour", range(24), ()),
    ("day of the month", range(1, 32), ()),
    ("month", range(1, 13), SHORT_MONTHS),
    ("weekday", range(0), _WEEKDAYS),
)
# matches "*/15", "1-5" and "mon" between the commas of a field
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-9]\d*))?", re.ASCII)


def check_cron(text: str) -> str:
    """Return the schedule in lower case, its fields one blank apart.

    Weekdays must be given by name: 0 is Sunday in cron and Monday elsewhere.

    Raises:
        ValueError: The text is not a schedule; the message names the field.
    """
    fields = text.lower().split()
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"{text!r} has {len(fields)} fields; a schedule has five: minute hour day month weekday"
        )
    for field, (name, numbers, words) in zip(fields, _FIELDS, strict=True):
        for item in field.split(","):
            _check_item(item, name, numbers, words)
    return " ".join(fields)


def _check_item(item: str, name: str, numbers: range, words: tuple[str, ...]) -> None:
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"{item!r} is not a valid {name}")
    places = [_place(value, name, numbers, words) for value in (match["first"], match["last"]) if value]
    if places != sorted(places):
        raise ValueError(f"{item!r} runs backwards as a {name}")
    if match["step"] and (not {match["first"], match["last"]}.isdisjoint(words)):
        raise ValueError(f"{item!r}: APScheduler takes no step between names; list the {name}s")
    whole = numbers or range(len(words))
    first, last = (*places, whole[-1])[:2] if places else (whole[0], whole[-1])
    if match["step"] and int(match["step"]) > last - first:  # as APScheduler would say when `serve` begins
        raise ValueError(f"{item!r}: from {first} to {last} a {name}'s step is at most {last - first}")


def _place(value: str, name: str, numbers: range, words: tuple[str, ...]) -> int:
    if value in words:
        return words.index(value) + (numbers.start if numbers else 0)
    if value.isdecimal() and int(value) in numbers:
        return int(value)
    allowed = ", ".join(words) if not numbers else f"{numbers[0]} to {numbers[-1]}"
    raise ValueError(f"{value!r} is not a valid {name}; use {allowed}")
