from __future__ import annotations

import pytest

from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.model import cross_validate
from arxiv_watch.model.validation import Placed, evaluate_headings
from arxiv_watch.proposals import HeadingProbability
from model_support import TOPICS, listed

A, B, C = ("List", "A"), ("List", "B"), ("List", "C")


def placed(paths: tuple[HeadingPath, ...], *predicted: HeadingPath) -> Placed:
    return Placed(paths, tuple(HeadingProbability(path, 0.5 / 2**k) for k, path in enumerate(predicted)))


def test_cross_validation_places_papers_of_clear_topics() -> None:
    result = cross_validate(listed())

    assert result.papers == 60
    assert result.headings == len(TOPICS)
    assert result.top1 >= 0.9
    assert result.top3 == 1.0
    assert sum(row.papers for row in result.confusion) == 60


def test_cross_validation_without_background_works() -> None:
    assert cross_validate(listed(20)).papers == 20


def test_too_few_papers_to_judge_are_refused() -> None:
    with pytest.raises(ListError, match="9 papers"):
        cross_validate(listed(9))


def test_a_hit_on_any_heading_of_the_paper_counts() -> None:
    result = evaluate_headings([placed((A, B), B, C), placed((C,), A, C), placed((A,), B, C)], (A, B, C))

    assert (result.top1, result.top3) == (1 / 3, 2 / 3)
    assert [(score.path, score.papers, score.top1) for score in result.scores] == [
        (A, 2, 0.5),
        (B, 1, 1.0),
        (C, 1, 0.0),
    ]


def test_nothing_judged_gives_none_not_zero() -> None:
    result = evaluate_headings([], (A, B))

    assert (result.top1, result.top3, result.calibration_error) == (None, None, None)
