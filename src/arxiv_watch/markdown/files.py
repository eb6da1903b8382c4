"""The rim: reading a list's files from disk, and only from inside the repository."""

from __future__ import annotations

import logging
import re
from pathlib import Path, PurePosixPath

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.files import MEGABYTE, read_file

MOST_BYTES = 20 * MEGABYTE  # of one file of a list: the longest known has a tenth of it

log = logging.getLogger(__name__)


def read_list(root: Path, pattern: str) -> dict[str, bytes]:
    """Read the files that a config's `list:` names.

    Args:
        root: The repository.
        pattern: A file, a glob or a folder (all `.md` files in it), relative to `root`.

    Returns:
        The bytes of each file by its path relative to `root`, with forward slashes.

    Raises:
        ListError: Nothing is there, or a file cannot be read.
        EditRefusedError: The file, or every file of the folder, is a link or lies outside `root`.
    """
    relative = PurePosixPath(pattern.replace("\\", "/"))
    if relative.is_absolute() or ".." in relative.parts:
        raise EditRefusedError(f"the list {pattern!r} is outside the repository", "name a file inside it")
    target = root / relative
    if any(character in pattern for character in "*?[") and not target.is_file():  # a name may hold them too
        found = _without_links(_matching(root, str(relative)))
    elif target.is_dir():
        found = _without_links(sorted(path for path in target.rglob("*.md") if path.is_file()))
    else:
        found = [target]
    if not found or not (found[0].exists() or found[0].is_symlink()):
        raise ListError(
            f"no list {pattern!r} in {root}", "`list:` is a file, glob or folder in the repository"
        )
    return {path.relative_to(root).as_posix(): _read(path, root) for path in found}


def _without_links(found: list[Path]) -> list[Path]:
    """Leave out the links among several files and name them; where there are only links, they are refused."""
    files = [path for path in found if not path.is_symlink()]
    for path in sorted({*found} - {*files}) if files else ():
        log.warning("%s is a link and is not read", path)
    return files or found


def _matching(root: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in root.glob(pattern) if path.is_file())
    except (ValueError, re.error) as error:
        raise ListError(f"the list {pattern!r} is not a glob: {error}", "write it like docs/*.md") from error


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
