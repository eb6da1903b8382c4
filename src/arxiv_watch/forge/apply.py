"""Applying: one plan carried out, write by write, each condition looked at just before its write."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from arxiv_watch.forge.api import Api
from arxiv_watch.forge.body import with_marker
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.refusals import AnswerError, Kind, LostAnswerError, WorldMovedError
from arxiv_watch.forge.state import State
from arxiv_watch.forge.writes import (
    PENDING,
    DeleteBranch,
    EditPullRequest,
    Finish,
    OpenPullRequest,
    Plan,
    Write,
    WriteCommit,
)
from arxiv_watch.proposals import Operation, PullRequest

log = logging.getLogger(__name__)

# Refusals of labels, reviewers and assignees that a pull request can live with.
OPTIONAL = frozenset({403, 404, 409, 410, 422})


class Application:
    """One plan being carried out: what earlier writes made known to later ones.

    Args:
        api: The requests.
        plan: The plan.
    """

    def __init__(self, api: Api, plan: Plan) -> None:
        self._api = api
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
        modes = self._plan.snapshot.modes
        entries = [self._entry(path, modes.get(path, "100644"), data) for path, data in write.files.items()]
        tree = self._api.create_tree(write.base_tree, entries) if entries else write.base_tree
        self._head = self._api.create_commit(write.message, tree, write.parents)
        if write.expected is None:
            self._api.create_branch(write.branch, self._head)
        else:
            self._look_again()
            if write.force:
                self._force(write, write.expected, tree)
            else:
                self._api.move_branch(write.branch, self._head)

    def _force(self, write: WriteCommit, expected: str, tree: str) -> None:
        """Move a branch to a commit of another line; where a rule forbids that, join the lines instead."""
        try:
            self._api.force_branch(self._plan.snapshot.node_id, write.branch, self._head, expected)
        except AnswerError as error:
            if error.refusal.kind is not Kind.DENIED:
                raise
            log.warning("branch %s gets a merge commit: %s", write.branch, error)
            self._head = self._api.create_commit(write.message, tree, (expected, *write.parents))
            self._api.move_branch(write.branch, self._head)

    def _look_again(self) -> None:
        """Look right before the branch moves whether the pull request still is what the plan was made for.

        Raises:
            WorldMovedError: Somebody merged, closed, queued, edited or pushed to it meanwhile.
        """
        seen = self._plan.snapshot.pull
        if seen is None:
            return
        number, base = seen.facts.number, self._plan.snapshot.base
        if self._api.pull(number)[0] != seen.facts:
            raise WorldMovedError(f"pull request #{number} changed meanwhile", "run again")
        if seen.state is not State.ENGAGED and self._api.is_queued(number, base):
            raise WorldMovedError(f"pull request #{number} was queued for merging meanwhile", "run again")

    def _entry(self, path: str, mode: str, data: bytes) -> dict[str, str]:
        try:
            content = {"content": data.decode()}
        except UnicodeDecodeError:
            content = {"sha": self._api.create_blob(data)}
        return {"path": path, "mode": mode, "type": "blob", **content}

    def _open(self, write: OpenPullRequest) -> None:
        self._marker = self._settled(write.marker)
        body = {
            "title": write.title,
            "head": write.branch,
            "base": write.base,
            "body": with_marker(write.body, self._marker),
            "draft": write.draft,
            "maintainer_can_modify": True,
        }
        try:
            facts = self._api.create_pull(body)
        except AnswerError as error:
            if not write.draft or "raft pull requests are not supported" not in error.message:
                raise
            log.warning("%s; it is opened as an ordinary one", error)
            facts = self._api.create_pull({**body, "draft": False})
        self.pull = PullRequest(facts.number, facts.url, Operation.CREATED)

    def _settled(self, marker: Marker) -> Marker:
        """Name the commit that was only planned until now."""
        return replace(marker, head=self._head) if marker.head == PENDING else marker

    def _edit(self, write: EditPullRequest) -> None:
        """Rewrite a body; what a merge came before is put back, for a merged one is history.

        Raises:
            WorldMovedError: Somebody merged, closed or edited it meanwhile.
        """
        facts, _, _ = self._api.pull(write.number)
        if facts.body != write.seen or not facts.open:
            raise WorldMovedError(f"pull request #{write.number} was edited or closed meanwhile", "run again")
        self._marker = self._settled(write.marker)
        changes = {"body": with_marker(write.body, self._marker)}
        if write.title is not None:
            changes["title"] = write.title
        if write.close:
            changes["state"] = "closed"
        after = self._api.edit_pull(write.number, changes)
        if after.merged_at is not None or (not after.open and not write.close):
            self._api.edit_pull(write.number, {"body": facts.body, "title": facts.title})
            raise WorldMovedError(f"pull request #{write.number} was closed meanwhile", "run again")
        self.pull = PullRequest(facts.number, facts.url, Operation.UPDATED)

    def _finish(self, write: Finish) -> None:
        number = write.number if write.number is not None else self.pull.number if self.pull else None
        if number is None or self._marker is None:
            return
        if write.labels:
            self._try(partial(self._api.add_labels, number, list(write.labels)), "labels")
        for reviewer in write.reviewers:
            self._try(partial(self._api.request_review, number, reviewer), f"a review by {reviewer}")
        if write.assignees:
            self._try(partial(self._api.add_assignees, number, list(write.assignees)), "assignees")
        facts, _, _ = self._api.pull(number)
        if not facts.open:
            raise WorldMovedError(f"pull request #{number} was closed meanwhile", "run again")
        self._marker = replace(self._marker, finished=True, assignees=write.assignees)
        self._api.edit_pull(number, {"body": with_marker(facts.body, self._marker)})
        self.pull = self.pull or PullRequest(facts.number, facts.url, Operation.UPDATED)

    def _try(self, write: Callable[[], None], what: str) -> None:
        """Make a write that a pull request can do without."""
        try:
            write()
        except AnswerError as error:
            if error.refusal.kind is Kind.LIMITED or error.refusal.status not in OPTIONAL:
                raise
            log.warning("%s left out: %s", what, error)

    def _delete(self, write: DeleteBranch) -> None:
        """Clean up, as far as that is allowed: a branch that is left over harms nobody."""
        if self._may_not_delete:
            return
        try:
            self._api.delete_branch(self._plan.snapshot.node_id, write.branch, write.expected)
        except (WorldMovedError, LostAnswerError) as error:
            log.warning("branch %s is left: %s", write.branch, error)
        except AnswerError as error:
            self._may_not_delete = True  # whatever forbids one forbids the others
            log.warning("branch %s is left, delete it by hand: %s", write.branch, error)
