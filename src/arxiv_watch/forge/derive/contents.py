"""What the repository holds: the list's files at a commit, and the bot's branches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.forge.derive.state import Orphan, PastPull
from arxiv_watch.forge.derive.trust import Trust
from arxiv_watch.forge.host import CodeHost, FileFacts, Kind, PullFacts, unless
from arxiv_watch.globs import select

PREFIX = "arxiv-watch/"
REGULAR = frozenset({"100644", "100755"})
_LINK = "120000"


def select_files(patterns: str, files: Iterable[FileFacts]) -> tuple[list[FileFacts], list[str]]:
    """Choose the files that a list's name means: one file, the `.md` files of a folder, or a glob's.

    With them come the paths of symbolic links among them, which are not read.
    """
    by_path = {file.path: file for file in files}
    named = [by_path[path] for path in select(patterns, by_path)]
    chosen = [file for file in named if file.mode in REGULAR]
    links = [file.path for file in named if file.mode == _LINK]
    if links and not chosen:
        raise EditRefusedError(f"the list {patterns!r} is a link", "name the file it leads to")
    if not chosen:
        raise ListError(f"no file {patterns!r} in the repository", "check `list` in the config")
    return chosen, links


@dataclass(frozen=True, slots=True)
class ListAt:
    """The list at one commit: its files, whole, their modes in git, and warnings of what was left out."""

    commit: str
    files: Mapping[str, bytes]
    modes: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def list_at(host: CodeHost, commit: str, patterns: str) -> ListAt:
    """Read the list at a commit."""
    chosen, links = select_files(patterns, host.files(commit, patterns))
    return ListAt(
        commit,
        {file.path: host.blob(file.sha) for file in chosen},
        {file.path: file.mode for file in chosen},
        tuple(f"{path} is a link and is not read" for path in links),
    )


def list_under_names(host: CodeHost, commit: str, paths: Iterable[str]) -> ListAt:
    """Read a list at a commit where its files have these names."""
    parts = [list_at(host, commit, path) for path in sorted(paths)]
    if not parts:
        raise ListError("the list is not in the branch", "tick *regenerate*, or close the pull request")
    return ListAt(commit, {path: data for part in parts for path, data in part.files.items()})


def branch_folder(watch: str) -> str:
    """Return the folder of branch names of a watch; two watches never share one."""
    # matches " & " in "llm & agents", which becomes "llm-agents"
    slug = re.sub(r"[^a-z0-9]+", "-", watch.lower()).strip("-")[:40]
    if slug != watch:
        slug = f"{slug or 'watch'}-{hashlib.sha256(watch.encode()).hexdigest()[:6]}"
    return f"{PREFIX}{slug}/"


def next_branch(watch: str, taken: Iterable[str]) -> str:
    """Number the batches; two runs that race choose one name, and only one of them can make it."""
    folder = branch_folder(watch)
    numbers = [int(tail) for name in taken if (tail := name.removeprefix(folder)).isdecimal()]
    return f"{folder}{max(numbers, default=0) + 1}"


def find_orphan(
    host: CodeHost, trust: Trust, stray: Mapping[str, str], patterns: str, files: Mapping[str, bytes]
) -> tuple[Orphan | None, tuple[str, ...]]:
    """Return the branch that a dead run left, or a warning of one that is not the bot's.

    `stray` are branches without a pull request, with their tips; `files` is the list on the base branch.
    """
    foreign: tuple[str, ...] = ()
    for branch, head in sorted(stray.items()):
        commit = host.commit(head)
        memory = trust.memory_in(commit)
        if memory is not None and commit.as_made and commit.parents == (memory.base,):
            return Orphan(branch, head, memory, fits=_had(host, memory.base, patterns, files)), ()
        foreign = foreign or (f"branch {branch} is not the bot's and is left alone",)
    return None, foreign


def _had(host: CodeHost, commit: str, patterns: str, files: Mapping[str, bytes]) -> bool:
    """Return whether the list was the same at a commit, which may be gone by now."""
    try:
        there = unless({Kind.ABSENT}, lambda: list_at(host, commit, patterns), None)
    except (ListError, EditRefusedError):
        return False
    return there is not None and there.files == files


def find_leftovers(
    host: CodeHost, trust: Trust, branches: Mapping[str, str], past: Iterable[PastPull]
) -> dict[str, str]:
    """Return the branches that have served and hold nothing but the bot's own commits, with their tips.

    A run that loses a race against a merge leaves a commit more on the branch; its papers are
    proposed anew.
    """

    def is_late(tip: str, facts: PullFacts) -> bool:
        commit = host.commit(tip)
        return commit.parents[:1] == (facts.head,) and trust.memory_in(commit, facts) is not None

    served = (pull.facts for pull in past if pull.facts.merged_at is not None or pull.superseded)
    return {
        facts.branch: tip
        for facts in served
        if not facts.open
        and (tip := branches.get(facts.branch)) is not None
        and (tip == facts.head or is_late(tip, facts))
    }
