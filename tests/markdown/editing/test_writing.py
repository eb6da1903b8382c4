"""Insertion adds lines in the list's own style and touches nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.markdown import Insertion, insert, parse_list
from markdown_support import (
    added_lines,
    insert_one,
    is_pure_insertion,
    paper,
    parsed,
    raw_lists,
    read,
    rendered_items,
)

BOXES = """# List

## Serving

- [x] [One: A Study of Serving](https://arxiv.org/abs/2401.00001): with a note
- [ ] ⭐ [Two: A Study of Serving](https://arxiv.org/abs/2402.00001)
"""
CATALOG = Path(__file__).resolve().parents[3] / "catalog"


def test_a_new_entry_takes_box_and_link_but_neither_star_nor_note() -> None:
    edit = insert_one(read(BOXES), paper(), "Serving")

    assert added_lines(edit) == [
        "- [ ] [FooServe: Serving Large Models Fast](https://arxiv.org/abs/2511.20001)"
    ]
    assert edit.places[0] is not None
    assert edit.places[0].line == 7


def test_a_second_application_changes_nothing() -> None:
    first = insert_one(read(BOXES), paper(), "Serving")
    again = insert_one(parse_list(first.files), paper(), "Serving")

    assert again.files == {}
    assert again.places == (None,)
    assert again.diff == ""


def test_a_paper_listed_by_title_only_is_not_listed_again() -> None:
    text = BOXES + "- [ ] [FooServe: serving large models *fast*](https://example.org/paper.pdf)\n"

    edit = insert_one(read(text), paper(), "Serving")

    assert edit.places == (None,)


def test_a_heading_that_is_not_there_is_refused() -> None:
    with pytest.raises(EditRefusedError, match="no heading"):
        insert(read(BOXES), [Insertion(paper(), ("List", "Nowhere"))])


@pytest.mark.parametrize("name", ["llm-inference.md", "llm-serving.md"])
def test_the_catalog_is_extended_under_its_headings(name: str) -> None:
    data = (CATALOG / name).read_bytes()
    listed = parse_list({name: data})
    headings = list(dict.fromkeys(path for entry, path in listed.placed if entry.ids))

    for path in headings[::4]:
        edit = insert(listed, [Insertion(paper(), path)])

        assert is_pure_insertion(data, edit.files[name])
        assert paper().id in parse_list(edit.files).ids


@pytest.mark.slow
def test_real_lists_are_extended_by_pure_insertion(shared: Path) -> None:
    for file in raw_lists(shared):
        data = file.read_bytes()
        listed = parsed(file)
        counts: dict[tuple[str, ...], int] = {}
        for entry, path in listed.placed:
            counts[path] = counts.get(path, 0) + len(entry.ids)
        path = max(counts, key=lambda path: counts[path])

        edit = insert(listed, [Insertion(paper(), path)])

        assert is_pure_insertion(data, edit.files[file.name]), file.name


def test_a_heading_that_several_files_have_is_told_apart_by_its_file() -> None:
    one = b"# A\n- [One Paper on Something](https://arxiv.org/abs/2401.00001)\n"
    two = b"# A\n- [Two Papers on Something](https://arxiv.org/abs/2402.00002)\n"
    paper_list = parse_list({"a.md": one, "b.md": two})
    new = paper("2511.20001", "FooServe: Serving Large Models Fast")

    plain = insert(paper_list, [Insertion(new, ("A",))])
    named = insert(paper_list, [Insertion(new, ("b.md", "A"))])

    assert list(plain.files) == ["a.md"]
    assert list(named.files) == ["b.md"]
    assert ("b.md", "A") in paper_list.file_headings
    assert named.files["b.md"].startswith(two)


def test_an_unknown_label_of_a_link_gives_way_to_a_name() -> None:
    data = b'# A\n- "One Paper on Something" [[Ppaer](https://arxiv.org/abs/2401.00001)]\n'
    new = paper("2511.20001", "FooServe: Serving Large Models Fast")

    edit = insert(parse_list({"a.md": data}), [Insertion(new, ("A",))])

    assert edit.files["a.md"].endswith(
        b'- "FooServe: Serving Large Models Fast" [[FooServe](https://arxiv.org/abs/2511.20001)]\n'
    )


TABLE_ROW = '<tr><td><a href="https://arxiv.org/abs/24{0:02}.00001">Paper {0} of Many</a></td></tr>'


@pytest.mark.parametrize(
    "rows",
    [
        f"<table>{TABLE_ROW.format(1)}</table>",
        f"<table>\n{TABLE_ROW.format(1)}{TABLE_ROW.format(2)}\n</table>",
        f"<table>\n{TABLE_ROW.format(1).replace('<td>', '<td rowspan=2>')}\n{TABLE_ROW.format(2)}\n</table>",
        "<details>\n- [One of Many Papers](https://arxiv.org/abs/2401.00001)\n</details>",
    ],
)
def test_html_that_a_line_of_its_own_would_break_is_refused(rows: str) -> None:
    with pytest.raises(EditRefusedError, match=r"not HTML rows|spans several rows|as plain text"):
        insert_one(read(f"# A\n{rows}\n"), paper(), "A")


def test_a_fold_with_only_words_in_it_is_not_copied() -> None:
    entry = "## {0} in the Clouds\n\n<details>\n<summary>Abstract</summary>\n{0}.\n</details>\n\n[Paper](https://arxiv.org/abs/{1})\n\n"
    text = "# A\n" + entry.format("Heads", "2401.00001") + entry.format("Hands", "2402.00001")

    edit = insert_one(read(text), paper(), "A")

    assert added_lines(edit) == [
        "",
        "## FooServe: Serving Large Models Fast",
        "",
        "[Paper](https://arxiv.org/abs/2511.20001)",
    ]


def test_an_empty_heading_does_not_learn_html_rows_without_their_table() -> None:
    text = f"# A\n<table>\n{TABLE_ROW.format(1)}\n</table>\n\n# B\n"

    with pytest.raises(EditRefusedError, match="no entry anywhere to learn"):
        insert_one(read(text), paper(), "B")


def test_an_item_ends_at_a_tag_alone_on_the_next_line_as_it_does_at_github() -> None:
    data = b"# A\n- [One of Many Papers](https://arxiv.org/abs/2401.00001)\n<img src='a.png'>\n"

    edit = insert_one(read(data), paper(), "A")

    assert rendered_items(edit.files["README.md"]) == rendered_items(data) + 1


def test_the_figure_of_another_paper_is_not_copied() -> None:
    text = (
        "# A\n- **One of Many Papers** [![Fig](https://a.org/fig1.png)](https://arxiv.org/abs/2401.00001)\n"
    )

    with pytest.raises(EditRefusedError, match="do not link to arXiv"):
        insert_one(read(text), paper(), "A")


def test_reference_links_are_learned_and_written_with_their_address() -> None:
    text = "# A\n- [One of Many Papers][one]\n\n[one]: https://arxiv.org/abs/2401.00001\n"

    edit = insert_one(read(text), paper(), "A")

    assert added_lines(edit) == ["- [FooServe: Serving Large Models Fast](https://arxiv.org/abs/2511.20001)"]


def test_a_bar_in_a_title_is_escaped_in_rows_alone() -> None:
    old = read("## A\n- [T](https://arxiv.org/abs/2401.00001), Ann Lee, Bob Ray and Cy Young\n")

    edit = insert_one(old, paper(title="Serving A | B"), "A")

    assert added_lines(edit) == [
        "- [Serving A | B](https://arxiv.org/abs/2511.20001), Ann Lee, Bob Ray and Cy Young"
    ]


def test_what_is_not_known_takes_nothing_away_that_is() -> None:
    link = "[[paper]](https://arxiv.org/abs/2401.0000{0}), 2024"
    item = f"- **Title of Paper {{0}}**\n  Ann Lee, Bob Ray {link}\n"
    old = read("## A\n" + "".join(map(item.format, range(1, 6))))

    edit = insert_one(old, paper(authors=()), "A")

    assert added_lines(edit) == [
        "- **FooServe: Serving Large Models Fast**",
        "  [[paper]](https://arxiv.org/abs/2511.20001), 2025",
    ]


def test_a_stray_carriage_return_is_no_line_ending_to_copy() -> None:
    data = b"# A\n- [One of Many Papers](https://arxiv.org/abs/2401.00001)\r\n# B\r"
    stray = b"# A\n- [One of Many Papers](https://arxiv.org/abs/2401.00001)\r# B\n"

    windows, mixed = insert_one(read(data), paper(), "A"), insert_one(read(stray), paper(), "A")

    assert windows.files["README.md"].count(b"\r\n") == data.count(b"\r\n") + 1
    assert b"(https://arxiv.org/abs/2511.20001)\n# B\n" in mixed.files["README.md"]


NUMBERED = "1. [Aa Bb](https://arxiv.org/abs/2401.00001)\n2. [Cc Dd](https://arxiv.org/abs/2402.00002)\n"
FALLING = "2. [Cc Dd](https://arxiv.org/abs/2402.00002)\n1. [Aa Bb](https://arxiv.org/abs/2401.00001)\n"


@pytest.mark.parametrize(
    ("entries", "numbers"),
    [
        (NUMBERED, ["1", "2", "3", "4", "5"]),
        (FALLING, ["5", "4", "3", "2", "1"]),
        (NUMBERED.replace("2. ", "1. "), ["1"] * 5),
        ("", ["1", "2", "3"]),
    ],
)
def test_several_new_entries_are_numbered_one_after_the_other(entries: str, numbers: list[str]) -> None:
    beside = "" if entries else f"\n## Caches\n\n{NUMBERED}"
    paper_list = read(f"# List\n\n## Serving\n\n{entries}{beside}")
    papers = [paper(f"2511.2000{number}", f"Title {number} of all") for number in (1, 3, 2)]

    edit = insert(paper_list, [Insertion(new, ("List", "Serving")) for new in papers])

    lines = edit.files["README.md"].decode().split("## Caches")[0].splitlines()
    assert [found[1] for line in lines if (found := re.match(r"(\d+)\. ", line))] == numbers
    for place, new in zip(edit.places, papers, strict=True):
        assert place
        assert new.title in lines[place.line - 1]


@pytest.mark.parametrize(
    "entry",
    [
        "- [Paper {0}](https://arxiv.org/abs/2401.0000{0})",
        "- **Paper {0}**, [PDF](https://arxiv.org/abs/2401.0000{0})",
    ],
)
def test_titles_that_are_numbered_like_links_are_titles(entry: str) -> None:
    listed = read("# List\n\n## Serving\n\n" + "".join(f"{entry.format(number)}\n" for number in (1, 2)))

    edit = insert_one(listed, paper(title="Paper 3 of 2511"), "Serving")

    assert ["Paper 3 of 2511" in line for line in added_lines(edit)] == [True]


def test_a_title_whose_name_is_several_words_leaves_the_column_of_names_as_most_without_one() -> None:
    """As in speech-trident, where some titles have their name in bold."""
    link = "[paper](https://arxiv.org/abs/2506.0000{})"
    text = (
        "# A\n\n| Model | Title | Link |\n|---|---|---|\n"
        f"| TaDiCodec | **TaDiCodec**: Text-aware Speech Tokens | {link.format(1)} |\n"
        f"| MagiCodec | MagiCodec: Gaussian Codecs | {link.format(2)} |\n"
        f"| - | Probing the Robustness of Codecs | {link.format(3)} |\n"
        f"| - | Codecs Compared at Last | {link.format(4)} |\n"
    )

    edit = insert_one(read(text), paper(title="Discrete Audio Tokens: More Than a Survey"), "A")

    [line] = added_lines(edit)
    assert line.startswith("| - | Discrete Audio Tokens: More Than a Survey |")
