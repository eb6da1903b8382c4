"""The list's files on GitHub: which ones its name means, and what is in them at a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from arxiv_watch.errors import EditRefusedError, GitHubError, ListError
from arxiv_watch.forge.api import Api
from arxiv_watch.forge.facts import FileFacts
from arxiv_watch.globs import fixed_parts, select

REGULAR = frozenset({"100644", "100755"})
_LINK = "120000"
_FOLDER = "040000"


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
        tree: The commit's tree.
        files: The list's files, whole.
        modes: Their modes in git.
        warnings: What was left out of it.
    """

    tree: str
    files: Mapping[str, bytes]
    modes: Mapping[str, str]
    warnings: tuple[str, ...] = ()


class ListFiles:
    """Reads a list at any commit; no commit and no file is read twice.

    Args:
        api: The requests.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._blobs: dict[str, bytes] = {}
        self._trees: dict[str, tuple[str, list[FileFacts], bool]] = {}

    def at(self, commit: str, patterns: str) -> ListAt:
        """Read the list at a commit.

        Raises:
            ListError: The commit has no such list.
            EditRefusedError: The list is a symbolic link.
        """
        tree, found, truncated = self._tree(commit)
        if truncated:
            found = self._walk(tree, patterns)
        chosen, links = select_files(patterns, found)
        return ListAt(
            tree,
            {file.path: self.blob(file.sha) for file in chosen},
            {file.path: file.mode for file in chosen},
            tuple(f"{path} is a link and is not read" for path in links),
        )

    def under_other_names(self, commit: str, paths: Iterable[str]) -> ListAt:
        """Read a list at a commit where its files have these names.

        Raises:
            ListError: The commit lacks one of them, or there is none.
        """
        parts = [self.at(commit, path) for path in sorted(paths)]
        if not parts:
            raise ListError("the list is not in the branch", "tick *regenerate*, or close the pull request")
        files = {path: data for part in parts for path, data in part.files.items()}
        return ListAt(
            parts[0].tree, files, {path: mode for part in parts for path, mode in part.modes.items()}
        )

    def has(self, commit: str, path: str) -> bool:
        """Return whether a commit has a file; where GitHub does not list them all, that is believed."""
        _, found, truncated = self._tree(commit)
        return truncated or any(file.path == path for file in found)

    def _tree(self, commit: str) -> tuple[str, list[FileFacts], bool]:
        if commit not in self._trees:
            tree = self._api.tree_of(commit)
            self._trees[commit] = (tree, *self._api.files(tree))
        return self._trees[commit]

    def _walk(self, tree: str, patterns: str) -> list[FileFacts]:
        """Go down to the list folder by folder, in a repository too large to be listed at once."""
        place = ""
        for part in fixed_parts(patterns):
            entry = self._api.folder(tree).get(part)
            if entry is None:
                return []
            place = f"{place}{part}"
            if entry.mode != _FOLDER:
                return [replace(entry, path=place)]
            place, tree = f"{place}/", entry.sha
        below, truncated = self._api.files(tree)
        if truncated:
            raise GitHubError(
                f"{place or 'the repository'} has more files than GitHub lists at once",
                "name the list by its path, or by a pattern in a smaller folder",
            )
        return [replace(file, path=place + file.path) for file in below]

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes, once."""
        if sha not in self._blobs:
            self._blobs[sha] = self._api.blob(sha)
        return self._blobs[sha]
