from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.config.starter import odd_minute


@given(st.text())
def test_a_minute_is_never_a_multiple_of_five(seed: str) -> None:
    minute = odd_minute(seed)

    assert 0 < minute < 60
    assert minute % 5 != 0
    assert odd_minute(seed) == minute


def test_minutes_are_spread_over_the_hour() -> None:
    minutes = {odd_minute(f"octocat/list-{n}") for n in range(1000)}

    assert len(minutes) == 48
