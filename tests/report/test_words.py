from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.headings import common_prefix, parse_path
from arxiv_watch.proposals import HeadingProbability, OperatingPoint
from arxiv_watch.report.words import (
    decimal,
    in_columns,
    percent,
    point_words,
    short_path,
    shown_papers,
    tails,
)
from arxiv_watch.wording import plural
from report_support import CACHE, PREDICTION, SERVING, proposal

PATHS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple), min_size=1)


@given(PATHS)
def test_a_shortened_path_keeps_its_last_heading_and_differs_from_the_others(
    paths: list[tuple[str, ...]],
) -> None:
    prefix = common_prefix(paths)

    shortened = [parse_path(short_path(path, prefix)) for path in paths]

    assert [prefix + rest for rest in shortened] == paths


@given(PATHS)
def test_a_tail_distinguishes_its_path_from_the_others(paths: list[tuple[str, ...]]) -> None:
    named = tails(paths)

    assert set(named) == set(paths)
    for path, tail in named.items():
        short = parse_path(tail)
        assert path[-len(short) :] == short
        others = [other for other in named if other != path and other[-len(short) :] == short]
        assert not others or short == path


def test_a_path_outside_the_common_prefix_is_written_whole() -> None:
    assert short_path(("Other", "Place"), ("List",)) == "Other > Place"
    assert short_path(("List",), ("List",)) == "List"


def test_an_unknown_value_is_a_dash() -> None:
    assert (percent(None), decimal(None)) == ("–", "–")
    assert (percent(0.505), decimal(0.5)) == ("50 %", "0.50")


def test_a_count_agrees_with_its_noun() -> None:
    assert [plural(count, "paper") for count in (0, 1, 2)] == ["0 papers", "1 paper", "2 papers"]
    assert plural(2, "entry", "entries") == "2 entries"


@given(st.lists(st.tuples(st.text("xy", max_size=4), st.text("xy", min_size=1, max_size=4)), min_size=1))
def test_columns_are_aligned(rows: list[tuple[str, str]]) -> None:
    width = max(len(row[0]) for row in rows)

    for (left, right), line in zip(rows, in_columns(rows), strict=True):
        assert line[:width].rstrip() == left
        assert line[width + 2 :] == right


def test_an_empty_table_has_no_lines() -> None:
    assert in_columns([]) == []


def test_numbers_are_aligned_to_the_right() -> None:
    assert in_columns([("n", "x"), ("100", "y")], right=(0,)) == ["  n  x", "100  y"]


def test_an_operating_point_says_what_it_does_not_know() -> None:
    words = point_words(OperatingPoint(0.9, 0.9, calibrated=False))

    assert words == "proposed from relevance 0.90, unsure from 0.90; the list is too small to calibrate on"


def test_a_heading_that_would_show_as_0_percent_is_no_runner_up() -> None:
    shown, hidden = HeadingProbability(SERVING, 0.005), HeadingProbability(CACHE, 0.0049)
    prediction = replace(PREDICTION, headings=(PREDICTION.headings[0], shown, hidden))

    [told] = shown_papers([replace(proposal(), prediction=prediction)])

    assert told.headings == (("Fault Tolerance", "62 %"), ("Serving", "0 %"))
