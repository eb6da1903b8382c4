"""APScheduler around the use case: poll on each watch's schedule until stopped."""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from arxiv_watch.clock import Clock, SystemClock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ArxivWatchError

log = logging.getLogger(__name__)

MISFIRE_GRACE_SECONDS = 6 * 3600  # a laptop that slept over its schedule still polls the same morning
WORKERS = 4  # cycles at a time: one that hangs holds up no other, and each takes up to 400 MB
LOOK_SECONDS = 1.0  # a signal just before a wait begins does not end it: CPython looks only once it is over
SPREAD_SECONDS = 60  # a schedule means its minute, not its first second

Cycle = Callable[[Sequence[WatchConfig], Clock], None]
"""Runs one cycle for the watches that are due together, waiting on the given clock."""


class StoppedError(Exception):
    """The cycle was asked to stop while it waited for its next step: not an error, so nothing records it."""


class StoppableClock:
    """A clock whose waits end early, with `StoppedError`, once `stop` is set.

    A cycle waits for its turn at arXiv, for GitHub's pace, and before each watch for no time at all; so it
    ends between two steps and never within one. A step that needs no wait is finished first.
    """

    def __init__(self, clock: Clock, stop: threading.Event) -> None:
        self._clock = clock
        self._stop = stop

    def now(self) -> datetime:
        """Return the current time as an aware datetime in UTC."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait so many seconds, unless `stop` is set."""
        if self._stop.wait(max(seconds, 0.0)):
            raise StoppedError("stopped")


class WatchTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler is not typed
    """When a watch is due, by APScheduler's cron trigger; daylight saving is the time zone's.

    Moments go in and come out in UTC: adding to a local time forgets which of the two hours it is in when
    clocks go back (PEP 495's `fold`), and the scheduler would wait for an hour that has passed.

    `ahead` is how far the clock that the schedule is read by is ahead of the machine's.
    """

    def __init__(self, watch: WatchConfig, ahead: timedelta = timedelta()) -> None:
        self._zone = ZoneInfo(watch.timezone)
        self._ahead = ahead
        self._cron = CronTrigger.from_crontab(watch.schedule, timezone=self._zone)
        self._wall = CronTrigger.from_crontab(watch.schedule, timezone=UTC)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the first moment at which the watch is due: after the previous one, or from now on."""
        after = now
        if previous_fire_time and previous_fire_time <= now:
            after = previous_fire_time.astimezone(UTC) + timedelta(microseconds=1)
        return self._first(after.astimezone(UTC) + self._ahead) - self._ahead

    def _first(self, after: datetime) -> datetime:
        """Return the first due moment that is not before the given one.

        When clocks go forward, APScheduler's step to the next day or month ends an hour late, so `0 0 * * *`
        would lose the next midnight and `0 0 1 * *` a month. The wall clock by itself has no such hour; only
        where an hour is repeated it knows one of two moments.
        """
        due: datetime = self._cron.get_next_fire_time(None, after)
        wall: datetime = self._wall.get_next_fire_time(None, after.astimezone(self._zone).replace(tzinfo=UTC))
        in_utc = (moment.astimezone(UTC) for moment in (due, wall.replace(tzinfo=self._zone)))
        return min(moment for moment in in_utc if moment >= after)


def ahead_of_the_machine(clock: Clock) -> timedelta:
    """Return how far a clock is ahead of the machine's, in whole seconds: nothing, but for `--now`."""
    return timedelta(seconds=round((clock.now() - SystemClock().now()).total_seconds()))


def next_run(watches: Sequence[WatchConfig], after: datetime) -> datetime:
    """Return the first moment after the given one at which watches that share a cycle are due."""
    return WatchTrigger(watches[0]).get_next_fire_time(after, after)


def serve(
    watches: Sequence[WatchConfig],
    cycle: Cycle,
    clock: Clock,
    due: Callable[[WatchConfig], BaseTrigger] | None = None,
) -> None:
    """Poll on the schedules until SIGTERM or SIGINT; the step in progress is finished first.

    Watches with the same schedule share one poll. Up to `WORKERS` cycles of different schedules run at a
    time, and wait for each other's requests to arXiv; one that fell due more than once meanwhile runs once.
    """
    ahead = ahead_of_the_machine(clock)
    stop = threading.Event()
    stoppable = StoppableClock(clock, stop)
    scheduler = BackgroundScheduler(
        executors={"default": {"type": "threadpool", "max_workers": WORKERS}},
        timezone=UTC,  # each watch has its own; the machine's (`TZ=GMT+8`) need not even be one
    )
    for group in groups_of(watches):
        trigger = due(group[0]) if due else WatchTrigger(group[0], ahead - spread_of(group))
        _tell_next_poll(group, trigger, ahead)
        scheduler.add_job(
            _run_cycle,
            trigger,
            args=[cycle, group, stoppable, stop],
            name=", ".join(watch.name for watch in group),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=MISFIRE_GRACE_SECONDS,
        )
    with _signals() as received:
        scheduler.start()
        _await_signal(received)
        stop.set()
        log.warning("stopping after the step in progress")
        scheduler.shutdown(wait=True)


def spread_of(watches: Sequence[WatchConfig]) -> timedelta:
    """Return how many seconds after their minute some watches are polled: always as many for the same ones.

    So services that were given the same minute do not all ask arXiv in the same second, and a restart
    within that minute does not poll again.
    """
    names = "\n".join(f"{watch.repository}/{watch.list}/{watch.name}" for watch in watches)
    digest = hashlib.sha256(names.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:4]) % SPREAD_SECONDS)


def _tell_next_poll(watches: Sequence[WatchConfig], trigger: BaseTrigger, ahead: timedelta) -> None:
    moment = trigger.get_next_fire_time(None, SystemClock().now()).astimezone(UTC) + ahead
    local = moment.astimezone(ZoneInfo(watches[0].timezone))
    log.warning("%s: next poll at %s", ", ".join(watch.name for watch in watches), local.isoformat())


def _run_cycle(cycle: Cycle, watches: Sequence[WatchConfig], clock: Clock, stop: threading.Event) -> None:
    """Run one cycle, unless the service was stopped while it waited for a worker.

    An error ends the cycle, not the service.
    """
    if stop.is_set():
        return
    try:
        cycle(watches, clock)
    except StoppedError:
        log.warning("stopped between two steps; the next run completes what is left")
    except ArxivWatchError as error:
        log.error("%s", error)  # noqa: TRY400 - the user's error, not a crash: no traceback


def groups_of(watches: Sequence[WatchConfig]) -> list[list[WatchConfig]]:
    """Return the watches that are due together, and so share a cycle."""
    groups: dict[tuple[str, str], list[WatchConfig]] = {}
    for watch in watches:
        groups.setdefault((watch.schedule, watch.timezone), []).append(watch)
    return list(groups.values())


@contextmanager
def _signals() -> Iterator[SimpleQueue[int]]:
    """Queue SIGTERM and SIGINT as they are received.

    A handler runs in the main thread between two of its steps, whatever lock that holds: `Event.set` waits
    for the one of `Event.wait` for ever. `SimpleQueue.put` is documented as safe there.
    """
    received: SimpleQueue[int] = SimpleQueue()

    def handle(number: int, frame: FrameType | None) -> None:
        del frame
        received.put(number)

    previous = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield received
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _await_signal(received: SimpleQueue[int]) -> None:
    """Wait for a signal; one that came just before the wait is seen when the next look is due."""
    while True:
        with suppress(Empty):
            received.get(timeout=LOOK_SECONDS)
            return
