from datetime import UTC, datetime, timedelta

from arxiv_watch.clock import SystemClock


def test_the_system_clock_returns_aware_times_in_utc() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_pretended_moment_runs_on() -> None:
    start = datetime.fromisoformat("2025-06-01T12:00:00+02:00")
    clock = SystemClock(start)

    clock.sleep(0.01)

    assert timedelta(seconds=0.01) <= clock.now() - start < timedelta(minutes=5)
