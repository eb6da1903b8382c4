"""Planning: from what is and what is proposed to the exact writes, without making any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from arxiv_watch.delivery import Deliverables, ListEdit, edit_list
from arxiv_watch.forge.body import BEGIN
from arxiv_watch.forge.memory import Memory, Papers, commit_message
from arxiv_watch.forge.pages import closing, finishing, opening, remade, rewriting
from arxiv_watch.forge.state import OpenPull, Orphan, Snapshot, State
from arxiv_watch.forge.titles import commit_subject
from arxiv_watch.forge.writes import PENDING, DeleteBranch, EditPullRequest, Plan, Write, WriteCommit
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.markdown import PaperList
from arxiv_watch.odds import plural
from arxiv_watch.proposals import Operation, Verdict

CONFLICT_NOTE = (
    "This conflicts with the base branch, and it has commits by others, so it is left alone: resolve it, or "
    "tick *regenerate* below."
)

NOTHING_TICKED = "no paper is sure enough to be ticked: the pull request shows those that are worth a look"


def make_plan(snapshot: Snapshot, wanted: Deliverables) -> Plan:
    """Plan the exact writes of a run; nothing is sent.

    Raises:
        EditRefusedError: The list cannot be changed safely.
    """
    if snapshot.pull is not None:
        plan = _go_on(snapshot, snapshot.pull, wanted)
    elif snapshot.orphan is not None:
        plan = _take_up(snapshot, snapshot.orphan, wanted)
    else:
        plan = _begin(snapshot, wanted)
    cleaning = (DeleteBranch(branch, tip) for branch, tip in snapshot.leftovers.items())
    return replace(
        plan,
        writes=(*plan.writes, *cleaning),
        notes=(*snapshot.warnings, *snapshot.late_answers, *plan.notes),
    )


def _begin(snapshot: Snapshot, wanted: Deliverables) -> Plan:
    """Start a batch: a branch and a pull request of its own.

    Where no paper is sure, its only commit changes nothing: GitHub opens no pull request without one, and
    papers that are worth a look are shown nowhere else that somebody can answer.
    """
    sure, unsure, waiting = _share(snapshot, wanted)
    edit = _edit(snapshot, snapshot.paper_list, sure)
    if not edit.files and not unsure:
        return Plan(snapshot, wanted, Operation.NONE, waiting=tuple(waiting))
    memory = Memory(
        snapshot.subject.watch,
        snapshot.base_sha,
        _paths(edit.proposals),
        _paths(unsure),
        patterns=snapshot.subject.patterns,
        priors=_priors([*edit.proposals, *unsure]),
    )
    commit = WriteCommit(
        branch=snapshot.branch,
        expected=None,
        base_tree=snapshot.tree,
        files=edit.files,
        parents=(snapshot.base_sha,),
        message=_message(snapshot, memory, memory.papers, shown=len(unsure)),
    )
    page = opening(snapshot, wanted, memory, branch=snapshot.branch, head=PENDING)
    notes = (*(() if edit.files else (NOTHING_TICKED,)), *_queued(waiting))
    return Plan(snapshot, wanted, Operation.CREATED, (commit, *page), edit, tuple(waiting), notes)


def _take_up(snapshot: Snapshot, orphan: Orphan, wanted: Deliverables) -> Plan:
    """Adopt a branch that lost its pull request, or clear it away and begin anew."""
    memory = orphan.memory
    if not orphan.fits or snapshot.ledger.rejected & memory.ids:
        plan = _begin(snapshot, wanted)
        return replace(plan, writes=(DeleteBranch(orphan.branch, orphan.head), *plan.writes))
    new = _new(snapshot, wanted)
    return Plan(
        snapshot,
        wanted,
        Operation.CREATED,
        opening(snapshot, wanted, memory, branch=orphan.branch, head=orphan.head),
        ListEdit(proposals=tuple(proposal for proposal in new if proposal.paper.id in memory.papers)),
        waiting=tuple(proposal for proposal in new if proposal.paper.id not in memory.ids),
        notes=(f"branch {orphan.branch} of an earlier run gets its pull request",),
    )


def _go_on(snapshot: Snapshot, pull: OpenPull, wanted: Deliverables) -> Plan:
    """Carry on with the open pull request, as far as people have left it to the bot."""
    if pull.state is State.MODIFIED and not pull.reading.rebase:
        return _leave(snapshot, pull, wanted)
    memory, listed = pull.memory, snapshot.paper_list.paths
    keep = {paper: path for paper, path in _wanted_on_branch(pull).items() if paper not in listed}
    if pull.state in {State.CLEAN, State.BARE}:
        shares = _share(snapshot, wanted, papers=len(keep), unsure=len(memory.unsure))
    else:
        shares = ([], [], _new(snapshot, wanted))
    if keep != memory.papers or pull.conflict or pull.renamed or pull.reading.rebase:
        return _regenerate(snapshot, pull, wanted, keep, shares)
    if shares[0] or shares[1]:
        return _append(snapshot, pull, wanted, shares)
    if not memory.papers and memory.unsure.keys() <= listed.keys():
        return _close(snapshot, pull, wanted)  # all that it showed was listed by hand
    return _heal(snapshot, pull, wanted)


def _wanted_on_branch(pull: OpenPull) -> Papers:
    """Return the papers that the branch should add by what people answered, each with its heading.

    A heading that was chosen in the body holds before the one under which somebody committed the paper.
    """
    memory, reading = pull.memory, pull.reading
    committed = pull.paper_list.paths if pull.state is State.MODIFIED else {}
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


Shares = tuple[list[Verdict], list[Verdict], list[Verdict]]
"""Proposals that go in, that are only shown, and that have to wait."""


def _append(snapshot: Snapshot, pull: OpenPull, wanted: Deliverables, shares: Shares) -> Plan:
    """Put new papers onto the branch: one more commit on the head that was read."""
    sure, unsure, waiting = shares
    edit = _edit(snapshot, pull.paper_list, sure)
    memory = replace(
        pull.memory,
        papers={**pull.memory.papers, **_paths(edit.proposals)},
        unsure={**pull.memory.unsure, **_paths(unsure)},
        priors={**pull.memory.priors, **_priors([*edit.proposals, *unsure])},
    )
    writes: list[Write] = []
    head = pull.facts.head
    if edit.files:
        message = _message(snapshot, memory, _paths(edit.proposals))
        writes.append(WriteCommit(pull.facts.branch, head, pull.tree, edit.files, (head,), message))
        head = PENDING
    writes += [rewriting(snapshot, pull, wanted, memory, head=head), *finishing(snapshot, pull)]
    return Plan(
        snapshot, wanted, Operation.UPDATED, tuple(writes), edit, tuple(waiting), notes=_queued(waiting)
    )


def _regenerate(
    snapshot: Snapshot, pull: OpenPull, wanted: Deliverables, keep: Papers, shares: Shares
) -> Plan:
    """Write the branch's papers anew on the latest base: a commit that has both heads as its parents.

    So nothing is forced, and whatever anybody pushed stays in the branch's history. Where only a line of
    commits may be merged, a rebase would leave that commit out; there it stands on the base alone, the
    branch is forced to it, and the body names the head that it had.
    """
    sure, unsure, waiting = shares
    missing = sorted(keep.keys() - wanted.papers.keys())
    if missing:
        note = f"pull request #{pull.facts.number} waits: no metadata of {', '.join(map(str, missing))}"
        new = tuple(_new(snapshot, wanted))
        return Plan(snapshot, wanted, Operation.UNCHANGED, waiting=new, notes=(note,))
    edit = _edit(snapshot, snapshot.paper_list, [*remade(wanted, keep), *sure])
    still_unsure = {paper: path for paper, path in pull.memory.unsure.items() if paper not in keep}
    if not edit.files and still_unsure.keys() <= snapshot.paper_list.paths.keys():
        return _close(snapshot, pull, wanted)
    placed = tuple(proposal for proposal in edit.proposals if proposal.paper.id not in keep)
    memory = Memory(
        snapshot.subject.watch,
        snapshot.base_sha,
        _paths(edit.proposals),
        {**still_unsure, **_paths(unsure)},
        pull.memory.refused,
        _moved(pull, keep),
        snapshot.subject.patterns,
        {**pull.memory.priors, **_priors([*placed, *unsure])},
    )
    new_base = (snapshot.base_sha,) if pull.memory.base != snapshot.base_sha else ()
    commit = WriteCommit(
        branch=pull.facts.branch,
        expected=pull.facts.head,
        base_tree=snapshot.tree,
        files=edit.files,
        parents=(snapshot.base_sha,) if snapshot.linear else (pull.facts.head, *new_base),
        message=_message(snapshot, memory, _paths(placed)),
        force=snapshot.linear,
    )
    page = rewriting(snapshot, pull, wanted, memory, head=PENDING, notes=_why_anew(snapshot, pull))
    return Plan(
        snapshot,
        wanted,
        Operation.UPDATED,
        (commit, page, *finishing(snapshot, pull)),
        replace(edit, proposals=placed),
        tuple(waiting),
        notes=(f"pull request #{pull.facts.number} is regenerated", *_queued(waiting)),
    )


def _edit(snapshot: Snapshot, paper_list: PaperList, proposals: Sequence[Verdict]) -> ListEdit:
    if not proposals:
        return ListEdit()
    return edit_list(paper_list, proposals, snapshot.subject.template, snapshot.history)


def _moved(pull: OpenPull, keep: Papers) -> Papers:
    """Return the papers that people put elsewhere, each with the heading that was proposed for it."""
    proposed = {**pull.memory.unsure, **pull.memory.papers, **pull.memory.moved}
    return {paper: proposed[paper] for paper, path in keep.items() if proposed[paper] != path}


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


def _heal(snapshot: Snapshot, pull: OpenPull, wanted: Deliverables) -> Plan:
    """Finish what an earlier run left undone; most days that is nothing."""
    marker = pull.marker
    writes: list[Write] = []
    if marker is not None and (not pull.is_as_left or marker.memory.ids != pull.memory.ids):
        writes.append(rewriting(snapshot, pull, wanted, pull.memory, head=pull.facts.head))
    return _waiting(snapshot, pull, wanted, (*writes, *finishing(snapshot, pull)))


def _leave(snapshot: Snapshot, pull: OpenPull, wanted: Deliverables) -> Plan:
    """Leave a branch to the people who took it over; only a conflict is mentioned, once."""
    marker = pull.marker
    writes: tuple[Write, ...] = ()
    if pull.conflict and marker is not None and CONFLICT_NOTE not in pull.facts.body:
        # Nothing else is rewritten: what was ticked and emptied here is known from the boxes only.
        body = pull.facts.body.replace(BEGIN, f"{BEGIN}\n> {CONFLICT_NOTE}\n", 1)
        writes = (EditPullRequest(pull.facts.number, pull.facts.body, None, body, marker),)
    note = f"pull request #{pull.facts.number} is left alone: it has commits by others, or another base"
    return _waiting(snapshot, pull, wanted, writes, note)


def _waiting(
    snapshot: Snapshot, pull: OpenPull, wanted: Deliverables, writes: tuple[Write, ...], *notes: str
) -> Plan:
    """Plan these writes, and let new papers wait for another pull request."""
    new = _new(snapshot, wanted)
    operation = Operation.UPDATED if writes else Operation.UNCHANGED
    return Plan(snapshot, wanted, operation, writes, waiting=tuple(new), notes=(*notes, *_queued(new, pull)))


def _close(snapshot: Snapshot, pull: OpenPull, wanted: Deliverables) -> Plan:
    """Close a pull request that would add nothing, unless somebody reopened it after that."""
    why = "nothing is left in here" if pull.memory.refused else "everything in here is listed by now"
    again = pull.marker is not None and pull.marker.closed
    return Plan(
        snapshot,
        wanted,
        Operation.UNCHANGED if again else Operation.UPDATED,
        () if again else (closing(snapshot, pull, wanted, why),),
        waiting=tuple(_new(snapshot, wanted)),
        notes=(f"pull request #{pull.facts.number} is {'left open' if again else 'closed'}: {why}",),
    )


def _message(snapshot: Snapshot, memory: Memory, added: Iterable[ArxivId], shown: int = 0) -> str:
    subject = commit_subject([paper.base for paper in sorted(added)], snapshot.title, shown)
    return commit_message(memory, subject, snapshot.run_id)


def _new(snapshot: Snapshot, wanted: Deliverables) -> list[Verdict]:
    """Return the proposals of papers that no pull request has shown yet."""
    known = snapshot.ledger.proposed | snapshot.ledger.rejected
    return [proposal for proposal in wanted.proposals if proposal.paper.id not in known]


def _share(snapshot: Snapshot, wanted: Deliverables, papers: int = 0, unsure: int = 0) -> Shares:
    """Share out the new proposals, given how many papers the pull request holds and shows already."""
    limit = snapshot.subject.limit
    new = _new(snapshot, wanted)
    sure = [proposal for proposal in new if proposal.sure]
    room = max(limit - papers, 0)
    doubts, seats = [proposal for proposal in new if not proposal.sure], max(limit - unsure, 0)
    return sure[:room], doubts[:seats], [*sure[room:], *doubts[seats:]]


def _paths(proposals: Sequence[Verdict]) -> Papers:
    return {proposal.paper.id: proposal.path for proposal in proposals}


def _priors(proposals: Iterable[Verdict]) -> dict[ArxivId, float]:
    return {proposal.paper.id: proposal.prediction.prior for proposal in proposals}


def _queued(waiting: Sequence[Verdict], pull: OpenPull | None = None) -> tuple[str, ...]:
    if not waiting:
        return ()
    behind = f" behind #{pull.facts.number}" if pull else ""
    return (f"{plural(len(waiting), 'paper')} wait{'s' * (len(waiting) == 1)}{behind}",)
