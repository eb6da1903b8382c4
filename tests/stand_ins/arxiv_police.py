"""Whether a log of requests keeps within the limits that arXiv asks for.

The rules are those of https://info.arxiv.org/help/api/tou.html, https://arxiv.org/robots.txt and of
arXiv's staff on the API mailing list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from itertools import pairwise

from arxiv_watch.demo.arxiv_server import Role
from arxiv_watch.demo.arxiv_server.world import NEW_YORK
from stand_ins.arxiv_server import Logged

INTERVAL_SECONDS = 3.0
PAGE_INTERVAL_SECONDS = 15.0
DAILY_REQUESTS = 300
_SLACK_SECONDS = 0.001  # of clocks that count in floats


def violations(log: Sequence[Logged]) -> list[str]:
    """Return the violations in a log, in words."""
    return [*_intervals(log), *_moments(log), *_introductions(log), *_after_block(log), *_volume(log)]


def _intervals(log: Sequence[Logged]) -> Iterator[str]:
    for line in log:
        if line.in_flight > 1:
            yield f"{line.in_flight} requests at once ({line.request.path})"
    yield from _too_close(log, INTERVAL_SECONDS)
    yield from _too_close([line for line in log if line.request.role is Role.PAGES], PAGE_INTERVAL_SECONDS)


def _too_close(log: Iterable[Logged], seconds: float) -> Iterator[str]:
    for earlier, later in pairwise(log):
        gap = (later.request.moment - earlier.request.moment).total_seconds()
        if gap < seconds - _SLACK_SECONDS:
            yield f"{gap:.1f} s before {later.request.role} {later.request.path}"


def _moments(log: Iterable[Logged]) -> Iterator[str]:
    for line in log:
        local = line.request.moment.astimezone(NEW_YORK)
        if local.time() >= time(23, 50) or local.time() < time(0, 5):
            yield f"{line.request.role} at {local:%H:%M} in New York"
        if line.request.role is Role.API and time(19, 55) <= local.time() < time(21, 30):
            yield f"the API at {local:%H:%M} in New York"


def _introductions(log: Iterable[Logged]) -> Iterator[str]:
    for line in log:
        agent = line.request.headers.get("user-agent", "")
        if "mailto:" not in agent or "+http" not in agent:
            yield f"no contact in the User-Agent {agent!r}"
        if line.request.headers.get("accept", "*/*") == "*/*":
            yield f"no Accept for {line.request.path}"


def _after_block(log: Iterable[Logged]) -> Iterator[str]:
    blocked: dict[Role, datetime] = {}
    for line in log:
        since = blocked.get(line.request.role)
        if since is not None and (line.request.moment - since).total_seconds() < 24 * 3600:
            yield f"{line.request.role} after its 403"
        if line.status == 403:
            blocked[line.request.role] = line.request.moment


def _volume(log: Iterable[Logged]) -> Iterator[str]:
    days: dict[str, int] = {}
    for line in log:
        day = line.request.moment.astimezone(NEW_YORK).date().isoformat()
        days[day] = days.get(day, 0) + 1
    yield from (f"{count} requests on {day}" for day, count in days.items() if count > DAILY_REQUESTS)
