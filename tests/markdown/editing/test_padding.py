"""A new row is padded as its neighbours are, where they share one width."""

from __future__ import annotations

import pytest

from arxiv_watch.markdown.formats.table import pad_row


@pytest.mark.parametrize(
    ("row", "beside", "aligned"),
    [
        ("| a | b |", ["| Wide | B |", "| xx   | y |", "| x    | y |"], "| a    | b |"),
        ("| a | b |", ["", "| xx   | y |", "|    x | y |"], "|  a   | b |"),
        ("| a | b |", ["", "|   xx | y |", "|    x | y |"], "|    a | b |"),
        ("|  | b |", ["", "| xx   | y |", "| x    | y |"], "|      | b |"),
        ("a | b", ["", "xx   | y", "x    | y"], "a    | b"),
        (r"| a \| b | c |", ["", "| xxxxxxxx | y |", "| x        | y |"], r"| a \| b   | c |"),
        ("| too wide | b |", ["", "| xx   | y |", "| x    | y |"], "| too wide | b |"),
        ("| a | b |", ["", "| xx   | y |", "| x | y |"], "| a | b |"),
        ("| a | b |", ["", "| xx   | y |"], "| a | b |"),
        ("| a | b |", ["", "| 2024 | y |", "| 2025 | y |"], "| a | b |"),
        ("| 漢 | b |", ["", "| 漢字 | y |", "| x    | y |"], "| 漢   | b |"),
        ("| a | b |", ["", "| か\u3099x | y |", "| x   | y |"], "| a   | b |"),  # a wide mark that combines
    ],
)
def test_a_cell_is_padded_to_the_width_that_its_column_has(row: str, beside: list[str], aligned: str) -> None:
    assert pad_row(row, beside) == aligned


def test_an_aligned_row_stays_as_it_is() -> None:
    row = pad_row("| a | b |", beside := ["| Wide | B |", "| xx   | y |", "| x    | y |"])

    assert pad_row(row, beside) == row
