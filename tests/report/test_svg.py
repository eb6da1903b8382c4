import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.report.page import Scale, box, dot, picture, round_ticks, shares, spread


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_a_logarithmic_scale_makes_equal_ratios_equal_distances(value: float, ratio: float) -> None:
    scale = Scale((1, 50), (64, 600), log=True)

    assert scale(value * ratio) - scale(value) == pytest.approx(scale(ratio) - scale(1), abs=1e-6)


def test_a_scale_maps_its_domain_to_its_span() -> None:
    scale = Scale((0, 10), (344, 36))

    assert (scale(0), scale(5), scale(10)) == (344, 190, 36)


@given(st.integers(0, 100_000))
def test_ticks_are_round_few_and_reach_the_largest_value(largest: int) -> None:
    ticks = round_ticks(largest)

    assert ticks[0] == 0
    assert ticks[-1] >= largest
    assert 2 <= len(ticks) <= 8
    assert len({round(after - before, 6) for before, after in itertools.pairwise(ticks)}) == 1


def test_shares_run_from_nothing_to_all() -> None:
    assert shares() == [(0.0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1.0, "100 %")]


@given(st.lists(st.floats(36, 364), max_size=8).map(sorted))
def test_labels_are_moved_apart_in_their_order_and_stay_in_the_picture(places: list[float]) -> None:
    moved = spread(places, 17, 364)

    assert all(after - before >= 17 - 1e-9 for before, after in itertools.pairwise(moved))
    assert all(place <= 364 for place in moved)


def test_a_picture_names_itself_for_those_who_do_not_see_it() -> None:
    made = picture(
        (100, 50), "Growth by heading", "It grew.", [box((0, 0), (1, 2), "layer", opacity=0.5)]
    ).drawn

    assert 'role="img"' in made
    assert 'aria-labelledby="growth-by-heading-title growth-by-heading-desc"' in made
    assert '<title id="growth-by-heading-title">Growth by heading</title>' in made
    assert 'fill-opacity="0.5"' in made


def test_a_tip_is_the_title_of_its_shape() -> None:
    assert "<title>3 &lt; 4</title>" in dot((1, 2), 3, "mark", "3 < 4")
    assert "title" not in dot((1, 2), 3, "mark")
