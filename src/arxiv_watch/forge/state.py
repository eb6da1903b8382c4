"""The forge's values: what was read of GitHub, and what that means for each paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from arxiv_watch.forge.body import BodyReading, is_answered
from arxiv_watch.forge.facts import PullFacts
from arxiv_watch.forge.ledger import Ledger
from arxiv_watch.forge.memory import Marker, Memory
from arxiv_watch.forge.titles import DEFAULT
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Proposal

Files = Mapping[str, bytes]
Find = Callable[[Files], Mapping[ArxivId, HeadingPath]]


class Edited(Protocol):
    """A list with proposals put in."""

    @property
    def files(self) -> Files:
        """The changed files, whole."""

    @property
    def proposals(self) -> Sequence[Proposal]:
        """The proposals that were put in, with file and line."""

    @property
    def diff(self) -> str:
        """The unified diff of the files."""


class ListEditor(Protocol):
    """The list engine, as far as the forge needs it."""

    def edit(self, files: Files, proposals: Sequence[Proposal]) -> Edited:
        """Put proposals into the list.

        Raises:
            EditRefusedError: The list cannot be changed safely.
        """

    def find(self, files: Files) -> Mapping[ArxivId, HeadingPath]:
        """Return which paper is listed under which heading."""


class State(StrEnum):
    """Where an open pull request stands.

    BARE: finishing touches are missing. CLEAN: the bot's only, untouched. ENGAGED: the bot's commits only,
    but a person reviewed, commented, assigned or edited. MODIFIED: a person committed, or it was retargeted.
    """

    BARE = "bare"
    CLEAN = "clean"
    ENGAGED = "engaged"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class Subject:
    """Which list is read, and for whom.

    Attributes:
        watch: The watch's name.
        patterns: The list as the config names it.
        base: The base branch; None for the default one.
        former_names: What the watch was called before.
        machine_users: Accounts of type User that are bots: what they do is nobody's answer.
    """

    watch: str
    patterns: str
    base: str | None = None
    former_names: tuple[str, ...] = ()
    machine_users: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What the watch is and was called."""
        return (self.watch, *self.former_names)


@dataclass(frozen=True, slots=True)
class OpenPull:
    """The open pull request of a watch.

    Attributes:
        facts: What GitHub's list of pull requests says.
        memory: Which papers it holds, as its commits say, and which of them were refused so far.
        reading: What its body says.
        state: Where it stands.
        conflict: Whether GitHub says that it does not merge.
        tree: The tree at its head.
        files: The list at its head.
        renamed: Whether the list has another name on the base branch by now.
    """

    facts: PullFacts
    memory: Memory
    reading: BodyReading
    state: State
    conflict: bool
    tree: str
    files: Files
    renamed: bool = False

    @property
    def marker(self) -> Marker | None:
        """The marker of its body."""
        return self.reading.marker

    @property
    def is_answered(self) -> bool:
        """Whether a box was ticked or emptied, and the branch does not show it yet."""
        leaving = self.memory.papers.keys() & self.memory.refused.keys()
        return bool(leaving) or is_answered(self.memory, self.reading)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A branch of the bot that has no pull request: a run died between the two.

    Attributes:
        branch: Its name.
        head: Its tip.
        memory: What its commit says; None where the tip is not the bot's.
        fits: Whether the list is still the one that the branch was made from.
    """

    branch: str
    head: str
    memory: Memory | None
    fits: bool


@dataclass(frozen=True, slots=True)
class Leftover:
    """A branch whose pull request was merged or superseded, still where the bot left it."""

    branch: str
    head: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a plan is made from, read at one commit of the base branch.

    Attributes:
        subject: What was read for whom.
        repository: The repository's name as GitHub spells it now.
        node_id: Its id for GraphQL.
        base: The base branch.
        base_sha: Its tip, at which `files` were read.
        tree: That commit's tree.
        files: The list's files, whole.
        modes: Their modes in git.
        ledger: What became of earlier proposals.
        branch: The name for the next pull request's branch.
        pull: The open pull request, or None.
        orphan: A branch to adopt or to clear away, or None.
        leftovers: Branches that have served.
        warnings: For people: what was odd.
        habit: How the repository's own titles are written, as a template.
        linear: Whether what is merged must be a line of commits without a merge among them.
        told: For the report and for the reviewer: what went otherwise than was asked.
    """

    subject: Subject
    repository: str
    node_id: str
    base: str
    base_sha: str
    tree: str
    files: Files
    modes: Mapping[str, str]
    ledger: Ledger
    branch: str
    pull: OpenPull | None = None
    orphan: Orphan | None = None
    leftovers: tuple[Leftover, ...] = ()
    warnings: tuple[str, ...] = ()
    habit: str = DEFAULT
    linear: bool = False
    told: tuple[str, ...] = ()

    @property
    def watch(self) -> str:
        """The watch's name."""
        return self.subject.watch

    @property
    def needs(self) -> frozenset[ArxivId]:
        """Papers whose metadata a plan may need beside the new proposals, to write them anew."""
        if self.orphan is not None and self.orphan.memory is not None:
            return self.orphan.memory.ids
        if self.pull is None or (self.pull.state is State.MODIFIED and not self.pull.reading.rebase):
            return frozenset()
        return self.pull.memory.ids
