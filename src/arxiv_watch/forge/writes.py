"""The writes that a plan is made of, as values: planned in one place, carried out in others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.settings import PullRequestOptions

PENDING = "0" * 40  # stands for a commit that is not made yet


@dataclass(frozen=True, slots=True)
class WriteCommit:
    """Store files as one commit and move its branch there, last; `expected` None makes the branch.

    With `force` the commit need not follow from where the branch is, which still must be `expected`.
    Without files it changes nothing: a pull request needs a commit even where it only shows papers.

    Attributes:
        branch: Its branch.
        expected: Where that must be.
        onto: The commit whose other files it keeps.
        files: The changed files, whole.
        modes: Their modes in git.
        parents: Its parents.
        message: Its message.
        force: Whether the branch may leave the line it is on.
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
    """Put on labels, ask for reviews, assign: best effort, then remember that it was seen to."""

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
