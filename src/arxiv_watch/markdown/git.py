"""Git, asked for what it records about a list's files."""

from __future__ import annotations

import logging
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from arxiv_watch.errors import ListError

log = logging.getLogger(__name__)

NO_GIT = "git is not installed, or not on PATH"

# A folder of files may look like a bare repository, whose config would run programs (see git-config).
GIT = ("git", "-c", "safe.bareRepository=explicit")
# The answer must not depend on what the user, or the repository, has set for git.
_PLAIN = ("-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false", "--literal-pathspecs")


def has_git() -> bool:
    """Return whether there is a git to ask."""
    return shutil.which(GIT[0]) is not None


def is_repository(root: Path) -> bool:
    """Return whether a folder is in a git repository that has a commit; false, with a word, without git."""
    if not has_git():
        log.warning("%s: the list's history could not be looked at", NO_GIT)
        return False
    inside = subprocess.run(
        [*GIT, "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"], capture_output=True, check=False
    )
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
    """Read objects by their names (`commit:path`); one that does not exist is None."""
    stdin = "".join(f"{name}\n" for name in names).encode()
    stream = run_git(root, "cat-file", "--batch", stdin=stdin) if names else b""
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
