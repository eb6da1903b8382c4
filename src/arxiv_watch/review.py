"""Review at the terminal: each proposal is accepted, moved, rejected or left for later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables, Delivery, ListState
from arxiv_watch.errors import UsageError
from arxiv_watch.headings import HeadingPath, parse_path, resolve_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Decision, Verdict
from arxiv_watch.publish import LocalFiles

QUESTION = "[a]ccept, [m]ove, [r]eject, [o]pen in the browser, [l]ater, [q]uit? "


class Desk(Protocol):
    """The person at the terminal."""

    def show(self, text: str) -> None:
        """Show a line or more."""

    def ask(self, question: str) -> str:
        """Return the answer; an empty one where there is no more input."""

    def browse(self, url: str) -> None:
        """Open a page in the browser."""


@dataclass(slots=True)
class Answers:
    """What the person said, proposal by proposal.

    Attributes:
        accepted: Proposals to write, with the heading the person chose.
        rejected: Papers never to propose again.
        later: How many were left undecided.
    """

    accepted: list[Verdict] = field(default_factory=list)
    rejected: list[ArxivId] = field(default_factory=list)
    later: int = 0

    def __str__(self) -> str:
        return f"{len(self.accepted)} accepted, {len(self.rejected)} rejected, {self.later} left for later"


class Review(LocalFiles):
    """Asks about each proposal and writes the accepted ones into the local list.

    `describe` writes a proposal for the person; `repository` is `owner/name` of the one at the root, where
    that is known.
    """

    def __init__(
        self, root: Path, desk: Desk, describe: Callable[[Verdict], str], repository: str | None = None
    ) -> None:
        super().__init__(root, repository)
        self._desk = desk
        self._describe = describe
        self.rejected: dict[str, list[ArxivId]] = {}

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Ask, then write what was accepted."""
        answers = interview(self._desk, deliverables.proposals, state.paper_list.headings, self._describe)
        self.rejected[watch.name] = answers.rejected
        self.marks_handled = self.marks_handled and not answers.later
        delivery = super().deliver(watch, state, replace(deliverables, proposals=answers.accepted))
        return replace(delivery, notes=(*delivery.notes, str(answers)))


def interview(
    desk: Desk,
    proposals: Sequence[Verdict],
    headings: Sequence[HeadingPath],
    describe: Callable[[Verdict], str],
) -> Answers:
    """Ask about each proposal in turn; the end of input leaves the rest for later."""
    answers = Answers()
    for number, proposal in enumerate(proposals, start=1):
        desk.show(f"\n{number} of {len(proposals)}: {describe(proposal)}")
        if not _decide(desk, proposal, headings, answers):
            answers.later += len(proposals) - number + 1
            break
    return answers


def _decide(desk: Desk, proposal: Verdict, headings: Sequence[HeadingPath], answers: Answers) -> bool:
    """Ask until one proposal is decided on; return False to stop the review: `q`, or the end of input."""
    while True:
        answer = desk.ask(QUESTION)
        match answer.strip().lower()[:1]:
            case "a":
                answers.accepted.append(replace(proposal, decision=Decision.PROPOSE))
                return True
            case "m":
                path = _choose_heading(desk, headings)
                if path is not None:
                    answers.accepted.append(replace(proposal, decision=Decision.PROPOSE, path=path))
                    return True
            case "r":
                answers.rejected.append(proposal.paper.id)
                return True
            case "o":
                desk.browse(proposal.paper.id.abs_url)
            case "l":
                answers.later += 1
                return True
            case "q":
                return False
            case "" if not answer:
                return False
            case _:
                desk.show("please answer with one of the letters in brackets")


def _choose_heading(desk: Desk, headings: Sequence[HeadingPath]) -> HeadingPath | None:
    """Ask for a heading; an empty answer goes back to the question before."""
    while answer := desk.ask('under which heading ("A > B", or a tail of it)? ').strip():
        try:
            return resolve_path(parse_path(answer), headings)
        except UsageError as error:
            desk.show(str(error))
    return None
