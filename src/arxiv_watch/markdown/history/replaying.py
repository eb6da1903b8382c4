"""Which paper stood under which heading when, from every version of a list that git keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, PaperList
from arxiv_watch.markdown.git import is_repository
from arxiv_watch.markdown.history.changes import read_changes, read_versions
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.proposals import HistoryRow

_AT_ONCE = 20  # versions held in memory; one may have megabytes


def read_rows(repo_root: Path, paths: Sequence[str]) -> tuple[HistoryRow, ...]:
    """Replay every version of a list's files, first parents only; a large one takes half a second.

    Args:
        repo_root: The repository's root.
        paths: The list's files, relative to it.

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
        present = {
            section.path for one in lists for document in one.documents for section in document.sections
        }
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
        """Return what was seen."""
        rows = [*self._closed.values(), *self._open.values()]
        return tuple(sorted(rows, key=lambda row: (row.added, row.path, row.id)))

    def _read(self, path: str, data: bytes) -> PaperList:
        if path not in self._parsed or self._parsed[path][0] != data:
            self._parsed[path] = data, PaperList((parse_document(path, data),))
        return self._parsed[path][1]
