"""Applying: one plan carried out, write by write, each condition looked at just before its write."""

from __future__ import annotations

import logging
from dataclasses import replace

from arxiv_watch.forge.derive.state import State
from arxiv_watch.forge.host import AnswerError, CodeHost, LostAnswerError, WorldMovedError
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.page.body import with_marker
from arxiv_watch.forge.plan.plan import Plan
from arxiv_watch.forge.writes import (
    PENDING,
    DeleteBranch,
    EditPullRequest,
    Finish,
    OpenPullRequest,
    Write,
    WriteCommit,
)
from arxiv_watch.proposals import Operation, PullRequest

log = logging.getLogger(__name__)


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
                self._commit(write)
            case OpenPullRequest():
                self._open(write)
            case EditPullRequest():
                self._edit(write)
            case Finish():
                self._finish(write)
            case DeleteBranch():
                self._delete(write)

    def _commit(self, write: WriteCommit) -> None:
        self._head = self._host.make_commit(write, self._look_again)

    def _look_again(self) -> None:
        """Look right before the branch moves whether the pull request still is what the plan was made for.

        Raises:
            WorldMovedError: Somebody merged, closed, queued, edited or pushed to it meanwhile.
        """
        seen = self._plan.snapshot.pull
        if seen is None:
            return
        number, base = seen.facts.number, self._plan.snapshot.base
        if self._host.pull(number)[0] != seen.facts:
            raise WorldMovedError(f"pull request #{number} changed meanwhile", "run again")
        if seen.state is not State.ENGAGED and self._host.is_queued(number, base):
            raise WorldMovedError(f"pull request #{number} was queued for merging meanwhile", "run again")

    def _open(self, write: OpenPullRequest) -> None:
        self._marker = self._settled(write.marker)
        facts = self._host.open_pull(write, with_marker(write.body, self._marker))
        self.pull = PullRequest(facts.number, facts.url, Operation.CREATED)

    def _settled(self, marker: Marker) -> Marker:
        """Name the commit that was only planned until now."""
        return replace(marker, head=self._head) if marker.head == PENDING else marker

    def _edit(self, write: EditPullRequest) -> None:
        """Rewrite a body; what a merge came before is put back, for a merged one is history.

        Raises:
            WorldMovedError: Somebody merged, closed or edited it meanwhile.
        """
        facts, _, _ = self._host.pull(write.number)
        if facts.body != write.seen or not facts.open:
            raise WorldMovedError(f"pull request #{write.number} was edited or closed meanwhile", "run again")
        self._marker = self._settled(write.marker)
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
