"""Git, asked for what it records about a list's files."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, cast

from arxiv_watch.errors import ListError

log = logging.getLogger(__name__)

NO_GIT = "git is not installed, or not on PATH"
_NOT_LOOKED_AT = "%s: the list's history could not be looked at"
# Where a repository is somebody else's, as in containers, git names this setting, in every language.
_OWNER = b"safe.directory"

# A folder of files may look like a bare repository, whose config would run programs (see git-config).
GIT = ("git", "-c", "safe.bareRepository=explicit")
# The answer must not depend on what the user, or the repository, has set for git.
_PLAIN = (
    *("-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false", "-c", "diff.interHunkContext=0"),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "log.follow=false"),
    "--literal-pathspecs",
)
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")  # matches "@@ -12,0 +13,2 @@ # List"
_FORM = (
    *("--first-parent", "-m", "--patch", "--unified=0", "--text", "--no-color", "--no-ext-diff"),
    *("--no-textconv", "--no-renames", "--relative", "--src-prefix=a/", "--dst-prefix=b/"),
    "--format=%x01%H %cs",
)


def has_git() -> bool:
    """Return whether there is a git to ask."""
    return shutil.which(GIT[0]) is not None


def is_repository(root: Path) -> bool:
    """Return whether a folder is in a git repository with a commit; false, with a word, if git cannot say."""
    if not has_git():
        log.warning(_NOT_LOOKED_AT, NO_GIT)
        return False
    inside = subprocess.run(
        [*GIT, "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"], capture_output=True, check=False
    )
    if _OWNER in inside.stderr:
        log.warning(_NOT_LOOKED_AT, " ".join(inside.stderr.decode(errors="replace").split()))
    return inside.returncode == 0


def run_git(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Return what a git command prints.

    Raises:
        ListError: The command failed.
    """
    command = [*GIT, "-C", str(root), *_PLAIN, *arguments]
    done = subprocess.run(command, capture_output=True, check=False, input=stdin)
    if done.returncode:
        raise _failure(root, arguments, done.stderr)
    return done.stdout


@contextmanager
def stream_git(root: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Open what a git command prints; leaving before its end stops the command.

    Raises:
        ListError: The command failed before anything ended it.
    """
    command = [*GIT, "-C", str(root), *_PLAIN, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        stream = cast("IO[bytes]", process.stdout)
        yield stream
        ended = not stream.read(1)
        process.kill()
    if ended and process.returncode > 0:
        raise _failure(root, arguments, b"")


def read_blobs(root: Path, names: Sequence[str]) -> list[bytes | None]:
    """Read files by commit and path from a folder (`commit:path`); one that does not exist is None."""
    # To git such a path begins at the repository's top, which may be above the folder.
    folder = run_git(root, "rev-parse", "--show-prefix").rstrip(b"\n").decode("utf-8", "surrogateescape")
    stdin = "".join(f"{name}\n".replace(":", f":{folder}", 1) for name in names)
    stream = run_git(root, "cat-file", "--batch", stdin=stdin.encode("utf-8", "surrogateescape"))
    blobs: list[bytes | None] = []
    position = 0
    for _ in names:
        end = stream.index(b"\n", position)
        header = stream[position:end].split()
        if header[-1] == b"missing":
            blobs.append(None)
            position = end + 1
            continue
        size = int(header[-1])
        blobs.append(stream[end + 1 : end + 1 + size])
        position = end + 1 + size + 1
    return blobs


def _failure(root: Path, arguments: Sequence[str], message: bytes) -> ListError:
    return ListError(f"git {arguments[0]} failed in {root}: {message.decode(errors='replace').strip()}")


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
