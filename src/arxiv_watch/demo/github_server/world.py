"""What GitHub knows beyond git: pull requests, labels, comments, reviews, and who may do what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from arxiv_watch.clock import Clock
from arxiv_watch.demo.github_server.repository import Repository, Signature

HEADS = "refs/heads/"


@dataclass(slots=True)
class Remark:
    """A comment, or a review where `state` says what it judged."""

    id: int
    login: str
    body: str
    at: datetime
    state: str = ""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that somebody did to a pull request, by GitHub's name of it."""

    id: int
    kind: str
    login: str
    at: datetime


@dataclass(slots=True)
class Pull:
    """A pull request; `base_sha` is frozen when it closes, as `head_sha` is."""

    number: int
    login: str
    title: str
    body: str | None
    branch: str
    head_repository: str
    head_sha: str
    base: str
    base_sha: str
    draft: bool
    created_at: datetime
    updated_at: datetime
    maintainer_can_modify: bool = True
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_sha: str | None = None
    head_forced: bool = False
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    reviews: list[Remark] = field(default_factory=list)
    events: list[TimelineEvent] = field(default_factory=list)
    auto_merge_by: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.closed_at is None


@dataclass(slots=True)
class GitHubWorld:
    """One repository on GitHub, with its people.

    Attributes:
        former_names: Names that the repository had before; requests by them are redirected.
        page_limit: The most rows that a page of a list has, whatever was asked for.
        tree_limit: The most rows of a tree that are listed at once.
        merge_methods: Which of `merge`, `squash` and `rebase` the repository allows.
        linear_history: Whether a rule forbids merge commits on the default branch.
        committers: Who stored a commit, where that is another one than its author.
    """

    repository: Repository
    name: str
    bot: str
    token: str
    clock: Clock
    collaborators: set[str]
    default_branch: str = "main"
    archived: bool = False
    may_create_pulls: bool = True
    may_push: bool = True
    tells_switches: bool = False
    may_create_labels: bool = True
    labels: set[str] = field(default_factory=set)
    pulls: dict[int, Pull] = field(default_factory=dict)
    former_names: set[str] = field(default_factory=set)
    page_limit: int = 100
    tree_limit: int = 100_000
    merge_methods: set[str] = field(default_factory=lambda: {"merge", "squash", "rebase"})
    linear_history: bool = False
    authors: dict[str, str] = field(default_factory=dict)
    committers: dict[str, str] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)

    @property
    def owner(self) -> str:
        """The login before the slash."""
        return self.name.partition("/")[0]

    def next_number(self) -> int:
        """Return the next pull request's number; this GitHub has no issues besides."""
        return max(self.pulls, default=0) + 1

    def signature(self, login: str) -> Signature:
        """Return how GitHub signs commits that `login` makes on its pages or through its API."""
        return Signature(login, f"{login}@users.noreply.github.com", self.clock.now())

    def commit(self, tree: str, parents: Iterable[str], message: str, login: str) -> str:
        """Store a commit in somebody's name; GitHub signs those that bots make through the API."""
        sha = self.repository.write_commit(tree, list(parents), message, self.signature(login))
        self.authors[sha] = login
        if login.endswith("[bot]"):
            self.verified.add(sha)
        return sha

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch."""
        return self.repository.ref(HEADS + name)

    def move(self, ref: str, new: str, old: str, by: str) -> None:
        """Move a ref, and with it the open pull requests from it; deleting it closes them."""
        self.repository.update_ref(ref, new, old)
        branch = ref.removeprefix(HEADS)
        now = self.clock.now()
        for pull in self.pulls.values():
            if set(new) == {"0"} and branch in {pull.branch, pull.base}:
                if pull.open:
                    self.close(pull, by)
                self.record(pull, "head_ref_deleted" if branch == pull.branch else "base_ref_deleted", by)
            elif pull.branch != branch or pull.head_repository != self.name:
                continue
            elif pull.open:
                pull.head_sha, pull.updated_at = new, now
            elif new != pull.head_sha:
                pull.head_forced = True

    def close(self, pull: Pull, by: str) -> None:
        """Close a pull request and remember where its base was."""
        pull.base_sha = self.branch(pull.base) or pull.base_sha
        pull.closed_at = pull.updated_at = self.clock.now()
        self.record(pull, "closed", by)

    def record(self, pull: Pull, kind: str, by: str) -> None:
        """Put something that happened into a pull request's timeline."""
        number = sum(len(other.events) for other in self.pulls.values()) + 1
        pull.events.append(TimelineEvent(number, kind, by, self.clock.now()))

    def commits(self, pull: Pull) -> list[str]:
        """Return a pull request's own commits, oldest first."""
        base = (self.branch(pull.base) if pull.open else None) or pull.base_sha
        return self.repository.log(base, pull.head_sha)

    def mergeable(self, pull: Pull) -> bool | None:
        """Return whether it would merge without a conflict; None where it is closed."""
        base = self.branch(pull.base)
        if not pull.open or base is None:
            return None
        return self.repository.merge_tree(base, pull.head_sha) is not None
