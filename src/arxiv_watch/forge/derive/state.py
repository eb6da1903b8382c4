"""What was read of a forge, and what that means for each paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arxiv_watch.delivery import ListState
from arxiv_watch.forge.derive.ledger import PastPull
from arxiv_watch.forge.memory import Memory, Papers
from arxiv_watch.forge.page.body import is_answered
from arxiv_watch.forge.settings import PullRequestOptions
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList


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
    """Which list is read, for whom, and how its pull requests should look.

    Attributes:
        watch: The watch's name.
        patterns: The list as the config names it.
        former_names: What the watch was called before.
        options: How the watch wants its pull requests.
        limit: How many papers one pull request may add.
        template: The text of an entry instead of the learned style.
    """

    watch: str
    patterns: str
    former_names: tuple[str, ...] = ()
    options: PullRequestOptions = field(default_factory=PullRequestOptions)
    limit: int = 10
    template: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the watch is and was called."""
        return (self.watch, *self.former_names)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPull(PastPull):
    """The open pull request of a watch; its memory holds which papers were refused so far.

    Attributes:
        state: Where it stands.
        conflict: Whether the forge says that it does not merge.
        paper_list: The list at its head; an empty one where that cannot be read.
        renamed: Whether the list has another name on the base branch by now.
    """

    state: State
    conflict: bool = False
    paper_list: PaperList = field(default_factory=lambda: PaperList(()))
    renamed: bool = False

    @property
    def changes(self) -> bool:
        """Whether a box was ticked or emptied, and the branch does not show it yet."""
        leaving = self.memory.papers.keys() & self.memory.refused.keys()
        return bool(leaving) or is_answered(self.memory, self.reading)

    @property
    def wanted(self) -> Papers:
        """The papers that the branch should add by what people answered, each with its heading.

        A heading that was chosen in the body holds before the one under which somebody committed the paper.
        """
        memory, reading = self.memory, self.reading
        committed = self.paper_list.paths if self.state is State.MODIFIED else {}
        held = {
            paper: committed.get(paper, path)
            for paper, path in memory.papers.items()
            if paper not in memory.refused
        }
        asked = {
            paper: path
            for paper, path in memory.unsure.items()
            if reading.ticks.get(paper) or paper in reading.moves
        }
        wanted = {**held, **asked}
        return {paper: reading.moves.get(paper, path) for paper, path in wanted.items()}


@dataclass(frozen=True, slots=True)
class Orphan:
    """A branch of the bot that has no pull request: a run died between the two.

    Attributes:
        branch: Its name.
        head: Its tip.
        memory: What its commit says.
        fits: Whether the list is still the one that the branch was made from.
    """

    branch: str
    head: str
    memory: Memory
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(ListState):
    """Everything a plan is made from, read at one commit of the base branch.

    Attributes:
        subject: What was read for whom.
        base: The base branch.
        base_sha: Its tip, at which the list was read.
        modes: The modes of the list's files in git.
        branch: The name for the next pull request's branch.
        pull: The open pull request, or None.
        orphan: A branch to adopt or to clear away, where there is no open pull request; or None.
        leftovers: Branches that have served, each with its tip.
        warnings: For people: what was odd.
        title: How titles are written here, as a template: as the config has it, or the repository's habit.
        linear: Whether what is merged must be a line of commits without a merge among them.
        late_answers: For the report and for the reviewer: answers that came too late to take effect.
        run_id: The workflow run that reads it, or empty.
        run_url: That run's page, or empty.
    """

    subject: Subject
    base: str
    base_sha: str
    modes: Mapping[str, str]
    branch: str
    title: str
    pull: OpenPull | None = None
    orphan: Orphan | None = None
    leftovers: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    linear: bool = False
    late_answers: tuple[str, ...] = ()
    run_id: str = ""
    run_url: str = ""

    @property
    def needs(self) -> frozenset[ArxivId]:
        """Papers whose metadata a plan may need beside the new proposals, to write them anew."""
        if self.orphan is not None:
            return self.orphan.memory.ids
        if self.pull is None or (self.pull.state is State.MODIFIED and not self.pull.reading.rebase):
            return frozenset()
        return self.pull.memory.ids
