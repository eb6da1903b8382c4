"""What a config's `list:` means: the same files on disk as in a tree of GitHub's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import takewhile
from pathlib import PurePosixPath

from arxiv_watch.errors import EditRefusedError

_NAME_LIMIT = 50
_WILD = frozenset("*?[")
_ANY_FOLDERS = "**"


def called_after(pattern: str) -> str:
    """Return what a watch is called whose config says nothing but where its list is."""
    stem = PurePosixPath(pattern.rstrip("/*")).stem.lower()
    # matches the blank of "my list"
    return re.sub(r"[^a-z0-9._-]+", "-", stem).strip("-._")[:_NAME_LIMIT] or "list"


def select(pattern: str, paths: Iterable[str]) -> list[str]:
    """Choose the files that a pattern means: one file, the `.md` files of a folder, or those of a glob.

    What is there by that very name goes before what the name would match. In a glob, `*`, `?` and `[…]` stay
    within one folder, and `**` as a whole part is any number of folders, none included; at the end it is
    every file below. Files that are not `.md` are meant only where the glob ends in their own ending; `.MD`
    is shown as Markdown on GitHub as well. Paths are relative to the repository, with forward slashes; the
    chosen ones are sorted.

    Raises:
        EditRefusedError: The pattern leads out of the repository.
    """
    wanted, known = read_pattern(pattern), sorted(paths)
    if wanted in known:
        return [wanted]
    inside = "" if wanted == "." else f"{wanted}/"
    below = [path for path in known if path.startswith(inside)]
    if below or not is_glob(wanted):
        return [path for path in below if _is_markdown(path)]
    parts = PurePosixPath(wanted).parts
    if parts[-1] == _ANY_FOLDERS:
        parts = (*parts, "*")
    ending = PurePosixPath(parts[-1]).suffix
    is_any = not ending or is_glob(ending)
    fitting = [path for path in known if _fits(path.split("/"), parts)]
    return [path for path in fitting if _is_markdown(path) or not is_any]


def read_pattern(pattern: str) -> str:
    """Write a pattern with single forward slashes and without a final one.

    Raises:
        EditRefusedError: It leads out of the repository.
    """
    path = PurePosixPath(pattern.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise EditRefusedError(f"the list {pattern!r} is outside the repository", "name a file inside it")
    return str(path)


def fixed_parts(pattern: str) -> tuple[str, ...]:
    """Return the folders and the file that a pattern names before its first wildcard."""
    return tuple(takewhile(lambda part: not is_glob(part), PurePosixPath(read_pattern(pattern)).parts))


def is_glob(name: str) -> bool:
    """Return whether a name holds a wildcard."""
    return not _WILD.isdisjoint(name)


def _is_markdown(path: str) -> bool:
    return path.lower().endswith(".md")


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Return whether a glob's parts use up all names of a path, in time that their numbers multiply to."""
    used = {0}  # how many names the parts so far may stand for
    for part in parts:
        if part == _ANY_FOLDERS:
            used = set(range(min(used), len(names) + 1))
        else:
            used = {count + 1 for count in used if count < len(names) and fnmatchcase(names[count], part)}
        if not used:
            return False
    return len(names) in used
