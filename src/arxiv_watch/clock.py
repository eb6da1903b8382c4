"""The clock as a collaborator: code that needs the time or has to wait is given one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

FOREVER = datetime.max.replace(tzinfo=UTC)  # as a deadline: there is none


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds."""


class SystemClock:
    """The machine's clock, or one that was set to another moment and runs on from there.

    Args:
        start: The moment to pretend it is now (`--now`); None for the machine's own time.
    """

    def __init__(self, start: datetime | None = None) -> None:
        real = datetime.now(UTC)
        self._offset = start.astimezone(UTC) - real if start else timedelta()

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return datetime.now(UTC) + self._offset

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds of real time."""
        time.sleep(max(seconds, 0.0))


class SimulatedClock:
    """A clock that stands still until something waits on it: a day passes in no time."""

    def __init__(self, start: datetime) -> None:
        self.moment = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Advance the clock by so many seconds."""
        self.moment += timedelta(seconds=max(seconds, 0.0))
