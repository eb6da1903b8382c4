"""Reading back refuses every edit but the intended one, and says what would show."""

from __future__ import annotations

import pytest

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import Insertion
from arxiv_watch.markdown.editing.verifying import find_leftovers, render, verify, without_title
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.papers import Paper

OLD = """\
# Papers

## Serving

- [One](https://arxiv.org/abs/2401.00001)

## Training

- [Two](https://arxiv.org/abs/2401.00002)
"""
PAPER = Paper(ArxivId("2511.00003"), "Three")
ENTRY = "- [Three](https://arxiv.org/abs/2511.00003)\n"
INSERTION = Insertion(PAPER, ("Papers", "Serving"))
AFTER_ONE = 6  # the line below the first entry


def refusal(new: str, line: int = AFTER_ONE) -> str:
    """Return why an edit is refused; nothing if it is allowed."""
    try:
        verify(parse_document("a.md", OLD.encode()), new.encode(), {line: INSERTION})
    except EditRefusedError as error:
        return str(error)
    return ""


def with_line(text: str, line: int = AFTER_ONE, old: str = OLD) -> str:
    lines = old.splitlines(keepends=True)
    return "".join([*lines[: line - 1], text, *lines[line - 1 :]])


def test_the_intended_edit_is_not_refused() -> None:
    assert refusal(with_line(ENTRY)) == ""


@pytest.mark.parametrize(
    ("new", "line", "reason"),
    [
        (with_line("## New\n\n" + ENTRY), AFTER_ONE + 2, "the headings would change"),
        (with_line("Three: https://example.org\n"), AFTER_ONE, "1 of 1 new entries would not be read"),
        (with_line(ENTRY, 10), 10, "would stand under 'Papers > Training'"),
        (with_line("- [Three](https://arxiv.org/abs/2511.00004)\n"), AFTER_ONE, "would be read as"),
        (with_line("- [Other](https://arxiv.org/abs/2511.00003)\n"), AFTER_ONE, "would not show"),
        (with_line(ENTRY).replace("[Two]", "[2]"), AFTER_ONE, "would be read differently"),
        (with_line(ENTRY).replace("- [Two](https://arxiv.org/abs/2401.00002)\n", ""), AFTER_ONE, "would be"),
    ],
)
def test_anything_else_is_refused_with_what_would_show(new: str, line: int, reason: str) -> None:
    message = refusal(new, line)

    assert message.startswith("a.md was left as it is: ")
    assert reason in message


def test_a_line_ending_that_swallows_a_blank_line_is_refused() -> None:
    message = refusal(with_line(ENTRY.replace("\n", "\r")))

    assert "lines that were there before would change" in message


def test_a_title_beyond_the_last_column_is_refused_because_nobody_would_see_it() -> None:
    row = "| a | [{0}](https://arxiv.org/abs/{1}) |\n"
    old = "# Papers\n## Serving\n| Date |\n|---|\n" + row.format("One of Many", "2401.00001")

    with pytest.raises(EditRefusedError, match="would not show"):
        verify(
            parse_document("a.md", old.encode()),
            (old + row.format("Three", "2511.00003")).encode(),
            {AFTER_ONE: INSERTION},
        )


LONG = """\
# Papers

- Paging in Small Steps, Eve Fox, Dan Kim. 2024. [[paper](https://arxiv.org/abs/2401.00001)]
- Pages Without Tables, Lea Berg, Tom Ash. 2024. [[paper](https://arxiv.org/abs/2402.00002)]
"""
LINK = "[paper](https://arxiv.org/abs/2511.00003)"
TITLED = Insertion(Paper(ArxivId("2511.00003"), "Tables Without Pages (TWP)"), ("Papers",))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (f"- Tables Without Pages (TWP), Ann Lee. 2025. [{LINK}]", ""),
        (f"- Tables Without Pages (TWP) [{LINK}]", ""),
        (f"- Tables Without Pages (TWP), 2025. {LINK}]", "half a bracket"),
        (f"- Tables Without Pages (TWP), [] 2025. [{LINK}]", "an empty bracket"),
        (f"- Tables Without Pages (TWP), , 2025. [{LINK}]", "two separators"),
        (f"- Tables Without Pages (TWP). 2025. [{LINK}] |", "a separator at its end"),
        (f"- Tables Without Pages (TWP) \\\\ [{LINK}]", "a backslash"),
        (f"- **Tables Without Pages (TWP), 2025. [{LINK}]", "a mark of emphasis"),
        (f"- Tables Without Pages (TWP). Tables Without Pages (TWP). [{LINK}]", "would show 2 times"),
        (f"- 2025. Tables Without Pages (TWP). [{LINK}]", "would hold a list as no other does"),
        (f"- Tables Without Pages (TWP). [{LINK}]\n\n***", "more than the new entries"),
    ],
)
def test_what_no_other_entry_shows_is_no_entry(entry: str, reason: str) -> None:
    new = LONG + entry + "\n"

    def check() -> None:
        verify(parse_document("a.md", LONG.encode()), new.encode(), {5: TITLED})

    if not reason:
        check()
    else:
        with pytest.raises(EditRefusedError, match=reason):
            check()


def test_what_others_show_as_well_is_no_fault() -> None:
    old = LONG.replace("[[paper]", "[paper]")

    new = f"{old}- Tables Without Pages (TWP), 2025. {LINK}]\n"

    verify(parse_document("a.md", old.encode()), new.encode(), {5: TITLED})


def test_an_empty_cell_of_html_is_no_fault_either() -> None:
    row = '<tr><td><a href="https://arxiv.org/abs/{0}">{1}</a></td><td>{2}</td></tr>\n'
    old = "# Papers\n## Serving\n<table>\n" + row.format("2401.00001", "One of Many", "ICLR")
    new = f"{old}{row.format('2511.00003', 'Three', '-')}"

    verify(parse_document("a.md", old.encode()), new.encode(), {5: INSERTION})


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


@pytest.mark.parametrize(
    "lines",
    [
        ["<tr><td>2024</td><td>", "<a href='https://a.b/c'>T</a></td><TD align=left>--</TD></tr>"],
        ["<dt>2024</dt><dd>", "<a href='https://a.b/c'>T</a></dd><DD>--</DD>"],
    ],
)
def test_cells_of_html_are_read_as_those_of_a_table(lines: list[str]) -> None:
    """They were glued together, and the sign of an empty one passed for a separator at the entry's end."""
    assert render(lines).text == "2024 T"


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
