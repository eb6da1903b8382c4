"""What git records of a list: with which commit each line came, and which papers it once held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import PaperList
from arxiv_watch.markdown.git import is_repository, read_blobs
from arxiv_watch.markdown.history.arrivals import Arrivals, Tracer, align
from arxiv_watch.markdown.history.changes import ListCommit, read_changes, read_versions
from arxiv_watch.markdown.reading.reader import parse_document
from arxiv_watch.markdown.text.inline import linked_ids
from arxiv_watch.markdown.text.lines import decode, split_lines

_MOST_COMMITS = 700  # seven hundred diffs of a list of a megabyte are read in a second
_MOST_DIFFS = 16_000_000  # bytes; lists that a program rewrites daily have more, and show no habit


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
