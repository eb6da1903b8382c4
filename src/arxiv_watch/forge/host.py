"""What the state machine reads of a forge and writes to it: values and `CodeHost`, which GitHub is one of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, TypeVar

from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.settings import PullRequestOptions

T = TypeVar("T")
Fallback = TypeVar("Fallback")

PENDING = "0" * 40  # stands for a commit that is not made yet


@dataclass(frozen=True, slots=True)
class PullFacts:
    """A pull request as the list of all shows it; `is_bot` and `by_owner` say who opened it.

    The logins of the assignees are in lower case: people write them in configs as they like.
    """

    number: int
    url: str
    title: str
    body: str
    login: str
    is_bot: bool
    by_owner: bool
    branch: str
    repository: str
    head: str
    base: str
    open: bool
    created_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    assignees: frozenset[str]
    auto_merge: bool

    def is_from(self, repository: str) -> bool:
        """Return whether its branch is in this repository, and not in a fork."""
        return self.repository.casefold() == repository.casefold()


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """A commit, with its author's login where that is known; `as_made` unless somebody amended it."""

    sha: str
    parents: tuple[str, ...]
    message: str
    login: str | None
    is_bot: bool
    as_made: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something; without a login where the account is gone."""

    login: str
    is_bot: bool


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """The repository's name now, its default branch, and ways to merge there."""

    name: str
    default_branch: str
    archived: bool
    can_push: bool
    merge_commits: bool
    rebase_merges: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a commit, with git's mode; `sha` is that of its bytes."""

    path: str
    mode: str
    sha: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a token and the repository's switches allow, as far as the forge reveals it.

    Attributes:
        repository: The repository's name now, which may not be the one that was asked for.
        may_open_pulls: Whether a job's token may open pull requests; None where the token may not know.
        switch: What to change where it may not.
    """

    repository: str
    can_push: bool
    may_open_pulls: bool | None
    switch: str


@dataclass(frozen=True, slots=True)
class WriteCommit:
    """Store files as one commit and move its branch there, last; `expected` None makes the branch.

    With `force` the commit need not follow from where the branch is, which still must be `expected`.
    The files are whole; the others are kept as they are in the commit `onto`.
    Without files it changes nothing: a pull request needs a commit even where it only shows papers.
    """

    branch: str
    expected: str | None
    onto: str
    files: Mapping[str, bytes]
    modes: Mapping[str, str]
    parents: tuple[str, ...]
    message: str
    force: bool = False

    def __str__(self) -> str:
        verb = "move" if self.expected else "make"
        return f"commit {', '.join(self.files) or 'nothing'} and {verb} branch {self.branch}"


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """Open a pull request."""

    branch: str
    base: str
    title: str
    body: str
    marker: Marker
    draft: bool

    def __str__(self) -> str:
        return f"open a {'draft ' * self.draft}pull request from {self.branch} into {self.base}: {self.title}"


@dataclass(frozen=True, slots=True)
class EditPullRequest:
    """Rewrite the bot's part of a pull request, if nobody changed the body meanwhile."""

    number: int
    seen: str
    title: str | None
    body: str
    marker: Marker
    close: bool = False

    def __str__(self) -> str:
        return f"{'close' if self.close else 'rewrite the body of'} pull request #{self.number}"


@dataclass(frozen=True, slots=True)
class Finish:
    """Put on labels, ask for reviews, assign: best effort, then remember that it was done."""

    number: int | None
    options: PullRequestOptions

    def __str__(self) -> str:
        options = self.options
        wanted = (("label", options.labels), ("review by", options.reviewers), ("assign", options.assignees))
        return "; ".join(f"{what} {', '.join(names)}" for what, names in wanted if names)


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Delete a branch that has served, if it still is where it was seen."""

    branch: str
    expected: str

    def __str__(self) -> str:
        return f"delete branch {self.branch}"


Write = WriteCommit | OpenPullRequest | EditPullRequest | Finish | DeleteBranch


class Kind(Enum):
    """What to do about an answer that is not the wished-for one."""

    TRANSIENT = "try again; after a write that cannot be repeated, look first"
    LIMITED = "wait, then try again"
    STALE = "the world moved on: read it again"
    ABSENT = "there is no such thing"
    DENIED = "somebody has to change a setting"
    UNKNOWN = "say what happened and stop"


class AnswerError(ForgeError):
    """One request was refused; `kind` says what that means."""

    def __init__(self, message: str, advice: str, kind: Kind, status: int = 0) -> None:
        super().__init__(message, advice)
        self.kind = kind
        self.status = status


class LostAnswerError(ForgeError):
    """A write that cannot be repeated was sent and its answer lost: it may have been done."""


class WorldMovedError(ForgeError):
    """Somebody else wrote meanwhile, so the plan no longer fits."""


def unless(kinds: Collection[Kind], read: Callable[[], T], otherwise: Fallback) -> T | Fallback:
    """Read something, and make do with something else where it is refused in one of these ways."""
    try:
        return read()
    except AnswerError as error:
        if error.kind in kinds:
            return otherwise
        raise


class CodeHost(Protocol):
    """One repository on a forge; whatever it is asked for, it may refuse with an `AnswerError`."""

    @property
    def run_id(self) -> str:
        """The job that this runs in; empty outside of one."""

    @property
    def run_url(self) -> str:
        """The page of that job, or empty."""

    @property
    def requests(self) -> int:
        """How many requests were sent."""

    def viewer(self) -> str:
        """Return the login that the token belongs to."""

    def repository(self) -> RepositoryFacts:
        """Read the repository; it is asked for before anything else."""

    def access(self) -> Access:
        """Return what the token and the repository's switches allow."""

    def requires_linear_history(self, branch: str) -> bool:
        """Return whether a rule forbids merge commits on a branch."""

    def may_push(self, login: str) -> bool:
        """Return whether somebody has write access; False also where the token may not know."""

    # Files and commits.

    def tip(self, branch: str) -> str | None:
        """Return the commit a branch is at, or None if the branch does not exist."""

    def branches(self, prefix: str) -> dict[str, str]:
        """Return the branches whose names start with `prefix`, each with its tip."""

    def files(self, commit: str, patterns: str) -> list[FileFacts]:
        """Return a commit's files; of a huge repository at least those that the patterns may mean."""

    def blob(self, sha: str) -> bytes:
        """Read a file's bytes."""

    def commit(self, sha: str) -> CommitFacts:
        """Read a commit."""

    def former_names(self, old: str, new: str) -> dict[str, str]:
        """Return the files that were renamed between two commits, each with its name at the older one."""

    def renamed_to(self, path: str, commit: str) -> str | None:
        """Return what became of a file that a commit no longer has: its new name, or None."""

    # Pull requests.

    def pulls(self) -> list[PullFacts]:
        """Read every pull request, newest first."""

    def pull(self, number: int) -> tuple[PullFacts, bool | None, int]:
        """Read one pull request, whether it merges (None: not known yet), and its number of comments."""

    def commits(self, number: int) -> list[CommitFacts]:
        """Read a pull request's commits, oldest first."""

    def has_people(self, number: int, comments: int, machine_users: Collection[str]) -> bool:
        """Return whether a person, and not a bot, reviewed a pull request or commented on it."""

    def is_queued(self, number: int, base: str) -> bool:
        """Return whether a pull request waits to be merged by the forge itself."""

    def closer(self, number: int) -> Actor | None:
        """Return who closed a pull request; None where the forge does not say, or not to this token."""

    def ended_with_a_branch(self, number: int) -> bool:
        """Return whether a pull request was closed by the deletion of one of its branches."""

    # Writes.

    def make_commit(self, write: WriteCommit, look_again: Callable[[], None]) -> str:
        """Store a commit, look again where a branch moves to it, and move the branch; return the commit.

        Raises:
            WorldMovedError: The branch is not where it was expected, or exists already.
        """

    def open_pull(self, write: OpenPullRequest, body: str) -> PullFacts:
        """Open a pull request."""

    def edit_pull(self, number: int, changes: Mapping[str, str]) -> PullFacts:
        """Change a pull request's `title`, `body` or `state`, and return what it is then."""

    def finish_pull(self, number: int, options: PullRequestOptions) -> None:
        """Put on labels, ask for reviews and assign, leaving out with a warning what is refused."""

    def delete_branch(self, branch: str, expected: str) -> None:
        """Delete a branch if it still is at `expected`."""
