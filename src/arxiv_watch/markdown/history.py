"""What git records about a list: with which commit each line came, and which papers it once held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.arrivals import Arrivals, Tracer, align
from arxiv_watch.markdown.diffs import Change, read_changes
from arxiv_watch.markdown.document import PaperList
from arxiv_watch.markdown.git import is_repository, read_blobs
from arxiv_watch.markdown.lines import decode, split_lines
from arxiv_watch.markdown.reader import linked_ids, parse_document

_MOST_COMMITS = 700  # seven hundred diffs of a list of a megabyte are read in a second
_MOST_DIFFS = 16_000_000  # bytes; lists that a program rewrites daily have more, and show no habit


@dataclass(frozen=True, slots=True)
class FileVersion:
    """How large the list was after a commit."""

    day: date
    papers: int
    headings: int


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

    def larger(self, papers: int, headings: int, today: date) -> FileVersion | None:
        """Return what the list was before a change of today or yesterday that took most of it away, or None.

        Args:
            papers: How many papers the list has now.
            headings: How many headings have papers now.
            today: The day.
        """
        lately = today - timedelta(days=1)
        settled = [version for version in self.versions if version.day < lately]
        if not settled or self.changed is None or self.changed < lately:
            return None
        is_larger = settled[-1].papers > 2 * papers or settled[-1].headings > 2 * headings
        return settled[-1] if is_larger else None


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
        ids |= _taken_out(change)
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


def _taken_out(change: Change) -> set[ArxivId]:
    lines = [line for hunks in change.hunks.values() for hunk in hunks for line in hunk.old]
    return set(linked_ids(decode(b"\n".join(lines))))


def _settled(root: Path, paths: Sequence[str], days: Sequence[tuple[date, str]]) -> Iterator[FileVersion]:
    """Read what the list was before its last day and before the day before that, oldest first."""
    if not days:
        return
    last = days[0][0]
    before = (
        next((one for one in days if one[0] < limit), None) for limit in (last - timedelta(days=1), last)
    )
    for found in dict.fromkeys(before):
        if found:
            day, commit = found
            blobs = zip(paths, read_blobs(root, [f"{commit}:{path}" for path in paths]), strict=True)
            documents = [parse_document(path, blob) for path, blob in blobs if blob is not None]
            placed = [(i, path) for entry, path in PaperList(tuple(documents)).placed for i in entry.ids]
            yield FileVersion(day, len({i for i, _ in placed}), len({path for _, path in placed}))
