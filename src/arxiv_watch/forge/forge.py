"""The forge: read the world, plan, apply. Whatever happens in between, the next run can go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from arxiv_watch.clock import Clock
from arxiv_watch.errors import GitHubError
from arxiv_watch.forge.api import Api
from arxiv_watch.forge.body import with_marker
from arxiv_watch.forge.derive import Reader, find_mentions
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.plan import make_plan
from arxiv_watch.forge.refusals import AnswerError, Kind, LostAnswerError, WorldMovedError
from arxiv_watch.forge.settings import ForgeSettings, PullRequestOptions
from arxiv_watch.forge.state import Find, ListEditor, Snapshot
from arxiv_watch.forge.writes import (
    PENDING,
    Commit,
    DeleteBranch,
    EditPullRequest,
    Finish,
    OpenPullRequest,
    Plan,
    Request,
    Write,
)
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Operation, Proposal, PullRequest

log = logging.getLogger(__name__)

# Refusals of labels, reviewers and assignees that a pull request can live with.
OPTIONAL = frozenset({403, 404, 409, 410, 422})


class Forge:
    """One repository on GitHub.

    Args:
        settings: Where and as whom.
        clock: Paces the requests.
    """

    def __init__(self, settings: ForgeSettings, clock: Clock) -> None:
        self._settings = settings
        self._api = Api(settings, clock)
        self._reader = Reader(self._api, settings.login)

    @property
    def requests(self) -> int:
        """How many requests GitHub was sent."""
        return self._api.requests

    def read(
        self, watch: str, patterns: str, base: str | None = None, find: Find = find_mentions
    ) -> Snapshot:
        """Read the list and everything that became of earlier proposals, at one commit.

        Args:
            watch: The watch's name.
            patterns: The list: a file, a glob or a folder.
            base: The base branch; None for the default one.
            find: Tells what is listed where; without it a moved line cannot be told.

        Raises:
            ListError: The list is not there.
            GitHubError: GitHub refused.
        """
        return self._reader.read(watch, patterns, base, find)

    def find_file(self, paths: Sequence[str]) -> tuple[str, bytes] | None:
        """Read the first of these files that the default branch has, at one commit; None if it has none.

        Raises:
            GitHubError: GitHub refused.
        """
        return self._reader.find_file(paths)

    def plan(
        self,
        snapshot: Snapshot,
        proposals: Sequence[Proposal],
        editor: ListEditor,
        options: PullRequestOptions,
        coverage: Sequence[Coverage] = (),
        *,
        notes: Sequence[str] = (),
        papers: Mapping[ArxivId, Paper] | None = None,
    ) -> Plan:
        """Plan the exact writes; nothing is sent.

        Args:
            snapshot: What `read` returned.
            proposals: The new proposals, sure and unsure, best first.
            editor: The list engine.
            options: How the watch wants its pull requests.
            coverage: How completely arXiv was read, for the reviewer.
            notes: More sentences for the reviewer, in Markdown of our own.
            papers: Metadata of the papers that `snapshot.needs` names.

        Raises:
            EditRefusedError: The list cannot be changed safely.
        """
        run_id, run_url = self._settings.run_id, self._settings.run_url
        return make_plan(
            snapshot, Request(proposals, editor, options, coverage, notes, papers or {}, run_id, run_url)
        )

    def apply(self, plan: Plan) -> PullRequest | None:
        """Carry out a plan; where somebody else was faster, look again and plan again, once.

        Raises:
            GitHubError: GitHub refused; what was done so far is a legal state that the next run completes.
        """
        try:
            return self._carry_out(plan)
        except (WorldMovedError, LostAnswerError) as error:
            log.warning("%s; reading again", error)
        again = self._plan_again(plan)
        try:
            done = self._carry_out(again)
        except WorldMovedError as error:
            log.warning("another run or person was faster twice (%s); the next run goes on", error)
            return _unchanged(again)
        if done is not None and plan.operation is Operation.CREATED and done.operation is Operation.UPDATED:
            return replace(done, operation=Operation.CREATED)
        return done

    def _plan_again(self, plan: Plan) -> Plan:
        seen = plan.snapshot
        snapshot = self.read(seen.watch, seen.patterns, seen.base, plan.request.editor.find)
        return make_plan(snapshot, plan.request)

    def _carry_out(self, plan: Plan) -> PullRequest | None:
        run = _Application(self._api, plan)
        for write in plan.writes:
            log.info("%s", write)
            run.make(write)
        return run.pull or _unchanged(plan)


class _Application:
    """One plan being carried out: what earlier writes made known to later ones."""

    def __init__(self, api: Api, plan: Plan) -> None:
        self._api = api
        self._plan = plan
        self._head = ""
        self._marker = plan.snapshot.pull.marker if plan.snapshot.pull else None
        self.pull: PullRequest | None = None

    def make(self, write: Write) -> None:
        """Make one write."""
        match write:
            case Commit():
                self._commit(write)
            case OpenPullRequest():
                self._open(write)
            case EditPullRequest():
                self._edit(write)
            case Finish():
                self._finish(write)
            case DeleteBranch():
                self._delete(write)

    def _commit(self, write: Commit) -> None:
        modes = self._plan.snapshot.modes
        entries = [self._entry(path, modes.get(path, "100644"), data) for path, data in write.files.items()]
        tree = self._api.create_tree(write.base_tree, entries)
        self._head = self._api.create_commit(write.message, tree, write.parents)
        if write.expected is None:
            self._api.create_branch(write.branch, self._head)
        else:
            self._api.move_branch(write.branch, self._head)

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
        facts = self._api.create_pull(body)
        self.pull = PullRequest(facts.number, facts.url, Operation.CREATED)

    def _settled(self, marker: Marker) -> Marker:
        """Name the commit that was only planned until now."""
        return replace(marker, head=self._head) if marker.head == PENDING else marker

    def _edit(self, write: EditPullRequest) -> None:
        facts, _, _ = self._api.pull(write.number)
        if facts.body != write.seen:
            raise WorldMovedError(
                f"the body of pull request #{write.number} was edited meanwhile", "run again"
            )
        self._marker = self._settled(write.marker)
        changes = {"body": with_marker(write.body, self._marker)}
        if write.title is not None:
            changes["title"] = write.title
        if write.close:
            changes["state"] = "closed"
        self._api.edit_pull(write.number, changes)
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
        try:
            self._api.delete_branch(self._plan.snapshot.node_id, write.branch, write.expected)
        except WorldMovedError as error:
            log.warning("branch %s is left: %s", write.branch, error)


def _unchanged(plan: Plan) -> PullRequest | None:
    pull = plan.snapshot.pull
    return PullRequest(pull.facts.number, pull.facts.url, Operation.UNCHANGED) if pull else None


__all__ = ["Forge", "GitHubError"]
