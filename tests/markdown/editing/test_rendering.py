"""An entry is shown as GitHub shows it, independently of how it was read."""

from __future__ import annotations

import pytest

from arxiv_watch.markdown.editing.verifying import find_leftovers, render, without_title


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["- **T** [[Paper](https://a.b/c)] `2024`"], "T [Paper] 2024"),
        (["    - T<br>by A &middot; note"], "T by A · note"),
        ([r"* T \[[Paper](https://a.b/c)\]"], "T [Paper]"),
        (["<li>T <a href='https://a.b/c'>Paper</a></li>"], "T Paper"),
        (["**T**", "", "- Paper: https://a.b/c"], "T Paper: https://a.b/c"),
    ],
)
def test_an_entry_shows_what_a_reader_sees(lines: list[str], text: str) -> None:
    shown = render(lines)

    assert shown.text == text


def test_cells_beyond_the_header_are_not_shown() -> None:
    shown = render(["| T | [x](https://a.b/c) | hidden |"], ["| Title | Link |", "|---|---|"])

    assert shown.text == "T x"


def test_a_cell_that_only_says_nothing_is_left_out() -> None:
    shown = render(["| T | -- |"], ["| Title | Code |", "|---|---|"])

    assert shown.text == "T"


def test_cells_of_html_are_read_as_those_of_a_table() -> None:
    """They were glued together, and the sign of an empty one passed for a separator at the entry's end."""
    shown = render(["<tr><td>2024</td><td>", "<a href='https://a.b/c'>T</a></td><TD align=left>--</TD></tr>"])

    assert shown.text == "2024 T"


def test_digits_right_after_a_marker_make_a_list() -> None:
    assert ("ordered_list_open", 2) in render(["* 2019. T"]).lists
    assert ("ordered_list_open", 2) not in render(["* T. 2019."]).lists


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("Read it: Tables (TWP), 2024", "Tables (TWP)", "Read it: T, 2024"),
        ("TABLES  without Pages. [x]", "Tables Without Pages", "T [x]"),
        ("[Re] Tables [x]", "[Re] Tables", "T [x]"),
        ("Other [x]", "Tables", "Other [x]"),
    ],
)
def test_a_title_is_found_however_it_is_marked(text: str, title: str, rest: str) -> None:
    assert without_title(text, title)[0] == rest


@pytest.mark.parametrize("text", ["T [Paper] | [Code]", "[ ] T (2024), A & B: note.", "T – A"])
def test_a_plain_entry_has_no_fault(text: str) -> None:
    assert find_leftovers(text) == set()
