"""Batches from identifiers and datestamps: edits and early datestamps must not move their borders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from arxiv_watch.arxiv.batches import NEIGHBOURS, WITNESSES, Batch, batch_days, merge_batches
from arxiv_watch.arxiv.sources.oai import Header
from arxiv_watch.identifiers import ArxivId

DAYS = tuple(date(2026, 11, 16) + timedelta(days=offset) for offset in range(5))  # Monday to Friday
BORNE = WITNESSES  # early datestamps among eleven identifiers in a row: of more, three bear the fourth out
SIZE = 30  # papers a batch


def announced() -> list[tuple[ArxivId, date]]:
    days = [day for day in DAYS for _ in range(SIZE)]
    return [(ArxivId(f"2611.{number:05d}"), day) for number, day in enumerate(days, start=1)]


def stamped(
    papers: Sequence[tuple[ArxivId, date]], early: Collection[int], edited: Collection[int] = ()
) -> Iterator[Header]:
    for place, (identifier, day) in enumerate(papers):
        shift = -3 if place in early else 2 if place in edited else 0
        yield Header(identifier, day + timedelta(days=shift))


def bears_each_other_out(early: Collection[int]) -> bool:
    """Whether four of eleven identifiers in a row are early: three of them are witnesses for the fourth."""
    return any(len({*range(place, place + NEIGHBOURS + 1)} & {*early}) > BORNE for place in early)


def places(most: int, first: int = 0, last: int = SIZE - 1) -> st.SearchStrategy[set[int]]:
    """Some places of each batch, at most so many, from one place in it to another."""
    in_a_batch = st.sets(st.integers(first, last), max_size=most)
    return st.tuples(*(in_a_batch for _ in DAYS)).map(
        lambda chosen: {SIZE * batch + place for batch, places in enumerate(chosen) for place in places}
    )


@given(early=places(BORNE, first=NEIGHBOURS, last=SIZE - 2))
def test_three_early_datestamps_in_a_batch_move_no_border(early: set[int]) -> None:
    papers = announced()

    assert batch_days(stamped(papers, early)) == dict(papers)


@given(early=places(BORNE))
@example(early={112, 121, 122})  # from the end of one batch to the head of the next
def test_wherever_they_are_a_border_moves_by_ten_identifiers_at_most(early: set[int]) -> None:
    assume(not bears_each_other_out(early))
    papers = announced()

    days = batch_days(stamped(papers, early))

    moved = [place for place, (identifier, day) in enumerate(papers) if days[identifier] != day]
    at_an_end = {*range(NEIGHBOURS), *range(SIZE - BORNE, SIZE)}
    assert {place % SIZE for place in moved} <= at_an_end


@given(early=places(2, first=NEIGHBOURS, last=SIZE - 2), edited=places(SIZE // 4, last=SIZE - 2))
def test_papers_edited_since_move_no_border_either(early: set[int], edited: set[int]) -> None:
    papers = announced()

    assert batch_days(stamped(papers, early, edited - early)) == dict(papers)


@pytest.mark.parametrize("place", range(SIZE // 2, SIZE * len(DAYS), SIZE))
def test_one_record_of_years_ago_costs_nobody_his_day(place: int) -> None:
    papers = announced()
    headers = list(stamped(papers, ()))
    headers[place] = Header(papers[place][0], date(2020, 1, 1))

    assert batch_days(headers) == dict(papers)


def test_nothing_has_no_batches() -> None:
    assert batch_days([]) == {}


def batch(day: date, first: str, last: str) -> Batch:
    return Batch(day, ArxivId(first), ArxivId(last))


FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("last_of_friday", "found_to_begin", "last_of_monday", "begins"),
    [
        ("2611.00240", "2611.00240", "2611.00280", "2611.00241"),  # its last paper was edited
        ("2611.00240", "2611.00236", "2611.00280", "2611.00241"),  # its last five were
        ("2611.00240", "2611.00241", "2611.00280", "2611.00241"),
        ("2610.30000", "2610.30000", "2611.00120", "2611.00001"),  # and a month begins
    ],
)
def test_a_batch_begins_where_the_one_before_was_known_to_end(
    last_of_friday: str, found_to_begin: str, last_of_monday: str, begins: str
) -> None:
    known = {FRIDAY: batch(FRIDAY, "2610.29000", last_of_friday)}
    found = {
        FRIDAY: batch(FRIDAY, "2610.29000", "2610.29990"),
        MONDAY: batch(MONDAY, found_to_begin, last_of_monday),
    }

    merged = merge_batches(known, found)

    assert merged == {
        FRIDAY: known[FRIDAY],
        MONDAY: batch(MONDAY, begins, last_of_monday),
    }


def test_a_day_of_which_all_is_known_to_be_of_the_day_before_has_no_batch() -> None:
    known = {FRIDAY: batch(FRIDAY, "2611.00201", "2611.00240")}
    found = {MONDAY: batch(MONDAY, "2611.00230", "2611.00240")}

    assert merge_batches(known, found) == {**known, MONDAY: Batch(MONDAY)}
