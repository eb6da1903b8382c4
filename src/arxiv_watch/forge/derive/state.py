"""The snapshot of a forge, and what became of every paper that the bot's pull requests ever showed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from arxiv_watch.conversation import code
from arxiv_watch.delivery import ListState
from arxiv_watch.forge.host import PullFacts
from arxiv_watch.forge.memory import Marker, Memory, Papers
from arxiv_watch.forge.page.body import BodyReading, boxes_differ
from arxiv_watch.forge.settings import PullRequestOptions
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.proposals import Ledger, ReviewedPaper, ReviewedPullRequest
from arxiv_watch.wording import plural


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
    """Which list is read, for which watch, and how its pull requests should look.

    Attributes:
        patterns: The list as the config names it.
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


@dataclass(frozen=True, slots=True)
class PastPull:
    """A pull request of the bot.

    Attributes:
        memory: Which papers it holds, as its commits say; of an open one with what was answered so far.
        rejected_by: The person who closed it; empty where it is open, merged, or closed by no person.
    """

    facts: PullFacts
    reading: BodyReading
    memory: Memory = field(default_factory=Memory)
    rejected_by: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it says which papers it holds; what it says names its watch, too."""
        return bool(self.memory.watch)

    @property
    def marker(self) -> Marker | None:
        """The marker of its body."""
        return self.reading.marker

    @property
    def is_as_left(self) -> bool:
        """Whether its branch is where the bot left it."""
        return self.marker is not None and self.marker.head == self.facts.head

    @property
    def is_answered(self) -> bool:
        """Whether its body says something else than its branch, which is where the bot left it."""
        answered = self.marker is not None and boxes_differ(self.marker.memory, self.reading)
        return self.is_as_left and (self.reading.rebase or answered)

    @property
    def judged(self) -> bool:
        """Whether people judged it as a whole: merged it, closed it, or emptied every box."""
        emptied = self.marker is not None and self.marker.closed and not self.superseded
        return bool(not self.facts.open and (self.facts.merged_at or self.rejected_by or emptied))

    @property
    def superseded(self) -> bool:
        """Whether the bot closed it because everything was listed: nobody rejected it."""
        return self.marker is not None and self.marker.closed and not self.marker.memory.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPull(PastPull):
    """The open pull request of a watch; its memory holds which papers were refused so far.

    Attributes:
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
        return bool(leaving) or boxes_differ(self.memory, self.reading)

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
        base_sha: The base branch's tip, at which the list was read.
        modes: The modes of the list's files in git.
        branch: The name for the next pull request's branch.
        pull: The open pull request, or None.
        orphan: A branch to adopt or to clear away, where there is no open pull request; or None.
        leftovers: Branches that have served, each with its tip.
        warnings: For people: what was odd.
        title: How titles are written here, as a template: as the config has it, or the repository's habit.
        linear: Whether what is merged must be a line of commits without a merge among them.
        late_answers: For the report and for the reviewer: answers that came too late to take effect.
        run_id: The job that reads it, or empty.
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


class PaperStatus(Enum):
    """What a paper is after a pull request that showed it.

    PROPOSED: in an open one. REJECTED: a person turned it down. ACCEPTED: it was merged and is listed.
    FREE: nobody judged it, or that was undone, so it may be proposed again.
    """

    PROPOSED = auto()
    REJECTED = auto()
    ACCEPTED = auto()
    FREE = auto()


def read_ledger(past: Iterable[PastPull], listed: Mapping[ArxivId, HeadingPath]) -> Ledger:
    """Go through the pull requests, oldest first; what a later one says of a paper holds."""
    statuses: dict[ArxivId, PaperStatus] = {}
    outcomes: list[ReviewedPullRequest] = []
    priors: dict[ArxivId, float] = {}
    for pull in past:
        priors |= pull.memory.priors
        statuses |= _statuses(pull, listed)
        if not (pull.is_known and pull.judged):
            continue
        taken = _taken(pull, listed)
        proposed_at = {**pull.memory.papers, **pull.memory.moved}
        moved = [paper for paper, path in taken.items() if path != proposed_at[paper]]
        ended = (pull.facts.closed_at or pull.facts.created_at).date()
        proposed = {*pull.memory.papers, *pull.memory.refused}
        outcomes.append(ReviewedPullRequest(pull.facts.number, ended, len(proposed), len(taken), len(moved)))

    def papers(status: PaperStatus) -> frozenset[ArxivId]:
        return frozenset(paper for paper, has in statuses.items() if has is status)

    accepted, rejected = papers(PaperStatus.ACCEPTED), papers(PaperStatus.REJECTED)
    reviewed = tuple(
        # What people turned down in a pull request and list by hand weeks later was right all the same.
        ReviewedPaper(prior, accepted=paper in listed)
        for paper, prior in sorted(priors.items())
        if paper in accepted or paper in rejected
    )
    return Ledger(papers(PaperStatus.PROPOSED), rejected, accepted, tuple(outcomes), reviewed)


def _statuses(pull: PastPull, listed: Mapping[ArxivId, HeadingPath]) -> dict[ArxivId, PaperStatus]:
    """Return what one pull request makes of each of its papers.

    Each dictionary goes from the weakest to the strongest reason: a later row overrides an earlier one.
    """
    memory, ticks = pull.memory, pull.reading.ticks
    if pull.facts.open:
        return {
            **dict.fromkeys(memory.ids, PaperStatus.PROPOSED),
            **dict.fromkeys(memory.refused, PaperStatus.REJECTED),
        }
    if not (pull.rejected_by or pull.facts.merged_at):  # nobody judged what nobody had answered
        return {
            **dict.fromkeys(memory.ids, PaperStatus.FREE),
            **dict.fromkeys(memory.answered(ticks).refused, PaperStatus.REJECTED),
        }
    # A paper that was put in just before the end was on no page yet, so nobody judged it.
    shown = pull.marker.memory.ids if pull.marker else memory.ids
    ticked = {paper for paper in {*memory.refused, *memory.unsure} if ticks.get(paper)}
    return {
        # People saw it and did not take it.
        **dict.fromkeys(memory.ids & shown, PaperStatus.REJECTED),
        # People ticked it, and it was merged or closed before a run put it in.
        **dict.fromkeys(ticked, PaperStatus.FREE),
        # The merge put it into the list.
        **dict.fromkeys(_taken(pull, listed), PaperStatus.ACCEPTED),
    }


def _taken(pull: PastPull, listed: Mapping[ArxivId, HeadingPath]) -> dict[ArxivId, HeadingPath]:
    """Return the papers that came in by a merge, each with where it is listed now."""
    if pull.facts.merged_at is None:
        return {}
    return {paper: listed[paper] for paper in pull.memory.papers if paper in listed}


def merged_though_unticked(
    past: Iterable[PastPull], listed: Container[ArxivId], files: Mapping[str, bytes]
) -> Iterable[str]:
    """Report papers whose boxes were emptied just before the last merge, and how to take them out."""
    merged = [pull for pull in past if pull.facts.merged_at is not None and pull.is_known]
    for pull in merged[-1:]:
        for paper in pull.memory.papers:
            if pull.reading.ticks.get(paper) is False and paper in listed:
                yield (
                    f"{paper} was unticked in #{pull.facts.number}, which was merged before that took "
                    f"effect; to take it out, delete {_line_of(paper, files)}"
                )


def _line_of(paper: ArxivId, files: Mapping[str, bytes]) -> str:
    places = (
        f"line {number} of {code(path)}"
        for path, data in files.items()
        for number, line in enumerate(data.split(b"\n"), start=1)
        if paper.base.encode() in line
    )
    return next(places, "its line")


def endings(past: Sequence[PastPull]) -> Iterable[str]:
    """Say which pull requests cannot be read, and what the end of the last one was taken for."""
    for pull in past:
        if not pull.is_known:
            yield f"pull request #{pull.facts.number} no longer says which papers it holds; it is left alone"
    last = past[-1] if past else None
    if last is None or not last.is_known or last.facts.open or last.facts.merged_at or last.superseded:
        return
    number, count = last.facts.number, len(last.memory.ids)
    if last.rejected_by:
        held = plural(count, "paper")
        yield f"{last.rejected_by} closed #{number}: {held} in it count as rejected; to undo that, reopen it"
    elif not last.judged:
        yield f"no person closed #{number}: its papers may come again; to reject one, untick its box there"
