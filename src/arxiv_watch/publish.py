"""Where a run reads the list and leaves its proposals: nowhere, the local file, or a pull request.

`derive → decide → plan → apply`: the publishers differ in the last step only, so a dry run is the
same program less that step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from arxiv_watch.config.models import WatchConfig
from arxiv_watch.errors import EditRefusedError, ListError
from arxiv_watch.files import MEGABYTE, read_file, writing
from arxiv_watch.forge import Forge, PullRequestOptions, Snapshot, Subject
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import Insertion, ListHistory, insert, parse_list, read_list
from arxiv_watch.markdown.history import read_history
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Proposal, PullRequest, ReviewedPaper, ReviewedPullRequest


@dataclass(frozen=True, slots=True)
class ListState:
    """The list as it is, and what became of earlier proposals.

    Attributes:
        files: The list's files, whole, by their path in the repository.
        proposed: Identifiers in the open pull request.
        rejected: Identifiers of papers that a person rejected.
        accepted: Identifiers that came in by an earlier pull request.
        needs: Papers whose metadata `deliver` may need, to write an open pull request anew.
        reviewed_papers: What became of the papers that people were shown.
        history: How people inserted so far, where that is known.
        reviewed: How people ended earlier pull requests, oldest first.
        notes: For people: what became of earlier proposals.
    """

    files: Mapping[str, bytes]
    proposed: Collection[ArxivId] = frozenset()
    rejected: Collection[ArxivId] = frozenset()
    accepted: Collection[ArxivId] = frozenset()
    needs: Collection[ArxivId] = frozenset()
    reviewed_papers: Sequence[ReviewedPaper] = ()
    history: ListHistory | None = None
    reviewed: tuple[ReviewedPullRequest, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the proposals.

    Attributes:
        proposals: The sure proposals, with the file and line they got.
        diff: The unified diff of the list.
        pull_request: The pull request, or None.
        notes: For people: what happened besides.
        waiting: The proposals that have to wait for another pull request.
    """

    proposals: tuple[Proposal, ...]
    diff: str
    pull_request: PullRequest | None = None
    notes: tuple[str, ...] = ()
    waiting: tuple[Proposal, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliverables:
    """What a run wants to deliver.

    Attributes:
        proposals: The new proposals, sure and unsure, best first.
        coverage: How completely arXiv was read.
        papers: Metadata of the papers that the state needs.
        notes: For the reviewer: sentences of our own.
        judged: Whether all that it takes was there to judge the papers by; if not, they come back.
    """

    proposals: Sequence[Proposal] = ()
    coverage: Sequence[Coverage] = ()
    papers: Mapping[ArxivId, Paper] = field(default_factory=dict)
    notes: Sequence[str] = ()
    judged: bool = True


class Publisher(Protocol):
    """Reads the list and delivers proposals."""

    @property
    def settles(self) -> bool:
        """Whether everything delivered so far need not be looked at again."""

    @property
    def requests(self) -> int:
        """How many requests GitHub was sent."""

    def read(self, watch: WatchConfig) -> ListState:
        """Return the list as it is."""

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Bring the proposals to where people see them."""


@dataclass(frozen=True, slots=True)
class EditedList:
    """The list with proposals put in.

    Attributes:
        files: The changed files, whole, by their path in the repository.
        proposals: The proposals that were not there yet, with the file and line they got.
        diff: The unified diff.
    """

    files: Mapping[str, bytes]
    proposals: tuple[Proposal, ...]
    diff: str


class ListEngine:
    """The list engine, the way a publisher needs it."""

    def __init__(self, template: str | None, history: ListHistory | None = None) -> None:
        self._template = template
        self._history = history

    def edit(self, files: Mapping[str, bytes], proposals: Sequence[Proposal]) -> EditedList:
        """Put the proposals into the list.

        Raises:
            EditRefusedError: The list cannot be changed safely.
        """
        insertions = [Insertion(proposal.paper, proposal.path) for proposal in proposals]
        edit = insert(parse_list(files), insertions, template=self._template, history=self._history)
        placed = tuple(
            replace(proposal, file=place.file, line=place.line)
            for proposal, place in zip(proposals, edit.places, strict=True)
            if place is not None
        )
        return EditedList(edit.files, placed, edit.diff)

    def find(self, files: Mapping[str, bytes]) -> Mapping[ArxivId, HeadingPath]:
        """Return which paper is listed under which heading; the first, where there are several."""
        found: dict[ArxivId, HeadingPath] = {}
        for entry, path in parse_list(files).placed:
            for arxiv_id in entry.ids:
                found.setdefault(arxiv_id, path)
        return found


class DryRun:
    """Shows what would be changed and changes nothing.

    Args:
        root: The repository's root.
        repository: The repository there as `owner/name`, where that is known.
    """

    requests = 0

    def __init__(self, root: Path, repository: str | None = None) -> None:
        self._root = root
        self._repository = repository

    @property
    def settles(self) -> bool:
        """Whether what was delivered need not be looked at again: what was only shown does."""
        return False

    def read(self, watch: WatchConfig) -> ListState:
        """Return the list as it is on disk.

        Raises:
            ListError: It is in another repository, or cannot be read.
        """
        if watch.repository not in {None, self._repository}:
            message = f"watch {watch.name} is in {watch.repository}, which is not here"
            raise ListError(message, "use --open-pr, or for a dry run set GITHUB_TOKEN")
        files = read_list(self._root, watch.list)
        return ListState(files, history=read_history(self._root, files, versions=True))

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Place the sure proposals and return the diff."""
        edited = self._edit(watch, state, deliverables.proposals)
        return Delivery(edited.proposals, edited.diff)

    def _edit(self, watch: WatchConfig, state: ListState, proposals: Sequence[Proposal]) -> EditedList:
        editor = ListEngine(watch.template, state.history)
        return editor.edit(state.files, [proposal for proposal in proposals if proposal.sure])


class LocalFiles(DryRun):
    """Edits the list on disk."""

    @property
    def settles(self) -> bool:
        """Whether what was delivered need not be looked at again: it is in the list now."""
        return True

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Write the sure proposals into the list; every file whole or not at all.

        Raises:
            EditRefusedError: A file changed on disk since it was read, or cannot be changed safely.
        """
        edited = self._edit(watch, state, deliverables.proposals)
        for name, data in edited.files.items():
            write_file(self._root / name, data, expected=state.files[name])
        return Delivery(edited.proposals, edited.diff)


def write_file(path: Path, data: bytes, expected: bytes) -> None:
    """Replace a file's bytes in one step, if they still are the expected ones.

    Raises:
        EditRefusedError: Somebody else changed the file meanwhile, or it cannot be written.
    """
    try:
        if read_file(path, len(expected) + MEGABYTE) != expected:
            raise EditRefusedError(f"{path} was changed by somebody else meanwhile", "run again")
        with writing(path) as file:
            file.write(data)
    except OSError as error:
        raise EditRefusedError(f"{path} cannot be written: {error}") from error


class PullRequests:
    """Proposes the changes on GitHub; each list is read there, at one commit of its base branch.

    Args:
        open_forge: Returns the way to a repository `owner/name`; of None to the one the run is in.
        root: A local clone of that one, whose history shows where people insert; it may be an empty folder.
        dry_run: Plan, and report the plan, but write nothing to GitHub.
    """

    def __init__(
        self, open_forge: Callable[[str | None], Forge], root: Path, *, dry_run: bool = False
    ) -> None:
        self._open_forge = open_forge
        self._forges: dict[str | None, Forge] = {}
        self._root = root
        self._dry_run = dry_run
        self._snapshots: dict[str, Snapshot] = {}
        self._waiting = False

    @property
    def requests(self) -> int:
        """How many requests GitHub was sent."""
        return sum(forge.requests for forge in self._forges.values())

    @property
    def settles(self) -> bool:
        """Whether no proposal has to wait for another pull request."""
        return not self._dry_run and not self._waiting

    def is_answered(self, watch: WatchConfig) -> bool:
        """Return whether people did something that the watch's pull request does not show yet."""
        return self._forge(watch).is_answered(subject_of(watch))

    def read(self, watch: WatchConfig) -> ListState:
        """Return the list at the base branch's tip, and what became of earlier proposals."""
        editor = ListEngine(watch.template)
        snapshot = self._forge(watch).read(subject_of(watch), editor.find)
        self._snapshots[watch.name] = snapshot
        ledger = snapshot.ledger
        return ListState(
            files=snapshot.files,
            proposed=ledger.proposed,
            rejected=ledger.rejected,
            accepted=ledger.accepted,
            needs=snapshot.needs,
            reviewed_papers=ledger.reviewed_papers,
            history=None if watch.repository else self._history(snapshot.files),
            reviewed=ledger.outcomes,
            notes=_acceptance(ledger.outcomes),
        )

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Create or update the pull request.

        It remembers each paper that it shows, so one that was only shown for want of something to judge it
        by must not get in: it would never be judged.
        """
        forge = self._forge(watch)
        proposals = [proposal for proposal in deliverables.proposals if proposal.sure or deliverables.judged]
        plan = forge.plan(
            self._snapshots.pop(watch.name),  # a service with hundreds of watches keeps none of their lists
            proposals,
            ListEngine(watch.template, state.history),
            options_of(watch),
            deliverables.coverage,
            notes=deliverables.notes,
            papers=deliverables.papers,
        )
        self._waiting |= bool(plan.waiting)
        if self._dry_run:
            return Delivery(plan.proposals, plan.diff, notes=(plan.describe(),), waiting=plan.waiting)
        return Delivery(plan.proposals, plan.diff, forge.apply(plan), plan.notes, plan.waiting)

    def _forge(self, watch: WatchConfig) -> Forge:
        """Return the way to the watch's repository; its requests are paced by itself."""
        if watch.repository not in self._forges:
            self._forges[watch.repository] = self._open_forge(watch.repository)
        return self._forges[watch.repository]

    def _history(self, files: Mapping[str, bytes]) -> ListHistory:
        """Read the history that the local clone has; it is no other repository's."""
        return read_history(self._root, files, versions=True)


def subject_of(watch: WatchConfig) -> Subject:
    """Return which list a watch serves, and what its pull requests are known by."""
    wanted = watch.pull_request
    return Subject(watch.name, watch.list, wanted.base, watch.former_names, wanted.machine_users)


def options_of(watch: WatchConfig) -> PullRequestOptions:
    """Return how a watch wants its pull requests."""
    wanted = watch.pull_request
    return PullRequestOptions(
        draft=wanted.draft,
        labels=wanted.labels,
        reviewers=wanted.reviewers,
        assignees=wanted.assignees,
        per_pull_request=watch.budget.per_pull_request,
        title=wanted.title,
    )


def _acceptance(outcomes: Sequence[ReviewedPullRequest]) -> tuple[str, ...]:
    """Tell how much of what was proposed so far was accepted, all in all and lately."""
    proposed = sum(outcome.proposed for outcome in outcomes)
    if not proposed:
        return ()
    accepted = sum(outcome.accepted for outcome in outcomes)
    moved = sum(outcome.moved for outcome in outcomes)
    proposing = [each for each in outcomes if each.proposed]
    lately = ", ".join(f"#{each.number} {each.accepted} of {each.proposed}" for each in proposing[-5:])
    so_far = f"accepted so far: {accepted} of {proposed} proposed papers, {moved} of them moved"
    return (f"{so_far}; lately {lately}",)
