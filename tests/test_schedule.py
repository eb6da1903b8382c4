import os
import signal
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.date import DateTrigger

from arxiv_watch import schedule
from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ListError
from fakes import FakeClock


def watch(name: str, cron: str = "17 5 * * mon-fri", zone: str = "UTC") -> WatchConfig:
    return WatchConfig(name=name, list=f"{name}.md", categories=("cs.LG",), schedule=cron, timezone=zone)


def at_once(_: WatchConfig) -> DateTrigger:
    return DateTrigger(datetime.now(UTC))


@pytest.mark.parametrize(
    ("zone", "after", "due"),
    [
        ("UTC", "2026-11-20T06:00:00+00:00", "2026-11-23T05:17:00+00:00"),  # Friday to Monday
        ("Europe/Berlin", "2026-03-27T05:00:00+00:00", "2026-03-30T03:17:00+00:00"),  # into summer time
        ("America/New_York", "2026-10-30T10:00:00+00:00", "2026-11-02T10:17:00+00:00"),  # out of it
    ],
)
def test_a_schedule_keeps_its_zones_clock(zone: str, after: str, due: str) -> None:
    moment = datetime.fromisoformat(after).astimezone(ZoneInfo(zone))

    fires = schedule.trigger_of(watch("a", zone=zone)).get_next_fire_time(None, moment)

    assert fires.astimezone(UTC) == datetime.fromisoformat(due)


def test_a_stopped_clock_ends_a_wait() -> None:
    stop = threading.Event()
    clock = schedule.StoppableClock(FakeClock(), stop)
    clock.sleep(0)
    stop.set()

    with pytest.raises(schedule.StoppedError):
        clock.sleep(3600)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_step_in_progress_and_returns(number: int) -> None:
    steps: list[str] = []

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        steps.append(",".join(each.name for each in due))
        os.kill(os.getpid(), number)
        steps.append("step finished")
        clock.sleep(3600)
        steps.append("never reached")

    schedule.serve([watch("a"), watch("b")], cycle, FakeClock(), due=at_once)

    assert steps == ["a,b", "step finished"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_failing_cycle_does_not_end_the_service() -> None:
    calls: list[str] = []

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        del clock
        calls.append(due[0].name)
        if due[0].name == "a":
            raise ListError("no such list")
        os.kill(os.getpid(), signal.SIGTERM)

    schedule.serve([watch("a"), watch("b", "18 5 * * mon-fri")], cycle, FakeClock(), due=at_once)

    assert calls == ["a", "b"]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-366, hours=3)])
def test_a_pretended_moment_holds_for_schedules_too(ahead: timedelta) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    trigger = schedule.ShiftedTrigger(schedule.trigger_of(watch("a")), ahead)

    first = trigger.get_next_fire_time(None, now)

    assert first is not None
    assert first + ahead == schedule.next_run([watch("a")], now + ahead)
    second = trigger.get_next_fire_time(first, first)
    assert second is not None
    assert second > first
    assert schedule.ahead_of_the_machine(SystemClock(datetime.now(UTC) + ahead)) == ahead
