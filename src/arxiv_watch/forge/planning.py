"""Planning: from a snapshot and the proposals to the exact writes, none of which is made here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from arxiv_watch.delivery import Deliverables, Delivery, edit_list
from arxiv_watch.forge.derive.state import OpenPull, Orphan, Snapshot, State
from arxiv_watch.forge.host import (
    PENDING,
    DeleteBranch,
    EditPullRequest,
    OpenPullRequest,
    Write,
    WriteCommit,
)
from arxiv_watch.forge.memory import Memory, Papers, commit_message
from arxiv_watch.forge.page.body import BEGIN
from arxiv_watch.forge.page.titles import commit_subject
from arxiv_watch.forge.page_writer import PageWriter, remade
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.proposals import Operation, Verdict
from arxiv_watch.wording import plural

CONFLICT_NOTE = (
    "This conflicts with the base branch, and it has commits by others, so it is left alone: resolve it, or "
    "tick *regenerate* below."
)

NOTHING_TICKED = "no paper is sure enough to be ticked: the pull request shows those that are worth a look"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Delivery):
    """The exact writes, and what they come to; the pull request is there only once they are made.

    Attributes:
        snapshot: What it was made from.
        wanted: What was asked; kept so that it can be planned again.
        operation: What happens to the pull request.
        writes: The writes in order; after each of them the world is in a legal state.
    """

    snapshot: Snapshot
    wanted: Deliverables
    operation: Operation
    writes: tuple[Write, ...]

    def describe(self) -> str:
        """Write the plan for a person: one line a write, and the title and body of the pull request."""
        lines = [f"pull request: {self.operation}", *(f"would {write}" for write in self.writes), *self.notes]
        for write in self.writes:
            if isinstance(write, OpenPullRequest | EditPullRequest):
                lines += ["", write.title or "(title unchanged)", "", write.body]
        return "\n".join(lines)


def make_plan(snapshot: Snapshot, wanted: Deliverables) -> Plan:
    """Plan the exact writes of a run; nothing is sent.

    Raises:
        EditRefusedError: The list cannot be changed safely.
    """
    planner = _Planner(snapshot, wanted, PageWriter(snapshot, wanted))
    if snapshot.pull is not None:
        plan = planner.go_on(snapshot.pull)
    elif snapshot.orphan is not None:
        plan = planner.take_up(snapshot.orphan)
    else:
        plan = planner.begin()
    cleaning = (DeleteBranch(branch, tip) for branch, tip in snapshot.leftovers.items())
    return replace(
        plan,
        writes=(*plan.writes, *cleaning),
        notes=(*snapshot.warnings, *snapshot.late_answers, *plan.notes),
    )


@dataclass(frozen=True, slots=True)
class _Shares:
    """The new proposals: those that go in, those that are only shown, and those that have to wait."""

    sure: Sequence[Verdict]
    unsure: Sequence[Verdict]
    waiting: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class _Planner:
    snapshot: Snapshot
    wanted: Deliverables
    page: PageWriter

    def begin(self) -> Plan:
        """Start a batch: a branch and a pull request of its own.

        Where no paper is sure, its only commit changes nothing: GitHub opens no pull request without one, and
        papers that are worth a look are shown nowhere else that somebody can answer.
        """
        snapshot, shares = self.snapshot, self._share()
        edit = self._edit(snapshot.paper_list, shares.sure)
        if not edit.files and not shares.unsure:
            return self._plan(Operation.NONE, waiting=shares.waiting)
        memory = Memory(
            watch=snapshot.subject.watch,
            base=snapshot.base_sha,
            papers=_paths(edit.proposals),
            unsure=_paths(shares.unsure),
            patterns=snapshot.subject.patterns,
            priors=_priors([*edit.proposals, *shares.unsure]),
        )
        commit = WriteCommit(
            branch=snapshot.branch,
            expected=None,
            onto=snapshot.base_sha,
            files=edit.files,
            modes=snapshot.modes,
            parents=(snapshot.base_sha,),
            message=self._message(memory, memory.papers, shown=len(shares.unsure)),
        )
        return self._plan(
            Operation.CREATED,
            (commit, *self.page.opening(memory, branch=snapshot.branch, head=PENDING)),
            edit,
            waiting=shares.waiting,
            notes=(*(() if edit.files else (NOTHING_TICKED,)), *_queued(shares.waiting)),
        )

    def take_up(self, orphan: Orphan) -> Plan:
        """Adopt a branch that lost its pull request, or clear it away and begin anew."""
        memory = orphan.memory
        if not orphan.fits or self.snapshot.ledger.rejected & memory.ids:
            plan = self.begin()
            return replace(plan, writes=(DeleteBranch(orphan.branch, orphan.head), *plan.writes))
        new = self._new
        return self._plan(
            Operation.CREATED,
            self.page.opening(memory, branch=orphan.branch, head=orphan.head),
            Delivery(proposals=tuple(proposal for proposal in new if proposal.paper.id in memory.papers)),
            waiting=[proposal for proposal in new if proposal.paper.id not in memory.ids],
            notes=(f"branch {orphan.branch} of an earlier run gets its pull request",),
        )

    def go_on(self, pull: OpenPull) -> Plan:
        """Carry on with the open pull request, as far as people have left it to the bot."""
        if pull.state is State.MODIFIED and not pull.reading.rebase:
            return self._leave(pull)
        memory, listed = pull.memory, self.snapshot.paper_list.paths
        keep = {paper: path for paper, path in pull.wanted.items() if paper not in listed}
        if pull.state in {State.CLEAN, State.BARE}:
            shares = self._share(papers=len(keep), unsure=len(memory.unsure))
        else:
            shares = _Shares((), (), self._new)
        if keep != memory.papers or pull.conflict or pull.renamed or pull.reading.rebase:
            return self._regenerate(pull, keep, shares)
        if shares.sure or shares.unsure:
            return self._append(pull, shares)
        if not memory.papers and memory.unsure.keys() <= listed.keys():
            return self._close(pull)  # all that it showed was listed by hand
        return self._heal(pull)

    def _append(self, pull: OpenPull, shares: _Shares) -> Plan:
        """Put new papers onto the branch: one more commit on the head that was read."""
        edit = self._edit(pull.paper_list, shares.sure)
        memory = replace(
            pull.memory,
            papers={**pull.memory.papers, **_paths(edit.proposals)},
            unsure={**pull.memory.unsure, **_paths(shares.unsure)},
            priors={**pull.memory.priors, **_priors([*edit.proposals, *shares.unsure])},
        )
        writes: list[Write] = []
        head = pull.facts.head
        if edit.files:
            commit = WriteCommit(
                branch=pull.facts.branch,
                expected=head,
                onto=head,
                files=edit.files,
                modes=self.snapshot.modes,
                parents=(head,),
                message=self._message(memory, _paths(edit.proposals)),
            )
            writes.append(commit)
            head = PENDING
        writes += [self.page.rewriting(pull, memory, head=head), *self.page.finishing(pull)]
        return self._plan(
            Operation.UPDATED, writes, edit, waiting=shares.waiting, notes=_queued(shares.waiting)
        )

    def _regenerate(self, pull: OpenPull, keep: Papers, shares: _Shares) -> Plan:
        """Write the branch's papers anew on the latest base: a commit that has both heads as its parents.

        So nothing is forced, and whatever anybody pushed stays in the branch's history. Where only a line of
        commits may be merged, a rebase would leave that commit out; there it stands on the base alone, the
        branch is forced to it, and the body names the head that it had.
        """
        snapshot, number = self.snapshot, pull.facts.number
        missing = sorted(keep.keys() - self.wanted.papers.keys())
        if missing:
            note = f"pull request #{number} waits: no metadata of {', '.join(map(str, missing))}"
            return self._plan(Operation.UNCHANGED, waiting=self._new, notes=(note,))
        edit = self._edit(snapshot.paper_list, [*remade(self.wanted, keep), *shares.sure])
        still_unsure = {paper: path for paper, path in pull.memory.unsure.items() if paper not in keep}
        if not edit.files and still_unsure.keys() <= snapshot.paper_list.paths.keys():
            return self._close(pull)
        placed = tuple(proposal for proposal in edit.proposals if proposal.paper.id not in keep)
        proposed = {**pull.memory.unsure, **pull.memory.papers, **pull.memory.moved}
        memory = Memory(
            watch=snapshot.subject.watch,
            base=snapshot.base_sha,
            papers=_paths(edit.proposals),
            unsure={**still_unsure, **_paths(shares.unsure)},
            refused=pull.memory.refused,
            moved={paper: proposed[paper] for paper, path in keep.items() if proposed[paper] != path},
            patterns=snapshot.subject.patterns,
            priors={**pull.memory.priors, **_priors([*placed, *shares.unsure])},
        )
        new_base = (snapshot.base_sha,) if pull.memory.base != snapshot.base_sha else ()
        commit = WriteCommit(
            branch=pull.facts.branch,
            expected=pull.facts.head,
            onto=snapshot.base_sha,
            files=edit.files,
            modes=snapshot.modes,
            parents=(snapshot.base_sha,) if snapshot.linear else (pull.facts.head, *new_base),
            message=self._message(memory, _paths(placed)),
            force=snapshot.linear,
        )
        body = self.page.rewriting(pull, memory, head=PENDING, notes=_why_anew(snapshot, pull))
        return self._plan(
            Operation.UPDATED,
            (commit, body, *self.page.finishing(pull)),
            replace(edit, proposals=placed),
            waiting=shares.waiting,
            notes=(f"pull request #{number} is regenerated", *_queued(shares.waiting)),
        )

    def _heal(self, pull: OpenPull) -> Plan:
        """Finish what an earlier run left undone; most days that is nothing."""
        marker = pull.marker
        writes: list[Write] = []
        if marker is not None and (not pull.is_as_left or marker.memory.ids != pull.memory.ids):
            writes.append(self.page.rewriting(pull, pull.memory, head=pull.facts.head))
        return self._wait(pull, [*writes, *self.page.finishing(pull)])

    def _leave(self, pull: OpenPull) -> Plan:
        """Leave a branch to the people who took it over; only a conflict is mentioned, once."""
        marker = pull.marker
        writes: list[Write] = []
        if pull.conflict and marker is not None and CONFLICT_NOTE not in pull.facts.body:
            # Nothing else is rewritten: what was ticked and emptied here is known from the boxes only.
            body = pull.facts.body.replace(BEGIN, f"{BEGIN}\n> {CONFLICT_NOTE}\n", 1)
            writes.append(EditPullRequest(pull.facts.number, pull.facts.body, None, body, marker))
        note = f"pull request #{pull.facts.number} is left alone: it has commits by others, or another base"
        return self._wait(pull, writes, note)

    def _wait(self, pull: OpenPull, writes: Sequence[Write], *notes: str) -> Plan:
        """Plan these writes, and let new papers wait for another pull request."""
        new = self._new
        operation = Operation.UPDATED if writes else Operation.UNCHANGED
        return self._plan(operation, writes, waiting=new, notes=(*notes, *_queued(new, pull)))

    def _close(self, pull: OpenPull) -> Plan:
        """Close a pull request that would add nothing, unless somebody reopened it after that."""
        why = "nothing is left in here" if pull.memory.refused else "everything in here is listed by now"
        again = pull.marker is not None and pull.marker.closed
        note = f"pull request #{pull.facts.number} is {'left open' if again else 'closed'}: {why}"
        return self._plan(
            Operation.UNCHANGED if again else Operation.UPDATED,
            () if again else (self.page.closing(pull, why),),
            waiting=self._new,
            notes=(note,),
        )

    def _plan(
        self,
        operation: Operation,
        writes: Sequence[Write] = (),
        edit: Delivery | None = None,
        *,
        waiting: Sequence[Verdict],
        notes: tuple[str, ...] = (),
    ) -> Plan:
        edit = edit or Delivery()
        return Plan(
            edit.files,
            edit.proposals,
            edit.diff,
            notes=notes,
            waiting=tuple(waiting),
            snapshot=self.snapshot,
            wanted=self.wanted,
            operation=operation,
            writes=tuple(writes),
        )

    def _edit(self, paper_list: PaperList, proposals: Sequence[Verdict]) -> Delivery:
        if not proposals:
            return Delivery()
        return edit_list(paper_list, proposals, self.snapshot.subject.template, self.snapshot.history)

    def _message(self, memory: Memory, added: Iterable[ArxivId], shown: int = 0) -> str:
        subject = commit_subject([paper.base for paper in sorted(added)], self.snapshot.title, shown)
        return commit_message(memory, subject, self.snapshot.run_id)

    @property
    def _new(self) -> list[Verdict]:
        """The proposals of papers that no pull request has shown yet.

        A pull request remembers each paper that it shows, so one that is shown only for want of something to
        judge it by must not get in: it would never be judged.
        """
        known = self.snapshot.ledger.proposed | self.snapshot.ledger.rejected
        return [
            proposal
            for proposal in self.wanted.proposals
            if proposal.paper.id not in known and (proposal.sure or self.wanted.judged)
        ]

    def _share(self, papers: int = 0, unsure: int = 0) -> _Shares:
        """Share out the new proposals, given how many papers the pull request holds and shows already."""
        limit = self.snapshot.subject.limit
        sure = [proposal for proposal in self._new if proposal.sure]
        room = max(limit - papers, 0)
        doubts, seats = [proposal for proposal in self._new if not proposal.sure], max(limit - unsure, 0)
        return _Shares(sure[:room], doubts[:seats], [*sure[room:], *doubts[seats:]])


def _why_anew(snapshot: Snapshot, pull: OpenPull) -> tuple[str, ...]:
    """Say in the body what a reviewer could not see otherwise."""
    notes = []
    if pull.conflict:
        notes.append(f"This conflicted with the base branch and was regenerated on {snapshot.base_sha}.")
    if pull.renamed:
        notes.append(f"The list was renamed on the base branch; this was regenerated on {snapshot.base_sha}.")
    if pull.state is State.MODIFIED:
        notes.append(
            "As requested, this was regenerated without the commits by others; they end at "
            f"{pull.facts.head}{'' if snapshot.linear else ', which stays in the history'}."
        )
    elif snapshot.linear:
        notes.append(
            f"Only a line of commits can be merged here; the branch was at {pull.facts.head} before."
        )
    return tuple(notes)


def _paths(proposals: Sequence[Verdict]) -> Papers:
    return {proposal.paper.id: proposal.path for proposal in proposals}


def _priors(proposals: Iterable[Verdict]) -> dict[ArxivId, float]:
    return {proposal.paper.id: proposal.prediction.base_relevance for proposal in proposals}


def _queued(waiting: Sequence[Verdict], pull: OpenPull | None = None) -> tuple[str, ...]:
    if not waiting:
        return ()
    behind = f" behind #{pull.facts.number}" if pull else ""
    return (f"{plural(len(waiting), 'paper')} wait{'s' * (len(waiting) == 1)}{behind}",)
