"""The body of a pull request: written for the reviewer, and read back to learn the answers.

The bot owns what stands between its two marks; text outside of them is never touched. Boxes are the
reviewer's; a paper's block that is already there is carried over as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from arxiv_watch.conversation import clip, code, conversation, plain
from arxiv_watch.forge.memory import Marker, read_marker, write_marker
from arxiv_watch.headings import HeadingPath, format_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage
from arxiv_watch.proposals import Proposal

BODY_LIMIT = 58_000  # characters; GitHub refuses more than 65,536, and a person may want to add some
BEGIN = "<!-- arxiv-watch:begin -->"
END = "<!-- arxiv-watch:end -->"
REBASE = "rebase"
AUTHORS_SHOWN = 5
NEIGHBOURS_SHOWN = 2
RUNNER_UP = 0.05  # a heading less probable than that is not an alternative worth showing
ABSTRACT_LIMIT = 2000

_BOX = re.compile(r"^- \[(?P<tick>[ xX])\] <!-- aw:(?P<key>[^ >]+) -->", re.MULTILINE)
_BLOCK = re.compile(
    r"^- \[[ xX]\] <!-- aw:(?P<key>[^ >]+) -->[^\n]*(?:\n(?:[ \t][^\n]*)?(?=\n|$))*", re.MULTILINE
)
_FOLDED = re.compile(r"\n *<details>.*?</details>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says.

    Attributes:
        marker: The bot's own copy of the memory; None where it is gone or damaged.
        ticks: Each box's identifier and whether it is ticked.
        blocks: Each paper's block as it stands, the box included.
        rebase: Whether the box that asks to regenerate is ticked.
        before: Text above the bot's part.
        after: Text below it.
    """

    marker: Marker | None = None
    ticks: Mapping[ArxivId, bool] = field(default_factory=dict)
    blocks: Mapping[ArxivId, str] = field(default_factory=dict)
    rebase: bool = False
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a body has to say.

    Attributes:
        list: The list's name for people: its file, or its pattern.
        papers: The blocks of the papers that the branch adds.
        unsure: The blocks of the papers that are only shown.
        refused: The blocks of the papers that a person rejected.
        coverage: How completely arXiv was read in the run that writes this.
        notes: Sentences for the reviewer, trusted text of ours.
        run_url: The page of the run, or empty.
    """

    list: str
    papers: Sequence[str]
    unsure: Sequence[str] = ()
    refused: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    notes: Sequence[str] = ()
    run_url: str = ""


def read_body(body: str) -> Reading:
    """Read a body back; one that people emptied or rewrote gives an empty reading."""
    before, found, rest = body.partition(BEGIN)
    if not found:
        return Reading(before=body)
    ours, found, after = rest.partition(END)
    if not found:
        return Reading(before=before)
    ticks: dict[ArxivId, bool] = {}
    rebase = False
    for box in _BOX.finditer(ours):
        ticked = box["tick"] != " "
        paper = ArxivId.find(box["key"])
        if paper is not None:
            ticks[paper] = ticked
        rebase = rebase or (box["key"] == REBASE and ticked)
    blocks = {
        paper: block[0].rstrip()
        for block in _BLOCK.finditer(ours)
        if (paper := ArxivId.find(block["key"])) is not None
    }
    return Reading(read_marker(ours), ticks, blocks, rebase, before, after)


def render_body(content: Content, marker: Marker, old: Reading | None = None) -> str:
    """Write a body, within GitHub's limit; what people wrote around the bot's part is kept."""
    old = old or Reading()
    frame = f"{old.before}{BEGIN}\n\n{write_marker(marker)}\n{END}{old.after}"
    room = BODY_LIMIT - len(frame)
    papers, unsure, refused = list(content.papers), list(content.unsure), list(content.refused)
    refused = [_first_line(block) for block in refused]
    text = _compose(content, papers, unsure, refused)
    for shrink in (_without_fold, _first_line, _identifier):
        for blocks in (unsure, papers):
            for index in reversed(range(len(blocks))):
                if len(text) <= room:
                    break
                blocks[index] = shrink(blocks[index])
                text = _compose(content, papers, unsure, refused)
    return f"{old.before}{BEGIN}\n{text}\n{write_marker(marker)}\n{END}{old.after}"


def with_marker(body: str, marker: Marker) -> str:
    """Put another marker in the place of the one that a body has; a body without one is left alone."""
    before, found, rest = body.rpartition("<!-- arxiv-watch:v1 ")
    return before + write_marker(marker) + rest.partition("-->")[2] if found else body


def title_of(count: int, watch: str) -> str:
    """Write a pull request's title; it holds no word from outside."""
    name = clip(re.sub("[@#:/]", "", plain(watch)), 60)
    return f"docs: add {count} paper{'s' * (count != 1)} to {name}"


def paper_block(proposal: Proposal) -> str:
    """Write one paper: its box, what it is, where it goes and why, the abstract folded."""
    paper = proposal.paper
    lines = [
        f"{_box(paper.id.base, ticked=proposal.sure)} **[{conversation(paper.title)}]({paper.id.abs_url})**",
        *(["  " + " · ".join(facts)] if (facts := _facts(proposal)) else []),
        "  " + _placement(proposal),
        *_reasons(proposal),
    ]
    if paper.abstract.strip():
        abstract = conversation(paper.abstract, ABSTRACT_LIMIT)
        lines += ["  <details><summary>Abstract</summary>", "", f"  {abstract}", "", "  </details>"]
    return "\n".join(lines)


def bare_block(paper: ArxivId, path: HeadingPath, *, ticked: bool) -> str:
    """Write a paper of which only the identifier and the heading are known any more."""
    return (
        f"{_box(paper.base, ticked=ticked)} **[arXiv {paper.base}]({paper.abs_url})**\n"
        f"  → **{conversation(format_path(path))}**"
    )


def _box(key: str, *, ticked: bool) -> str:
    return f"- [{'x' if ticked else ' '}] <!-- aw:{key} -->"


def set_tick(block: str, *, ticked: bool) -> str:
    """Return a block with its box ticked, or not."""
    return f"- [{'x' if ticked else ' '}]" + block[len("- [x]") :]


def _facts(proposal: Proposal) -> list[str]:
    paper = proposal.paper
    names = [conversation(name, 60) for name in paper.authors[:AUTHORS_SHOWN]]
    more = len(paper.authors) - len(names)
    facts = [", ".join(names) + (f" and {more} more" if more else "")] if names else []
    day = paper.announced or paper.published
    if day is not None:
        facts.append(day.isoformat())
    return facts + [code(category) for category in paper.categories[:1]]


def _placement(proposal: Proposal) -> str:
    """Write the heading and its runners-up, without the headings above that all of them share."""
    path, ranked = proposal.path, proposal.prediction.headings
    known = {heading.path: heading.probability for heading in ranked}
    others = [heading for heading in ranked if heading.path != path and heading.probability >= RUNNER_UP][:2]
    shared = _shared([path, *(other.path for other in others)])
    share = f" {known[path]:.0%}" if path in known else ""
    text = f"→ **{conversation(format_path(path[shared:]))}**{share}"
    if others:
        runners = (f"{conversation(format_path(one.path[shared:]))} {one.probability:.0%}" for one in others)
        text += f" · runner{'s' * (len(others) > 1)}-up: {', '.join(runners)}"
    return text


def _shared(paths: Sequence[HeadingPath]) -> int:
    """Count the headings that all paths begin with, one at least left to each."""
    longest = min(map(len, paths)) - 1
    return next(
        (level for level in range(longest) if len({path[level] for path in paths}) > 1), max(longest, 0)
    )


def _reasons(proposal: Proposal) -> list[str]:
    prediction = proposal.prediction
    if not prediction.headings:  # an earlier run proposed it, and its reasons are lost
        return []
    reasons = [f"relevance {prediction.relevance:.2f}"]
    terms = [code(term, 40) for term in prediction.evidence.terms[:6]]
    if terms:
        reasons.append("because of " + ", ".join(terms))
    lines = ["  " + " · ".join(reasons)]
    near = [
        (
            f"[{conversation(neighbour.title, 80)}]({neighbour.id.abs_url})"
            if neighbour.id
            else conversation(neighbour.title, 80)
        )
        + f" ({neighbour.similarity:.2f})"
        for neighbour in prediction.evidence.neighbours[:NEIGHBOURS_SHOWN]
    ]
    return lines + (["  nearest in the list: " + "; ".join(near)] if near else [])


def _compose(content: Content, papers: Sequence[str], unsure: Sequence[str], refused: Sequence[str]) -> str:
    count = f"{len(papers)} paper{'s' * (len(papers) != 1)}"
    summary = (
        f"{count} from arXiv, chosen by what {code(content.list)} contains. Each entry is formatted like "
        "its neighbours, and nothing else is changed.\n"
        "**Merge** to take them. **Untick** a paper (or delete its line) to reject it permanently; "
        "**close** to reject them all; **move** a line and it stays where you put it."
    )
    parts = [
        summary,
        *(f"> {note}" for note in content.notes),
        "### Papers",
        *papers,
    ]
    if unsure:
        parts += ["### Unsure: tick to include", *unsure]
    if refused:
        parts += ["### Rejected: tick to bring back", *refused]
    parts += [
        "### Housekeeping",
        f"{_box(REBASE, ticked=False)} regenerate on the latest base (this leaves out commits by others)",
        _how_to(),
    ]
    told = _coverage(content.coverage)
    if told:
        parts.append(told)
    if content.run_url:
        parts.append(f"[The run that wrote this]({content.run_url})")
    return "\n\n".join(parts)


def _how_to() -> str:
    return (
        "New papers are added here until somebody reviews, comments or commits; after that the branch is "
        "yours and they wait for the next pull request. A closed pull request can be reopened, and an "
        "emptied box ticked again. Checks may wait for **Approve workflows to run**."
    )


def _coverage(coverage: Sequence[Coverage]) -> str:
    if not coverage:
        return ""
    days = sorted({line.day for line in coverage})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    categories = ", ".join(code(name) for name in sorted({line.category for line in coverage}))
    text = f"Read: {categories}, {span}."
    missing = [
        f"{code(line.category)} {line.day} {line.state}" for line in coverage if not line.state.is_whole
    ]
    return text + (f" **Not complete:** {', '.join(missing)}." if missing else " Nothing is missing.")


def _without_fold(block: str) -> str:
    return _FOLDED.sub("", block).rstrip()


def _first_line(block: str) -> str:
    return block.partition("\n")[0]


def _identifier(block: str) -> str:
    box = _BOX.match(block)
    paper = ArxivId.find(box["key"]) if box else None
    return f"{box[0]} [{paper.base}]({paper.abs_url})" if box and paper else block
