"""How many columns of a terminal a text takes."""

from __future__ import annotations

import pytest

from arxiv_watch.widths import width_of


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
