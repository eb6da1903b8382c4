"""`serve --health`: what it says follows from the last run and from when the next one is due."""

from __future__ import annotations

import contextlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from arxiv_watch.cli.serve import OVERDUE, Health, answering
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import UsageError
from arxiv_watch.schedule import groups_of, next_run
from fakes import FakeClock
from watch_support import coverage, watch

FRIDAY = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 20, 5, 17, tzinfo=UTC)
MONDAY_DUE = datetime(2026, 11, 23, 5, 17, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(FRIDAY)


@pytest.fixture
def health(clock: FakeClock) -> Health:
    return Health(clock, next_runs(watch(name="papers"), watch(name="later", schedule="18 6 * * mon-fri")))


def next_runs(*watches: WatchConfig) -> dict[tuple[str, ...], Callable[[datetime], datetime]]:
    return {tuple(each.name for each in group): partial(next_run, group) for group in groups_of(watches)}


def test_a_service_that_waits_for_its_first_run_is_healthy(health: Health) -> None:
    status, row = health.answer()

    assert (status, row["status"], row["last_run"]) == (200, "ok", None)
    assert row["next_run"] == DUE.isoformat()


def test_a_successful_run_is_reported_with_its_coverage(health: Health, clock: FakeClock) -> None:
    clock.sleep(2 * 3600)
    health.ended(["papers"], [coverage()])

    status, row = health.answer()

    assert (status, row["status"]) == (200, "ok")
    assert row["last_run"]["watches"] == ["papers"]
    assert row["last_run"]["coverage"] == [{"category": "cs.DC", "day": "2025-11-20", "state": "fresh"}]
    assert row["next_run"] == "2026-11-20T06:18:00+00:00"


def test_a_run_that_failed_is_503_until_one_succeeds(health: Health, clock: FakeClock) -> None:
    clock.sleep(3 * 3600)
    health.ended(["papers"], error="GitHub refused")
    failing = health.answer()
    health.ended(["papers"])

    assert (failing[0], failing[1]["status"]) == (503, "failing")
    assert failing[1]["last_run"]["error"] == "GitHub refused"
    assert health.answer()[0] == 200


def test_a_cycle_that_failed_is_not_hidden_by_another_that_ends_well(
    health: Health, clock: FakeClock
) -> None:
    """Cycles of different schedules run beside each other (issue 17)."""
    clock.sleep(3 * 3600)
    health.ended(["papers"], error="GitHub refused")
    health.ended(["later"])

    status, row = health.answer()

    assert (status, row["status"]) == (503, "failing")
    assert row["last_run"]["watches"] == ["papers"]


def test_a_cycle_that_hangs_is_overdue_while_others_end_well(health: Health, clock: FakeClock) -> None:
    clock.sleep((DUE + OVERDUE - FRIDAY).total_seconds() + 1)
    health.ended(["later"])

    status, row = health.answer()

    assert (status, row["status"]) == (503, "overdue")


def test_a_run_that_does_not_come_is_overdue(health: Health, clock: FakeClock) -> None:
    clock.sleep((DUE + OVERDUE - FRIDAY).total_seconds())
    just_in_time = health.answer()[0]
    clock.sleep(1)

    status, row = health.answer()

    assert just_in_time == 200
    assert (status, row["status"]) == (503, "overdue")


def test_a_weekend_is_not_overdue(clock: FakeClock) -> None:
    health = Health(clock, next_runs(watch(name="papers")))
    clock.sleep(2 * 3600)
    health.ended(["papers"])
    clock.sleep(timedelta(days=2).total_seconds())

    status, row = health.answer()

    assert status == 200
    assert row["next_run"] == MONDAY_DUE.isoformat()


def test_health_is_served_over_http_on_loopback(health: Health) -> None:
    with answering(health, 0) as port:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
            row = json.load(answer)
        health.ended(["papers"], error="no")
        with pytest.raises(urllib.error.HTTPError) as failing:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health")
        with pytest.raises(urllib.error.HTTPError) as absent:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/")
        failing.value.close()
        absent.value.close()

    assert row["status"] == "ok"
    assert (failing.value.code, absent.value.code) == (503, 404)


def test_a_monitor_that_asks_for_the_head_alone_gets_the_same_status(health: Health) -> None:
    with (
        answering(health, 0) as port,
        contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
    ):
        connection.request("HEAD", "/health")
        well = connection.getresponse()
        body = well.read()
        health.ended(["papers"], error="no")
        connection.request("HEAD", "/health")
        failing = connection.getresponse()

    assert (well.status, body, failing.status) == (200, b"", 503)
    assert int(well.headers["Content-Length"]) > 0


@pytest.mark.parametrize("port", [-1, 70_000])
def test_a_port_out_of_range_is_refused(health: Health, port: int) -> None:
    with pytest.raises(UsageError, match=f"port {port} "), answering(health, port):
        pass


def test_a_port_that_is_taken_is_refused(health: Health) -> None:
    with (
        answering(health, 0) as port,
        pytest.raises(UsageError, match="is not available"),
        answering(health, port),
    ):
        pass
