"""The writes that make a pull request's page: its title, its body, and the finishing touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from arxiv_watch.delivery import Deliverables
from arxiv_watch.forge.derive.state import OpenPull, Snapshot, State
from arxiv_watch.forge.host import EditPullRequest, Finish, OpenPullRequest, Write
from arxiv_watch.forge.memory import Marker, Memory, Papers
from arxiv_watch.forge.page.blocks import (
    alternatives_of,
    bare_block,
    move_block,
    paper_block,
    set_tick,
    untick_headings,
)
from arxiv_watch.forge.page.body import BodyReading, Content, render_body
from arxiv_watch.forge.page.titles import pull_request_title
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Decision, Prediction, Verdict


def remade(wanted: Deliverables, papers: Papers) -> list[Verdict]:
    """Rebuild the proposals of an earlier run; their reasons are no longer known."""
    return [
        Verdict(wanted.papers[paper], Prediction(paper), Decision.PROPOSE, "proposed by an earlier run", path)
        for paper, path in papers.items()
        if paper in wanted.papers
    ]


@dataclass(frozen=True, slots=True)
class PageWriter:
    """Makes the writes of a page from a snapshot and the proposals."""

    snapshot: Snapshot
    wanted: Deliverables

    def opening(self, memory: Memory, *, branch: str, head: str) -> tuple[Write, ...]:
        """Open a pull request for a branch and finish it."""
        options, new = self.snapshot.subject.options, BodyReading()
        finish = Finish(None, options)
        title = self._title(memory)
        marker = Marker(
            memory,
            head,
            title,
            finished=not str(finish),
            assignees=options.assignees,
            alternatives=self._alternatives(memory, new),
        )
        body = render_body(self._content(memory, new), marker)
        first = OpenPullRequest(branch, self.snapshot.base, title, body, marker, options.draft)
        return (first, finish) if str(finish) else (first,)

    def rewriting(
        self, pull: OpenPull, memory: Memory, *, head: str, notes: Sequence[str] = ()
    ) -> EditPullRequest:
        """Rewrite the bot's part of the body, and the title unless a person changed it."""
        title = self._title(memory)
        before = pull.marker
        by_hand = before is None or pull.facts.title != before.title
        marker = Marker(
            memory,
            head,
            title=before.title if before and by_hand else title,
            finished=before is None or before.finished,
            assignees=before.assignees if before else (),
            alternatives=self._alternatives(memory, pull.reading),
        )
        body = render_body(self._content(memory, pull.reading, notes), marker, pull.reading)
        changed = None if by_hand or title == pull.facts.title else title
        return EditPullRequest(pull.facts.number, pull.facts.body, changed, body, marker)

    def finishing(self, pull: OpenPull) -> tuple[Write, ...]:
        """Finish a pull request that an earlier run could not."""
        touches = Finish(pull.facts.number, self.snapshot.subject.options)
        return (touches,) if pull.state is State.BARE else ()

    def closing(self, pull: OpenPull, why: str) -> EditPullRequest:
        """Close a pull request that would add nothing any more; refused papers keep their boxes."""
        marker = Marker(pull.memory, pull.facts.head, pull.facts.title, finished=True, closed=True)
        shown = replace(pull.memory, papers={}, unsure={})
        content = self._content(shown, pull.reading, (f"Closed: {why}.",))
        body = render_body(content, marker, pull.reading)
        return EditPullRequest(pull.facts.number, pull.facts.body, None, body, marker, close=True)

    def _title(self, memory: Memory) -> str:
        snapshot = self.snapshot
        return pull_request_title(
            len(memory.papers), snapshot.subject.watch, snapshot.title, len(memory.unsure)
        )

    def _content(self, memory: Memory, reading: BodyReading, notes: Sequence[str] = ()) -> Content:
        """Lay out a body; the block of a paper that was there already is carried over."""

        def blocks(papers: Papers, *, ticked: bool) -> list[str]:
            return [
                set_tick(
                    _carried(reading, paper, path) if paper in reading.blocks else self._block(paper, path),
                    ticked=ticked,
                )
                for paper, path in papers.items()
            ]

        return Content(
            list=self.snapshot.subject.patterns,
            papers=blocks(memory.papers, ticked=True),
            unsure=blocks(memory.unsure, ticked=False),
            refused=blocks(memory.refused, ticked=False),
            coverage=self.wanted.coverage,
            earlier=reading.coverage,
            notes=(*self.snapshot.late_answers, *notes),
            run_url=self.snapshot.run_url,
        )

    def _block(self, paper: ArxivId, path: HeadingPath) -> str:
        known = [proposal for proposal in self.wanted.proposals if proposal.paper.id == paper]
        known = known or remade(self.wanted, {paper: path})
        return paper_block(replace(known[0], path=path)) if known else bare_block(paper, path)

    def _alternatives(self, memory: Memory, reading: BodyReading) -> dict[ArxivId, tuple[HeadingPath, ...]]:
        """Return the other headings that each paper has boxes for."""
        found = {proposal.paper.id: alternatives_of(proposal) for proposal in self.wanted.proposals}
        for paper, others in (reading.marker.alternatives if reading.marker else {}).items():
            path, before = {**memory.unsure, **memory.papers}.get(paper), _path_before(reading, paper)
            found[paper] = tuple(before if other == path and before else other for other in others)
        return {paper: found[paper] for paper in (*memory.papers, *memory.unsure) if found.get(paper)}


def _carried(reading: BodyReading, paper: ArxivId, path: HeadingPath) -> str:
    """Carry a block over; of a paper that was moved, the new heading and the old one change places."""
    block, before = untick_headings(reading.blocks[paper]), _path_before(reading, paper)
    return block if before is None or before == path else move_block(block, paper, before, path)


def _path_before(reading: BodyReading, paper: ArxivId) -> HeadingPath | None:
    memory = reading.marker.memory if reading.marker else Memory()
    return memory.papers.get(paper) or memory.unsure.get(paper) or memory.refused.get(paper)
