"""A paper as a block of a pull request's body: its box, what it is, why it is there, and its headings.

The reviewer's answers are read back from the boxes; a block that is already there is carried over as it
is, because the reasons of an earlier run are known nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import re

from arxiv_watch.conversation import code, escape_for_github
from arxiv_watch.headings import HeadingPath, common_prefix, format_path
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.proposals import Evidence, Verdict
from arxiv_watch.wording import odds_words

AUTHORS_SHOWN = 5
NEIGHBOURS_SHOWN = 2
HEADINGS_SHOWN = 2
RUNNER_UP = 0.01  # a heading less probable than that is not an alternative worth showing
ABSTRACT_LIMIT = 2000
SENTENCE_LIMIT = 400

# matches "  - [ ] <!-- aw:2407.12391:1f2e3d4c --> or " before a heading that is not the chosen one
_HEADING_BOX = re.compile(
    r"^  - \[[ xX]\] <!-- aw:[^ >:]+:(?P<key>[0-9a-f]{8}) --> or (?P<text>.*)$", re.MULTILINE
)
# matches "- [x] <!-- aw:2407.12391 -->"
BOX = re.compile(r"^- \[(?P<tick>[ xX])\] <!-- aw:(?P<key>[^ >]+) -->", re.MULTILINE)
# matches "  - [x] <!-- aw:2407.12391:1f2e3d4c -->", a heading that somebody chose
CHOICE = re.compile(
    r"^(?P<before> +- \[)[xX](?P<after>\] <!-- aw:(?P<paper>[^ >:]+):(?P<key>[0-9a-f]{8}) -->)", re.MULTILINE
)
# matches "\n  <details><summary>Why</summary>…</details>" below a box
_FOLDED = re.compile(r"\n *<details>(?:(?!<details>).)*?</details>", re.DOTALL)
# matches "  → **Serving** (about 4 in 5)"
_CHOSEN = re.compile(r"^  → (?P<text>.*)$", re.MULTILINE)


def alternatives_of(proposal: Verdict) -> tuple[HeadingPath, ...]:
    """Return the runner-up headings worth showing, best first."""
    ranked = proposal.prediction.headings
    others = [one.path for one in ranked if one.path != proposal.path and one.probability >= RUNNER_UP]
    return tuple(others[:HEADINGS_SHOWN])


def heading_key(path: HeadingPath) -> str:
    """Return what stands for a heading in its box: eight hexadecimal digits."""
    return hashlib.sha256(json.dumps(path).encode()).hexdigest()[:8]


def heading_box(paper: ArxivId, path: HeadingPath) -> str:
    """Write the box that moves a paper to another heading."""
    return box_of(f"{paper.base}:{heading_key(path)}")


def move_block(block: str, paper: ArxivId, old: HeadingPath, new: HeadingPath) -> str:
    """Return a block whose chosen heading and one of its alternatives have changed places."""
    chosen = _CHOSEN.search(block)
    other = next((box for box in _HEADING_BOX.finditer(block) if box["key"] == heading_key(new)), None)
    if chosen is None or other is None:
        return block
    line = f"  {heading_box(paper, old)} or {chosen['text']}"
    moved = block[: other.start()] + line + block[other.end() :]
    return moved[: chosen.start("text")] + other["text"] + moved[chosen.end("text") :]


def untick_headings(block: str) -> str:
    """Return a block without a tick at a heading: of two for one paper the first was taken, and once."""
    return CHOICE.sub(r"\g<before> \g<after>", block)


def paper_block(proposal: Verdict) -> str:
    """Write one paper: its empty box, what it is, why it and where it goes, the abstract folded."""
    paper = proposal.paper
    lines = [
        f"{box_of(paper.id.base)} **[{escape_for_github(paper.title)}]({paper.id.abs_url})**",
        *(["  " + " · ".join(facts)] if (facts := _facts(proposal)) else []),
        *_reasons(proposal),
        *_placement(proposal),
    ]
    if paper.abstract.strip():
        abstract = escape_for_github(paper.abstract, ABSTRACT_LIMIT)
        lines += ["  <details><summary>Abstract</summary>", "", f"  {abstract}", "", "  </details>"]
    return "\n".join(lines)


def bare_block(paper: ArxivId, path: HeadingPath) -> str:
    """Write a paper of which only the identifier and the heading are known any more."""
    return (
        f"{box_of(paper.base)} **[arXiv {paper.base}]({paper.abs_url})**\n"
        f"  → **{escape_for_github(format_path(path))}**"
    )


def box_of(key: str) -> str:
    """Write an empty box that is read back by its key."""
    return f"- [ ] <!-- aw:{key} -->"


def set_tick(block: str, *, ticked: bool) -> str:
    """Return a block with its box ticked, or not."""
    return f"- [{'x' if ticked else ' '}]" + block[len("- [x]") :]


def without_fold(block: str) -> str:
    """Return a block without its abstract."""
    return _FOLDED.sub("", block).rstrip()


def first_line(block: str) -> str:
    """Return a block's box and title."""
    return block.partition("\n")[0]


def identifier_alone(block: str) -> str:
    """Return a block's box with nothing but the identifier."""
    box = BOX.match(block)
    paper = ArxivId.find(box["key"]) if box else None
    return f"{box[0]} [{paper.base}]({paper.abs_url})" if box and paper else block


def _facts(proposal: Verdict) -> list[str]:
    paper = proposal.paper
    names = [escape_for_github(name, 60) for name in paper.authors[:AUTHORS_SHOWN]]
    more = len(paper.authors) - len(names)
    facts = [", ".join(names) + (f" and {more} more" if more else "")] if names else []
    day = paper.announced or paper.published
    if day is not None:
        facts.append(day.isoformat())
    return facts + [code(category) for category in paper.categories[:1]]


def _placement(proposal: Verdict) -> list[str]:
    """Write the heading, and a box for each runner-up, without the headings above that all of them share."""
    path, others = proposal.path, alternatives_of(proposal)
    known = {heading.path: heading.probability for heading in proposal.prediction.headings}
    shared = len(common_prefix([path, *others]))

    def words(one: HeadingPath) -> str:
        odds = f" ({odds_words(known[one])})" if one in known else ""
        return f"**{escape_for_github(format_path(one[shared:]))}**{odds}"

    paper = proposal.paper.id
    return [
        f"  → {words(path)}",
        *(f"  {heading_box(paper, other)} or {words(other)}" for other in others),
    ]


def _in_their_words(evidence: Evidence) -> str:
    """Write the authors' own sentence, with the words that spoke for the paper in bold."""
    sentence = escape_for_github(evidence.sentence, SENTENCE_LIMIT)
    words = "|".join(map(re.escape, evidence.highlights))
    # matches "cache" in "the KV cache", and not the "amp" of "&amp;"
    return (
        re.sub(rf"(?<![\w&])({words})(?!\w)", r"**\1**", sentence, flags=re.IGNORECASE) if words else sentence
    )


def _reasons(proposal: Verdict) -> list[str]:
    prediction = proposal.prediction
    if not prediction.headings:  # an earlier run proposed it, and its reasons are lost
        return []
    reasons = [f"belongs here: {odds_words(prediction.relevance)}"]
    terms = [code(term, 40) for term in prediction.evidence.terms[:6]]
    if terms:
        reasons.append("because of " + ", ".join(terms))
    lines = ["  " + " · ".join(reasons)]
    if prediction.evidence.sentence:
        lines.insert(0, f"  “{_in_their_words(prediction.evidence)}”")
    near = [
        (
            f"[{escape_for_github(neighbour.title, 80)}]({neighbour.id.abs_url})"
            if neighbour.id
            else escape_for_github(neighbour.title, 80)
        )
        + f" ({neighbour.similarity:.2f})"
        for neighbour in prediction.evidence.neighbours[:NEIGHBOURS_SHOWN]
    ]
    return lines + (["  nearest in the list: " + "; ".join(near)] if near else [])
