"""Where people inserted before is where they would insert next, as far as git tells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import Insertion, check_list, insert, parse_list, read_history
from arxiv_watch.markdown.history.changes import Arrivals, Tracer, align, parse_diffs
from arxiv_watch.markdown.placing.rules import Habit, choose_habit, entries_beside, learn_habit
from arxiv_watch.papers import Paper
from markdown_support import commit, git

NEW = Paper(ArxivId("2406.00009"), "Something New and Good", authors=("Ann Lee",))


def entry(month: int, number: int = 1, year: str = "") -> str:
    return f"- {year}[Paper {month} {number} of All](https://arxiv.org/abs/24{month:02}.0000{number})\n"


def versions(root: Path, *texts: str) -> bytes:
    """Commit one text after another; return the last as bytes."""
    git(root, "init", "--quiet")
    for number, text in enumerate(texts, 1):
        commit(root, text, f"2024-07-{number:02}")
    return texts[-1].encode()


def habit(root: Path, data: bytes, heading: str = "A") -> Habit | None:
    listed = parse_list({"README.md": data})
    [document] = listed.documents
    section = next(section for section in document.sections if section.path[-1] == heading)
    arrivals = read_history(root, {"README.md": data}).arrivals["README.md"]
    return learn_habit(document, section, arrivals, NEW.id)


def place(root: Path, data: bytes, heading: str = "A") -> str:
    """Return the line that the new entry comes after."""
    listed = parse_list({"README.md": data})
    edit = insert(listed, [Insertion(NEW, (heading,))], history=read_history(root, {"README.md": data}))
    [where] = edit.places
    assert where is not None
    return edit.files["README.md"].decode().splitlines()[where.line - 2]


def grown(months: Sequence[int], *, top: bool) -> list[str]:
    """Return a list to which one paper after another was added at one end."""
    lines = accumulate(map(entry, months), lambda old, new: new + old if top else old + new)
    return ["# A\n" + text for text in lines]


def test_papers_go_where_people_put_them_whatever_order_the_entries_are_in(tmp_path: Path) -> None:
    data = versions(tmp_path, *grown((5, 1, 3, 2, 4), top=True))

    assert place(tmp_path, data) == "# A"
    assert habit(tmp_path, data) == Habit("top", 4, 4, own=True)


def test_what_was_done_last_counts_more_than_what_was_done_most(tmp_path: Path) -> None:
    before = grown((5, 1, 3, 2), top=False)
    turned = [before[-1].replace("# A\n", "# A\n" + text) for text in (entry(4), entry(6, 2) + entry(4))]
    turned += [turned[-1].replace("# A\n", "# A\n" + entry(1, 4))]
    turned += [turned[-1].replace("# A\n", "# A\n" + entry(2, 4))]

    assert place(tmp_path, versions(tmp_path, *before, *turned)) == "# A"


def test_other_headings_are_asked_where_nothing_was_inserted_under_the_own_one(tmp_path: Path) -> None:
    other = "# B\n" + entry(1, 5) + entry(3, 5) + entry(2, 5)
    data = versions(tmp_path, *(f"{text}{other}" for text in grown((5, 1, 3, 2, 4), top=True)))

    assert place(tmp_path, data, "B") == "# B"
    assert habit(tmp_path, data, "B") == Habit("top", 4, 4, own=False)


def test_papers_are_put_above_those_of_their_year_where_people_do_so(tmp_path: Path) -> None:
    first = "# A\n" + entry(5, 1, "2025 ") + entry(2, 1, "2024 ") + entry(3, 1, "2023 ")
    second = first.replace(entry(2, 1, "2024 "), entry(1, 2, "2024 ") + entry(2, 1, "2024 "))
    third = second.replace(entry(1, 2, "2024 "), entry(3, 2, "2024 ") + entry(1, 2, "2024 "))

    assert place(tmp_path, versions(tmp_path, first, second, third)) == entry(5, 1, "2025 ").strip()


def test_rules_that_lead_to_one_place_speak_together() -> None:
    listed = parse_list({"README.md": ("# A\n" + "".join(map(entry, (5, 4, 3)))).encode()})
    [document] = listed.documents
    ages = Arrivals((9, 4, 1, 4), frozenset(), 9)
    beside = entries_beside(document, document.sections[0], ages)
    below_the_last = frozenset({"after-last"})
    at_the_top = frozenset({"top", "very-top", "newest-first"})
    explained = [below_the_last, at_the_top, at_the_top, below_the_last]

    chosen = choose_habit(explained, [frozenset()], "bottom", beside, NEW.id)

    assert chosen is not None
    assert chosen.rule == "top"


def test_a_rewritten_entry_was_not_inserted_anew(tmp_path: Path) -> None:
    lists = grown((5, 1, 3, 2, 4), top=True)
    rewritten = lists[-1].replace("[Paper 5 1", "**ICML** [Paper 5 1")

    assert habit(tmp_path, versions(tmp_path, *lists, rewritten)) == Habit("top", 4, 4, own=True)


def test_lines_that_nobody_committed_yet_count_as_the_last_ones(tmp_path: Path) -> None:
    lists = grown((5, 1, 3, 2, 4), top=True)
    versions(tmp_path, *lists[:-1])

    assert habit(tmp_path, lists[-1].encode()) == Habit("top", 4, 4, own=True)


def test_a_list_checked_in_whole_shows_no_habit(tmp_path: Path) -> None:
    assert habit(tmp_path, versions(tmp_path, "# A\n" + entry(1) + entry(2))) is None


def test_the_check_says_which_rule_was_learned_and_how_sure_it_is(tmp_path: Path) -> None:
    data = versions(tmp_path, *grown((5, 1, 3, 2, 4), top=True))

    findings = check_list(parse_list({"README.md": data}), read_history(tmp_path, {"README.md": data}))

    assert "new entries go to the top of the last group, as 4 of the last 4 did here" in findings[-1].message


@pytest.mark.parametrize("name", ["a b.md", "liste-é.md", "-x.md", ":(top)x.md"])
def test_a_file_of_any_name_has_its_history(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "--quiet")
    for text in grown((1, 2), top=False):
        (tmp_path / name).write_text(text, encoding="utf-8")
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "--quiet", "-m", "x")
    data = (tmp_path / name).read_bytes()

    assert read_history(tmp_path, {name: data}).arrivals[name].ages == (2, 2, 1)


def test_a_line_that_looks_like_a_header_of_a_diff_is_a_line() -> None:
    log = (
        b"\x01" + b"a" * 40 + b" 2024-07-01\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n"
        b"@@ -1 +1,2 @@\n--- a/y\n\\ No newline at end of file\n+++ b/y\n+@@ -1 +1 @@\n"
    )

    [diff] = parse_diffs(log.splitlines(keepends=True))

    [hunk] = diff.hunks["x"]
    assert (hunk.old, hunk.new) == ((b"-- a/y",), (b"++ b/y", b"@@ -1 +1 @@"))


def test_a_diff_that_is_cut_off_is_left_out() -> None:
    log = b"\x01" + b"a" * 40 + b" 2024-07-01\n\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-y\n"

    assert list(parse_diffs(log.splitlines(keepends=True))) == []


LINES = st.lists(
    st.sampled_from([b"https://arxiv.org/abs/1", b"https://arxiv.org/abs/2", b"", b"x"]), max_size=8
)


@given(st.lists(LINES, min_size=1, max_size=6))
def test_every_line_came_with_the_version_that_first_had_it_there(texts: list[list[bytes]]) -> None:
    """A line is at most as old as all versions are, and what did not change lately is older than that."""
    tracer = Tracer(len(texts[-1]))
    for older, newer in zip(reversed([[], *texts[:-1]]), reversed(texts), strict=True):
        tracer.step(align(older, newer))

    arrivals = tracer.arrivals()

    assert len(arrivals.ages) == len(texts[-1])
    assert all(0 <= age < len(texts) for age in arrivals.ages)  # every line came with one of them
    same = 0
    while same < len(texts) - 1 and texts[-2 - same] == texts[-1]:
        same += 1
    assert all(age >= same for age in arrivals.ages)
