from pathlib import Path

import pytest

from docs_support import ROOT, Block, Step, anchors_of, blocks_of, is_shown, links_of, steps_of


def test_a_block_is_found_with_its_line_and_without_its_indentation() -> None:
    commands = ROOT / "docs" / "cli.md"

    first = blocks_of(commands)[0]

    assert first.language == "console"
    assert first.text.startswith("$ arxiv-watch --help\nusage: ")
    assert commands.read_text(encoding="utf-8").splitlines()[first.line - 1] == "```console"


def test_commands_are_read_with_their_output_and_exit_code() -> None:
    block = Block("a.md", 1, "console", "$ TOKEN=a run 'b c'\nout\n$ fail\n$ echo $?\n2\n")

    assert steps_of(block) == [Step(("run", "b c"), "out\n", 0), Step(("fail",), "", 2)]


def test_anchors_are_githubs(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# `poll` and [serve](b.md)\n\n## Same\n\n## Same\n\n```text\n# none\n```\n")

    assert anchors_of(document) == {"poll-and-serve", "same", "same-1"}


def test_links_in_code_are_ignored(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("[a](b.md) `[c](d.md)`\n\n```text\n[e](f.md)\n```\n")

    assert links_of(document) == ["b.md"]


@pytest.mark.parametrize("shown", ["a b\n", "a\n…\nd\n", "…\n", ""])
def test_an_ellipsis_stands_for_any_lines(shown: str) -> None:
    assert is_shown(shown, "a  b\nc\nd\n")


@pytest.mark.parametrize("shown", ["d\n…\na\n", "e\n", "a\n…\ne\n"])
def test_what_is_not_in_the_output_is_not_shown(shown: str) -> None:
    assert not is_shown(shown, "a  b\nc\nd\n")
