"""`review`: each proposal is accepted, moved, rejected or left for later at the terminal.

The accepted ones are written into the local list, the rejected ones into the config's `ignore`.
"""

from __future__ import annotations

import argparse
import logging
import sys
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from arxiv_watch.cli.context import Context, parse_day
from arxiv_watch.cli.cycle import report_run, run_cycle
from arxiv_watch.config import find_config
from arxiv_watch.config.ignore import add_ignored
from arxiv_watch.config.models import WatchConfig
from arxiv_watch.delivery import Deliverables, Delivery, ListState
from arxiv_watch.errors import EditRefusedError, UsageError
from arxiv_watch.headings import HeadingPath, parse_path, resolve_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Decision, Verdict
from arxiv_watch.publish import LocalFiles, write_file
from arxiv_watch.report.run_text import render_verdict

log = logging.getLogger(__name__)

QUESTION = "[a]ccept, [m]ove, [r]eject, [o]pen in the browser, [l]ater, [q]uit? "


def review(context: Context, arguments: argparse.Namespace) -> int:
    """Poll, ask about each proposal, write the accepted ones and remember the rejected ones."""
    since = parse_day(arguments.since)
    config = context.load_config()
    watches = config.select(arguments.watches)
    describe = partial(render_verdict, colour=context.colour)
    target = Review(context.root, Terminal(context), describe, context.repository)
    run = run_cycle(context, config, watches, target, since=since)
    try:
        return report_run(context, run)
    finally:  # a person's answers outlive a reader of the report that has gone
        _remember(context, target)


def _remember(context: Context, target: Review) -> None:
    """Write the rejected papers into the config's `ignore`; one watch's refusal stops no other."""
    path = find_config(context.config_path, context.root)
    before = path.read_bytes()
    text = before.decode()
    refused: list[EditRefusedError] = []
    for name, ids in target.rejected.items():
        try:
            text = add_ignored(text, name, ids)
        except EditRefusedError as error:
            refused.append(error)
    if text.encode() != before:
        write_file(path, text.encode(), expected=before)
        log.warning("the rejected papers are in `ignore` of %s", path)
    if refused:
        raise EditRefusedError(refused[0].message, "; ".join(error.advice for error in refused))


class Terminal:
    """The person at this process's terminal, or the lines of a pipe."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def show(self, text: str) -> None:
        """Print a line or more."""
        self._context.print(text)

    def ask(self, question: str) -> str:
        """Print the question and read a line; empty at the end of input."""
        self._context.stdout.write(question)
        self._context.stdout.flush()
        return sys.stdin.readline()

    def browse(self, url: str) -> None:
        """Open a page in the browser, or print its address where there is none."""
        if not webbrowser.open(url):
            self._context.print(url)


@dataclass(slots=True)
class Answers:
    """The person's answers: proposals to write, under the heading chosen, papers never to propose again."""

    accepted: list[Verdict] = field(default_factory=list)
    rejected: list[ArxivId] = field(default_factory=list)
    later: int = 0  # how many were left undecided

    def __str__(self) -> str:
        return f"{len(self.accepted)} accepted, {len(self.rejected)} rejected, {self.later} left for later"


class Review(LocalFiles):
    """Asks about each proposal, which `describe` writes, and puts the accepted ones into the local list."""

    def __init__(
        self,
        root: Path,
        terminal: Terminal,
        describe: Callable[[Verdict], str],
        repository: str | None = None,
    ) -> None:
        super().__init__(root, repository)
        self._terminal = terminal
        self._describe = describe
        self.rejected: dict[str, list[ArxivId]] = {}

    def deliver(self, watch: WatchConfig, state: ListState, deliverables: Deliverables) -> Delivery:
        """Ask, then write what was accepted."""
        answers = interview(self._terminal, deliverables.proposals, state.paper_list.headings, self._describe)
        self.rejected[watch.name] = answers.rejected
        self.marks_handled = self.marks_handled and not answers.later
        delivery = super().deliver(watch, state, replace(deliverables, proposals=answers.accepted))
        return replace(delivery, notes=(*delivery.notes, str(answers)))


def interview(
    terminal: Terminal,
    proposals: Sequence[Verdict],
    headings: Sequence[HeadingPath],
    describe: Callable[[Verdict], str],
) -> Answers:
    """Ask about each proposal in turn; the end of input leaves the rest for later."""
    answers = Answers()
    for number, proposal in enumerate(proposals, start=1):
        terminal.show(f"\n{number} of {len(proposals)}: {describe(proposal)}")
        if not _decide(terminal, proposal, headings, answers):
            answers.later += len(proposals) - number + 1
            break
    return answers


def _decide(terminal: Terminal, proposal: Verdict, headings: Sequence[HeadingPath], answers: Answers) -> bool:
    """Ask until one proposal is decided on; return False to stop the review: `q`, or the end of input."""
    while True:
        answer = terminal.ask(QUESTION)
        match answer.strip().lower()[:1]:
            case "a":
                answers.accepted.append(replace(proposal, decision=Decision.PROPOSE))
                return True
            case "m":
                path = _choose_heading(terminal, headings)
                if path is not None:
                    answers.accepted.append(replace(proposal, decision=Decision.PROPOSE, path=path))
                    return True
            case "r":
                answers.rejected.append(proposal.paper.id)
                return True
            case "o":
                terminal.browse(proposal.paper.id.abs_url)
            case "l":
                answers.later += 1
                return True
            case "q":
                return False
            case "" if not answer:
                return False
            case _:
                terminal.show("please answer with one of the letters in brackets")


def _choose_heading(terminal: Terminal, headings: Sequence[HeadingPath]) -> HeadingPath | None:
    """Ask for a heading; an empty answer goes back to the question before."""
    while answer := terminal.ask('under which heading ("A > B", or a tail of it)? ').strip():
        try:
            return resolve_path(parse_path(answer), headings)
        except UsageError as error:
            terminal.show(str(error))
    return None
