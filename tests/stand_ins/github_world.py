"""What GitHub knows beyond the demo: people's doings, forks, rules, switches, former names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from arxiv_watch.demo.github_server.repository import HEADS, GitError, GitHubWorld, Pull, Repository


@dataclass
class Remark:
    """A comment, or a review where `state` says what it judged."""

    id: int
    login: str
    body: str
    at: datetime
    state: str = ""


@dataclass(frozen=True)
class TimelineEvent:
    """Something that somebody did to a pull request, by GitHub's name of it."""

    id: int
    kind: str
    login: str
    at: datetime


@dataclass
class PeoplesPull(Pull):
    """A pull request with what people did to it; `head_repository` is a fork, or empty."""

    head_repository: str = ""
    maintainer_can_modify: bool = True
    merged_at: datetime | None = None
    merge_sha: str | None = None
    head_forced: bool = False
    reviewers: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    reviews: list[Remark] = field(default_factory=list)
    events: list[TimelineEvent] = field(default_factory=list)
    auto_merge_by: str = ""


@dataclass
class PeoplesWorld(GitHubWorld):
    """One repository on GitHub, with its people.

    Attributes:
        collaborators: Logins that may push, review and be assigned.
        former_names: Names that the repository had before; requests by them are redirected.
        page_limit: The most rows that a page of a list has, whatever was asked for.
        tree_limit: The most rows of a tree that are listed at once.
        merge_methods: Which of `merge`, `squash` and `rebase` the repository allows.
        linear_history: Whether a rule forbids merge commits on the default branch.
        authors: Who made a commit.
        committers: Who stored a commit, where that is another one than its author.
        verified: The commits that GitHub signed.
    """

    pulls: dict[int, PeoplesPull] = field(default_factory=dict)
    collaborators: set[str] = field(default_factory=lambda: {"octocat"})
    archived: bool = False
    may_create_pulls: bool = True
    may_push: bool = True
    tells_switches: bool = False
    may_create_labels: bool = True
    labels: set[str] = field(default_factory=set)
    former_names: set[str] = field(default_factory=set)
    page_limit: int = 100
    tree_limit: int = 100_000
    merge_methods: set[str] = field(default_factory=lambda: {"merge", "squash", "rebase"})
    linear_history: bool = False
    authors: dict[str, str] = field(default_factory=dict)
    committers: dict[str, str] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    merges: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The login before the slash."""
        return self.name.partition("/")[0]

    def commit(self, tree: str, parents: Iterable[str], message: str, login: str) -> str:
        """Store a commit in somebody's name; GitHub signs those that bots make through the API."""
        sha = super().commit(tree, parents, message, login)
        self.authors[sha] = login
        if login.endswith("[bot]"):
            self.verified.add(sha)
        return sha

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
            elif pull.branch != branch or pull.head_repository not in {"", self.name}:
                continue
            elif pull.open:
                pull.head_sha, pull.updated_at = new, now
            elif new != pull.head_sha:
                pull.head_forced = True

    def close(self, pull: PeoplesPull, by: str) -> None:
        """Close a pull request, and remember who did and where its base was."""
        pull.base_sha = self.branch(pull.base) or pull.base_sha
        pull.closed_at = pull.updated_at = self.clock.now()
        self.record(pull, "closed", by)

    def record(self, pull: PeoplesPull, kind: str, by: str) -> None:
        """Put something that happened into a pull request's timeline."""
        number = sum(len(other.events) for other in self.pulls.values()) + 1
        pull.events.append(TimelineEvent(number, kind, by, self.clock.now()))

    def mergeable(self, pull: PeoplesPull) -> bool | None:
        """Return whether it would merge without a conflict; None where it is closed."""
        base = self.branch(pull.base)
        if not pull.open or base is None:
            return None
        return self.merge_tree(base, pull.head_sha) is not None

    def merge_tree(self, ours: str, theirs: str) -> str | None:
        """Merge two commits without touching anything and return the tree, or None on a conflict."""
        if (ours, theirs) not in self.merges:
            try:
                output = self.repository.git("merge-tree", "--write-tree", ours, theirs)
                self.merges[ours, theirs] = output.decode().split()[0]
            except GitError:
                self.merges[ours, theirs] = None
        return self.merges[ours, theirs]


def changes(repository: Repository, old: str, new: str) -> list[tuple[str, str, str]]:
    """Return each changed file between two commits: git's letter, its name, and its former name."""
    output = repository.ask("diff", "--name-status", "--find-renames", "-z", old, new).decode()
    fields = iter(output.split("\0")[:-1])
    found = []
    for letter in fields:
        former = next(fields)
        found.append((letter[0], next(fields) if letter[0] == "R" else former, former))
    return found
