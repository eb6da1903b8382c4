"""GitHub as the state machine asks for it, where that takes more than one request."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from arxiv_watch.clock import Clock
from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.github.api import Api
from arxiv_watch.forge.github.refusals import SWITCH
from arxiv_watch.forge.github.transport import GitHubSettings
from arxiv_watch.forge.host import (
    Access,
    AnswerError,
    FileFacts,
    Kind,
    OpenPullRequest,
    PullFacts,
    WriteCommit,
)
from arxiv_watch.forge.settings import PullRequestOptions
from arxiv_watch.globs import fixed_parts

log = logging.getLogger(__name__)

# A deleted branch closes its pull request in the same act; who closes it and then deletes takes longer.
SAME_ACT = timedelta(seconds=1)
_DELETIONS = frozenset({"head_ref_deleted", "base_ref_deleted"})
# Refusals of labels, reviewers and assignees that a pull request can live with.
_OPTIONAL = frozenset({403, 404, 409, 410, 422})
_FOLDER = "040000"


class GitHub(Api):
    """One repository on GitHub; no tree, no file and no permission is read twice."""

    def __init__(self, settings: GitHubSettings, clock: Clock) -> None:
        super().__init__(settings, clock)
        self.run_id = settings.run_id
        self.run_url = settings.run_url
        self._trees: dict[str, tuple[str, list[FileFacts], bool]] = {}
        self._blobs: dict[str, bytes] = {}
        self._pushers: dict[str, bool] = {}

    def access(self) -> Access:
        """Return what the token and the repository's switches allow."""
        repository = self.repository()
        return Access(repository.name, repository.can_push, self.may_open_pulls(), SWITCH)

    def may_push(self, login: str) -> bool:
        """Return whether somebody has write access; False also where the token may not know."""
        if login not in self._pushers:
            self._pushers[login] = self.permission(login) in {"admin", "write"}
        return self._pushers[login]

    def files(self, commit: str, patterns: str) -> list[FileFacts]:
        """Return every file of a commit; of one with too many those below the patterns' folder."""
        tree, files, truncated = self._tree(commit)
        return self._walk(tree, patterns) if truncated else files

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes, once."""
        if sha not in self._blobs:
            self._blobs[sha] = self.read_blob(sha)
        return self._blobs[sha]

    def _tree(self, commit: str) -> tuple[str, list[FileFacts], bool]:
        if commit not in self._trees:
            tree = self.tree_of(commit)
            self._trees[commit] = (tree, *self.files_below(tree))
        return self._trees[commit]

    def _walk(self, tree: str, patterns: str) -> list[FileFacts]:
        """Go down to the list folder by folder, in a repository too large to be listed at once."""
        place = ""
        for part in fixed_parts(patterns):
            entry = self.folder(tree).get(part)
            if entry is None:
                return []
            place = f"{place}{part}"
            if entry.mode != _FOLDER:
                return [replace(entry, path=place)]
            place, tree = f"{place}/", entry.sha
        below, truncated = self.files_below(tree)
        if truncated:
            raise ForgeError(
                f"{place or 'the repository'} has more files than GitHub lists at once",
                "name the list by its path, or by a pattern in a smaller folder",
            )
        return [replace(file, path=place + file.path) for file in below]

    def is_queued(self, number: int, base: str) -> bool:
        """Return whether a pull request is in the merge queue.

        The queue makes a branch for each of its entries; before that, only the timeline shows it.
        """
        if self.branches(f"gh-readonly-queue/{base}/pr-{number}-"):
            return True
        queueing = [event.kind for event in self.timeline(number) if event.kind.endswith("_merge_queue")]
        return queueing[-1:] == ["added_to_merge_queue"]

    def ended_with_a_branch(self, number: int) -> bool:
        """Return whether a pull request was closed by the deletion of one of its branches."""
        events = self.timeline(number)
        closed = [event.at for event in events if event.kind == "closed"]
        return bool(closed) and any(
            event.kind in _DELETIONS and abs(event.at - closed[-1]) <= SAME_ACT for event in events
        )

    def make_commit(self, write: WriteCommit, look_again: Callable[[], None]) -> str:
        """Store tree and commit, which nobody sees, look again, and move the branch."""
        onto, *_ = self._tree(write.onto)
        entries = [
            self._entry(path, write.modes.get(path, "100644"), data) for path, data in write.files.items()
        ]
        tree = self.store("trees", {"base_tree": onto, "tree": entries}) if entries else onto
        commit = self._store_commit(write, tree, write.parents)
        if write.expected is None:
            self.create_branch(write.branch, commit)
            return commit
        look_again()
        if not write.force:
            self.move_branch(write.branch, commit)
            return commit
        try:
            self.force_branch(write.branch, commit, write.expected)
        except AnswerError as error:
            if error.kind is not Kind.DENIED:
                raise
            # A rule forbids to move it to another line, so the lines are joined.
            log.warning("branch %s gets a merge commit: %s", write.branch, error)
            commit = self._store_commit(write, tree, (write.expected, *write.parents))
            self.move_branch(write.branch, commit)
        return commit

    def _store_commit(self, write: WriteCommit, tree: str, parents: tuple[str, ...]) -> str:
        """Store a commit; with no author named, GitHub signs it in the name of a bot."""
        return self.store("commits", {"message": write.message, "tree": tree, "parents": list(parents)})

    def _entry(self, path: str, mode: str, data: bytes) -> dict[str, str]:
        try:
            content = {"content": data.decode()}
        except UnicodeDecodeError:
            blob = {"content": base64.b64encode(data).decode(), "encoding": "base64"}
            content = {"sha": self.store("blobs", blob)}
        return {"path": path, "mode": mode, "type": "blob", **content}

    def open_pull(self, write: OpenPullRequest, body: str) -> PullFacts:
        """Open a pull request; as an ordinary one where the repository's plan has no drafts."""
        content = {
            "title": write.title,
            "head": write.branch,
            "base": write.base,
            "body": body,
            "draft": write.draft,
            "maintainer_can_modify": True,
        }
        try:
            return self.create_pull(content)
        except AnswerError as error:
            if not write.draft or "raft pull requests are not supported" not in error.message:
                raise
            log.warning("%s; it is opened as an ordinary one", error)
            return self.create_pull({**content, "draft": False})

    def finish_pull(self, number: int, options: PullRequestOptions) -> None:
        """Put on labels, ask for reviews one by one, and assign; what is refused is left out."""
        if options.labels:
            self._try(partial(self.add_labels, number, list(options.labels)), "labels")
        for reviewer in options.reviewers:
            self._try(partial(self.request_review, number, reviewer), f"a review by {reviewer}")
        if options.assignees:
            self._try(partial(self.add_assignees, number, list(options.assignees)), "assignees")

    def _try(self, write: Callable[[], None], what: str) -> None:
        """Make a write that a pull request can do without."""
        try:
            write()
        except AnswerError as error:
            if error.kind is Kind.LIMITED or error.status not in _OPTIONAL:
                raise
            log.warning("%s left out: %s", what, error)
