from datetime import UTC, datetime, timedelta

from fakes import FakeClock


def test_the_fake_clock_moves_only_by_sleeping() -> None:
    clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC))

    clock.sleep(90)

    assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert clock.slept == [90]
    assert clock.now() - timedelta(seconds=90) == datetime(2026, 1, 1, tzinfo=UTC)
