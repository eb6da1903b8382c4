"""The forge: read the world, plan, apply. Whatever happens in between, the next run can go on."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.derive.contents import PREFIX, REGULAR, branch_folder
from arxiv_watch.forge.derive.reading import SnapshotReader
from arxiv_watch.forge.derive.state import Snapshot, State, Subject
from arxiv_watch.forge.derive.trust import Trust
from arxiv_watch.forge.host import (
    PENDING,
    AnswerError,
    CodeHost,
    DeleteBranch,
    EditPullRequest,
    Finish,
    LostAnswerError,
    OpenPullRequest,
    PullFacts,
    RepositoryFacts,
    WorldMovedError,
    Write,
    WriteCommit,
)
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.page.body import read_body, with_marker
from arxiv_watch.forge.planning import Plan, make_plan
from arxiv_watch.proposals import Operation, PullRequest

log = logging.getLogger(__name__)


class Forge:
    """One repository; whatever it is asked for, its host may refuse with a `ForgeError`."""

    def __init__(self, host: CodeHost) -> None:
        self.host = host
        self._login: str | None = None

    def read(self, subject: Subject) -> Snapshot:
        """Read the list and everything that became of earlier proposals, at one commit.

        Raises:
            ListError: The list does not exist, or holds no paper.
            ForgeError: The forge refused, or there is no such branch.
        """
        reader = self._reader(subject)
        try:
            return reader.take()
        except WorldMovedError:  # merged or closed while it was looked at
            return reader.take()

    def is_answered(self, subject: Subject) -> bool:
        """Find out by four requests whether people did something that the branch does not show yet.

        Also whether a branch has served. The list is not read: what the base branch went through in the
        meantime is the next poll's to see.
        """
        return self._reader(subject).is_answered()

    def unclaimed(self, names: Collection[str]) -> dict[int, str]:
        """Return the open pull requests from the bot's branches that belong to none of these watches.

        Each by its number, with the name of its watch.
        """
        repository, folders = self._repository(), tuple(map(branch_folder, names))
        return {
            pull.number: _watch_of(pull)
            for pull in self.host.pulls()
            if pull.open
            and pull.is_from(repository.name)
            and pull.branch.startswith(PREFIX)
            and not pull.branch.startswith(folders)
        }

    def find_file(self, paths: Sequence[str]) -> tuple[str, bytes] | None:
        """Read the first of these paths that is a file at the tip of the default branch, or None.

        Raises:
            ForgeError: The forge refused, or the repository is empty.
        """
        repository = self._repository()
        tip = self.host.tip(repository.default_branch)
        if tip is None:
            raise ForgeError(f"{repository.name} is empty", "make a first commit")
        for path in paths:
            for file in self.host.files(tip, path):
                if file.path == path and file.mode in REGULAR:
                    return path, self.host.blob(file.sha)
        return None

    def apply(self, plan: Plan) -> PullRequest | None:
        """Carry out a plan; where somebody else was faster, look again and plan again, once.

        Raises:
            ForgeError: The forge refused; what was done so far is a legal state that the next run completes.
        """
        try:
            return self._carry_out(plan)
        except (WorldMovedError, LostAnswerError) as error:
            log.warning("%s; reading again", error)
        snapshot = self.read(plan.snapshot.subject)
        again = make_plan(replace(snapshot, history=plan.snapshot.history), plan.wanted)
        try:
            done = self._carry_out(again)
        except WorldMovedError as error:
            log.warning("another run or person was faster twice (%s); the next run goes on", error)
            return _unchanged(again)
        if done is not None and plan.operation is Operation.CREATED and done.operation is Operation.UPDATED:
            return replace(done, operation=Operation.CREATED)
        return done

    def _carry_out(self, plan: Plan) -> PullRequest | None:
        run = Application(self.host, plan)
        for write in plan.writes:
            log.info("%s", write)
            run.make(write)
        return run.pull or _unchanged(plan)

    def _repository(self) -> RepositoryFacts:
        repository = self.host.repository()
        if repository.archived:
            raise ForgeError(f"{repository.name} is archived", "unarchive it or disable the workflow")
        return repository

    def _reader(self, subject: Subject) -> SnapshotReader:
        """Learn whose token it is; a guess would take our own pull requests for somebody else's."""
        repository = self._repository()
        if self._login is None:
            self._login = self.host.viewer()
        trust = Trust(self.host, self._login, subject.names, subject.options.machine_users)
        return SnapshotReader(self.host, subject, repository, trust)


def _watch_of(pull: PullFacts) -> str:
    """Return the watch that a pull request says it is of; its branch may have another form of the name."""
    marker = read_body(pull.body).marker
    return marker.memory.watch if marker is not None else pull.branch.split("/")[1]


def _unchanged(plan: Plan) -> PullRequest | None:
    pull = plan.snapshot.pull
    return PullRequest(pull.facts.number, pull.facts.url, Operation.UNCHANGED) if pull else None


class Application:
    """One plan being carried out: what earlier writes made known to later ones."""

    def __init__(self, host: CodeHost, plan: Plan) -> None:
        self._host = host
        self._plan = plan
        self._head = ""
        self._marker = plan.snapshot.pull.marker if plan.snapshot.pull else None
        self._may_not_delete = False
        self.pull: PullRequest | None = None

    def make(self, write: Write) -> None:
        """Make one write."""
        match write:
            case WriteCommit():
                self._head = self._host.make_commit(write, self._look_again)
            case OpenPullRequest():
                self._open(write)
            case EditPullRequest():
                self._edit(write)
            case Finish():
                self._finish(write)
            case DeleteBranch():
                self._delete(write)

    def _look_again(self) -> None:
        """Check right before the branch moves that the pull request still is what the plan was made for."""
        seen = self._plan.snapshot.pull
        if seen is None:
            return
        number, base = seen.facts.number, self._plan.snapshot.base
        if self._host.pull(number)[0] != seen.facts:
            raise WorldMovedError(f"pull request #{number} changed meanwhile", "run again")
        if seen.state is not State.ENGAGED and self._host.is_queued(number, base):
            raise WorldMovedError(f"pull request #{number} was queued for merging meanwhile", "run again")

    def _open(self, write: OpenPullRequest) -> None:
        self._marker = self._with_head(write.marker)
        facts = self._host.open_pull(write, with_marker(write.body, self._marker))
        self.pull = PullRequest(facts.number, facts.url, Operation.CREATED)

    def _with_head(self, marker: Marker) -> Marker:
        """Name the commit that was only planned until now."""
        return replace(marker, head=self._head) if marker.head == PENDING else marker

    def _edit(self, write: EditPullRequest) -> None:
        """Rewrite a body; what a merge came before is put back, for a merged one is history."""
        facts, _, _ = self._host.pull(write.number)
        if facts.body != write.seen or not facts.open:
            raise WorldMovedError(f"pull request #{write.number} was edited or closed meanwhile", "run again")
        self._marker = self._with_head(write.marker)
        changes = {"body": with_marker(write.body, self._marker)}
        if write.title is not None:
            changes["title"] = write.title
        if write.close:
            changes["state"] = "closed"
        after = self._host.edit_pull(write.number, changes)
        if after.merged_at is not None or (not after.open and not write.close):
            self._host.edit_pull(write.number, {"body": facts.body, "title": facts.title})
            raise WorldMovedError(f"pull request #{write.number} was closed meanwhile", "run again")
        self.pull = PullRequest(facts.number, facts.url, Operation.UPDATED)

    def _finish(self, write: Finish) -> None:
        number = write.number if write.number is not None else self.pull.number if self.pull else None
        if number is None or self._marker is None:
            return
        self._host.finish_pull(number, write.options)
        facts, _, _ = self._host.pull(number)
        if not facts.open:
            raise WorldMovedError(f"pull request #{number} was closed meanwhile", "run again")
        self._marker = replace(self._marker, finished=True, assignees=write.options.assignees)
        self._host.edit_pull(number, {"body": with_marker(facts.body, self._marker)})
        self.pull = self.pull or PullRequest(facts.number, facts.url, Operation.UPDATED)

    def _delete(self, write: DeleteBranch) -> None:
        """Clean up, as far as that is allowed: a branch that is left over harms nobody."""
        if self._may_not_delete:
            return
        try:
            self._host.delete_branch(write.branch, write.expected)
        except (WorldMovedError, LostAnswerError) as error:
            log.warning("branch %s is left: %s", write.branch, error)
        except AnswerError as error:
            self._may_not_delete = True  # whatever forbids one forbids the others
            log.warning("branch %s is left, delete it by hand: %s", write.branch, error)
