"""One rule tells the order of a section, for `list show` as for the place of a new entry."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from arxiv_watch.markdown.placing.rules import present_rule
from arxiv_watch.markdown.reading.sections import shown_date
from markdown_support import read


@pytest.mark.parametrize(
    ("entries", "order", "rule"),
    [
        (["2404.1", "2403.2", "2403.1", "2401.1"], "newest-first", "newest-first"),
        (["2401.1", "2403.1", "2403.2", "2404.1"], "oldest-first", "oldest-first"),
        (["2403.2 in 2024.5", "2404.1 in 2024.3", "2403.1 in 2024.2"], "newest-first", "first-of-date"),
        (["2403.2 in 2021", "2404.1 in 2022", "2403.1 in 2023"], "oldest-first", "end-of-date"),
        (["2404.1", "2404.3", "2403.1", "2403.2", "2401.1", "2401.2"], "newest-first", "first-of-month"),
        (["2401.2", "2401.1", "2403.2", "2403.1", "2404.3", "2404.1"], "oldest-first", "end-of-month"),
        (["2404.1", "2404.2", "2403.1", "2403.2"], "append", "bottom"),  # two months may fall by chance
        (["2403.1", "2401.1"], "prepend", "top"),
        (["2403.1"], "append", "bottom"),
    ],
)
def test_the_order_that_is_shown_is_the_one_that_places(
    entries: Sequence[str], order: str, rule: str
) -> None:
    text = "# A\n"
    for entry in entries:
        paper, _, date = entry.partition(" in ")
        month, number = paper.split(".")
        text += f"- [Z{100 - int(number)} of Many](https://arxiv.org/abs/{month}.0000{number}) {date}\n"
    [(_, section)] = read(text).sections

    assert section.order == order
    assert present_rule(section) == rule


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("(2024-03-27) A Paper", (2024, 3)),
        ("A Paper, 2024.03.27", (2024, 3)),
        ("A Paper, Oct 2024", (2024, 10)),
        ("A Paper (2024)", (2024, 0)),
        ("A Paper of 2023 and 2024/5/1", (2024, 5)),
        ("A Paper [pdf](https://example.org/2025/01)", (0, 0)),
        ("A Paper with 2024-1234 of them", (0, 0)),
    ],
)
def test_the_latest_date_that_an_entry_shows_is_its_own(text: str, date: tuple[int, int]) -> None:
    assert shown_date(text) == date
