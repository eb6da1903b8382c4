"""Probabilities: in order, in bounds, and no surer than what was held out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.special import expit

from arxiv_watch.model import fit
from arxiv_watch.model.calibration import Sigmoid, Softmax, fit_sigmoid, fit_softmax
from arxiv_watch.model.certainty import Certainty, Pace, split
from arxiv_watch.model.relevance import Examples, TrainingSet
from arxiv_watch.proposals import Record, ReviewedPaper
from model_support import listed, unlisted

SCORES = st.lists(st.integers(-30, 30), min_size=1, max_size=8, unique=True)


@given(scores=SCORES, slope=st.floats(0.05, 3), intercept=st.floats(-2, 2))
def test_setting_the_surest_right_keeps_the_order_and_the_sum(
    scores: list[int], slope: float, intercept: float
) -> None:
    chances = Softmax(0.5, 0.1, Sigmoid(slope, intercept))(np.array([scores]) / 10)[0]

    assert chances.sum() == pytest.approx(1)
    assert chances.min() >= 0
    assert all(np.diff(chances[np.argsort(scores)]) >= -1e-9)


def test_the_surest_are_told_as_often_right_as_they_were() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(600, 4))
    scores[:, 0] += 4  # always the first choice, and right in 60 of 100
    right = random.random(600) < 0.6
    hits = np.zeros(scores.shape, bool)
    hits[np.arange(600), np.where(right, 0, 1)] = True

    chances = fit_softmax([(scores[:300], hits[:300]), (scores[300:], hits[300:])])(scores)

    assert chances.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.05)


def test_no_score_promises_more_than_was_kept_among_the_highest() -> None:
    random = np.random.default_rng(0)
    noise = random.normal(size=5000)
    wanted = random.normal(5, 1, size=100)
    alike = random.normal(5, 1, size=100)  # as likely to look at, and never added

    sigmoid = fit_sigmoid(wanted, np.concatenate([noise, alike]), rate=100 / 5200)

    assert sigmoid(np.array([9.0]))[0] == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("precision", [0.01, 0.5])
def test_what_is_promised_is_that_of_the_papers_above_the_line_also_where_that_is_the_floor(
    precision: float,
) -> None:
    wanted, noise = np.linspace(0.0, 0.04, 60), np.linspace(0.0, 0.2, 3000) ** 2
    pace = Pace(0.05, 300.0, date(2025, 1, 1), date(2025, 6, 1))

    point = Certainty(Sigmoid(1, 0), wanted, noise, pace).operating_point(precision, None)

    rate = pace.rate
    shares = [rate / 60] * 60 + [(1 - rate) / 3000] * 3000
    papers = list(zip([*wanted, *noise], shares, strict=True))
    above = [(line, share) for line, share in papers if line >= point.propose - 1e-6]
    right, shown = sum(line * share for line, share in above), sum(share for _, share in above)
    assert point.precision == pytest.approx(right / shown, abs=1e-5)
    assert point.recall == pytest.approx(right / sum(line * share for line, share in papers), abs=1e-5)


def test_a_precision_out_of_reach_is_not_promised() -> None:
    alike = [record.paper for record in listed(60, start=300)]

    point = fit(listed(), [*unlisted(), *alike]).operating_point(0.95)

    assert point.precision < 0.95
    assert "out of reach" in point.note


@pytest.mark.parametrize("precision", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_precision_is_called_out_of_reach_only_where_less_is_stated(precision: float) -> None:
    alike = [record.paper for record in listed(60, start=300)]

    point = fit(listed(), [*unlisted(), *alike]).operating_point(precision)

    assert ("out of reach" in point.note) == (point.precision < precision)


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (1, -1), (1, 0.7), (0.6, -0.5), (0.5, -1.5)])
def test_after_thirty_outcomes_the_asked_precision_is_kept_whatever_the_list_takes_up(
    slope: float, intercept: float
) -> None:
    """A reviewer who takes up papers at other odds than were told, and five papers a day to answer."""
    random = np.random.default_rng(0)
    told = random.normal(-4, 2, size=20_000)  # log-odds of candidates
    is_wanted = random.random(len(told)) < expit(told)
    pace = Pace(40 * float(is_wanted.mean()), 40.0, date(2025, 1, 1), date(2025, 6, 1))
    certainty = Certainty(Sigmoid(1, 0), expit(told[is_wanted]), expit(told[~is_wanted]), pace)
    reviewed: list[ReviewedPaper] = []
    ticked: list[bool] = []
    stated: list[float] = []

    for _ in range(150):
        learned = certainty.learn_from(reviewed)
        point = learned.operating_point(0.5, per_day=5)
        best = np.sort(random.choice(told, 40))[:-6:-1]
        relevance = learned.correct(expit(best))
        accepted = random.random(5) < expit(slope * best + intercept)
        if len(reviewed) >= 30:
            ticked += list(accepted[relevance >= point.propose])
            stated += [point.precision or 0.0] * int((relevance >= point.propose).sum())
        shown = np.flatnonzero(relevance >= point.unsure)
        reviewed += [ReviewedPaper(float(expit(best[row])), bool(accepted[row])) for row in shown]

    assert not ticked or np.mean(stated) >= 0.5
    assert len(ticked) < 30 or np.mean(ticked) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("outcomes", "stated"), [(29, 0.45), (30, 0.5)])
def test_a_precision_just_out_of_reach_is_not_stated_after_thirty_outcomes(
    outcomes: int, stated: float
) -> None:
    pace = Pace(1.0, 100.0, date(2025, 1, 1), date(2025, 6, 1))
    same, many = np.full(10, 0.45), np.full(990, 0.45)

    point = Certainty(Sigmoid(1, 0), same, many, pace, reviewed=outcomes).operating_point(0.5, per_day=None)

    assert point.precision == pytest.approx(stated)
    assert point.propose == pytest.approx(stated)


def test_nothing_that_is_held_out_is_learned_from() -> None:
    """The title of a background paper that is held out must not be learned either."""

    def numbered(count: int, first: int) -> csr_matrix:
        return csr_matrix(np.arange(first, first + count, dtype=float).reshape(-1, 1))

    def papers(count: int, first: int) -> Examples:
        return Examples(numbered(count, first), np.arange(count), np.zeros(count, bool))

    polled = np.arange(12) % 2 == 0
    examples = TrainingSet(
        papers(40, 100), papers(30, 200), papers(12, 300), polled, numbered(20, 210), short=True
    )

    for cut in range(3):
        older, new, (dealt, turned_down) = split(examples, cut)
        learned = {*older.listed.vectors.data, *older.unlisted.vectors.data, *older.rejected.vectors.data}
        assert learned.isdisjoint({*new.vectors.data, *dealt.vectors.data, *turned_down.vectors.data})
        assert set(older.titles.data).isdisjoint(dealt.vectors.data)
        assert len(older.unlisted) + len(dealt) == 30
        assert len(new) == 4


def test_of_the_rejected_papers_those_of_the_background_are_held_out_once_each() -> None:
    def papers(count: int, first: int) -> Examples:
        vectors = csr_matrix(np.arange(first, first + count, dtype=float).reshape(-1, 1))
        return Examples(vectors, np.arange(count), np.zeros(count, bool))

    polled = np.arange(13) % 2 == 1
    nothing = papers(0, 0).vectors
    examples = TrainingSet(papers(40, 100), papers(30, 200), papers(13, 300), polled, nothing, short=False)

    held_out = [split(examples, cut)[2][1].vectors.data for cut in range(3)]

    assert sorted(np.concatenate(held_out)) == [301, 303, 305, 307, 309, 311]


def test_a_list_whose_newest_headings_are_all_new_is_placed() -> None:
    records = listed(40)
    renamed = [
        Record(r.paper, (*r.path, str(number)) if number >= 28 else r.path, r.added)
        for number, r in enumerate(records)
    ]

    prediction = next(fit(renamed, unlisted()).predict([records[0].paper]))

    assert 0 < prediction.headings[0].probability <= 1
