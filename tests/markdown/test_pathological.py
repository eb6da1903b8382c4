"""Input made to be slow is read and extended like any other; what took quadratic time would hang here."""

from __future__ import annotations

import pytest

from markdown_support import added_lines, insert_one, is_pure_insertion, paper, read

ENTRY = "- [One of Many Papers](https://arxiv.org/abs/2401.00001)"
COMMENTS = ["<!--", "<!-- x -->", "<a ", "<a href='x'>"]
BLOCKS = ["<h1>", "<summary>", "<details>", "<li>", "<tr>", "<dt>", "<dd></dd>", "<table>", "> ", "| a "]
INLINE = [
    "[",
    "*",
    "`",
    "\\",
    "![",
    "[x][",
    "A.",
    "2024-01 ",
    "et al. ",
    "Ann Lee, ",
    "Ann Lee ",
    "a  B ",
    '"a b c d e" ',
    "A b c  ",
    "ICML to ",
    "(A ",
    "A",
    " ",
    "-",
    "中",
    "1、",
]
MANY = 20_000  # characters


@pytest.mark.parametrize("piece", [*COMMENTS, *BLOCKS, *INLINE])
def test_a_long_run_of_one_piece_is_read_and_extended(piece: str) -> None:
    run = piece * (MANY // len(piece))

    for text in (f"# A\n{ENTRY} {run}\n", f"# A\n{ENTRY}\n\n{run}\n"):
        edit = insert_one(read(text), paper(), "A")

        assert is_pure_insertion(text.encode(), edit.files["README.md"])


@pytest.mark.parametrize("cell", ["-" * 60 + "x", "- " * 200 + "x", " " * 2000 + "x"])
def test_a_cell_of_many_dashes_is_read(cell: str) -> None:
    """Whether sixty hyphens and a letter say "no code" took longer than anybody waits."""
    row = "| [Paper {0} of Many](https://arxiv.org/abs/2401.0000{0}) | {1} |\n"
    text = "# A\n\n| Title | Code |\n|---|---|\n" + row.format(1, cell) + row.format(2, cell)

    edit = insert_one(read(text), paper(), "A")

    assert is_pure_insertion(text.encode(), edit.files["README.md"])


@pytest.mark.parametrize("line", ["=======", "-", "|"])
def test_any_line_is_read_in_thousands(line: str) -> None:
    """A line of seven `=` was looked for the end of a merge conflict from each of them to the end."""
    text = f"# A\n{ENTRY}\n\n" + f"{line}\n" * MANY

    edit = insert_one(read(text), paper(), "A")

    assert is_pure_insertion(text.encode(), edit.files["README.md"])


def test_folds_within_folds_are_read_to_a_depth_that_readers_can_follow() -> None:
    folds = "".join(f"<details>\n<summary>Part {depth}</summary>\n" for depth in range(500))
    listed = read(f"# A\n{ENTRY}\n\n{folds}\n\n{ENTRY.replace('01.00001', '02.00001')}\n")

    assert max(len(path) for path in listed.headings) == 40
    assert len(listed.ids) == 2


def test_a_line_of_a_thousand_rows_is_a_thousand_entries() -> None:
    row = "<tr><td><a href='https://arxiv.org/abs/2401.{0:05}'>Paper {0} of Many</a></td></tr>"
    rows = "".join(row.format(number) for number in range(1, 1001))

    placed = read(f"# A\n<table>{rows}</table>\n").placed

    assert [entry.ids[0].base for entry, _ in placed] == [f"2401.{number:05}" for number in range(1, 1001)]
    assert {len(entry.ids) for entry, _ in placed} == {1}


def test_nothing_is_learned_from_a_line_that_thousands_of_entries_ran_into() -> None:
    run = f"- {ENTRY.removeprefix('- ') * 2000}\n"

    edit = insert_one(read(f"# A\n{ENTRY}\n{run}"), paper(), "A")

    assert added_lines(edit) == ["- [FooServe: Serving Large Models Fast](https://arxiv.org/abs/2511.20001)"]


def test_a_row_whose_number_has_thousands_of_digits_is_read() -> None:
    """Python refuses to make a number of them."""
    row = "| {} | [Paper of Many](https://arxiv.org/abs/2401.00001) |"
    paper_list = read("# List\n\n| # | title |\n|---|---|\n" + row.format("9" * 5000))

    assert len(paper_list.ids) == 1
