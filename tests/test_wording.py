"""Probabilities are written in fractions that people use, and texts as wide as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.wording import odds_words, width_of


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "less than 1 in 20"),
        (0.05, "about 1 in 20"),
        (0.12, "about 1 in 10"),
        (0.48, "about 1 in 2"),
        (0.5, "about 1 in 2"),
        (0.7, "about 2 in 3"),
        (0.81, "about 4 in 5"),
        (0.92, "about 9 in 10"),
        (0.96, "about 19 in 20"),
        (0.99, "nearly certain"),
        (1.0, "nearly certain"),
    ],
)
def test_a_probability_is_told_by_the_nearest_fraction(probability: float, words: str) -> None:
    assert odds_words(probability) == words


def fraction(words: str) -> float:
    numbers = [int(word) for word in words.split() if word.isdecimal()]
    return 1.0 if words == "nearly certain" else 0.0 if "less" in words else numbers[0] / numbers[1]


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_is_never_told_as_a_lower_one(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert fraction(odds_words(low)) <= fraction(odds_words(high))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("Paper", 5),
        ("論文", 4),
        ("e\u0301", 1),  # an accent of its own
        ("か\u3099", 2),  # a voicing mark, which combines and is wide
    ],
)
def test_a_wide_character_takes_two_columns_and_a_combining_one_none(text: str, columns: int) -> None:
    assert width_of(text) == columns
