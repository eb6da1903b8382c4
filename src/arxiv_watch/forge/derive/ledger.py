"""What became of every paper ever proposed, read from the bot's pull requests in their order."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from arxiv_watch.conversation import code
from arxiv_watch.forge.host import PullFacts
from arxiv_watch.forge.memory import Marker, Memory
from arxiv_watch.forge.page.body import BodyReading, is_answered
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Ledger, ReviewedPaper, ReviewedPullRequest
from arxiv_watch.wording import plural


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
class PastPull:
    """A pull request of the bot.

    Attributes:
        facts: What the list of all pull requests says.
        reading: What its body says.
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
        answered = self.marker is not None and is_answered(self.marker.memory, self.reading)
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
        **dict.fromkeys(memory.ids & shown, PaperStatus.REJECTED),  # what people saw and did not take
        **dict.fromkeys(ticked, PaperStatus.FREE),  # unless they wanted it, and no run came to put it in
        **dict.fromkeys(_taken(pull, listed), PaperStatus.ACCEPTED),  # unless it is in the list, by the merge
    }


def _taken(pull: PastPull, listed: Mapping[ArxivId, HeadingPath]) -> dict[ArxivId, HeadingPath]:
    """Return the papers that came in by a merge, each with where it is listed now."""
    if pull.facts.merged_at is None:
        return {}
    return {paper: listed[paper] for paper in pull.memory.papers if paper in listed}


def merged_though_unticked(
    past: Iterable[PastPull], listed: Container[ArxivId], files: Mapping[str, bytes]
) -> Iterable[str]:
    """Tell of papers whose boxes were emptied just before the last merge, and how to take them out."""
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
        told = plural(count, "paper")
        yield f"{last.rejected_by} closed #{number}: {told} in it count as rejected; to undo that, reopen it"
    elif not last.judged:
        yield f"no person closed #{number}: its papers may come again; to reject one, untick its box there"
