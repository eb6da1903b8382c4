"""What each commit changed in a list's files, read from git's diffs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from arxiv_watch.markdown.git import stream_git

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")  # matches "@@ -12,0 +13,2 @@ # List"
_FORM = (
    *("--first-parent", "-m", "--patch", "--unified=0", "--text", "--no-color", "--no-ext-diff"),
    *("--no-textconv", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "--format=%x01%H %cs"),
)


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file that were replaced by others.

    Attributes:
        old_start: The first line that was there before, from 0.
        new_start: The first line that was there after, from 0.
        old: The lines before, without their ends.
        new: The lines after.
    """

    old_start: int
    new_start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit did to the files: the hunks of each, from its top to its end."""

    commit: str
    day: date
    hunks: dict[str, list[Hunk]]


def read_changes(root: Path, paths: Sequence[str], *, commits: int, size: int) -> Iterator[Change]:
    """Read the last commits that touched files, newest first; of a merge what it brought.

    Args:
        root: The repository's root.
        paths: The files, relative to it.
        commits: How many to read at most.
        size: After how many bytes of diffs to stop.
    """
    limit = f"--max-count={commits}"
    with stream_git(root, "log", *_FORM, limit, "HEAD", "--", *paths) as stream:
        yield from parse_changes(_bounded(stream, size))


def _bounded(stream: IO[bytes], size: int) -> Iterator[bytes]:
    for line in stream:
        size -= len(line)
        if size < 0:
            return
        yield line


def parse_changes(lines: Iterable[bytes]) -> Iterator[Change]:
    """Read the output of `git log --patch --unified=0`; a commit that is cut off is left out."""
    rest = iter(lines)
    change: Change | None = None
    hunks: list[Hunk] = []
    for line in rest:
        if line.startswith(b"\x01"):
            if change:
                yield change
            commit, day = line[1:].split()
            change = Change(commit.decode(), date.fromisoformat(day.decode()), {})
        elif line.startswith(b"diff --git "):
            hunks = []
        elif line.startswith((b"--- a/", b"+++ b/")) and change:
            name = line[6:].rstrip(b"\r\n").removesuffix(b"\t").decode("utf-8", "surrogateescape")
            change.hunks[name] = hunks
        elif found := _HUNK.match(line):
            hunk = _read_hunk(found, rest)
            if hunk is None:
                return
            hunks.append(hunk)
    if change:
        yield change


def _read_hunk(head: re.Match[bytes], rest: Iterator[bytes]) -> Hunk | None:
    """Read the lines of a hunk, or None if they end too early."""
    old_start, old_count = int(head[1]), int(head[2] or 1)
    new_start, new_count = int(head[3]), int(head[4] or 1)
    old: list[bytes] = []
    new: list[bytes] = []
    while len(old) < old_count or len(new) < new_count:
        line = next(rest, None)
        if line is None:
            return None
        if line[:1] in {b"-", b"+"}:
            (old if line[:1] == b"-" else new).append(line[1:].rstrip(b"\r\n"))
    # Where nothing was or is there, git counts from the line above.
    return Hunk(old_start - (old_count > 0), new_start - (new_count > 0), tuple(old), tuple(new))
