import itertools
import os
import signal
import sys
import threading
import time
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
import tzlocal.unix
from apscheduler.triggers.base import BaseTrigger
from hypothesis import given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from arxiv_watch import schedule
from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ListError
from arxiv_watch.wording import SHORT_MONTHS
from fakes import AtOnce, FakeClock


def watch(name: str, cron: str = "17 5 * * mon-fri", zone: str = "UTC") -> WatchConfig:
    return WatchConfig(name=name, list=f"{name}.md", categories=("cs.LG",), schedule=cron, timezone=zone)


def at_once(_: WatchConfig) -> AtOnce:
    return AtOnce()


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

    fires = schedule.WatchTrigger(watch("a", zone=zone)).get_next_fire_time(None, moment)

    assert fires == datetime.fromisoformat(due)


# Zones whose changes have troubled somebody: at 2 and 3 o'clock, at midnight, at 23:00 and at 1:00 of UTC,
# by two hours and by half an hour, twice around Ramadan, at 2:45, and none at all.
ODD_ZONES = (
    *("Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Nuuk"),
    *("Antarctica/Troll", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Chatham", "UTC"),
)
# `ALL_ZONES=1 pytest tests/test_schedule.py` lives through a year of every zone: seven minutes.
ZONES = sorted(zoneinfo.available_timezones()) if os.environ.get("ALL_ZONES") else ODD_ZONES


def polls(trigger: BaseTrigger, start: datetime, end: datetime, late: timedelta) -> Iterator[datetime]:
    """Live as APScheduler does, waking up late each time; yield the moment each poll was due.

    All that fell due meanwhile is asked for one by one, and the last of it is run.
    """
    due = trigger.get_next_fire_time(None, start)
    while due is not None and due < end:
        now, missed = due + late, due
        while due is not None and due <= now:
            missed, due = due, trigger.get_next_fire_time(due, now)
            assert due is None or due > missed
        yield missed
        due = trigger.get_next_fire_time(missed, now)


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_schedule_polls_daily_through_a_year_with_its_missing_and_repeated_hours(zone: str) -> None:
    tz = ZoneInfo(zone)
    start = datetime(2026, 1, 1, tzinfo=tz).astimezone(UTC)
    half_hours = ((start + timedelta(minutes=30 * step)).astimezone(tz) for step in range(365 * 48))
    repeated = next((moment for moment in half_hours if moment.fold), start.astimezone(tz))
    for hour, minute in ((0, 0), (repeated.hour, repeated.minute)):
        trigger = schedule.WatchTrigger(watch("a", f"{minute} {hour} * * *", zone))

        due = list(polls(trigger, start, start + timedelta(days=365), timedelta(0)))

        assert max(after - before for before, after in pairwise(due)) <= timedelta(hours=26)
        assert 365 <= len(due) <= 367  # in a repeated hour it is due twice


@pytest.mark.parametrize("zone", ZONES)
def test_a_service_that_wakes_late_goes_on_through_the_repeated_hour(zone: str) -> None:
    late, pause = timedelta(minutes=47), timedelta(minutes=20)
    trigger = schedule.WatchTrigger(watch("a", "*/20 * * * *", zone))
    for start in (datetime(2026, month, 24, tzinfo=UTC) for month in (3, 10)):
        due = list(polls(trigger, start, start + timedelta(days=9), late))

        assert {after - before for before, after in pairwise(due)} == {late - late % pause + pause}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Africa/Cairo"])
def test_no_month_is_lost_whose_first_midnight_follows_a_change(zone: str) -> None:
    trigger = schedule.WatchTrigger(watch("a", "0 0 1 * *", zone))
    start = datetime(2025, 12, 30, tzinfo=UTC)

    due = list(polls(trigger, start, start + timedelta(days=365), timedelta(0)))

    assert [moment.astimezone(ZoneInfo(zone)).month for moment in due] == list(range(1, 13))


@pytest.mark.parametrize("machine", ['"Europe/Berlin"', "CST-8", "GMT+8", "nowhere", ""])
def test_the_machines_own_zone_does_not_matter(machine: str) -> None:
    polled: list[str] = []

    def cycle(due: Sequence[WatchConfig], _: Clock) -> None:
        polled.append(due[0].name)
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", machine)
        patch.setattr(tzlocal.unix, "_cache_tz", None)  # what APScheduler asks for the machine's zone
        time.tzset()
        schedule.serve([watch("a", zone="Asia/Tokyo")], cycle, SystemClock(), due=at_once)
    time.tzset()

    assert polled == ["a"]


def items(low: int, high: int, words: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """What may stand between the commas of a field: well-formed, if not always possible."""
    value = st.one_of(st.integers(low, high).map(str), *([st.sampled_from(words)] if words else []))
    step = st.just("") | st.integers(1, high).map("/{}".format)
    return st.tuples(st.just("*") | value | st.tuples(value, value).map("-".join), step).map("".join)


CRON = st.tuples(
    items(0, 59),
    items(0, 23),
    items(1, 31),
    items(1, 12, SHORT_MONTHS),
    st.sampled_from(["*", "mon-fri", "sun"]),
).map(" ".join)


@given(CRON)
def test_a_schedule_that_the_config_takes_is_taken_by_apscheduler_and_comes_due(text: str) -> None:
    try:
        accepted = watch("a", text)
    except ValidationError:
        reject()

    after = datetime(2026, 11, 20, tzinfo=UTC)

    assert schedule.WatchTrigger(accepted).get_next_fire_time(None, after) >= after


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


def test_a_signal_between_any_two_lines_ends_the_service() -> None:
    """A handler that waited for a lock of the line it came between never returned: one gate hung for it."""

    def kill(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def serve_and_be_killed_at(nth: int) -> int:
        """Serve, with a signal before the nth line of `serve` and of what it calls; count these lines."""
        seen, outer = 0, sys.gettrace()

        def trace(frame: FrameType, event: str, _: object) -> object:
            nonlocal seen
            if schedule.serve.__code__ not in (frame.f_code, frame.f_back and frame.f_back.f_code):
                return None
            if event == "line" and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
                seen += 1
                if seen == nth:
                    kill()
            return trace

        sys.settrace(trace)
        try:
            schedule.serve([watch("a")], kill, FakeClock(), due=at_once)
        finally:
            sys.settrace(outer)
        return seen

    lines = next(nth for nth in itertools.count(1) if serve_and_be_killed_at(nth) < nth)

    assert lines > 10


def test_a_failing_cycle_does_not_end_the_service() -> None:
    calls: list[str] = []

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        del clock
        calls.append(due[0].name)
        if due[0].name == "a":
            raise ListError("no such list")
        os.kill(os.getpid(), signal.SIGTERM)

    schedule.serve([watch("a"), watch("b", "18 5 * * mon-fri")], cycle, FakeClock(), due=at_once)

    assert sorted(calls) == ["a", "b"]


def test_a_cycle_that_takes_long_holds_up_no_other() -> None:
    """Watches of different schedules run beside each other: the first ends only after the second did."""
    second, ended = threading.Event(), list[str]()

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        del clock
        if due[0].name == "slow":
            assert second.wait(60)
            ended.append("slow")
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            ended.append("quick")
            second.set()

    schedule.serve([watch("slow"), watch("quick", "18 5 * * mon-fri")], cycle, FakeClock(), due=at_once)

    assert ended == ["quick", "slow"]


def test_hundreds_of_schedules_run_few_at_a_time_and_each_once() -> None:
    """Three hundred schedules that are due together never run more than `WORKERS` cycles at a time."""
    lock, running, most, calls = threading.Lock(), set[str](), list[int](), list[str]()

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        del clock
        with lock:
            running.add(due[0].name)
            most.append(len(running))
        with lock:
            running.remove(due[0].name)
            calls.append(due[0].name)
            if len(calls) == len(watches):
                os.kill(os.getpid(), signal.SIGTERM)

    watches = [watch(f"w{number}", f"{number % 60} {number // 60} * * *") for number in range(300)]

    schedule.serve(watches, cycle, FakeClock(), due=at_once)

    assert sorted(calls) == sorted(each.name for each in watches)
    assert max(most) <= schedule.WORKERS


def test_what_waits_for_a_worker_when_the_service_is_stopped_begins_no_more() -> None:
    """Each cycle that began would still ask arXiv, hundreds of them for minutes after the signal."""
    begun, all_busy = list[str](), threading.Barrier(schedule.WORKERS)

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        begun.append(due[0].name)
        if all_busy.wait(60) == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        clock.sleep(3600)

    watches = [watch(f"w{number}", f"{number % 60} {number // 60} * * *") for number in range(100)]

    schedule.serve(watches, cycle, SystemClock(), due=at_once)

    assert len(begun) == schedule.WORKERS


def test_services_with_the_same_minute_poll_at_seconds_of_their_own() -> None:
    spreads = [schedule.spread_of([watch(f"w{number}")]) for number in range(300)]

    assert spreads == [schedule.spread_of([watch(f"w{number}")]) for number in range(300)]
    assert timedelta(0) <= min(spreads)
    assert max(spreads) < timedelta(minutes=1)
    assert len(set(spreads)) > schedule.SPREAD_SECONDS / 2


def test_a_spread_schedule_is_due_once_a_day() -> None:
    """A trigger that is read by a clock some seconds behind is due so many seconds after its minute."""
    spread = timedelta(seconds=41)
    trigger = schedule.WatchTrigger(watch("a", "17 5 * * *"), -spread)
    start = datetime(2026, 11, 20, tzinfo=UTC)

    due = list(polls(trigger, start, start + timedelta(days=3), timedelta(0)))

    assert due == [start + timedelta(days=day, hours=5, minutes=17) + spread for day in range(3)]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-366, hours=3)])
def test_a_pretended_moment_holds_for_schedules_too(ahead: timedelta) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    trigger = schedule.WatchTrigger(watch("a"), ahead)

    first = trigger.get_next_fire_time(None, now)

    assert first is not None
    assert first + ahead == schedule.next_run([watch("a")], now + ahead)
    second = trigger.get_next_fire_time(first, first)
    assert second is not None
    assert second > first
    assert schedule.ahead_of_the_machine(SystemClock(datetime.now(UTC) + ahead)) == ahead
