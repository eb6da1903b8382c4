"""What git records about a list: with which commit each line came, and which papers it once held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import SequenceMatcher
from pathlib import Path

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import PaperList
from arxiv_watch.markdown.history.git import Hunk, is_repository, read_blobs, read_changes
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.inline import linked_ids
from arxiv_watch.markdown.text.lines import decode, split_lines

_MOST_COMMITS = 700  # seven hundred diffs of a list of a megabyte are read in a second
_MOST_DIFFS = 16_000_000  # bytes; lists that a program rewrites daily have more, and show no habit
_ADDRESS = re.compile(rb"https?://[^\s<>|\[\]\"'`()]+")  # matches "https://arxiv.org/abs/2407.12391"
_WORD = re.compile(rb"[\w-]{3,}")  # matches "Serving"
_SHORTEST = 20  # bytes of a line that is known again by its text
_MOST_COMPARED = 2_000  # lines; more that changed since the last commit are taken for new


@dataclass(frozen=True, slots=True)
class FileVersion:
    """How large the list was after the last commit of a day."""

    day: date
    papers: int
    headings: int

    @classmethod
    def of(cls, day: date, paper_list: PaperList) -> FileVersion:
        """Count the papers under headings, and the headings with papers."""
        placed = [(paper, path) for entry, path in paper_list.placed for paper in entry.ids]
        return cls(day, len({paper for paper, _ in placed}), len({path for _, path in placed}))


@dataclass(frozen=True, slots=True)
class ListHistory:
    """What git records about a list; empty where there is no git.

    Attributes:
        arrivals: For each file with which commit its lines came.
        ids: The papers on lines that were taken out or rewritten.
        changed: The day of the last commit.
        versions: What the list was before that day and the day before it, oldest first, if asked for.
    """

    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    ids: frozenset[ArxivId] = frozenset()
    changed: date | None = None
    versions: tuple[FileVersion, ...] = ()


def read_history(repo_root: Path, files: Mapping[str, bytes], *, versions: bool = False) -> ListHistory:
    """Read the list's history from the diffs of its last commits, first parents only.

    Args:
        repo_root: The repository's root.
        files: The list's files as they are now, by their paths relative to it.
        versions: Whether to read as well how large the list was some days ago; one of a megabyte takes
            half a second.

    Returns:
        The history; an empty one where the folder is no git repository or git is not installed.

    Raises:
        ListError: Git is there but fails.
    """
    if not is_repository(repo_root):
        return ListHistory()
    paths = list(files)
    tracers = dict(_tracers(repo_root, files))
    ids: set[ArxivId] = set()
    days: list[tuple[date, str]] = []
    for change in read_changes(repo_root, paths, commits=_MOST_COMMITS, size=_MOST_DIFFS):
        days.append((change.day, change.commit))
        lines = [line for hunks in change.hunks.values() for hunk in hunks for line in hunk.old]
        ids |= set(linked_ids(decode(b"\n".join(lines))))
        for path, tracer in tracers.items():
            tracer.step(change.hunks.get(path, ()))
    return ListHistory(
        arrivals={path: tracer.arrivals() for path, tracer in tracers.items()},
        ids=frozenset(ids),
        changed=days[0][0] if days else None,
        versions=tuple(_settled(repo_root, paths, days)) if versions else (),
    )


def _tracers(root: Path, files: Mapping[str, bytes]) -> Iterator[tuple[str, Tracer]]:
    """Begin with the lines of each file now, and go back to its last commit."""
    committed = read_blobs(root, [f"HEAD:{path}" for path in files])
    for (path, data), blob in zip(files.items(), committed, strict=True):
        lines = _lines(data)
        tracer = Tracer(len(lines))
        tracer.step(align(_lines(blob or b""), lines))
        yield path, tracer


def _lines(data: bytes) -> list[bytes]:
    r"""Split into lines as Markdown does; git knows no `\r` alone, which hardly any file has."""
    return [line.rstrip("\r\n").encode("utf-8", "surrogateescape") for line in split_lines(decode(data))]


def _settled(root: Path, paths: Sequence[str], days: Sequence[tuple[date, str]]) -> Iterator[FileVersion]:
    """Read what the list was before its last day and before the day before that, oldest first."""
    limits = (days[0][0] - timedelta(days=1), days[0][0]) if days else ()
    before = [next((one for one in days if one[0] < limit), None) for limit in limits]
    for day, commit in dict.fromkeys(filter(None, before)):
        blobs = zip(paths, read_blobs(root, [f"{commit}:{path}" for path in paths]), strict=True)
        documents = [parse_document(path, blob) for path, blob in blobs if blob is not None]
        yield FileVersion.of(day, PaperList(tuple(documents)))


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
            changed = slice(hunk.new_start, hunk.new_start + len(hunk.new))
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
        """Return what was found."""
        ages = tuple(self._step if age is None else age for age in self._ages)
        return Arrivals(ages, frozenset(self._moved), self._step)


def _key(line: bytes) -> bytes | None:
    """Return by what a line is known again: its first address, or its text."""
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
        return [Hunk(top, top, tuple(old), tuple(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(top + start, top + new_start, tuple(old[start:end]), tuple(new[new_start:new_end]))
        for kind, start, end, new_start, new_end in matcher.get_opcodes()
        if kind != "equal"
    ]
