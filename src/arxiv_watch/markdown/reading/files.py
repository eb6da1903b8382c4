"""Reads a list's files from disk, and only from inside the repository."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.files import MEGABYTE, read_file
from arxiv_watch.globs import fixed_parts, is_glob, read_pattern, select
from arxiv_watch.markdown.git import tracked_files

MOST_BYTES = 20 * MEGABYTE  # of one file of a list: the longest known has a tenth of it

log = logging.getLogger(__name__)


def read_list(root: Path, pattern: str) -> dict[str, bytes]:
    """Read the bytes of the files that a config's `list:` names: a file, a glob or a folder's `.md` files.

    The pattern and the paths returned are relative to `root`, with forward slashes.

    Raises:
        ListError: Nothing is there, or a file cannot be read.
        EditRefusedError: The file, or every file of the folder, is a link or lies outside `root`.
    """
    target = root / read_pattern(pattern)
    if target.is_symlink() or (target.exists() and not target.is_dir()):  # a file's name may look like a glob
        found = [target]
    else:
        found = _without_links(_find(root, pattern))
    if not found:
        raise ListError(
            f"no list {pattern!r} in {root}", "`list:` is a file, glob or folder in the repository"
        )
    return {path.relative_to(root).as_posix(): _read(path, root) for path in found}


def _find(root: Path, pattern: str) -> list[Path]:
    """Return the files and links that a pattern means: of a checkout those that git tracks, as on GitHub.

    Where git tracks none of them, look no further than into the folders that the pattern names.
    """
    start = root.joinpath(*fixed_parts(pattern))
    if is_glob(pattern) and (root / read_pattern(pattern)).is_dir():
        start = root / read_pattern(pattern)
    tracked = _existing(root, select(pattern, tracked_files(root)))
    return tracked or _existing(root, select(pattern, _walk(root, start)))


def _existing(root: Path, names: list[str]) -> list[Path]:
    return [path for path in (root / name for name in names) if path.is_file() or path.is_symlink()]


def _walk(root: Path, start: Path) -> Iterator[str]:
    """Go through the files below a folder, links among them and not followed, as in a tree of git's."""
    for folder, folders, files in os.walk(start) if start.is_dir() else ():
        folders[:] = [name for name in folders if name != ".git"]
        links = (name for name in folders if (Path(folder) / name).is_symlink())
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in (*files, *links))


def _without_links(found: list[Path]) -> list[Path]:
    """Leave out the links among several files and name them; where there are only links, they are refused."""
    files = [path for path in found if not path.is_symlink()]
    for path in sorted({*found} - {*files}) if files else ():
        log.warning("%s is a link and is not read", path)
    return files or found


def _read(path: Path, root: Path) -> bytes:
    resolved = root.resolve()
    if path.is_symlink() or not path.resolve().is_relative_to(resolved):
        raise EditRefusedError(f"the list file {path} is a link", "name the file it leads to")
    if path.parent.resolve() != resolved / path.parent.relative_to(root):
        raise EditRefusedError(f"the list file {path} lies behind a link", "name the file it leads to")
    try:
        return read_file(path, MOST_BYTES)
    except (OSError, ValueError) as error:  # a name with a null in it is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise ListError(f"the list file {path} cannot be read: {reason}", "name a Markdown file") from error
