"""The one door to git: whether it knows a folder, and what its commands print there."""

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
_NO_REPOSITORY = "not a git repository"
# Where a repository is somebody else's, as in containers, git names this setting, in every language.
_OWNER = b"safe.directory"

# A folder of files may look like a bare repository, whose config would run programs (see git-config).
GIT = ("git", "-c", "safe.bareRepository=explicit")
# The answer must not depend on what the user, or the repository, has set for git.
_PLAIN = (
    *("-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false", "-c", "diff.interHunkContext=0"),
    *("-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "log.follow=false"),
    *("-c", "diff.renameLimit=400", "--literal-pathspecs"),
)


def has_git() -> bool:
    """Return whether there is a git to ask."""
    return shutil.which(GIT[0]) is not None


def why_no_history(root: Path) -> tuple[str, str] | None:
    """Return why git has no history of a folder, and what to do; None where it has a commit."""
    if not has_git():
        return NO_GIT, "install git"
    asked = _ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if asked.returncode == 0:
        return None
    if _OWNER in asked.stderr:
        way_out = asked.stderr.decode(errors="replace").strip().rpartition("\n")[2].strip()
        return "git does not read a repository that is another user's", f"`{way_out}`"
    return _NO_REPOSITORY, "run in a clone of the list's repository"


def is_repository(root: Path) -> bool:
    """Return whether a folder is in a git repository with a commit; false, with a word, if git cannot say."""
    hindrance = why_no_history(root)
    if hindrance and hindrance[0] != _NO_REPOSITORY:
        log.warning("%s: the list's history could not be looked at; %s", *hindrance)
    return hindrance is None


def run_git(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Return what a git command prints."""
    done = _ask(root, *arguments, stdin=stdin)
    if done.returncode:
        raise _failure(root, arguments, done.stderr)
    return done.stdout


@contextmanager
def stream_git(root: Path, *arguments: str) -> Iterator[IO[bytes]]:
    """Open what a git command prints; leaving before its end stops the command."""
    command = _command(root, *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        stream = cast("IO[bytes]", process.stdout)
        yield stream
        ended = not stream.read(1)
        process.kill()
    if ended and process.returncode > 0:
        raise _failure(root, arguments, b"")


def _ask(root: Path, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(_command(root, *arguments), capture_output=True, check=False, input=stdin)


def _command(root: Path, *arguments: str) -> list[str]:
    return [*GIT, "-C", str(root), *_PLAIN, *arguments]


def _failure(root: Path, arguments: Sequence[str], message: bytes) -> ListError:
    return ListError(f"git {arguments[0]} failed in {root}: {message.decode(errors='replace').strip()}")


def tracked_files(root: Path) -> list[str]:
    """Return the files below a folder that git tracks, by their paths from it; none without git."""
    if not has_git():
        return []
    names = _ask(root, "ls-files", "-z").stdout.split(b"\0")
    return sorted({decode_path(name) for name in names if name})


def read_blobs(root: Path, names: Sequence[str]) -> list[bytes | None]:
    """Read files by commit and path from a folder (`commit:path`); one that does not exist is None."""
    # To git such a path begins at the repository's top, which may be above the folder.
    folder = decode_path(run_git(root, "rev-parse", "--show-prefix").rstrip(b"\n"))
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


def decode_path(name: bytes) -> str:
    """Decode a path as Python names files, whatever its bytes are."""
    return name.decode("utf-8", "surrogateescape")
