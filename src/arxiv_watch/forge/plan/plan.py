"""A plan: the exact writes, what they were made from, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass

from arxiv_watch.delivery import Deliverables, Delivery
from arxiv_watch.forge.derive.state import Snapshot
from arxiv_watch.forge.writes import EditPullRequest, OpenPullRequest, Write
from arxiv_watch.proposals import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Delivery):
    """The exact writes, and what they come to; the pull request is there only once they are made.

    Attributes:
        snapshot: What it was made from.
        wanted: What was asked; kept so that it can be planned again.
        operation: What happens to the pull request.
        writes: The writes in order; after each of them the world is in a legal state.
    """

    snapshot: Snapshot
    wanted: Deliverables
    operation: Operation
    writes: tuple[Write, ...]

    def describe(self) -> str:
        """Write the plan for a person: one line a write, and the title and body of the pull request."""
        lines = [f"pull request: {self.operation}", *(f"would {write}" for write in self.writes), *self.notes]
        for write in self.writes:
            if isinstance(write, OpenPullRequest | EditPullRequest):
                lines += ["", write.title or "(title unchanged)", "", write.body]
        return "\n".join(lines)
