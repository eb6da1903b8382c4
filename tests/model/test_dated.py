"""Headings of years, months and venues: what a paper's date and comment decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model import fit
from arxiv_watch.model.dated import DatedHeadings, find_dated_headings
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import Record
from model_support import listed, unlisted


def paper(month: str, comment: str = "") -> Paper:
    return Paper(ArxivId.parse(f"{month}.00001"), "A paper", comment=comment)


def dated_headings_of(
    *headings: HeadingPath, months: str = "2301 2302 2403 2404 2505 2506", comment: str = ""
) -> DatedHeadings:
    """Find them in a list whose papers of these months stand in turn under its headings, two each.

    In the papers' comment `{}` is the heading they stand under.
    """
    labels = [min(row // 2, len(headings) - 1) for row in range(len(months.split()))]
    papers = [
        paper(month, comment.format(headings[label][-1]))
        for month, label in zip(months.split(), labels, strict=True)
    ]
    return find_dated_headings(headings, [(label,) for label in labels], papers)


def assign(dated: DatedHeadings, chances: list[float], new: Paper) -> list[float]:
    return [float(chance) for chance in dated.assign(np.array([chances]), [new])[0].round(6)]


YEARS: tuple[HeadingPath, ...] = (("List", "2023"), ("List", "2024"), ("List", "2025"))


@pytest.mark.parametrize(
    ("month", "assigned"),
    [
        ("2401", [0.0, 0.9, 0.0]),
        ("2512", [0.0, 0.0, 0.9]),
        ("2601", [0.0, 0.0, 0.9]),  # no heading of its year yet: the newest
        ("2112", [0.9, 0.0, 0.0]),  # older than all of them: the oldest
    ],
)
def test_the_years_probability_goes_to_the_papers_own_year(month: str, assigned: list[float]) -> None:
    assert assign(dated_headings_of(*YEARS), [0.5, 0.3, 0.1], paper(month)) == assigned


def test_topics_under_years_keep_their_probability_as_topics() -> None:
    headings = [("List", year, topic) for year in ("2023", "2024", "2025") for topic in ("Caches", "Queues")]
    months = ["2301", "2302", "2403", "2404", "2505", "2506"] * 2
    labels = [(2 * (int(month[:2]) - 23) + row // 6,) for row, month in enumerate(months)]
    dated = find_dated_headings(headings, labels, [paper(month) for month in months])

    assigned = assign(dated, [0.4, 0.1, 0.2, 0.1, 0.1, 0.1], paper("2405"))

    assert assigned == [0.0, 0.0, 0.7, 0.3, 0.0, 0.0]


@pytest.mark.parametrize(
    "names",
    [
        ("2025-01", "2025-02", "2025-03"),
        ("January 2025", "Feb. 2025", "March 2025"),
        ("2025/1", "2025/2", "2025/3"),
        ("2025年1月", "2025 年 2 月", "2025年3月"),
        ("2025 > January", "2025 > Feb.", "2025 > March"),
        ("2025年 > 1月", "2025年 > 2月", "2025年 > 3月"),
        ("2025 > 2025-01", "2025 > 2025-02", "2025 > 2025-03"),
    ],
)
def test_months_are_headings_of_a_date_too(names: tuple[str, ...]) -> None:
    headings = [("List", *name.split(" > ")) for name in names]
    dated = dated_headings_of(*headings, months="2501 2501 2502 2502 2503 2503")

    assert assign(dated, [0.6, 0.2, 0.1], paper("2502")) == [0.0, 0.9, 0.0]


def test_months_under_years_are_one_row_of_dates() -> None:
    headings = [("List", year, month) for year in ("2024", "2025") for month in ("November", "December")]
    dated = dated_headings_of(*headings, months="2411 2411 2412 2412 2511 2511 2512 2512")

    assert assign(dated, [0.1, 0.2, 0.1, 0.1], paper("2412")) == [0.0, 0.5, 0.0, 0.0]


def test_years_by_which_the_papers_do_not_stand_are_left_to_the_words() -> None:
    dated = dated_headings_of(*YEARS, months="2501 2502 2301 2302 2403 2404")

    assert not dated.families


@pytest.mark.parametrize(
    "names",
    [("Marketing 2024", "Decoding 2025"), ("COVID-19", "COVID-20"), ("GPT-4", "GPT-5"), ("FP16", "FP32")],
)
def test_numbers_and_words_that_are_no_dates_are_topics(names: tuple[str, ...]) -> None:
    dated = dated_headings_of(*(("List", name) for name in names))

    assert dated == DatedHeadings((), {})


VENUES: tuple[HeadingPath, ...] = (("List", "NeurIPS 2025"), ("List", "ICLR'24"), ("List", "Preprints"))


@pytest.mark.parametrize(
    ("comment", "assigned"),
    [
        ("Accepted at NeurIPS 2025 (spotlight)", [0.8, 0.0, 0.0]),
        ("To appear in iclr 2024", [0.0, 0.8, 0.0]),
        ("Accepted at NeurIPS 2024", [0.0, 0.0, 0.1]),
        ("12 pages", [0.0, 0.0, 0.1]),
        ("Accepted at NeurIPS, 25 pages, 24 figures", [0.0, 0.0, 0.1]),
        ("Accepted at ICLR (24 pages)", [0.0, 0.0, 0.1]),
        ("Accepted at NeurIPS-25, 24 pages", [0.8, 0.0, 0.0]),
    ],
)
def test_a_venue_holds_the_papers_that_name_it_and_no_others(comment: str, assigned: list[float]) -> None:
    dated = dated_headings_of(*VENUES, comment="Accepted at {}")

    assert assign(dated, [0.2, 0.5, 0.1], paper("2506", comment)) == assigned


@pytest.mark.parametrize("comment", ["", "12 pages"])
def test_a_topic_with_a_year_that_no_paper_names_as_its_venue_is_a_year(comment: str) -> None:
    """Many topics are written like venues."""
    dated = dated_headings_of(*(("List", f"VLA {year}") for year in (2023, 2024, 2025)), comment=comment)

    assert not dated.venues
    assert assign(dated, [0.5, 0.3, 0.1], paper("2401", "Accepted at VLA 2025")) == [0.0, 0.9, 0.0]


def test_a_venue_whose_newest_heading_is_still_empty_is_known_by_its_older_ones() -> None:
    headings = (("List", "NeurIPS 2024"), ("List", "NeurIPS 2025"))
    papers = [paper("2405", "NeurIPS 2024"), paper("2406", "NeurIPS 2024 oral")]

    dated = find_dated_headings(headings, [(0,), (0,)], papers)

    assert assign(dated, [0.7, 0.2], paper("2506", "Accepted at NeurIPS 2025")) == [0.0, 0.9]


@given(
    chances=st.lists(st.floats(0, 1), min_size=6, max_size=6),
    month=st.sampled_from(["9901", "2312", "2405", "2612"]),
    comment=st.sampled_from(["", "NeurIPS 2025", "ICLR 24, NeurIPS 2025"]),
)
def test_no_paper_gains_probability_by_its_date_or_venue(
    chances: list[float], month: str, comment: str
) -> None:
    dated = replace(
        dated_headings_of(*YEARS, *VENUES, comment="{}"), families=dated_headings_of(*YEARS).families
    )

    assigned = assign(dated, chances, paper(month, comment))

    assert all(chance >= 0 for chance in assigned)
    assert sum(assigned) <= sum(chances) + 1e-5


def test_a_new_paper_is_put_under_its_year_whatever_its_words() -> None:
    records = [
        Record(replace(record.paper, id=ArxivId.parse(f"{month}.{row:05d}")), ("List", f"20{month[:2]}"))
        for row, record in enumerate(listed(60), start=1)
        for month in ("2306" if row % 3 else "2406",)
    ]
    like_the_old = replace(records[0].paper, id=ArxivId.parse("2407.00001"))

    prediction = next(fit(records, unlisted()).predict([like_the_old]))

    assert prediction.headings[0].path == ("List", "2024")
