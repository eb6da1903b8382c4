"""What git records about a list: which paper stood under which heading when, and where people insert."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from arxiv_watch.errors import ListError
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown.document import Entry, PaperList
from arxiv_watch.markdown.reader import parse_document

# A folder of files may look like a bare repository, whose config would run programs (see git-config).
GIT = ("git", "-c", "safe.bareRepository=explicit")
_FORMAT = "%x01%H %cs"
POLICIES = ("bottom", "top", "oldest-first", "newest-first")
PLACING_VERSIONS = 50  # versions to replay where only the place of a new entry is asked for
_RECENT = 10  # recent insertions predict the next place best


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A paper under a heading, from the day it was put there to the day it left.

    Attributes:
        id: The paper.
        title: The title in the list.
        path: The heading as it was called last.
        added: The day of the commit that put it there.
        removed: The day of the commit that took it away for good, or None.
    """

    id: ArxivId
    title: str
    path: HeadingPath
    added: date
    removed: date | None = None


@dataclass(frozen=True, slots=True)
class Insert:
    """One insertion by a person, and the rules that would have put it there.

    Attributes:
        path: The heading.
        day: The day of the commit.
        fits: Of `top`, `bottom`, `newest-first` and `oldest-first` those that give its place.
    """

    path: HeadingPath
    day: date
    fits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Version:
    """How large the list was after a commit."""

    day: date
    papers: int
    headings: int


@dataclass(frozen=True, slots=True)
class ListHistory:
    """What git records about a list; empty where there is no git.

    Attributes:
        rows: One for each paper and heading, in order of `added`.
        inserts: Insertions into sections that had entries, oldest first.
        versions: The versions replayed, oldest first.
    """

    rows: tuple[HistoryRow, ...] = ()
    inserts: tuple[Insert, ...] = ()
    versions: tuple[Version, ...] = ()

    @property
    def ids(self) -> frozenset[ArxivId]:
        """Every paper the list held in the versions replayed, those taken out since included."""
        return frozenset(row.id for row in self.rows)

    def larger(self, papers: int, headings: int, today: date) -> Version | None:
        """Return what the list was before a change of today or yesterday that took most of it away, or None.

        Args:
            papers: How many papers the list has now.
            headings: How many headings have papers now.
            today: The day.
        """
        lately = today - timedelta(days=1)
        settled = [version for version in self.versions if version.day < lately]
        if not settled or self.versions[-1].day < lately:
            return None
        is_larger = settled[-1].papers > 2 * papers or settled[-1].headings > 2 * headings
        return settled[-1] if is_larger else None

    def policy(self, path: HeadingPath, order: str = "") -> str | None:
        """Tell by which rule people lately placed new entries under a heading; None where nothing tells.

        Args:
            path: The heading.
            order: The order its entries are in now; it decides between rules that fit equally well.
        """
        own = [insert for insert in self.inserts if insert.path == path][-_RECENT:]
        lately = [*self.inserts[-_RECENT:], *own, *own]
        counts = Counter(policy for insert in lately for policy in insert.fits)
        if not counts:
            return None
        return max(POLICIES, key=lambda policy: (counts[policy], policy == order))


def read_history(repo_root: Path, paths: Sequence[str], versions: int | None = None) -> ListHistory:
    """Replay the list's files through git, first parents only.

    Args:
        repo_root: The repository's root.
        paths: The list's files, relative to it.
        versions: How many of the last versions to replay, None for all. Placing needs `PLACING_VERSIONS`;
            one of a large list takes a quarter of a second. Days are those of the versions replayed.

    Returns:
        The history; an empty one where the folder is no git repository or git is not installed.

    Raises:
        ListError: Git is there but fails.
    """
    if not _is_repository(repo_root):
        return ListHistory()
    replay = _Replay()
    for day, files in _versions(repo_root, list(paths), versions):
        replay.step(day, files)
    return replay.history()


def _is_repository(root: Path) -> bool:
    try:
        inside = subprocess.run(
            [*GIT, "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return inside.returncode == 0


def _git(root: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    done = subprocess.run([*GIT, "-C", str(root), *arguments], capture_output=True, check=False, input=stdin)
    if done.returncode:
        raise ListError(
            f"git {arguments[0]} failed in {root}: {done.stderr.decode(errors='replace').strip()}"
        )
    return done.stdout


def _versions(root: Path, paths: list[str], versions: int | None) -> Iterator[tuple[date, dict[str, bytes]]]:
    """Yield the list's files after each commit that touched them, oldest first."""
    limit = [] if versions is None else [f"--max-count={versions}"]
    log = _git(
        root, "log", "--first-parent", "--reverse", *limit, f"--format={_FORMAT}", "HEAD", "--", *paths
    )
    commits = [line.split() for line in log.decode().replace("\x01", "").splitlines() if line.strip()]
    wanted = [(commit, path) for commit, _ in commits for path in paths]
    stdin = "".join(f"{commit}:{path}\n" for commit, path in wanted).encode()
    blobs = _blobs(_git(root, "cat-file", "--batch", stdin=stdin), len(wanted)) if wanted else []
    for index, (_, day) in enumerate(commits):
        files = {
            path: blob
            for path, blob in zip(paths, blobs[index * len(paths) : (index + 1) * len(paths)], strict=True)
            if blob is not None
        }
        yield date.fromisoformat(day), files


def _blobs(stream: bytes, count: int) -> list[bytes | None]:
    """Cut the answer of `git cat-file --batch` into blobs; a missing one is None."""
    blobs: list[bytes | None] = []
    position = 0
    for _ in range(count):
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


class _Replay:
    """Compares version after version of a list."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, HeadingPath], HistoryRow] = {}
        self._closed: dict[tuple[str, HeadingPath], HistoryRow] = {}
        self._ever: set[str] = set()
        self._inserts: list[Insert] = []
        self._versions: list[Version] = []
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
        self._versions.append(Version(day, len({base for base, _ in now}), len({path for _, path in now})))
        self._rename(now, present)
        for key in [key for key in self._open if key not in now]:
            self._closed[key] = replace(self._open.pop(key), removed=day)
        fresh = {base for base, _ in now} - self._ever  # what comes back was moved, or a version was broken
        if self._open:
            self._inserts += _inserts(placed, fresh, day)
        for (base, path), entry in now.items():
            if (base, path) in self._closed:
                self._open[base, path] = replace(self._closed.pop((base, path)), removed=None)
            elif (base, path) not in self._open:
                self._open[base, path] = HistoryRow(ArxivId.parse(base), entry.title, path, day)
        self._ever |= fresh

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

    def history(self) -> ListHistory:
        """Return what was seen."""
        rows = sorted(
            [*self._closed.values(), *self._open.values()], key=lambda row: (row.added, row.path, row.id)
        )
        return ListHistory(tuple(rows), tuple(self._inserts), tuple(self._versions))

    def _read(self, path: str, data: bytes) -> PaperList:
        if path not in self._parsed or self._parsed[path][0] != data:
            self._parsed[path] = data, PaperList((parse_document(path, data),))
        return self._parsed[path][1]


def _inserts(placed: list[tuple[Entry, HeadingPath]], fresh: set[str], day: date) -> Iterator[Insert]:
    """Tell by which rules new entries were placed among the old ones of their run."""
    runs: dict[tuple[HeadingPath, int], list[ArxivId]] = {}
    for entry, path in placed:
        if entry.ids:
            runs.setdefault((path, entry.run), []).append(entry.ids[0])
    for (path, _), ids in runs.items():
        for index, identifier in enumerate(ids):
            before = [other for other in ids[:index] if other.base not in fresh]
            after = [other for other in ids[index + 1 :] if other.base not in fresh]
            if identifier.base in fresh and (before or after):
                yield Insert(path, day, fitting(identifier, before, after))


def fitting(identifier: ArxivId, before: Sequence[ArxivId], after: Sequence[ArxivId]) -> frozenset[str]:
    """Tell which rules put a paper between those before and those after it."""
    fits = {
        "top": not before,
        "bottom": not after,
        "oldest-first": not (before and identifier < before[-1]) and not (after and after[0] < identifier),
        "newest-first": not (before and before[-1] < identifier) and not (after and identifier < after[0]),
    }
    return frozenset(policy for policy, fit in fits.items() if fit)
