"""Planning: from what is and what is proposed to the exact writes, without making any."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from arxiv_watch.errors import EditRefusedError
from arxiv_watch.forge.body import Content, bare_block, paper_block, render_body, set_tick, title_of
from arxiv_watch.forge.memory import Marker, Memory, commit_message
from arxiv_watch.forge.settings import PullRequestOptions
from arxiv_watch.forge.state import Files, ListEditor, OpenPull, Orphan, Snapshot, State
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, Paper
from arxiv_watch.proposals import Operation, Prediction, Proposal

_PENDING = "0" * 40  # stands for a commit that is not made yet


@dataclass(frozen=True, slots=True)
class Commit:
    """Store files as one commit and move its branch there, last; `expected` None makes the branch."""

    branch: str
    expected: str | None
    base_tree: str
    files: Files
    parents: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        verb = "move" if self.expected else "make"
        return f"commit {', '.join(self.files)} and {verb} branch {self.branch}"


@dataclass(frozen=True, slots=True)
class OpenPullRequest:
    """Open a pull request."""

    branch: str
    base: str
    title: str
    body: str
    marker: Marker
    draft: bool

    def __str__(self) -> str:
        return f"open a {'draft ' * self.draft}pull request from {self.branch} into {self.base}: {self.title}"


@dataclass(frozen=True, slots=True)
class EditPullRequest:
    """Rewrite the bot's part of a pull request, if nobody changed the body meanwhile."""

    number: int
    seen: str
    title: str | None
    body: str
    marker: Marker
    close: bool = False

    def __str__(self) -> str:
        return f"{'close' if self.close else 'rewrite the body of'} pull request #{self.number}"


@dataclass(frozen=True, slots=True)
class Finish:
    """Put on labels, ask for reviews, assign: best effort, then remember that it was seen to."""

    number: int | None
    labels: tuple[str, ...]
    reviewers: tuple[str, ...]
    assignees: tuple[str, ...]

    def __str__(self) -> str:
        wanted = (("label", self.labels), ("review by", self.reviewers), ("assign", self.assignees))
        return "; ".join(f"{what} {', '.join(names)}" for what, names in wanted if names)


@dataclass(frozen=True, slots=True)
class DeleteBranch:
    """Delete a branch that has served, if it still is where it was seen."""

    branch: str
    expected: str

    def __str__(self) -> str:
        return f"delete branch {self.branch}"


Write = Commit | OpenPullRequest | EditPullRequest | Finish | DeleteBranch


@dataclass(frozen=True, slots=True)
class Request:
    """What a run wants of the forge; kept with the plan so that it can be planned again.

    Attributes:
        proposals: The new proposals, sure and unsure, best first.
        editor: The list engine.
        options: How the watch wants its pull requests.
        coverage: How completely arXiv was read.
        notes: More sentences for the reviewer.
        papers: Metadata of papers in the open pull request, to write their entries anew.
        run_id: The workflow run.
        run_url: Its page.
    """

    proposals: Sequence[Proposal]
    editor: ListEditor
    options: PullRequestOptions
    coverage: Sequence[Coverage] = ()
    notes: Sequence[str] = ()
    papers: Mapping[ArxivId, Paper] = field(default_factory=dict)
    run_id: str = ""
    run_url: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The exact writes, and what they come to.

    Attributes:
        snapshot: What it was made from.
        request: What was asked.
        operation: What happens to the pull request.
        writes: The writes in order; after each of them the world is in a legal state.
        files: The changed files, whole.
        proposals: The proposals that go in, with file and line.
        waiting: Proposals that have to wait for another pull request.
        notes: For people: what happens, and why not more.
    """

    snapshot: Snapshot
    request: Request
    operation: Operation
    writes: tuple[Write, ...] = ()
    files: Files = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    waiting: tuple[Proposal, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """The unified diff of the list against the base branch."""
        return "".join(
            _diff(path, self.snapshot.files.get(path, b""), data) for path, data in self.files.items()
        )

    def describe(self) -> str:
        """Write the plan for a person: one line a write, and the title and body of the pull request."""
        lines = [f"pull request: {self.operation}", *(f"would {write}" for write in self.writes), *self.notes]
        for write in self.writes:
            if isinstance(write, OpenPullRequest | EditPullRequest):
                lines += ["", write.title or "(title unchanged)", "", write.body]
        return "\n".join(lines)


def make_plan(snapshot: Snapshot, request: Request) -> Plan:
    """Plan a run.

    Raises:
        EditRefusedError: The list cannot be changed safely.
    """
    known = snapshot.ledger.proposed | snapshot.ledger.rejected
    fresh = [proposal for proposal in request.proposals if proposal.paper.id not in known]
    request = replace(request, proposals=fresh)
    cleaning = tuple(DeleteBranch(leftover.branch, leftover.head) for leftover in snapshot.leftovers)
    if snapshot.pull is not None:
        plan = _go_on(snapshot, snapshot.pull, request)
    elif snapshot.orphan is not None:
        plan = _take_up(snapshot, snapshot.orphan, request)
    else:
        plan = _begin(snapshot, request)
    return replace(plan, writes=(*plan.writes, *cleaning), notes=(*snapshot.warnings, *plan.notes))


def _begin(snapshot: Snapshot, request: Request) -> Plan:
    sure, unsure, waiting = _share(request, taken=0)
    if not sure:
        return Plan(snapshot, request, Operation.NONE, waiting=tuple(waiting))
    edited = request.editor.edit(snapshot.files, sure)
    if not edited.files:
        return Plan(snapshot, request, Operation.NONE)
    placed = tuple(edited.proposals)
    memory = Memory(snapshot.watch, snapshot.base_sha, _paths(placed), _paths(unsure))
    commit = Commit(
        branch=snapshot.branch,
        expected=None,
        base_tree=snapshot.tree,
        files=edited.files,
        parents=(snapshot.base_sha,),
        message=commit_message(memory, memory.papers, request.run_id),
    )
    blocks = [paper_block(proposal, proposal.path) for proposal in placed]
    doubts = [paper_block(proposal, proposal.path) for proposal in unsure]
    opening = _opening(
        snapshot, request, memory, branch=snapshot.branch, head=_PENDING, blocks=blocks, doubts=doubts
    )
    return Plan(
        snapshot,
        request,
        Operation.CREATED,
        (commit, *opening),
        edited.files,
        placed,
        tuple(waiting),
        _queued(waiting),
    )


def _take_up(snapshot: Snapshot, orphan: Orphan, request: Request) -> Plan:
    """Adopt a branch that lost its pull request, or clear it away and begin anew."""
    memory = orphan.memory
    if memory is None:
        plan = _begin(snapshot, request)
        note = f"branch {orphan.branch} is not the bot's own and is left alone"
        return replace(plan, notes=(*plan.notes, note))
    rejected = snapshot.ledger.rejected & memory.papers.keys()
    if not orphan.fits or rejected:
        plan = _begin(snapshot, request)
        return replace(plan, writes=(DeleteBranch(orphan.branch, orphan.head), *plan.writes))
    by_id = {proposal.paper.id: proposal for proposal in request.proposals}
    blocks = [_block(paper, path, by_id, request, sure=True) for paper, path in memory.papers.items()]
    doubts = [_block(paper, path, by_id, request, sure=False) for paper, path in memory.unsure.items()]
    writes = _opening(
        snapshot, request, memory, branch=orphan.branch, head=orphan.head, blocks=blocks, doubts=doubts
    )
    return Plan(
        snapshot,
        request,
        Operation.CREATED,
        writes,
        proposals=tuple(by_id[paper] for paper in memory.papers if paper in by_id),
        waiting=tuple(p for p in request.proposals if p.paper.id not in memory.ids),
        notes=(f"branch {orphan.branch} of an earlier run gets its pull request",),
    )


def _go_on(snapshot: Snapshot, pull: OpenPull, request: Request) -> Plan:
    """Carry on with the open pull request."""
    if pull.state is State.MODIFIED and not pull.reading.rebase:
        return _wait(snapshot, pull, request, "has commits by others")
    listed = request.editor.find(snapshot.files)
    keep = {
        paper: path
        for paper, path in pull.memory.papers.items()
        if paper not in pull.memory.refused and paper not in listed
    }
    wanted = {
        paper: path
        for paper, path in pull.memory.unsure.items()
        if pull.reading.ticks.get(paper) and paper not in listed
    }
    stale = bool(wanted or keep.keys() != pull.memory.papers.keys() or pull.conflict or pull.reading.rebase)
    open_to_more = pull.state in {State.CLEAN, State.BARE}
    sure, unsure, waiting = _share(request, taken=len(keep) + len(wanted))
    if not open_to_more:
        sure, unsure, waiting = [], [], list(request.proposals)
    if stale:
        return _regenerate(snapshot, pull, request, {**keep, **wanted}, (sure, unsure, waiting))
    if sure or unsure:
        return _append(snapshot, pull, request, (sure, unsure, waiting))
    return _heal(snapshot, pull, request, waiting)


Shares = tuple[list[Proposal], list[Proposal], list[Proposal]]


def _append(snapshot: Snapshot, pull: OpenPull, request: Request, shares: Shares) -> Plan:
    sure, unsure, waiting = shares
    edited = request.editor.edit(pull.files, sure) if sure else None
    placed = tuple(edited.proposals) if edited else ()
    memory = replace(
        pull.memory,
        papers={**pull.memory.papers, **_paths(placed)},
        unsure={**pull.memory.unsure, **_paths(unsure)},
    )
    writes: list[Write] = []
    if edited is not None and edited.files:
        writes.append(
            _onto(
                pull,
                memory,
                edited.files,
                tree=pull.tree,
                parents=(pull.facts.head,),
                placed=placed,
                request=request,
            )
        )
    fresh = {proposal.paper.id: proposal for proposal in (*placed, *unsure)}
    writes += _rewriting(snapshot, pull, request, memory, fresh, moved=bool(writes))
    files = edited.files if edited else {}
    return Plan(
        snapshot,
        request,
        Operation.UPDATED,
        tuple(writes),
        files,
        placed,
        tuple(waiting),
        _queued(waiting),
    )


def _regenerate(
    snapshot: Snapshot,
    pull: OpenPull,
    request: Request,
    keep: Mapping[ArxivId, HeadingPath],
    shares: Shares,
) -> Plan:
    """Write the branch's papers anew on the latest base: a commit that contains both heads.

    Nothing is forced: the old head becomes a parent, so whatever anybody pushed stays in the history.
    """
    sure, unsure, waiting = shares
    missing = sorted(keep.keys() - request.papers.keys())
    if missing:
        note = f"pull request #{pull.facts.number} waits: no metadata of {', '.join(map(str, missing))}"
        return Plan(snapshot, request, Operation.UNCHANGED, waiting=tuple(request.proposals), notes=(note,))
    kept = [Proposal(request.papers[paper], path, _nothing_said(paper)) for paper, path in keep.items()]
    if not kept and not sure:
        return _close(snapshot, pull, request)
    edited = request.editor.edit(snapshot.files, [*kept, *sure])
    placed = tuple(proposal for proposal in edited.proposals if proposal.paper.id not in keep)
    memory = Memory(
        snapshot.watch,
        snapshot.base_sha,
        _paths(edited.proposals),
        {
            **{paper: path for paper, path in pull.memory.unsure.items() if paper not in keep},
            **_paths(unsure),
        },
        pull.memory.refused,
    )
    parents = (pull.facts.head, *([snapshot.base_sha] if pull.memory.base != snapshot.base_sha else []))
    commit = _onto(
        pull, memory, edited.files, tree=snapshot.tree, parents=parents, placed=placed, request=request
    )
    fresh = {proposal.paper.id: proposal for proposal in (*placed, *unsure)}
    return Plan(
        snapshot,
        request,
        Operation.UPDATED,
        (commit, *_rewriting(snapshot, pull, request, memory, fresh, moved=True)),
        edited.files,
        placed,
        tuple(waiting),
        (f"pull request #{pull.facts.number} was written anew on the latest base", *_queued(waiting)),
    )


def _heal(snapshot: Snapshot, pull: OpenPull, request: Request, waiting: Sequence[Proposal]) -> Plan:
    """Finish what an earlier run left undone; most days that is nothing."""
    marker = pull.marker
    behind = marker is not None and (
        marker.head != pull.facts.head or marker.memory.papers != pull.memory.papers
    )
    writes: tuple[Write, ...] = ()
    if behind or pull.state is State.BARE:
        writes = _rewriting(snapshot, pull, request, pull.memory, {}, moved=False, only_if=behind)
    operation = Operation.UPDATED if writes else Operation.UNCHANGED
    return Plan(snapshot, request, operation, writes, waiting=tuple(waiting), notes=_queued(waiting, pull))


def _wait(snapshot: Snapshot, pull: OpenPull, request: Request, why: str) -> Plan:
    waiting = tuple(request.proposals)
    notes = (f"pull request #{pull.facts.number} {why}: it is left alone", *_queued(waiting, pull))
    return Plan(snapshot, request, Operation.UNCHANGED, waiting=waiting, notes=notes)


def _close(snapshot: Snapshot, pull: OpenPull, request: Request) -> Plan:
    """Close a pull request that would add nothing any more."""
    superseded = not pull.memory.refused
    marker = _marker(pull, pull.memory, pull.facts.head, superseded=superseded)
    why = "everything in here is listed by now" if superseded else "nothing is left in here"
    content = Content(snapshot.patterns, [], (), request.coverage, (f"Closed: {why}.",), request.run_url)
    body = render_body(content, marker, pull.reading)
    edit = EditPullRequest(pull.facts.number, pull.facts.body, None, body, marker, close=True)
    note = f"pull request #{pull.facts.number} is closed: {why}"
    return Plan(
        snapshot, request, Operation.UPDATED, (edit,), waiting=tuple(request.proposals), notes=(note,)
    )


def _onto(
    pull: OpenPull,
    memory: Memory,
    files: Files,
    *,
    tree: str,
    parents: tuple[str, ...],
    placed: Sequence[Proposal],
    request: Request,
) -> Commit:
    message = commit_message(memory, [proposal.paper.id for proposal in placed], request.run_id)
    return Commit(pull.facts.branch, pull.facts.head, tree, files, parents, message)


def _opening(
    snapshot: Snapshot,
    request: Request,
    memory: Memory,
    *,
    branch: str,
    head: str,
    blocks: Sequence[str],
    doubts: Sequence[str],
) -> tuple[Write, ...]:
    options = request.options
    finish = Finish(None, options.labels, options.reviewers, options.assignees)
    title = title_of(len(memory.papers), snapshot.watch)
    marker = Marker(memory, head, title, finished=not str(finish))
    body = render_body(_content(snapshot, request, blocks, doubts), marker)
    opening = OpenPullRequest(branch, snapshot.base, title, body, marker, options.draft)
    return (opening, finish) if str(finish) else (opening,)


def _rewriting(
    snapshot: Snapshot,
    pull: OpenPull,
    request: Request,
    memory: Memory,
    fresh: Mapping[ArxivId, Proposal],
    *,
    moved: bool,
    only_if: bool = True,
) -> tuple[Write, ...]:
    """Rewrite the body (if `only_if`), and finish what an earlier run did not."""
    marker = _marker(pull, memory, _PENDING if moved else pull.facts.head)
    writes: list[Write] = []
    if only_if:
        old = pull.reading.blocks
        blocks = [
            set_tick(old[paper], ticked=True)
            if paper in old
            else _block(paper, path, fresh, request, sure=True)
            for paper, path in memory.papers.items()
        ]
        doubts = [
            old[paper] if paper in old else _block(paper, path, fresh, request, sure=False)
            for paper, path in memory.unsure.items()
        ]
        body = render_body(_content(snapshot, request, blocks, doubts), marker, pull.reading)
        edited_by_hand = pull.marker is None or pull.facts.title != pull.marker.title
        title = None if edited_by_hand or marker.title == pull.facts.title else marker.title
        writes.append(EditPullRequest(pull.facts.number, pull.facts.body, title, body, marker))
    if pull.state is State.BARE:
        options = request.options
        writes.append(Finish(pull.facts.number, options.labels, options.reviewers, options.assignees))
    return tuple(writes)


def _marker(pull: OpenPull, memory: Memory, head: str, *, superseded: bool = False) -> Marker:
    before = pull.marker
    finished = before.finished if before else True
    title = title_of(len(memory.papers), memory.watch)
    if before is not None and pull.facts.title != before.title:
        title = before.title
    return Marker(memory, head, title, finished, superseded)


def _block(
    paper: ArxivId, path: HeadingPath, fresh: Mapping[ArxivId, Proposal], request: Request, *, sure: bool
) -> str:
    if paper in fresh:
        return paper_block(replace(fresh[paper], sure=sure), path)
    if paper in request.papers:
        return paper_block(Proposal(request.papers[paper], path, _nothing_said(paper), sure), path)
    return bare_block(paper, path, ticked=sure)


def _content(snapshot: Snapshot, request: Request, blocks: Sequence[str], doubts: Sequence[str]) -> Content:
    return Content(snapshot.patterns, blocks, doubts, request.coverage, request.notes, request.run_url)


def _share(request: Request, taken: int) -> Shares:
    """Split proposals into those that go in, those that are only shown, and those over the budget."""
    sure = [proposal for proposal in request.proposals if proposal.sure]
    unsure = [proposal for proposal in request.proposals if not proposal.sure]
    room = max(request.options.per_pull_request - taken, 0)
    return sure[:room], unsure[: request.options.per_pull_request], sure[room:]


def _paths(proposals: Sequence[Proposal]) -> dict[ArxivId, HeadingPath]:
    return {proposal.paper.id: proposal.path for proposal in proposals}


def _queued(waiting: Sequence[Proposal], pull: OpenPull | None = None) -> tuple[str, ...]:
    if not waiting:
        return ()
    behind = f" behind #{pull.facts.number}" if pull else ""
    return (f"{len(waiting)} paper{'s' * (len(waiting) != 1)} wait{'s' * (len(waiting) == 1)}{behind}",)


def _nothing_said(paper: ArxivId) -> Prediction:
    return Prediction(paper, 0.0, 0.0, ())


def _diff(path: str, old: bytes, new: bytes) -> str:
    before, after = (data.decode(errors="replace").splitlines(keepends=True) for data in (old, new))
    return "".join(difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"))


__all__ = ["EditRefusedError", "Plan", "Request", "make_plan"]
