"""Reading the state of the world: the list at one commit, and every pull request of the bot.

There is no database. What was proposed, accepted and rejected is read from pull requests that the bot
itself opened from branches of this repository; anything else that carries our marks is ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from arxiv_watch.errors import EditRefusedError, GitHubError, ListError
from arxiv_watch.forge.api import Api
from arxiv_watch.forge.body import Reading, read_body
from arxiv_watch.forge.facts import PullFacts, RepositoryFacts
from arxiv_watch.forge.ledger import Past, read_ledger
from arxiv_watch.forge.list_files import REGULAR, ListFiles
from arxiv_watch.forge.memory import Memory, read_commit
from arxiv_watch.forge.refusals import AnswerError, Kind
from arxiv_watch.forge.state import Files, Find, Leftover, OpenPull, Orphan, Snapshot, State
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId

PREFIX = "arxiv-watch/"
_IDS = re.compile(rb"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}")


def find_mentions(files: Files) -> dict[ArxivId, HeadingPath]:
    """Find every identifier that files mention: enough to know what is listed, but not where."""
    found = (ArxivId.find(text.decode()) for data in files.values() for text in _IDS.findall(data))
    return {paper: () for paper in found if paper is not None}


def branch_folder(watch: str) -> str:
    """Return the folder of branch names of a watch; two watches never share one."""
    slug = re.sub(r"[^a-z0-9]+", "-", watch.lower()).strip("-")[:40]
    if slug != watch:
        slug = f"{slug or 'watch'}-{hashlib.sha256(watch.encode()).hexdigest()[:6]}"
    return f"{PREFIX}{slug}/"


class Reader:
    """Reads snapshots of one repository.

    Args:
        api: The requests.
        login: Whose token it is, or None to ask.
    """

    def __init__(self, api: Api, login: str | None) -> None:
        self._api = api
        self._login = login
        self._lists = ListFiles(api)

    def read(self, watch: str, patterns: str, base: str | None, find: Find) -> Snapshot:
        """Read everything that a plan is made from.

        Raises:
            GitHubError: GitHub refused, or there is no such branch.
            ListError: The repository has no such list.
        """
        repository = self._repository()
        base = base or repository.default_branch
        base_sha = self._api.tip(base)
        if base_sha is None:
            raise GitHubError(
                f"no branch {base!r} in {repository.name}", "check `pull_request.base` in the config"
            )
        here = self._lists.at(base_sha, patterns)
        past = [self._past(facts, watch) for facts in self._own(repository, watch)]
        listed = find(here.files)
        opened = [index for index, one in enumerate(past) if one.facts.open and one.memory is not None]
        pull = self._open(past[opened[-1]], patterns, base, find) if opened else None
        if pull is not None:
            past[opened[-1]] = Past(pull.facts, pull.reading, pull.memory)
        branches = self._api.branches(branch_folder(watch))
        known = {one.facts.branch for one in past}
        return Snapshot(
            watch=watch,
            patterns=patterns,
            repository=repository.name,
            node_id=repository.node_id,
            base=base,
            base_sha=base_sha,
            tree=here.tree,
            files=here.files,
            modes=here.modes,
            ledger=read_ledger(past, listed),
            branch=_next_branch(watch, {*branches, *known}),
            pull=pull,
            orphan=self._orphan(
                watch, {b: s for b, s in branches.items() if b not in known}, here.files, patterns
            ),
            leftovers=_leftovers(branches, past),
            warnings=(*here.warnings, *_warnings(past)),
        )

    def find_file(self, paths: Sequence[str]) -> tuple[str, bytes] | None:
        """Read the first of these paths that is a file at the tip of the default branch, or None.

        Raises:
            GitHubError: GitHub refused, or the repository is empty.
        """
        repository = self._repository()
        tip = self._api.tip(repository.default_branch)
        if tip is None:
            raise GitHubError(f"{repository.name} is empty", "make a first commit")
        found, _ = self._api.files(self._api.tree_of(tip))
        regular = {file.path: file.sha for file in found if file.mode in REGULAR}
        path = next((path for path in paths if path in regular), None)
        return (path, self._lists.blob(regular[path])) if path is not None else None

    def _repository(self) -> RepositoryFacts:
        repository = self._api.repository()
        if repository.archived:
            raise GitHubError(f"{repository.name} is archived", "unarchive it or disable the workflow")
        return repository

    def _bot(self) -> str:
        """Return whose token it is; a guess would take our own pull requests for somebody else's."""
        if self._login is None:
            self._login = self._api.viewer()
        return self._login

    def _own(self, repository: RepositoryFacts, watch: str) -> list[PullFacts]:
        """Return the bot's pull requests for a watch, oldest first; a fork's never are."""
        login, folder = self._bot(), branch_folder(watch)
        return [
            pull
            for pull in reversed(self._api.pulls())
            if pull.login == login
            and pull.repository.casefold() == repository.name.casefold()
            and pull.branch.startswith(folder)
        ]

    def _past(self, facts: PullFacts, watch: str) -> Past:
        reading = read_body(facts.body)
        memory = self._memory(facts, reading, watch)
        if memory is not None and facts.open:
            memory = memory.answered(reading.ticks)
        return Past(facts, reading, memory)

    def _memory(self, facts: PullFacts, reading: Reading, watch: str) -> Memory | None:
        """Read the copy where it is up to date, or else what the commits say."""
        marker = reading.marker
        if marker is not None and marker.memory.watch == watch and marker.head == facts.head:
            return marker.memory
        memories = [
            read_commit(commit.message)
            for commit in self._api.commits(facts.number)
            if commit.login == self._bot()
        ]
        ours = [memory for memory in memories if memory is not None and memory.watch == watch]
        return ours[-1] if ours else None

    def _open(self, past: Past, patterns: str, base: str, find: Find) -> OpenPull:
        facts, mergeable, comments = self._api.pull(past.facts.number)
        reading = read_body(facts.body)
        state = self._state(facts, reading, base, comments)
        memory = past.memory or Memory("", "")
        try:
            there = self._lists.at(facts.head, patterns)
            found = find(there.files)
        except (ListError, EditRefusedError):
            # Somebody is rebuilding the list on this branch: its papers are unknown, so nothing is touched.
            return OpenPull(facts, memory, reading, State.MODIFIED, mergeable is False, "", {})
        if state is State.MODIFIED:
            gone = {paper: path for paper, path in memory.papers.items() if paper not in found}
            memory = replace(memory, refused={**memory.refused, **gone})
        return OpenPull(facts, memory, reading, state, mergeable is False, there.tree, there.files)

    def _state(self, facts: PullFacts, reading: Reading, base: str, comments: int) -> State:
        marker = reading.marker
        untouched = marker is not None and marker.head == facts.head
        if facts.base != base or not (untouched or self._all_ours(facts.number)):
            return State.MODIFIED
        if marker is None or facts.title != marker.title or facts.assignees - set(marker.assignees):
            return State.ENGAGED
        if self._api.has_people(facts.number, comments):
            return State.ENGAGED
        return State.CLEAN if marker.finished else State.BARE

    def _all_ours(self, number: int) -> bool:
        """Return whether every commit is the bot's own; one that was amended is no longer verified."""
        bot = self._bot()
        return all(
            commit.login == bot
            and read_commit(commit.message) is not None
            and (commit.verified or not bot.endswith("[bot]"))
            for commit in self._api.commits(number)
        )

    def _orphan(self, watch: str, stray: Mapping[str, str], files: Files, patterns: str) -> Orphan | None:
        foreign = None
        for branch, head in sorted(stray.items()):
            commit = self._api.commit(head)
            memory = read_commit(commit.message) if commit.login == self._bot() else None
            if memory is not None and memory.watch == watch and commit.parents == (memory.base,):
                return Orphan(branch, head, memory, fits=self._is_still(files, memory.base, patterns))
            foreign = foreign or Orphan(branch, head, None, fits=False)
        return foreign

    def _is_still(self, files: Files, commit: str, patterns: str) -> bool:
        """Return whether the list is what it was at a commit, which may be gone by now."""
        try:
            return self._lists.at(commit, patterns).files == files
        except (ListError, EditRefusedError):
            return False
        except AnswerError as error:
            if error.refusal.kind is not Kind.ABSENT:
                raise
            return False


def _next_branch(watch: str, taken: Iterable[str]) -> str:
    """Number the batches; two runs that race choose one name, and only one of them can make it."""
    folder = branch_folder(watch)
    numbers = [int(tail) for name in taken if (tail := name.removeprefix(folder)).isdigit()]
    return f"{folder}{max(numbers, default=0) + 1}"


def _leftovers(branches: Mapping[str, str], past: Iterable[Past]) -> tuple[Leftover, ...]:
    served = (pull for pull in past if pull.facts.merged_at is not None or pull.superseded)
    return tuple(
        Leftover(pull.facts.branch, pull.facts.head)
        for pull in served
        if not pull.facts.open and branches.get(pull.facts.branch) == pull.facts.head
    )


def _warnings(past: Iterable[Past]) -> Iterable[str]:
    for pull in past:
        if pull.memory is None:
            yield f"pull request #{pull.facts.number} no longer says which papers it holds; it is left alone"
