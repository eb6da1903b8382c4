"""The commits that changed a list's files, and the lines that each replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import IO

from arxiv_watch.markdown.git import decode_path, read_blobs, run_git, stream_git

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")  # matches "@@ -12,0 +13,2 @@ # List"
# matches "--- a/README.md" and "rename to README.md"; git ends a name with blanks with a tab
_NAMED = re.compile(rb"(--- a/|rename from |\+\+\+ b/|rename to |\+\+\+ /dev/null)(.*?)\t?$")
_BEFORE = {b"--- a/", b"rename from "}
_WALK = ("log", "--first-parent", "-m", "--relative")
_FORM = (
    *("--patch", "--unified=0", "--text", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames"),
    *("--src-prefix=a/", "--dst-prefix=b/", "--format=%x01%H %cs"),
)
_ADDRESS = re.compile(rb"https?://[^\s<>|\[\]\"'`()]+")  # matches "https://arxiv.org/abs/2407.12391"
_WORD = re.compile(rb"[\w-]{3,}")  # matches "Serving"
_SHORTEST = 20  # bytes of a line that is known again by its text
_MOST_COMPARED = 2_000  # lines; more that changed since the last commit are taken for new


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines of a file, without their ends, that were replaced by others from line `start` on, from 0."""

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """What a commit did to files, which are named as they are called after it.

    Attributes:
        hunks: Those of each file, from its top to its end.
        former: What the files that it renamed were called before.
    """

    commit: str
    day: date
    hunks: dict[str, list[Hunk]] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class ListCommit:
    """A commit that changed a list; `files` says what each of today's files is called after it."""

    name: str
    day: date
    files: Mapping[str, str]


def read_changes(
    root: Path, paths: Sequence[str], *, commits: int | None = None, size: int | None = None
) -> Iterator[tuple[ListCommit, dict[str, list[Hunk]]]]:
    """Read the last commits that touched files, newest first; of a merge what it brought.

    Reading stops after so many commits, or bytes of diffs.

    Yields:
        The commit, and by the path of each file the hunks from its top to its end.
    """
    limit = [f"--max-count={commits}"] if commits else []
    names: Mapping[str, str] = {path: path for path in paths}
    ever = _names_ever(root, paths)
    with stream_git(root, *_WALK, *_FORM, *limit, "HEAD", "--", *ever) as stream:
        for diff in parse_diffs(_bounded(stream, size) if size else stream):
            touched = diff.hunks.keys() | diff.former.keys()
            if touched.isdisjoint(names.values()):
                continue  # another file that bears a former name
            hunks = {path: diff.hunks.get(name, []) for path, name in names.items()}
            yield ListCommit(diff.commit, diff.day, names), hunks
            names = {path: diff.former.get(name, name) for path, name in names.items()}


def read_versions(root: Path, commits: Sequence[ListCommit]) -> Iterator[tuple[date, dict[str, bytes]]]:
    """Yield the day of each commit, and what the list's files were after it by their paths of today."""
    names = [f"{commit.name}:{name}" for commit in commits for name in commit.files.values()]
    blobs = iter(read_blobs(root, names))
    for commit in commits:
        files = {path: next(blobs) for path in commit.files}
        yield commit.day, {path: blob for path, blob in files.items() if blob is not None}


def _names_ever(root: Path, paths: Sequence[str]) -> list[str]:
    """Return what files are called and were called before, as far as git knows that they were renamed.

    Git itself follows (`--follow`) no more than one file, and takes a copy for a rename.
    """
    names = asked = list(paths)
    while asked:
        made = run_git(root, *_WALK, "--no-renames", "--diff-filter=A", "--format=%H", "HEAD", "--", *asked)
        former = [old for old, new in _renames(root, made) if new in asked] if made else []
        asked = [name for name in dict.fromkeys(former) if name not in names]
        names = [*names, *asked]
    return names


def _renames(root: Path, commits: bytes) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of each file that commits renamed, which are given one a line."""
    form = ("--no-walk=unsorted", "--stdin", "--find-renames", "--diff-filter=R", "--name-status")
    for line in run_git(root, *_WALK, *form, "--format=", stdin=commits).split(b"\n"):
        _, *names = map(decode_path, line.split(b"\t"))  # the first says how alike the files are: "R087"
        if names:
            yield names[0], names[1]


def _bounded(stream: IO[bytes], size: int) -> Iterator[bytes]:
    for line in stream:
        size -= len(line)
        if size < 0:
            return
        yield line


def parse_diffs(lines: Iterable[bytes]) -> Iterator[Diff]:
    """Read the output of `git log --patch --unified=0`; a commit that is cut off is left out."""
    rest = iter(lines)
    diff: Diff | None = None
    before = ""
    hunks: list[Hunk] = []
    for line in rest:
        if line.startswith(b"\x01"):
            if diff:
                yield diff
            commit, day = line[1:].split()
            diff = Diff(commit.decode(), date.fromisoformat(day.decode()))
        elif named := _NAMED.match(line):
            name = decode_path(named[2])
            if named[1] in _BEFORE:
                before = name
            elif named[1] == b"rename to " and diff:
                diff.former[name] = before
            elif diff:
                hunks = diff.hunks[name or before] = []
        elif found := _HUNK.match(line):
            hunk = _read_hunk(found, rest)
            if hunk is None:
                return
            hunks.append(hunk)
    if diff:
        yield diff


def _read_hunk(head: re.Match[bytes], rest: Iterator[bytes]) -> Hunk | None:
    """Read the lines of a hunk, or None if they end too early."""
    old_count, start, new_count = int(head[1] or 1), int(head[2]), int(head[3] or 1)
    old: list[bytes] = []
    new: list[bytes] = []
    while len(old) < old_count or len(new) < new_count:
        line = next(rest, None)
        if line is None:
            return None
        if line[:1] in {b"-", b"+"}:
            (old if line[:1] == b"-" else new).append(line[1:].rstrip(b"\r\n"))
    # Where nothing is there after, git counts from the line above.
    return Hunk(start - (new_count > 0), tuple(old), tuple(new))


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """With which change each line of a file came to its place.

    Attributes:
        ages: For each line the number of its change, counted back from the last one.
        moved: The lines, from 0, that stood elsewhere before.
        read: How many changes were read; it is the age of lines that are older than all of them.
    """

    ages: tuple[int, ...]
    moved: frozenset[int]
    read: int


class Tracer:
    """Follows the lines of a file back through its changes, newest first."""

    def __init__(self, lines: int) -> None:
        self._ages: list[int | None] = [None] * lines
        self._moved: set[int] = set()
        self._step = 0
        # For each line of the version that was reached the one of today that it became, if it did.
        self._now: list[int | None] = [*range(lines)]

    def step(self, hunks: Sequence[Hunk]) -> None:
        """Go back over one change; without hunks it was to other files."""
        taken = {key for hunk in hunks for line in hunk.old if (key := _key(line))}
        for hunk in reversed(hunks):
            changed = slice(hunk.start, hunk.start + len(hunk.new))
            before: list[int | None] = [None] * len(hunk.old)
            followed = [(index, now) for index, now in enumerate(self._now[changed]) if now is not None]
            rewritten = _rewritten(hunk) if followed else {}
            for index, now in followed:
                if index in rewritten:
                    before[rewritten[index]] = now
                    continue
                self._ages[now] = self._step
                if _key(hunk.new[index]) in taken:
                    self._moved.add(now)
            self._now[changed] = before
        self._step += 1

    def arrivals(self) -> Arrivals:
        """Return with which change each line came."""
        ages = tuple(self._step if age is None else age for age in self._ages)
        return Arrivals(ages, frozenset(self._moved), self._step)


def _key(line: bytes) -> bytes | None:
    """Return the key that a line is matched by: its first address, or its text, if that is long enough."""
    found = _ADDRESS.search(line)
    text = found[0] if found else line.strip().lower()
    return text if found or len(text) >= _SHORTEST else None


def _rewritten(hunk: Hunk) -> Mapping[int, int]:
    """Pair the lines of a hunk that are others in new words, in their order."""
    before = {key: index for index, line in enumerate(hunk.old) if (key := _key(line))}
    in_step = len(hunk.old) == len(hunk.new)
    pairs: dict[int, int] = {}
    last = -1
    for index, line in enumerate(hunk.new) if hunk.old else ():
        old = before.get(_key(line) or b"", -1)
        if old < 0 and in_step and _is_alike(hunk.old[index], line):
            old = index
        if old > last:
            pairs[index] = last = old
    return pairs


def _is_alike(one: bytes, other: bytes) -> bool:
    """Return whether two lines share more than half of their words."""
    words = [set(_WORD.findall(text.lower())) for text in (one, other)]
    return 2 * len(words[0] & words[1]) > max(map(len, words))


def align(before: Sequence[bytes], now: Sequence[bytes]) -> list[Hunk]:
    """Return what was changed in a file since its last commit, for `Tracer.step`."""
    top = 0
    while top < min(len(before), len(now)) and before[top] == now[top]:
        top += 1
    end = 0
    while end < min(len(before), len(now)) - top and before[-1 - end] == now[-1 - end]:
        end += 1
    old, new = before[top : len(before) - end], now[top : len(now) - end]
    if len(old) + len(new) > _MOST_COMPARED:
        return [Hunk(top, tuple(old), tuple(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(top + new_start, tuple(old[start:end]), tuple(new[new_start:new_end]))
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
