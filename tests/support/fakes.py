"""Fakes that more than one room's tests use; they are tested in test_fakes.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

from arxiv_watch.clock import SimulatedClock


class FakeClock(SimulatedClock):
    """A simulated clock that remembers how it was slept on."""

    def __init__(self, start: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
        super().__init__(start)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        super().sleep(seconds)


class AtOnce(BaseTrigger):
    """Due now, and after that not for as long as a test lasts."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return now + timedelta(days=1) if previous_fire_time else now
