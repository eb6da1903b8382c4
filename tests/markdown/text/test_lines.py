"""The diff of an edit is the text that git shows for it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from arxiv_watch.markdown import Insertion, insert
from markdown_support import commit, git, insert_one, paper, read

ONE = "- [One of Many](https://arxiv.org/abs/2401.00001)"
TWO = "- [Two of Many](https://arxiv.org/abs/2402.00001)"


def diff_of_git(root: Path, before: bytes, after: bytes) -> str:
    """Return git's diff of a file without what names blobs, modes and the function that a hunk is in."""
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "config", "core.autocrlf", "false")
    commit(root, "", "2024-01-01")
    (root / "README.md").write_bytes(before)
    git(root, "add", "README.md")
    (root / "README.md").write_bytes(after)
    done = subprocess.run(["git", "-C", root, "diff", "README.md"], check=True, capture_output=True)
    text = done.stdout.decode("utf-8", "surrogateescape")
    return re.sub(r"^(@@ .* @@).*", r"\1", text[text.index("--- a/") :], flags=re.MULTILINE)


@pytest.mark.parametrize(
    "before",
    [
        f"# A\n{ONE}",
        f"# A\n\n{ONE}\n{TWO}",
        f"# A\n\n{ONE}\n\n# B\n\n- no final newline",
        f"# A\n\n{ONE}\n",
        f"# A\r\n\r\n{ONE}\r\n{TWO}",
        f"# A\n\nwords\u2028and\u0085more\x0b\x0c\x1c\n{ONE}\n{TWO}\n\u2028\n",
        ONE,
        f"# A\n\n{ONE}\n" + "words\n\n" * 9 + "# B\n\nlast",
    ],
)
def test_a_diff_is_the_text_of_gits(before: str, tmp_path: Path) -> None:
    listed = read(before)

    edit = insert(listed, [Insertion(paper(), listed.headings[0])])

    assert edit.diff == diff_of_git(tmp_path, before.encode(), edit.files["README.md"])


def test_bytes_that_are_no_text_survive_in_a_diff(tmp_path: Path) -> None:
    before = f"# A\n\n{ONE}\n".encode() + b"\xff\xfe"

    edit = insert_one(read(before), paper(), "A")

    assert edit.diff == diff_of_git(tmp_path, before, edit.files["README.md"])


def test_two_changes_far_apart_are_two_hunks(tmp_path: Path) -> None:
    before = f"# A\n\n{ONE}\n" + "words\n\n" * 9 + f"# B\n\n{TWO}"
    first, second = paper(), paper("2511.20002", "Another Title for a Paper")

    edit = insert(read(before), [Insertion(first, ("A",)), Insertion(second, ("B",))])

    assert edit.diff == diff_of_git(tmp_path, before.encode(), edit.files["README.md"])
    assert edit.diff.count("@@ -") == 2
