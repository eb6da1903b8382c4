"""A list is read from inside the repository, and from nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.markdown import read_list
from markdown_support import commit, git


def test_a_list_is_a_file_a_glob_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "papers" / "deep").mkdir(parents=True)
    (tmp_path / "papers" / "a.md").write_bytes(b"a\r\n")
    (tmp_path / "papers" / "deep" / "b.md").write_bytes(b"b")
    (tmp_path / "papers" / "c.txt").write_bytes(b"c")

    assert read_list(tmp_path, "papers/a.md") == {"papers/a.md": b"a\r\n"}
    assert read_list(tmp_path, "papers/*.md") == {"papers/a.md": b"a\r\n"}
    assert read_list(tmp_path, "papers") == {"papers/a.md": b"a\r\n", "papers/deep/b.md": b"b"}


@pytest.mark.parametrize("name", ["[a]pers.md", "pap?rs.md", "*.md", "[.md"])
def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "apers.md").write_bytes(b"another")
    (tmp_path / name).write_bytes(b"this")

    assert read_list(tmp_path, name) == {name: b"this"}


@pytest.mark.parametrize("pattern", ["missing.md", "*.md", "missing/", "a**.md", "[z-a].md", "a\0b.md"])
def test_a_missing_list_is_an_error(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ListError):
        read_list(tmp_path, pattern)


@pytest.mark.parametrize("pattern", ["../x.md", "/etc/hostname", "a/../../x.md"])
def test_a_list_outside_the_repository_is_refused(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(EditRefusedError, match="outside"):
        read_list(tmp_path, pattern)


def test_a_link_in_place_of_a_file_or_folder_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    root.mkdir()
    (tmp_path / "secret.md").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.md").write_bytes(b"x")
    (root / "README.md").symlink_to(tmp_path / "secret.md")
    (root / "folder").symlink_to(tmp_path / "elsewhere")

    for pattern in ("README.md", "folder/x.md", "folder"):
        with pytest.raises(EditRefusedError, match="link"):
            read_list(root, pattern)


@pytest.mark.parametrize("pattern", ["papers", "papers/*.md"])
def test_a_link_among_the_files_of_a_folder_is_skipped_and_named(
    pattern: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.md").write_bytes(b"a")
    (tmp_path / "papers" / "b.md").symlink_to(tmp_path / "papers" / "a.md")

    assert read_list(tmp_path, pattern) == {"papers/a.md": b"a"}
    assert "papers/b.md is a link and is not read" in caplog.text


@pytest.mark.parametrize("pattern", [".", "**/*.md"])
def test_in_a_checkout_the_files_that_git_tracks_are_meant_as_on_github(tmp_path: Path, pattern: str) -> None:
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, "a", "2024-03-01", "docs/a.md")
    commit(tmp_path, "b", "2024-03-01", "b.md")
    (tmp_path / "b.md").unlink()
    for name in (".venv/lib/about.md", "node_modules/x/README.md", "drafts/new.md"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x")

    assert read_list(tmp_path, pattern) == {"docs/a.md": b"a"}
    assert read_list(tmp_path, "drafts") == {"drafts/new.md": b"x"}  # git tracks none of what is asked for
    assert read_list(tmp_path / "docs", pattern) == {"a.md": b"a"}
