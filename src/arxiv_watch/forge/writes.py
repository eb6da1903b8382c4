"""The writes that a plan is made of, as values: planned in one place, carried out in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from arxiv_watch.delivery import Deliverables, ListEdit
from arxiv_watch.forge.memory import Marker
from arxiv_watch.forge.state import Snapshot
from arxiv_watch.proposals import Operation, Verdict

PENDING = "0" * 40  # stands for a commit that is not made yet


@dataclass(frozen=True, slots=True)
class WriteCommit:
    """Store files as one commit and move its branch there, last; `expected` None makes the branch.

    With `force` the commit need not follow from where the branch is, which still must be `expected`.
    Without files it changes nothing: a pull request needs a commit even where it only shows papers.
    """

    branch: str
    expected: str | None
    base_tree: str
    files: Mapping[str, bytes]
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
    labels: tuple[str, ...]
    reviewers: tuple[str, ...]
    assignees: tuple[str, ...]

    def __str__(self) -> str:
        wanted = (("label", self.labels), ("review by", self.reviewers), ("assign", self.assignees))
        return "; ".join(f"{what} {', '.join(names)}" for what, names in wanted if names)


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Delete a branch that has served, if it still is where it was seen."""

    branch: str
    expected: str

    def __str__(self) -> str:
        return f"delete branch {self.branch}"


Write = WriteCommit | OpenPullRequest | EditPullRequest | Finish | DeleteBranch


@dataclass(frozen=True, slots=True)
class Plan:
    """The exact writes, and what they come to.

    Attributes:
        snapshot: What it was made from.
        wanted: What was asked; kept so that it can be planned again.
        operation: What happens to the pull request.
        writes: The writes in order; after each of them the world is in a legal state.
        edit: The list with the proposals that go in.
        waiting: Proposals that have to wait for another pull request.
        notes: For people: what happens, and why not more.
    """

    snapshot: Snapshot
    wanted: Deliverables
    operation: Operation
    writes: tuple[Write, ...] = ()
    edit: ListEdit = field(default_factory=ListEdit)
    waiting: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()

    def describe(self) -> str:
        """Write the plan for a person: one line a write, and the title and body of the pull request."""
        lines = [f"pull request: {self.operation}", *(f"would {write}" for write in self.writes), *self.notes]
        for write in self.writes:
            if isinstance(write, OpenPullRequest | EditPullRequest):
                lines += ["", write.title or "(title unchanged)", "", write.body]
        return "\n".join(lines)
