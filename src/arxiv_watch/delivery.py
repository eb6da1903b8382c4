"""What is proposed where: the list as it is, what a run wants to put in, and the list with that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import Insertion, ListHistory, PaperList, insert
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Ledger, PullRequest, Verdict


@dataclass(frozen=True, slots=True)
class ListState:
    """The list as it is, what became of earlier proposals, and how people inserted, where that is known."""

    paper_list: PaperList
    ledger: Ledger = field(default_factory=Ledger)
    history: ListHistory | None = None

    @property
    def needs(self) -> frozenset[ArxivId]:
        """Papers whose metadata it may take, beside the new proposals, to write their entries anew."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class Deliverables:
    """What a run wants to deliver.

    Attributes:
        proposals: The new proposals, sure and unsure, best first.
        papers: Metadata of the papers that the state needs.
        judged: Whether all that it takes was there to judge the papers by; if not, they come back.
    """

    proposals: Sequence[Verdict] = ()
    coverage: Sequence[Coverage] = ()
    papers: Mapping[ArxivId, Paper] = field(default_factory=dict)
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """The list with the sure proposals put in, and the pull request with that.

    Attributes:
        files: The changed files, whole, by their path in the repository.
        proposals: The proposals that were not in the list yet, with the file and line they got.
        diff: The unified diff.
        pull_request: None where none is open.
        notes: For people: what happened besides.
        waiting: The proposals that have to wait for another pull request.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    proposals: tuple[Verdict, ...] = ()
    diff: str = ""
    pull_request: PullRequest | None = None
    notes: tuple[str, ...] = ()
    waiting: tuple[Verdict, ...] = ()


def edit_list(
    paper_list: PaperList,
    proposals: Sequence[Verdict],
    template: str | None = None,
    history: ListHistory | None = None,
) -> Delivery:
    """Put the proposals into the list.

    Raises:
        EditRefusedError: The list cannot be changed safely.
    """
    insertions = [Insertion(proposal.paper, proposal.path) for proposal in proposals]
    edit = insert(paper_list, insertions, template=template, history=history)
    placed = tuple(
        replace(proposal, file=place.file, line=place.line)
        for proposal, place in zip(proposals, edit.places, strict=True)
        if place is not None
    )
    return Delivery(edit.files, placed, edit.diff)
