"""A list's name means one set of files, whether they are on disk or in a tree of GitHub's."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.forge.derive.contents import select_files
from arxiv_watch.forge.host import FileFacts
from arxiv_watch.globs import fixed_parts, select
from arxiv_watch.markdown import read_list

FILES = (
    "README.md",
    "README_zh.md",
    "[a]pers.md",
    "apers.md",
    "docs/a.md",
    "docs/b.markdown",
    "docs/deep/LIST.MD",
    "docs/deep/er/d.md",
    "docs/deep/c.md",
    "docs/note.txt",
    "docs2/e.md",
    "we[ird.md",
    "we[ird/f.md",
    "[odd]/g.md",
)
BELOW = ["docs/a.md", "docs/deep/LIST.MD", "docs/deep/c.md", "docs/deep/er/d.md"]
MARKDOWN = sorted(path for path in FILES if path.endswith((".md", ".MD")))
SMALL = [path for path in MARKDOWN if path.endswith(".md")]
TABLE: dict[str, list[str]] = {
    "README.md": ["README.md"],
    "./README.md": ["README.md"],
    "README.md/": ["README.md"],
    "readme.md": [],
    "missing": [],
    "docs": BELOW,
    "docs/": BELOW,
    r"docs\deep": BELOW[1:],
    "docs//deep/.": BELOW[1:],
    ".": MARKDOWN,
    "docs/note.txt": ["docs/note.txt"],
    "docs/**": BELOW,
    "docs/**/": BELOW,
    "docs/**/*": BELOW,
    "docs/**/**/*.md": [BELOW[0], *BELOW[2:]],
    "docs/**/*.MD": ["docs/deep/LIST.MD"],
    "docs/**.md": ["docs/a.md"],
    "docs/*": ["docs/a.md"],
    "docs/*.md": ["docs/a.md"],
    "docs/*.markdown": ["docs/b.markdown"],
    "docs/*.*": ["docs/a.md"],
    "docs/**/c.md": ["docs/deep/c.md"],
    "docs/**/er/**": ["docs/deep/er/d.md"],
    "docs/*/*.md": ["docs/deep/c.md"],
    "**": MARKDOWN,
    "**/*.md": SMALL,
    "**/deep": [],
    "*/*.md": ["[odd]/g.md", "docs/a.md", "docs2/e.md", "we[ird/f.md"],
    "docs?/*.md": ["docs2/e.md"],
    "docs/[a-c].md": ["docs/a.md"],
    "docs/[!a].txt": [],
    "docs/[!a]*.txt": ["docs/note.txt"],
    "[z-a].md": [],
    "[a]pers.md": ["[a]pers.md"],
    "README*": ["README.md", "README_zh.md"],
    "we[[]ird.md": ["we[ird.md"],
    "we[ird.md": ["we[ird.md"],
    "we[ird": ["we[ird/f.md"],
    "[odd]": ["[odd]/g.md"],
    "we[[]ird/*": ["we[ird/f.md"],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    for path in (*FILES, ".git/refs/heads/branch.md"):  # a branch is no file of the repository
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"")
    return folder


@pytest.mark.parametrize("pattern", TABLE)
@pytest.mark.filterwarnings("error")
def test_a_name_means_the_same_files_on_disk_and_on_github(pattern: str, root: Path) -> None:
    chosen = TABLE[pattern]
    tree = [FileFacts(path, "100644", "0" * 40) for path in FILES]

    assert select(pattern, FILES) == chosen
    if chosen:
        assert list(read_list(root, pattern)) == chosen
        assert [file.path for file in select_files(pattern, tree)[0]] == chosen
    else:
        with pytest.raises(ListError):
            read_list(root, pattern)
        with pytest.raises(ListError):
            select_files(pattern, tree)


@pytest.mark.parametrize("pattern", ["docs/../a.md", "..", "/docs/a.md", r"..\a.md", "**/../*.md"])
def test_a_name_that_leads_out_is_refused_on_disk_and_on_github(pattern: str, root: Path) -> None:
    with pytest.raises(EditRefusedError, match="outside"):
        read_list(root, pattern)
    with pytest.raises(EditRefusedError, match="outside"):
        select_files(pattern, [])


def test_many_wildcards_take_no_longer_than_their_number_times_the_depth() -> None:
    deep = "/".join(["a"] * 100)

    assert select("**/a/" * 60 + "b.md", [f"{deep}/c.md"]) == []
    assert select("**/a/" * 60 + "c.md", [f"{deep}/c.md"]) == [f"{deep}/c.md"]


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [("docs/deep/*.md", ("docs", "deep")), ("**/x.md", ()), (".", ()), ("a/b.md", ("a", "b.md"))],
)
def test_the_parts_before_the_first_wildcard_are_fixed(pattern: str, parts: tuple[str, ...]) -> None:
    assert fixed_parts(pattern) == parts
