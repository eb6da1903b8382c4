"""What git records of a list: with which commit each line came, and which paper stood where when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, PaperList
from arxiv_watch.markdown.git import is_repository, read_blobs
from arxiv_watch.markdown.history.changes import (
    Arrivals,
    ListCommit,
    Tracer,
    align,
    read_changes,
    read_versions,
)
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.inline import linked_ids
from arxiv_watch.markdown.text.lines import decode, split_lines
from arxiv_watch.proposals import HistoryRow

_MOST_COMMITS = 700  # seven hundred diffs of a list of a megabyte are read in a second
_MOST_DIFFS = 16_000_000  # bytes; lists that a program rewrites daily have more, and show no habit
_AT_ONCE = 20  # versions held in memory; one may have megabytes


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

    The files are as they are now, by their paths relative to the root. With `versions` it is read as well how
    large the list was some days ago; one of a megabyte takes half a second.

    Returns:
        The history; an empty one where the folder is no git repository or git is not installed.

    Raises:
        ListError: Git is there but fails.
    """
    if not is_repository(repo_root):
        return ListHistory()
    tracers = dict(_tracers(repo_root, files))
    ids: set[ArxivId] = set()
    commits: list[ListCommit] = []
    for commit, changed in read_changes(repo_root, [*files], commits=_MOST_COMMITS, size=_MOST_DIFFS):
        commits.append(commit)
        for path, hunks in changed.items():
            ids |= set(linked_ids(decode(b"\n".join(line for hunk in hunks for line in hunk.old))))
            tracers[path].step(hunks)
    return ListHistory(
        arrivals={path: tracer.arrivals() for path, tracer in tracers.items()},
        ids=frozenset(ids),
        changed=commits[0].day if commits else None,
        versions=tuple(_settled(repo_root, commits)) if versions else (),
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


def _settled(root: Path, commits: Sequence[ListCommit]) -> Iterator[FileVersion]:
    """Read what the list was before its last day and before the day before that, oldest first."""
    limits = (commits[0].day - timedelta(days=1), commits[0].day) if commits else ()
    before = [next((one for one in commits if one.day < limit), None) for limit in limits]
    for day, files in read_versions(root, [*dict.fromkeys(filter(None, before))]):
        yield FileVersion.of(day, PaperList(tuple(parse_document(*file) for file in files.items())))


def read_rows(repo_root: Path, paths: Sequence[str]) -> tuple[HistoryRow, ...]:
    """Replay every version of a list's files, first parents only; a large one takes half a second.

    Returns:
        One row for each paper and heading, in order of `added`; none where there is no git.

    Raises:
        ListError: Git is there but fails.
    """
    replay = _Replay()
    if is_repository(repo_root):
        commits = [commit for commit, _ in read_changes(repo_root, paths)]
        commits.reverse()
        for start in range(0, len(commits), _AT_ONCE):
            for day, files in read_versions(repo_root, commits[start : start + _AT_ONCE]):
                replay.step(day, files)
    return replay.rows()


class _Replay:
    """Compares version after version of a list."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, HeadingPath], HistoryRow] = {}
        self._closed: dict[tuple[str, HeadingPath], HistoryRow] = {}
        self._parsed: dict[str, tuple[bytes, PaperList]] = {}

    def step(self, day: date, files: dict[str, bytes]) -> None:
        """Take in the next version."""
        lists = [self._read(path, data) for path, data in sorted(files.items())]
        placed = [pair for one in lists for pair in one.placed]
        present = {section.path for one in lists for _, section in one.sections}
        now: dict[tuple[str, HeadingPath], Entry] = {}
        for entry, path in placed:
            for identifier in entry.ids:
                now.setdefault((identifier.base, path), entry)
        self._rename(now, present)
        for key in [key for key in self._open if key not in now]:
            self._closed[key] = replace(self._open.pop(key), removed=day)
        for (base, path), entry in now.items():
            if (base, path) in self._closed:
                self._open[base, path] = replace(self._closed.pop((base, path)), removed=None)
            elif (base, path) not in self._open:
                self._open[base, path] = HistoryRow(ArxivId.parse(base), entry.title, path, day)

    def _rename(self, now: Collection[tuple[str, HeadingPath]], present: set[HeadingPath]) -> None:
        """Follow headings that were renamed: most of their papers now stand under a new one."""
        papers = Counter(path for _, path in self._open)
        homes: dict[str, list[HeadingPath]] = {}
        for base, path in now:
            if (base, path) not in self._open:
                homes.setdefault(base, []).append(path)
        moves = Counter(
            (path, home) for base, path in self._open if path not in present for home in homes.get(base, ())
        )
        for (path, home), count in moves.most_common():
            if count * 2 > papers[path]:
                for base in [base for base, where in self._open if where == path]:
                    if (base, home) in now and (base, home) not in self._open:
                        self._open[base, home] = replace(self._open.pop((base, path)), path=home)

    def rows(self) -> tuple[HistoryRow, ...]:
        """Return a row for each paper under each heading, in order of `added`."""
        rows = [*self._closed.values(), *self._open.values()]
        return tuple(sorted(rows, key=lambda row: (row.added, row.path, row.id)))

    def _read(self, path: str, data: bytes) -> PaperList:
        if path not in self._parsed or self._parsed[path][0] != data:
            self._parsed[path] = data, PaperList((parse_document(path, data),))
        return self._parsed[path][1]
