"""What GitHub knows beyond git: pull requests, and who stored which commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from arxiv_watch.clock import Clock
from arxiv_watch.demo.github_server.repository import Repository, Signature

HEADS = "refs/heads/"


@dataclass
class Pull:
    """A pull request; `base_sha` is frozen when it closes, as `head_sha` is."""

    number: int
    login: str
    title: str
    body: str | None
    branch: str
    head_sha: str
    base: str
    base_sha: str
    draft: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    labels: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.closed_at is None


@dataclass
class GitHubWorld:
    """One repository on GitHub.

    Attributes:
        repository: Its git repository.
        name: Its name there, `owner/name`.
        bot: The login that the token belongs to.
        token: The one token that is let in.
        clock: Dates the commits and pull requests.
        pulls: Its pull requests by their numbers.
    """

    repository: Repository
    name: str
    bot: str
    token: str
    clock: Clock
    default_branch: str = "main"
    pulls: dict[int, Pull] = field(default_factory=dict)

    def next_number(self) -> int:
        """Return the next pull request's number; this GitHub has no issues besides."""
        return max(self.pulls, default=0) + 1

    def commit(self, tree: str, parents: Iterable[str], message: str, login: str) -> str:
        """Store a commit in somebody's name."""
        return self.repository.write_commit(tree, list(parents), message, self.signature(login))

    def signature(self, login: str) -> Signature:
        """Return how GitHub signs commits that somebody makes on its pages or through its API."""
        return Signature(login, f"{login}@users.noreply.github.com", self.clock.now())

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch."""
        return self.repository.ref(HEADS + name)

    def move(self, ref: str, new: str, old: str, by: str) -> None:
        """Move a ref in somebody's name, and with it the open pull requests from it."""
        del by  # who it was matters to people's events only, which the tests' world has
        self.repository.update_ref(ref, new, old)
        for pull in self.pulls.values():
            if pull.open and HEADS + pull.branch == ref:
                pull.head_sha, pull.updated_at = new, self.clock.now()

    def commits(self, pull: Pull) -> list[str]:
        """Return a pull request's own commits, oldest first."""
        base = (self.branch(pull.base) if pull.open else None) or pull.base_sha
        return self.repository.log(base, pull.head_sha)
