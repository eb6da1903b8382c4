"""The body of a pull request: written for the reviewer, and read back to learn the answers.

The bot owns what stands between its two marks; text outside of them is never touched. Boxes are the
reviewer's; a paper's block that is already there is carried over as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from arxiv_watch.conversation import code
from arxiv_watch.forge.memory import Marker, Memory, Papers, read_marker, write_marker
from arxiv_watch.forge.page.blocks import (
    BOX,
    CHOICE,
    box_of,
    first_line,
    heading_key,
    identifier_alone,
    without_fold,
)
from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage
from arxiv_watch.wording import plural

BODY_LIMIT = 58_000  # characters; GitHub refuses more than 65,536, and a person may want to add some
BEGIN = "<!-- arxiv-watch:begin -->"
END = "<!-- arxiv-watch:end -->"
REBASE = "rebase"

_AT_THE_END = "What is unticked when this is merged or closed is not proposed again."

# matches "- [ ] <!-- aw:2407.12391 --> A Title\n  Why", a box with the lines below it, indented or empty
_BLOCK = re.compile(
    r"^- \[[ xX]\] <!-- aw:(?P<key>[^ >]+) -->[^\n]*(?:\n(?:[ \t][^\n]*)?(?=\n|$))*", re.MULTILINE
)
# matches "Read: `cs.DC`, 2026-11-20. Nothing is missing."
_COVERAGE = re.compile(r"^Read: `[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BodyReading:
    """What a body says, with the text before and after the bot's part.

    Attributes:
        marker: The bot's own copy of the memory; None where it is gone or damaged.
        ticks: Each box's identifier and whether it is ticked.
        blocks: Each paper's block as it stands, the box included.
        moves: Papers that somebody wants under another heading than the one they are under.
        rebase: Whether the box that asks to regenerate is ticked.
        coverage: The sentence on how completely arXiv was read.
    """

    marker: Marker | None = None
    ticks: Mapping[ArxivId, bool] = field(default_factory=dict)
    blocks: Mapping[ArxivId, str] = field(default_factory=dict)
    moves: Papers = field(default_factory=dict)
    rebase: bool = False
    coverage: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a body has to say; each paper stands as its block.

    Attributes:
        list: The list's name for people: its file, or its pattern.
        coverage: How completely arXiv was read in the run that writes this; empty if it was not.
        earlier: The sentence of an earlier run on that.
        notes: Sentences for the reviewer, trusted text of ours.
        run_url: The page of the run, or empty.
    """

    list: str
    papers: Sequence[str]
    unsure: Sequence[str] = ()
    refused: Sequence[str] = ()
    coverage: Sequence[Coverage] = ()
    earlier: str = ""
    notes: Sequence[str] = ()
    run_url: str = ""


def read_body(body: str) -> BodyReading:
    """Read a body back; one that people emptied or rewrote gives an empty reading."""
    before, found, rest = body.partition(BEGIN)
    if not found:
        return BodyReading(before=body)
    ours, found, after = rest.partition(END)
    if not found:
        return BodyReading(before=before)
    ticks: dict[ArxivId, bool] = {}
    rebase = False
    for box in BOX.finditer(ours):
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
    marker = read_marker(ours)
    sentence = _COVERAGE.search(ours)
    coverage = sentence[0] if sentence else ""
    return BodyReading(marker, ticks, blocks, _moves(ours, marker), rebase, coverage, before, after)


def _moves(ours: str, marker: Marker | None) -> Papers:
    """Read which headings were ticked; of two for one paper the first."""
    moves: dict[ArxivId, HeadingPath] = {}
    for choice in CHOICE.finditer(ours):
        paper = ArxivId.find(choice["paper"])
        offered = marker.alternatives.get(paper, ()) if marker and paper else ()
        path = next((path for path in offered if heading_key(path) == choice["key"]), None)
        if paper is not None and path is not None:
            moves.setdefault(paper, path)
    return moves


def boxes_differ(memory: Memory, reading: BodyReading) -> bool:
    """Return whether a body's boxes say something else than what a branch holds."""
    ticks = reading.ticks
    emptied = any(ticks.get(paper) is False for paper in memory.papers.keys() - memory.refused.keys())
    ticked = any(ticks.get(paper) for paper in (*memory.unsure, *memory.refused))
    return bool(emptied or ticked or reading.moves)


def render_body(content: Content, marker: Marker, old: BodyReading | None = None) -> str:
    """Write a body, within GitHub's limit; what people wrote around the bot's part is kept."""
    old = old or BodyReading()
    above = f"{old.before}{BEGIN}\n"
    below = f"\n{write_marker(marker)}\n{END}{old.after}"
    room = BODY_LIMIT - len(above) - len(below)
    papers, unsure = list(content.papers), list(content.unsure)
    refused = [first_line(block) for block in content.refused]
    shown = replace(content, papers=papers, unsure=unsure, refused=refused)
    text = _compose(shown)
    for shrink in (without_fold, first_line, identifier_alone):
        for blocks in (unsure, papers):
            for index in reversed(range(len(blocks))):
                if len(text) <= room:
                    break
                blocks[index] = shrink(blocks[index])
                text = _compose(shown)
    return above + text + below


def with_marker(body: str, marker: Marker) -> str:
    """Put another marker in the place of the one that a body has; a body without one is left alone."""
    before, found, rest = body.rpartition("<!-- arxiv-watch:v1 ")
    return before + write_marker(marker) + rest.partition("-->")[2] if found else body


def _compose(content: Content) -> str:
    only_shown = bool(content.unsure) and not content.papers
    parts = [
        _nothing_ticked(content) if only_shown else _summary(content),
        *(f"> {note}" for note in content.notes),
        *([] if only_shown else ["### Papers", *content.papers]),
    ]
    if content.unsure:
        parts.append("### Worth a look: tick to include")
        parts += [] if only_shown else [_AT_THE_END]
        parts += content.unsure
    if content.refused:
        parts += ["### Rejected: tick to bring back", *content.refused]
    parts += [
        "### Housekeeping",
        f"{box_of(REBASE)} regenerate on the latest base (this leaves out commits by others)",
        _how_to(),
    ]
    coverage = _coverage(content.coverage) or content.earlier
    if coverage:
        parts.append(coverage)
    if content.run_url:
        parts.append(f"[The run that wrote this]({content.run_url})")
    return "\n\n".join(parts)


def _summary(content: Content) -> str:
    return (
        f"{plural(len(content.papers), 'paper')} from arXiv, chosen by what {code(content.list)} contains. "
        "Each entry is formatted like its neighbours, and nothing else is changed.\n"
        "**Merge** to take them. **Untick** a paper (or delete its line) to reject it permanently; "
        "**close** to reject them all. **Tick another heading** to move a paper there, in that section's "
        "style; **move** its line yourself and it stays where you put it."
    )


def _nothing_ticked(content: Content) -> str:
    return (
        f"No new paper is sure enough to be added to {code(content.list)}, so nothing is changed yet; these "
        "are the likeliest.\n"
        "**Tick** a paper, or the heading it should go under, and its entry is added, formatted like its "
        "neighbours. Papers that stay unticked when this is **closed** or merged are rejected permanently."
    )


def _how_to() -> str:
    return (
        "New papers are added here until somebody reviews, comments or commits; after that the branch is "
        "yours and they wait for the next pull request. A closed pull request can be reopened, and an "
        "emptied box ticked again. A box takes effect when the bot runs next: within a minute where its "
        "workflow answers `pull_request`, else at the next poll; what is merged before that is merged as it "
        "is. Checks may wait for **Approve workflows to run**."
    )


def _coverage(coverage: Sequence[Coverage]) -> str:
    if not coverage:
        return ""
    days = sorted({line.day for line in coverage})
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    categories = ", ".join(code(name) for name in sorted({line.category for line in coverage}))
    text = f"Read: {categories}, {span}."
    incomplete: dict[str, list[str]] = {}
    for line in coverage:
        if not line.state.is_whole:
            incomplete.setdefault(f"{line.day} {line.state}", []).append(code(line.category))
    missing = [f"{', '.join(names)} {day_and_state}" for day_and_state, names in incomplete.items()]
    return text + (f" **Not complete:** {', '.join(missing)}." if missing else " Nothing is missing.")
