"""The people of a repository: what they do with pull requests by hand, on GitHub's pages or by `git push`."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from arxiv_watch.demo.github_server.repository import HEADS, Repository, TreeEntry
from stand_ins.github_world import PeoplesPull, PeoplesWorld, Remark


class Person:
    """Somebody with write access, or an outsider who may only fork and comment."""

    def __init__(self, world: PeoplesWorld, login: str) -> None:
        self._world = world
        self.login = login

    def push(self, branch: str, files: Mapping[str, bytes | None], message: str = "Edit by hand") -> str:
        """Commit files onto a branch (None deletes one) and return the commit."""
        git, tip = self._world.repository, self._tip(branch)
        rows = [
            TreeEntry(path, "100644", "blob", None if content is None else git.write_blob(content))
            for path, content in files.items()
        ]
        tree = git.write_tree(git.commit(tip).tree, rows)
        sha = self._world.commit(tree, [tip], message, self.login)
        self._world.move(HEADS + branch, sha, tip, self.login)
        return sha

    def tick(self, number: int, key: str) -> None:
        """Tick a box of a pull request's body: an arXiv identifier, or `rebase`."""
        self._box(number, key, " ", "x")

    def untick(self, number: int, key: str) -> None:
        """Take the tick out of a box."""
        self._box(number, key, "x", " ")

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Edit the title or the body."""
        pull = self._pull(number)
        pull.title = pull.title if title is None else title
        pull.body = pull.body if body is None else body
        pull.updated_at = self._world.clock.now()

    def comment(self, number: int, body: str) -> None:
        """Write a comment."""
        self._pull(number).comments.append(self._remark(body))

    def review(self, number: int, body: str = "", state: str = "COMMENTED") -> None:
        """Write a review."""
        self._pull(number).reviews.append(self._remark(body, state))

    def close(self, number: int) -> None:
        """Close without merging."""
        self._world.close(self._pull(number), self.login)

    def reopen(self, number: int) -> None:
        """Reopen what was closed."""
        pull = self._pull(number)
        pull.closed_at = None
        self._world.record(pull, "reopened", self.login)

    def assign(self, number: int, login: str) -> None:
        """Assign somebody."""
        self._pull(number).assignees.append(login)

    def unlabel(self, number: int, name: str) -> None:
        """Take a label off."""
        self._pull(number).labels.remove(name)

    def merge(self, number: int, *, squash: bool = False) -> str:
        """Merge, with a merge commit or squashed into one, and return the commit on the base branch."""
        world, pull = self._world, self._pull(number)
        base = self._tip(pull.base)
        tree = self._merge_tree(pull, base, pull.head_sha)
        parents = [base] if squash else [base, pull.head_sha]
        sha = world.commit(tree, parents, f"{pull.title} (#{number})", self.login)
        return self._merged(pull, base, sha)

    def update_branch(self, number: int) -> str:
        """Merge the base into a pull request's branch, as the button *Update branch* does."""
        world, pull = self._world, self._pull(number)
        base = self._tip(pull.base)
        tree = self._merge_tree(pull, pull.head_sha, base)
        message = f"Merge branch '{pull.base}' into {pull.branch}"
        sha = world.commit(tree, [pull.head_sha, base], message, self.login)
        world.move(HEADS + pull.branch, sha, pull.head_sha, self.login)
        return sha

    def auto_merge(self, number: int) -> None:
        """Enable auto-merge: it is merged once its checks and reviews allow that."""
        self._pull(number).auto_merge_by = self.login

    def enqueue(self, number: int, *, built: bool = True) -> None:
        """Put a pull request into the merge queue, which makes a branch for it once its turn has come."""
        world, pull = self._world, self._pull(number)
        world.record(pull, "added_to_merge_queue", self.login)
        if not built:
            return
        base = self._tip(pull.base)
        tree = self._merge_tree(pull, base, pull.head_sha)
        sha = world.commit(tree, [base, pull.head_sha], f"Merge pull request #{number}", self.login)
        world.move(f"{HEADS}gh-readonly-queue/{pull.base}/pr-{number}-{base}", sha, "0" * 40, self.login)

    def rebase_merge(self, number: int) -> str:
        """Merge by a real `git rebase`, which leaves merge commits out, and return the base branch's new tip.

        Raises:
            GitError: The commits cannot be replayed on the base branch.
        """
        pull = self._pull(number)
        base = self._tip(pull.base)
        return self._merged(pull, base, _rebased(self._world.repository, pull.head_sha, base))

    def dequeue(self, number: int) -> None:
        """Take a pull request out of the merge queue again."""
        world, pull = self._world, self._pull(number)
        for ref, sha in world.repository.refs(f"{HEADS}gh-readonly-queue/{pull.base}/pr-{number}-").items():
            world.move(ref, "0" * 40, sha, self.login)
        world.record(pull, "removed_from_merge_queue", self.login)

    def delete_branch(self, branch: str) -> None:
        """Delete a branch, as the button below a closed pull request does."""
        self._world.move(HEADS + branch, "0" * 40, self._tip(branch), self.login)

    def open_pull(
        self, branch: str, body: str, *, repository: str | None = None, title: str = "Mine"
    ) -> PeoplesPull:
        """Open a pull request by hand, from a branch here or (`repository`) from a fork."""
        world = self._world
        base = self._tip(world.default_branch)
        head = world.branch(branch) or world.commit(
            world.repository.commit(base).tree, [base], "Mine", self.login
        )
        pull = PeoplesPull(
            number=world.next_number(),
            login=self.login,
            title=title,
            body=body,
            branch=branch,
            head_repository=repository or world.name,
            head_sha=head,
            base=world.default_branch,
            base_sha=base,
            draft=False,
            created_at=world.clock.now(),
            updated_at=world.clock.now(),
        )
        world.pulls[pull.number] = pull
        return pull

    def _box(self, number: int, key: str, old: str, new: str) -> None:
        pull = self._pull(number)
        box = re.compile(rf"\[{old}\](?= <!-- aw:{re.escape(key)} -->)")
        body, found = box.subn(f"[{new}]", pull.body or "")
        if not found:
            raise ValueError(f"pull request {number} has no box [{old}] of {key}")
        pull.body, pull.updated_at = body, self._world.clock.now()

    def _remark(self, body: str, state: str = "") -> Remark:
        number = sum(len(pull.comments) + len(pull.reviews) for pull in self._world.pulls.values()) + 1
        return Remark(number, self.login, body, self._world.clock.now(), state)

    def _pull(self, number: int) -> PeoplesPull:
        return self._world.pulls[number]

    def _merge_tree(self, pull: PeoplesPull, ours: str, theirs: str) -> str:
        tree = self._world.merge_tree(ours, theirs)
        if tree is None:
            raise ValueError(f"pull request {pull.number} has conflicts")
        return tree

    def _merged(self, pull: PeoplesPull, base: str, sha: str) -> str:
        """Close a pull request as merged, and move its base branch to the commit that this left there."""
        self._world.close(pull, self.login)
        pull.merged_at, pull.merge_sha = pull.closed_at, sha
        self._world.move(HEADS + pull.base, sha, base, self.login)
        return sha

    def _tip(self, branch: str) -> str:
        tip = self._world.branch(branch)
        if tip is None:
            raise ValueError(f"no branch {branch}")
        return tip


def _rebased(repository: Repository, head: str, onto: str) -> str:
    """Replay the commits of `head` on another one by `git rebase` and return the new tip."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "work"
        who = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.com")
        repository.git("worktree", "add", "--quiet", "--detach", str(place), head)
        try:
            repository.git(*who, "rebase", "--quiet", onto, at=place)
            return repository.git("rev-parse", "HEAD", at=place).decode().strip()
        finally:
            repository.git("worktree", "remove", "--force", str(place))
