"""The list's files at a commit: which ones its name means, and what is in them at a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.forge.host import CodeHost, FileFacts
from arxiv_watch.globs import select

REGULAR = frozenset({"100644", "100755"})
_LINK = "120000"


def select_files(patterns: str, files: Iterable[FileFacts]) -> tuple[list[FileFacts], list[str]]:
    """Choose the files that a list's name means: one file, the `.md` files of a folder, or a glob's.

    Returns:
        The files, and the paths of symbolic links among them, which are not read.

    Raises:
        ListError: It means none.
        EditRefusedError: It means nothing but symbolic links, or leads out of the repository.
    """
    by_path = {file.path: file for file in files}
    named = [by_path[path] for path in select(patterns, by_path)]
    chosen = [file for file in named if file.mode in REGULAR]
    links = [file.path for file in named if file.mode == _LINK]
    if links and not chosen:
        raise EditRefusedError(f"the list {patterns!r} is a link", "name the file it leads to")
    if not chosen:
        raise ListError(f"no file {patterns!r} in the repository", "check `list` in the config")
    return chosen, links


@dataclass(frozen=True, slots=True)
class ListAt:
    """The list at one commit.

    Attributes:
        commit: That commit.
        files: The list's files, whole.
        modes: Their modes in git.
        warnings: What was left out of it.
    """

    commit: str
    files: Mapping[str, bytes]
    modes: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def list_at(host: CodeHost, commit: str, patterns: str) -> ListAt:
    """Read the list at a commit.

    Raises:
        ListError: The commit has no such list.
        EditRefusedError: The list is a symbolic link.
    """
    chosen, links = select_files(patterns, host.files(commit, patterns))
    return ListAt(
        commit,
        {file.path: host.blob(file.sha) for file in chosen},
        {file.path: file.mode for file in chosen},
        tuple(f"{path} is a link and is not read" for path in links),
    )


def list_under_names(host: CodeHost, commit: str, paths: Iterable[str]) -> ListAt:
    """Read a list at a commit where its files have these names.

    Raises:
        ListError: The commit lacks one of them, or there is none.
    """
    parts = [list_at(host, commit, path) for path in sorted(paths)]
    if not parts:
        raise ListError("the list is not in the branch", "tick *regenerate*, or close the pull request")
    return ListAt(commit, {path: data for part in parts for path, data in part.files.items()})
