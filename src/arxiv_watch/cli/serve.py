"""`serve`: a cycle on every schedule of the config until the service is stopped, and its health over HTTP."""

from __future__ import annotations

import argparse
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from arxiv_watch import schedule
from arxiv_watch.cli.context import Context
from arxiv_watch.cli.cycle import publisher, report_run, run_cycle
from arxiv_watch.clock import Clock
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import ArxivWatchError, UsageError
from arxiv_watch.papers import Coverage

log = logging.getLogger(__name__)

PATH = "/health"
OVERDUE = timedelta(hours=2)  # a poll waits for midnight in New York, for limits, and for the poll before it


def serve(context: Context, arguments: argparse.Namespace) -> int:
    """Stay up and run a cycle on every schedule, until SIGTERM or SIGINT."""
    config = context.load_config()
    watches = config.select(arguments.watches)
    open_target = partial(publisher, context, open_pr=arguments.open_pr, apply=arguments.apply)
    open_target(watches)  # a missing token is reported now, not at the first poll
    health = Health(
        context.clock,
        {
            tuple(watch.name for watch in group): partial(schedule.next_run, group)
            for group in schedule.groups_of(watches)
        },
    )

    def cycle(due: Sequence[WatchConfig], clock: Clock) -> None:
        names = [watch.name for watch in due]
        stoppable = replace(context, clock=clock)
        try:
            run = run_cycle(stoppable, config, due, open_target(due))
        except schedule.StoppedError:
            raise  # the service ends, and not by a fault
        except ArxivWatchError as refusal:
            health.ended(names, error=str(refusal))
            raise
        except Exception:  # of any kind: it is only recorded here
            health.ended(names, error="crashed, the log has the traceback")
            raise
        health.ended(names, run.coverage, str(run.errors[0]) if run.errors else "")
        report_run(context, run)

    with nullcontext() if arguments.health is None else answering(health, arguments.health):
        schedule.serve(watches, cycle, context.clock)
    return 0


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last cycle of some watches ended; `error` is the first one, or empty."""

    ended: datetime
    watches: tuple[str, ...]
    coverage: tuple[Coverage, ...] = ()
    error: str = ""


class Health:
    """The state of the service; cycles write it and requests read it, from different threads.

    `next_runs` returns for each cycle, by the names of its watches, when it is due next after a given moment.
    """

    def __init__(
        self, clock: Clock, next_runs: Mapping[tuple[str, ...], Callable[[datetime], datetime]]
    ) -> None:
        self._clock = clock
        self._next_runs = next_runs
        self._started = clock.now()
        self._last: dict[tuple[str, ...], LastRun] = {}

    def ended(self, watches: Sequence[str], coverage: Sequence[Coverage] = (), error: str = "") -> None:
        """Remember how a cycle ended."""
        self._last[tuple(watches)] = LastRun(self._clock.now(), tuple(watches), tuple(coverage), error)

    def answer(self) -> tuple[HTTPStatus, dict[str, Any]]:
        """Return the HTTP status and the report: 503 if a cycle failed the last time, or if one is overdue.

        Cycles run beside each other, so one that ends well says nothing of the others. The run that is
        reported is a failed one, where there is one, and the latest of those.
        """
        now, runs = self._clock.now(), [*self._last.values()]
        overdue = any(self._is_overdue(watches, now) for watches in self._next_runs)
        failed = [run for run in runs if run.error]
        last = max(failed or runs, key=lambda run: run.ended, default=None)
        due = min(next_run(now) for next_run in self._next_runs.values())
        return HTTPStatus.SERVICE_UNAVAILABLE if overdue or failed else HTTPStatus.OK, {
            "status": "overdue" if overdue else "failing" if failed else "ok",
            "started": self._started.isoformat(),
            "last_run": _row(last) if last else None,
            "next_run": due.isoformat(),
        }

    def _is_overdue(self, watches: tuple[str, ...], now: datetime) -> bool:
        last = self._last.get(watches)
        expected = self._next_runs[watches](last.ended if last else self._started)
        return now - expected > OVERDUE


def _row(last: LastRun) -> dict[str, Any]:
    return {
        "ended": last.ended.isoformat(),
        "watches": list(last.watches),
        "error": last.error or None,
        "coverage": [each.brief for each in last.coverage],
    }


@contextmanager
def answering(health: Health, port: int) -> Iterator[int]:
    """Answer `/health` on loopback until the block ends; yields the port, a free one for 0."""

    class Handler(_HealthHandler):
        subject = health

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except (OSError, OverflowError) as error:
        raise UsageError(f"port {port} is not available: {error}", "choose another --health") from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    log.warning("health: http://127.0.0.1:%d%s", server.server_port, PATH)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _HealthHandler(BaseHTTPRequestHandler):
    subject: Health

    def do_GET(self) -> None:
        status, row = HTTPStatus.NOT_FOUND, {"status": "not found"}
        if self.path == PATH:
            status, row = self.subject.answer()
        body = json.dumps(row).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
