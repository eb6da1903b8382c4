"""Reading the state of the world: the list at one commit, and every pull request of the bot.

There is no database. What was proposed, accepted and rejected is read from the pull requests whose
commits on branches of this repository prove it (see `trust`); anything else that carries our marks is
ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from arxiv_watch.errors import EditRefusedError, ForgeError, ListError
from arxiv_watch.forge.derive.contents import (
    PREFIX,
    ListAt,
    branch_folder,
    find_leftovers,
    find_orphan,
    list_at,
    list_under_names,
    next_branch,
)
from arxiv_watch.forge.derive.state import (
    OpenPull,
    PastPull,
    Snapshot,
    State,
    Subject,
    endings,
    merged_though_unticked,
    read_ledger,
)
from arxiv_watch.forge.derive.trust import Trust
from arxiv_watch.forge.host import AnswerError, CodeHost, PullFacts, RepositoryFacts, WorldMovedError
from arxiv_watch.forge.memory import Memory
from arxiv_watch.forge.page.body import BodyReading, read_body
from arxiv_watch.forge.page.titles import habit_of
from arxiv_watch.globs import called_after
from arxiv_watch.markdown import parse_list


@dataclass(frozen=True, slots=True)
class SnapshotReader:
    """Reads one snapshot of one repository for one watch."""

    host: CodeHost
    subject: Subject
    repository: RepositoryFacts
    trust: Trust

    def is_answered(self) -> bool:
        """Return whether there is something to do, as far as the list of pull requests shows."""
        branches, pulls = self.host.branches(PREFIX), self._of_watch(self.host.pulls())
        if any(pull.merged_at is not None and branches.get(pull.branch) == pull.head for pull in pulls):
            return True
        opened = [
            PastPull(pull, read_body(pull.body))
            for pull in pulls
            if pull.open and self.trust.may_answer(pull)
        ]
        for pull in opened[-1:]:
            if not pull.is_as_left or pull.marker is None or not pull.marker.finished:
                return True
        return any(pull.is_answered for pull in opened)

    @property
    def base(self) -> str:
        """The base branch."""
        return self.subject.options.base or self.repository.default_branch

    def take(self) -> Snapshot:
        """Read everything that a plan is made from.

        The order of the requests protects against whoever acts between two of them. Branches are read before
        pull requests, so that none of another run passes for one without a pull request. Pull requests are
        read before the base branch: what is merged in between is then listed, and not lost. Whatever is read
        of the base branch is read at the commit that is its tip now.
        """
        branches, pulls = self.host.branches(PREFIX), self.host.pulls()
        base_sha = self.host.tip(self.base)
        if base_sha is None:
            message = f"no branch {self.base!r} in {self.repository.name}"
            raise ForgeError(message, "check `pull_request.base` in the config")
        here = self._list_on_base(base_sha)
        # The names that the watch had decide whose branches and commits are its own.
        claimed = self._names_of_the_list(pulls, here)
        subject = replace(self.subject, former_names=(*self.subject.former_names, *claimed))
        under_all_names = replace(self, subject=subject, trust=replace(self.trust, names=subject.names))
        snapshot = under_all_names.snapshot_of(branches, pulls, here)
        renamed = (
            f"the list was renamed, and with it the watch {name!r}: what it proposed is carried on; add "
            f"`former_names: [{name}]` to the watch {self.subject.watch!r}"
            for name in claimed
        )
        return replace(snapshot, warnings=(*renamed, *snapshot.warnings))

    def snapshot_of(self, branches: Mapping[str, str], pulls: Sequence[PullFacts], here: ListAt) -> Snapshot:
        """Make the snapshot of branches, pull requests, and the list at one commit of the base branch."""
        # 1. What each of the watch's pull requests holds and how it ended.
        branches = {branch: sha for branch, sha in branches.items() if branch.startswith(self._folders())}
        past = [one for facts in self._of_watch(pulls) if (one := self._past(facts, branches)) is not None]
        opened = [one for one in past if one.facts.open and one.is_known]
        # Where a closed one was reopened there are several: the one that was answered, or else the newest.
        chosen = next((one for one in reversed(opened) if one.is_answered), opened[-1]) if opened else None
        # 2. The open one, read once more: it may have changed since, and the list of all does not show all.
        pull = self._open(chosen, here) if chosen else None
        past = [pull if pull is not None and one is chosen else one for one in past]
        paper_list = parse_list(here.files)
        listed = paper_list.paths
        # 3. Branches without a pull request, which a dead run may have left.
        known = {one.facts.branch for one in past}
        stray = {branch: sha for branch, sha in branches.items() if branch not in known}
        orphan, foreign = find_orphan(
            self.host, self.trust, {} if pull else stray, self.subject.patterns, here.files
        )
        return Snapshot(
            subject=self.subject,
            base=self.base,
            base_sha=here.commit,
            paper_list=paper_list,
            modes=here.modes,
            ledger=read_ledger(past, listed),
            branch=next_branch(self.subject.watch, {*branches, *known}),
            pull=pull,
            orphan=orphan,
            leftovers=find_leftovers(self.host, self.trust, branches, past),
            warnings=(*here.warnings, *endings(past), *foreign),
            title=self.subject.options.title or habit_of(_merged_titles(pulls)),
            linear=pull is not None and self._is_linear(pull),
            late_answers=tuple(merged_though_unticked(past, listed, here.files)),
            run_id=self.host.run_id,
            run_url=self.host.run_url,
        )

    def _folders(self) -> tuple[str, ...]:
        return tuple(map(branch_folder, self.subject.names))

    def _names_of_the_list(self, pulls: Iterable[PullFacts], here: ListAt) -> tuple[str, ...]:
        """Return what the watch was called while its list had another name, as git shows.

        A watch is called after its list unless the config says otherwise, so `git mv` renames both. It is
        proved by a pull request of that watch whose list is gone, and was renamed to this one. A name of its
        own is no list's: that of another watch of the same list would be claimed by each of the two.
        """
        if self.subject.watch != called_after(self.subject.patterns):
            return ()
        newest: dict[str, Memory] = {}
        for pull in pulls:
            ours = pull.is_from(self.repository.name) and self.trust.is_by_a_bot(pull)
            marker = read_body(pull.body).marker if ours and pull.branch.startswith(PREFIX) else None
            if marker is not None and marker.memory.watch not in self.subject.names:
                newest.setdefault(marker.memory.watch, marker.memory)
        return tuple(
            name
            for name, memory in newest.items()
            if name == called_after(memory.patterns)
            and PurePosixPath(memory.patterns).suffix
            and all(file.path != memory.patterns for file in self.host.files(here.commit, memory.patterns))
            and memory.patterns in self._former_names(memory.base, here)
        )

    def _former_names(self, old: str, here: ListAt) -> set[str]:
        """Return the names that the list's files had at an older commit, of those that were renamed."""
        former = self.host.former_names(old, here.commit)
        return {former[path] for path in here.files if path in former}

    def _of_watch(self, pulls: Sequence[PullFacts]) -> list[PullFacts]:
        """Return the pull requests from the watch's branches, oldest first; a fork's never are."""
        return [
            pull
            for pull in reversed(pulls)
            if pull.is_from(self.repository.name) and pull.branch.startswith(self._folders())
        ]

    def _past(self, facts: PullFacts, branches: Mapping[str, str]) -> PastPull | None:
        """Read what a pull request holds and how it ended; None where it is not the bot's."""
        answers = self.trust.may_answer(facts)
        reading = read_body(facts.body) if answers else BodyReading(before=facts.body)
        memory = self._memory(facts, reading)
        if memory is None:
            return PastPull(facts, reading) if self.trust.is_by_a_bot(facts) else None
        past = PastPull(facts, reading, memory.answered(reading.ticks) if facts.open else memory)
        closed_by_us = past.marker is not None and past.marker.closed
        if facts.open or facts.merged_at is not None or closed_by_us:
            return past
        may_be_gone = facts.branch not in branches or facts.base != self.base
        by = self.trust.rejecter(facts, branch_may_be_gone=may_be_gone)
        return replace(past, rejected_by=by or "")

    def _memory(self, facts: PullFacts, reading: BodyReading) -> Memory | None:
        """Read the copy where it is up to date and by a bot, or else what the commits say."""
        marker = reading.marker
        is_copy = marker is not None and marker.head == facts.head and self.trust.is_by_a_bot(facts)
        if marker is not None and is_copy and marker.memory.watch in self.subject.names:
            return marker.memory
        memories = [self.trust.memory_in(commit, facts) for commit in self.host.commits(facts.number)]
        return next((memory for memory in reversed(memories) if memory is not None), None)

    def _list_on_base(self, base_sha: str) -> ListAt:
        try:
            return list_at(self.host, base_sha, self.subject.patterns)
        except ListError as error:
            try:
                new = self.host.renamed_to(self.subject.patterns, base_sha)
            except AnswerError:  # the reason is only looked for: that the list is missing is the error
                new = None
            if new is None:
                raise
            raise ListError(
                f"the list {self.subject.patterns!r} was renamed", f"set `list: {new}` in the config"
            ) from error

    def _list_on_branch(self, head: str, memory: Memory, here: ListAt) -> tuple[ListAt, bool]:
        """Read the list at a head, where it may still have the names that it had when the branch was made."""
        try:
            return list_at(self.host, head, self.subject.patterns), False
        except ListError:
            names = self._former_names(memory.base, here) if memory.base else set()
            return list_under_names(self.host, head, names), True

    def _open(self, past: PastPull, here: ListAt) -> OpenPull:
        facts, mergeable, comments = self.host.pull(past.facts.number)
        if not facts.open:
            raise WorldMovedError(f"pull request #{facts.number} was closed meanwhile", "run again")
        if facts != past.facts:
            past = self._past(facts, {}) or past
        memory, reading = past.memory, past.reading
        pull = OpenPull(facts, reading, memory, state=State.MODIFIED, conflict=mergeable is False)
        try:
            there, renamed = self._list_on_branch(facts.head, memory, here)
            paper_list = parse_list(there.files)
        except (ListError, EditRefusedError):
            # Somebody is rebuilding the list on this branch: its papers are unknown, so nothing is touched.
            return pull
        gone = {paper: path for paper, path in memory.papers.items() if paper not in paper_list.paths}
        state = self._state(pull, comments)
        if state is State.MODIFIED or (gone and not pull.is_as_left):
            # The other case is a merge of the base branch that took a paper's line out.
            state, memory = State.MODIFIED, replace(memory, refused={**memory.refused, **gone})
        return replace(pull, memory=memory, state=state, paper_list=paper_list, renamed=renamed)

    def _state(self, pull: OpenPull, comments: int) -> State:
        facts, marker = pull.facts, pull.marker
        if facts.base != self.base:
            return State.MODIFIED
        if not pull.is_as_left and not self.trust.only_ours(self.host.commits(facts.number), facts):
            return State.MODIFIED
        ours = {login.casefold() for login in marker.assignees} if marker else set()
        if marker is None or facts.title != marker.title or facts.assignees - ours:
            return State.ENGAGED
        if facts.auto_merge or self.host.is_queued(facts.number, self.base):
            return State.ENGAGED
        if self.host.has_people(facts.number, comments, self.subject.options.machine_users):
            return State.ENGAGED
        return State.CLEAN if marker.finished else State.BARE

    def _is_linear(self, pull: OpenPull) -> bool:
        """Return whether the branch may be merged by a rebase only, which leaves out merge commits.

        The rules are asked for only where the branch may have to be written anew.
        """
        repository = self.repository
        if not repository.rebase_merges:
            return False
        anew = pull.conflict or pull.renamed or pull.reading.rebase or pull.changes
        return not repository.merge_commits or (anew and self.host.requires_linear_history(self.base))


def _merged_titles(pulls: Iterable[PullFacts]) -> list[str]:
    """Return the titles that people gave to what was merged, newest first."""
    return [
        pull.title
        for pull in pulls
        if pull.merged_at is not None and not pull.is_bot and not pull.branch.startswith(PREFIX)
    ]
