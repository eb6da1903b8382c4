"""How gently arXiv is asked: one request at a time, spaced, and not at all when it is busy.

The state is one small JSON file beside the lock, shared by all processes of this user, so that two
runs together are as polite as one. The rules: https://info.arxiv.org/help/api/tou.html (three seconds,
one connection), https://arxiv.org/robots.txt (fifteen seconds between pages), and what arXiv's staff ask
for on its API mailing list (stay away around 20:00 in New York).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from arxiv_watch.arxiv import timetable
from arxiv_watch.arxiv.damage import make_room, put_aside, unusable
from arxiv_watch.arxiv.session import NotNowError, RefusalError
from arxiv_watch.clock import FOREVER, Clock
from arxiv_watch.files import read_file, writing
from arxiv_watch.troubles import Trouble, TroubleKind

ATTEMPTS = 3  # then the breaker opens
RETRY_AFTER_CAP_SECONDS = 3600.0  # a larger Retry-After means "not in this run"
BLOCKED = timedelta(hours=24)  # https://info.arxiv.org/help/robots.html: after a 403, stop
COSTLY = timedelta(minutes=1)  # no second try after a refusal that took so long: other hosts need the time
DAILY_CAP = 300  # requests of a New York day, all hosts and processes together

_MOST_BYTES = 1_000_000  # of the state's file: some hundred bytes a host

Posix = Annotated[float, Field(ge=0, le=datetime.max.replace(tzinfo=UTC).timestamp(), allow_inf_nan=False)]


@dataclass(slots=True)
class Host:
    """The memory of one host: POSIX times, and how often it refused in a row."""

    last_start: Posix = 0.0
    not_before: Posix = 0.0
    refusals: Annotated[int, Field(ge=0, le=ATTEMPTS)] = 0
    reason: Annotated[str, Field(max_length=10_000)] = ""


@dataclass(slots=True)
class _State:
    last_start: Posix = 0.0
    day: Annotated[str, Field(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""  # 2026-11-20
    requests: Annotated[int, Field(ge=0, le=DAILY_CAP)] = 0
    hosts: dict[str, Host] = field(default_factory=dict)


_STATE = TypeAdapter(_State)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that waits for its turn.

    Attributes:
        host: Host and port.
        interval: Seconds between the starts of two requests to this host.
        api: Whether it is the search API, which is left alone in the evening.
    """

    host: str
    interval: float
    api: bool = False


class RateLimiter:
    """Grants turns to ask arXiv.

    Args:
        folder: Of the lock and the shared state.
        clock: Waits, too.
        interval: Seconds between the starts of two requests, all hosts together.
        floor: Shortest wait after a refusal, seconds.
        jitter: Returns a random number from 0 to 1.
    """

    def __init__(
        self, folder: Path, clock: Clock, *, interval: float, floor: float, jitter: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._interval = interval
        self._floor = floor
        self._jitter = jitter
        self._lock_path = folder / "arxiv.lock"
        self._state_path = folder / "arxiv-limiter.json"
        self.deadline = FOREVER
        """The moment after which nothing is waited for any more, in UTC."""

    @contextmanager
    def turn(self, visit: Visit) -> Iterator[None]:
        """Wait for the right to make one request, and hold it until the request has ended.

        After a `RefusalError` inside, the host is left alone for the larger of what it asked for and the
        floor, capped, plus a full-jitter exponential part; after three in a row, or one that took long,
        until the next slot; after a block for a day. There is no turn, but a `NotNowError`, where that takes
        longer than there is time, where the daily cap is reached, or another process holds the lock too long.
        """
        with self._locked():
            state = self._read()
            host = state.hosts.setdefault(visit.host, Host())
            started = self._await_turn(visit, state, host)
            self._count(state, started)
            host.last_start = started.timestamp()
            self._write(state)  # at once: a run that is killed must not ask again too soon
            try:
                yield
            except RefusalError as refusal:
                self._refused(host, refusal, started)
                self._write(state)
                raise
            host.refusals, host.not_before, host.reason = 0, 0.0, ""
            self._write(state)

    def rests_until(self, host: str) -> datetime | None:
        """Return when a host that refused may be asked again, in UTC, or None if it may be now."""
        return _rest(self._read().hosts.get(host, Host()), self._clock.now())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep all other processes of this user from asking."""
        from filelock import FileLock, Timeout  # not needed before the first request

        seconds_left = max((self.deadline - self._clock.now()).total_seconds(), 0.0)
        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            make_room(self._lock_path)
            lock = FileLock(self._lock_path, timeout=seconds_left)
            lock.acquire()
        except Timeout:
            about = f"another process kept arXiv busy (it holds {self._lock_path})"
            raise NotNowError(Trouble(TroubleKind.EXHAUSTED, about=about)) from None
        except OSError as error:
            raise unusable(self._lock_path, error) from error
        try:
            yield
        finally:
            lock.release()

    def _await_turn(self, visit: Visit, state: _State, host: Host) -> datetime:
        """Wait until a request may start, and return that moment."""
        while True:
            now = self._clock.now()
            ready = max(now, self._spaced(visit, state, host, now))
            ready = timetable.quiet_until(ready, api=visit.api) or ready
            if ready > self.deadline:
                raise self._no_turn(visit, host, now, ready)
            if ready == now:
                return now
            self._clock.sleep((ready - now).total_seconds())

    def _spaced(self, visit: Visit, state: _State, host: Host, now: datetime) -> datetime:
        """Return when the intervals and the host's rest are over."""
        # A time from the future was written under another clock (`--now`) and says nothing.
        moments = [0.0]
        if state.last_start <= now.timestamp():
            moments.append(state.last_start + self._interval)
        if host.last_start <= now.timestamp():
            moments.append(host.last_start + visit.interval)
        if host.not_before <= (now + BLOCKED).timestamp():
            moments.append(host.not_before)
        return datetime.fromtimestamp(max(moments), now.tzinfo)

    def _no_turn(self, visit: Visit, host: Host, now: datetime, ready: datetime) -> NotNowError:
        """Return why there is no turn before the deadline, when the next one is only at `ready`."""
        before = ready - timedelta(seconds=1)
        if now >= self.deadline:
            about = "the time limit of this run is used up"
        elif _rest(host, now):
            return NotNowError(Trouble(TroubleKind.REFUSED, about=host.reason, host=visit.host, until=ready))
        elif timetable.quiet_until(before, api=visit.api):
            is_for_all = timetable.quiet_until(before, api=False) is not None
            about_host = "" if is_for_all else visit.host
            return NotNowError(Trouble(TroubleKind.QUIET_HOURS, host=about_host, until=ready))
        else:
            about = "the time limit of this run leaves no further turn"
        return NotNowError(Trouble(TroubleKind.EXHAUSTED, about=about), "the next run continues")

    def _count(self, state: _State, now: datetime) -> None:
        today = timetable.listing_day(now).isoformat()
        if state.day != today:
            state.day, state.requests = today, 0
        if state.requests >= DAILY_CAP:
            trouble = Trouble(TroubleKind.EXHAUSTED, about=f"{DAILY_CAP} requests were made today")
            raise NotNowError(trouble, "polling continues after midnight in New York")
        state.requests += 1
        state.last_start = now.timestamp()

    def _refused(self, host: Host, refusal: RefusalError, started: datetime) -> None:
        """Note how long a host that refused is left alone."""
        now = self._clock.now()
        host.refusals = min(host.refusals + 1, ATTEMPTS)
        host.reason = refusal.reason
        asked = max(refusal.retry_after or 0.0, self._floor)
        jitter = self._jitter() * self._floor * 2 ** (host.refusals - 1)
        until = now + timedelta(seconds=min(asked, RETRY_AFTER_CAP_SECONDS) + jitter)
        is_last = host.refusals >= ATTEMPTS or asked > RETRY_AFTER_CAP_SECONDS or now - started >= COSTLY
        if refusal.stop:
            until = now + BLOCKED
        elif is_last:
            until = max(until, timetable.next_slot(now))
            host.refusals = 0
        host.not_before = until.timestamp()

    def _read(self) -> _State:
        """Return the shared state; one that is not what we write is put aside: the intervals still hold."""
        try:
            data = read_file(self._state_path, _MOST_BYTES)
            return _STATE.validate_json(data, strict=True, extra="forbid")
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            put_aside(self._state_path, str(error).splitlines()[0])
        return _State()

    def _write(self, state: _State) -> None:
        self._state_path.parent.mkdir(parents=True, exist_ok=True)  # the cache may have been deleted
        with writing(self._state_path) as file:
            file.write(json.dumps(asdict(state)).encode())


def _rest(host: Host, now: datetime) -> datetime | None:
    """Return until when a host is left alone, if that is still to come."""
    return datetime.fromtimestamp(host.not_before, now.tzinfo) if host.not_before > now.timestamp() else None
