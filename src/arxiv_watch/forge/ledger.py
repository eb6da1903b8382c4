"""What became of every paper ever proposed, read from the bot's pull requests in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from arxiv_watch.forge.body import BodyReading, is_answered
from arxiv_watch.forge.facts import PullFacts
from arxiv_watch.forge.memory import Memory
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import ReviewedPaper, ReviewedPullRequest


class PaperStatus(Enum):
    """What a paper is after a pull request that showed it.

    PROPOSED: in an open one. REJECTED: a person turned it down. ACCEPTED: it was merged and is listed.
    FREE: nobody judged it, or that was undone, so it may be proposed again.
    """

    PROPOSED = auto()
    REJECTED = auto()
    ACCEPTED = auto()
    FREE = auto()


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every paper that was ever proposed for a watch.

    Attributes:
        proposed: Papers in the open pull request, the unsure ones included.
        rejected: Papers that a person rejected, never to come back unless that is undone.
        accepted: Papers that came in by a merged pull request and are listed.
        outcomes: Every pull request that people merged or turned down, oldest first.
        reviewed_papers: What became of each paper that people judged, in the order of identifiers.
    """

    proposed: frozenset[ArxivId] = frozenset()
    rejected: frozenset[ArxivId] = frozenset()
    accepted: frozenset[ArxivId] = frozenset()
    outcomes: tuple[ReviewedPullRequest, ...] = ()
    reviewed_papers: tuple[ReviewedPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPull:
    """A pull request of the bot with its memory; None where nothing of it can be read.

    The memory of an open one holds what its reviewer answered so far. `rejected_by` is the person who
    closed it, empty where it is open, merged, or closed by no person.
    """

    facts: PullFacts
    reading: BodyReading
    memory: Memory | None
    rejected_by: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether its body says something else than its branch, which is where the bot left it."""
        return has_answer(self.facts, self.reading)

    @property
    def judged(self) -> bool:
        """Whether people judged it as a whole: merged it, closed it, or emptied every box."""
        emptied = self.reading.marker is not None and self.reading.marker.closed and not self.superseded
        return bool(not self.facts.open and (self.facts.merged_at or self.rejected_by or emptied))

    @property
    def superseded(self) -> bool:
        """Whether the bot closed it because everything was listed: nobody rejected it."""
        marker = self.reading.marker
        return marker is not None and marker.closed and not marker.memory.refused


def has_answer(facts: PullFacts, reading: BodyReading) -> bool:
    """Return whether a body's boxes say something else than the branch, if that is where the bot left it."""
    marker = reading.marker
    if marker is None or marker.head != facts.head:
        return False
    return reading.rebase or is_answered(marker.memory, reading)


def read_ledger(past: Iterable[PastPull], listed: Mapping[ArxivId, HeadingPath]) -> Ledger:
    """Go through the pull requests, oldest first; what a later one says of a paper holds.

    Args:
        past: The bot's pull requests.
        listed: What is listed where now; an empty path where that is not known.
    """
    statuses: dict[ArxivId, PaperStatus] = {}
    outcomes: list[ReviewedPullRequest] = []
    priors: dict[ArxivId, float] = {}
    for pull in past:
        if pull.memory is None:
            continue
        priors |= pull.memory.priors
        statuses |= _statuses(pull, pull.memory, listed)
        if not pull.judged:
            continue
        taken = _taken(pull, pull.memory, listed)
        proposed_at = {**pull.memory.papers, **pull.memory.moved}
        moved = [paper for paper, path in taken.items() if path and path != proposed_at[paper]]
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


def _statuses(
    pull: PastPull, memory: Memory, listed: Mapping[ArxivId, HeadingPath]
) -> dict[ArxivId, PaperStatus]:
    """Return what one pull request makes of each of its papers; of two answers the later one here holds."""
    ticks = pull.reading.ticks
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
    shown = pull.reading.marker.memory.ids if pull.reading.marker else memory.ids
    ticked = {paper for paper in {*memory.refused, *memory.unsure} if ticks.get(paper)}
    return {
        **dict.fromkeys(memory.ids & shown, PaperStatus.REJECTED),
        **dict.fromkeys(ticked, PaperStatus.FREE),
        **dict.fromkeys(_taken(pull, memory, listed), PaperStatus.ACCEPTED),
    }


def _taken(
    pull: PastPull, memory: Memory, listed: Mapping[ArxivId, HeadingPath]
) -> dict[ArxivId, HeadingPath]:
    """Return the papers that came in by a merge, each with where it is listed now."""
    if pull.facts.merged_at is None:
        return {}
    return {paper: listed[paper] for paper in memory.papers if paper in listed}
