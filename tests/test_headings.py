import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.errors import UsageError
from arxiv_watch.headings import (
    find_paths,
    format_path,
    parse_path,
    resolve_path,
    select_paths,
    unmatched,
)

HEADING = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=12)


@given(st.lists(HEADING, min_size=1, max_size=4).map(tuple))
def test_a_path_survives_being_written_and_read(path: tuple[str, ...]) -> None:
    assert parse_path(format_path(path)) == path


@pytest.mark.parametrize("text", ["", "A >", "> B", "[]", '["A", 2]'])
def test_a_path_with_an_empty_or_foreign_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_path(text)


def test_a_year_in_brackets_is_a_heading() -> None:
    assert parse_path("[2024]") == ("[2024]",)
    assert parse_path(format_path(("[2024]", "Serving"))) == ("[2024]", "Serving")


KNOWN = [("List", "Training", "Survey"), ("List", "Serving", "Survey"), ("List", "Serving", "KV cache")]


def test_any_tail_that_fits_one_heading_finds_it() -> None:
    assert resolve_path(("KV cache",), KNOWN) == KNOWN[2]
    assert resolve_path(("Serving", "Survey"), KNOWN) == KNOWN[1]


def test_an_ambiguous_tail_is_refused_with_its_candidates() -> None:
    with pytest.raises(UsageError, match="List > Training > Survey; List > Serving > Survey"):
        resolve_path(("Survey",), KNOWN)


def test_an_unknown_heading_is_refused() -> None:
    with pytest.raises(UsageError, match="no heading 'Agents'"):
        resolve_path(("Agents",), KNOWN)


def test_a_pattern_means_a_heading_and_all_below_it() -> None:
    assert find_paths("Serving", KNOWN) == KNOWN[1:]
    assert find_paths("Ser* > KV*", KNOWN) == [KNOWN[2]]


@pytest.mark.parametrize("pattern", ["[2024] Serving", "List > [2024] Serving", '["[2024] Serving"]'])
def test_a_heading_that_holds_the_signs_of_a_glob_is_meant_by_its_own_words(pattern: str) -> None:
    known = [("List", "[2024] Serving"), ("List", "2 Serving")]

    assert find_paths(pattern, known) == [known[0]]
    assert select_paths(known, [pattern], []) == [known[0]]
    assert select_paths(known, [], [pattern]) == [known[1]]


def test_a_pattern_that_means_no_heading_is_told_with_the_nearest() -> None:
    assert unmatched(
        "headings.include", ["Serving", "Ser*", "servng", "List > Trainings", "Birds"], KNOWN
    ) == [
        "headings.include: 'servng' fits no heading for papers; did you mean 'Serving'?",
        "headings.include: 'List > Trainings' fits no heading for papers; did you mean 'List > Training'?",
        "headings.include: 'Birds' fits no heading for papers",
    ]


def test_include_and_exclude_select_headings() -> None:
    assert select_paths(KNOWN, ["Serving"], ["Survey"]) == [KNOWN[2]]
    assert select_paths(KNOWN, [], []) == KNOWN


def test_a_bracket_that_begins_no_array_is_a_headings_own() -> None:
    assert parse_path("[Draft] > Serving") == ("[Draft]", "Serving")


@pytest.mark.parametrize("text", ["[1, 2]", '["A", null]'])
def test_an_array_of_anything_but_strings_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a JSON array of strings"):
        parse_path(text)


def test_a_whole_path_wins_over_longer_ones_that_end_with_it() -> None:
    known = [("Serving",), ("Papers", "Serving")]

    assert resolve_path(("Serving",), known) == ("Serving",)


@pytest.mark.parametrize("asked", ["X > Y", "List > X > Y", '["X > Y"]'])
def test_a_heading_that_holds_the_separator_is_found_without_an_array_too(asked: str) -> None:
    known = [("List", "X > Y"), ("List", "Y > Z")]

    assert resolve_path(parse_path(asked), known) == ("List", "X > Y")
    with pytest.raises(UsageError, match="no heading 'Y'"):
        resolve_path(parse_path("Y"), known)
