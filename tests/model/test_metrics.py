from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.model import metrics

RANKED = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
WANTED = np.array([True, False, True, False, False])


def test_average_precision_is_the_mean_precision_at_each_find() -> None:
    assert metrics.average_precision(WANTED, RANKED) == pytest.approx((1 + 2 / 3) / 2)


def test_roc_auc_is_the_share_of_pairs_in_order() -> None:
    assert metrics.roc_auc(WANTED, RANKED) == pytest.approx(5 / 6)


def test_work_saved_counts_what_lies_below_the_recall() -> None:
    assert metrics.work_saved(WANTED, RANKED) == pytest.approx((5 - 3) / 5 - 0.05)


def test_recall_a_day_takes_the_best_of_each_day() -> None:
    days = ["mon", "mon", "mon", "tue", "tue"]

    assert metrics.recall_a_day(WANTED, RANKED, days, 1) == 0.5
    assert metrics.recall_a_day(WANTED, RANKED, days, 3) == 1.0


def test_nothing_wanted_gives_none() -> None:
    nothing = np.zeros(5, bool)

    assert metrics.average_precision(nothing, RANKED) is None
    assert metrics.roc_auc(nothing, RANKED) is None
    assert metrics.work_saved(nothing, RANKED) is None
    assert metrics.recall_a_day(nothing, RANKED, "aabbc", 1) is None
    assert metrics.precision_recall(nothing, RANKED) == ()


def test_the_curve_counts_what_each_line_proposes() -> None:
    points = metrics.precision_recall(WANTED, RANKED)

    assert [(point.threshold, point.proposed) for point in points][:3] == [(0.9, 1), (0.8, 2), (0.7, 3)]
    assert points[2].precision == pytest.approx(2 / 3)
    assert points[2].recall == 1.0


def test_the_reliability_of_perfect_probabilities_has_no_error() -> None:
    bins = metrics.reliability(np.array([0.0, 0.0, 1.0]), np.array([False, False, True]))

    assert [(bin_.count, bin_.predicted, bin_.observed) for bin_ in bins] == [(2, 0.0, 0.0), (1, 1.0, 1.0)]
    assert metrics.calibration_error(bins) == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_is_a_share_and_the_bins_hold_everything(
    rows: list[tuple[float, bool]],
) -> None:
    bins = metrics.reliability(np.array([p for p, _ in rows]), np.array([hit for _, hit in rows]))

    assert sum(bin_.count for bin_ in bins) == len(rows)
    assert 0 <= metrics.calibration_error(bins) <= 1
