"""A run as text for a terminal or a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from arxiv_watch.conversation import one_line
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import Decision, Verdict
from arxiv_watch.report import tables
from arxiv_watch.report.values import Run, WatchRun
from arxiv_watch.report.words import (
    ShownPaper,
    count_words,
    outcome_words,
    percent,
    point_words,
    pull_request_words,
    reasons_for,
    request_words,
    shown_papers,
    without_repetition,
)
from arxiv_watch.wording import plural, width_of

_STATE_STYLES = {
    CoverageState.FRESH: "green",
    CoverageState.REPAIRED: "green",
    CoverageState.QUIET: "dim",
    CoverageState.WAITING: "yellow",
    CoverageState.STALE: "bold red",
    CoverageState.STARVED: "bold red",
    CoverageState.FAILED: "bold red",
}
_DECISION_STYLES = {Decision.PROPOSE: "bold green", Decision.UNSURE: "yellow", Decision.SKIP: "dim"}
# matches "      near     " and "   1. ", where the next line of a folded one starts
_HANGING = re.compile(r" *(?:(?:under|relevant|near|at) +|\d+\. )?")
_DIFF_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


def render(run: Run, *, colour: bool = False, width: int = 0) -> str:
    """Write a run for people, with ANSI styles where `colour` is set.

    Lines of more columns than `width` are folded, except for those of the diff; 0 is any width.
    """
    screen = _Screen(colour, width)
    first = [f"arXiv as of {run.now:%Y-%m-%d %H:%M %Z}".rstrip()]
    first += [f"{screen.paint('bold', one_line(watch.name))}: {_outcome(watch)}" for watch in run.watches]
    first += [f"missing: {one_line(str(reason))}" for reason in reasons_for(run.coverage)]
    lines = [*folded(first, screen.width)]
    for watch in run.watches:
        lines += ["", *_watch(watch, screen)]
    if run.requests:
        lines += ["", screen.paint("dim", f"requests: {request_words(run.requests)}")]
    return "\n".join(lines) + "\n"


def render_verdict(verdict: Verdict, *, colour: bool = False) -> str:
    """Write what was decided on one paper and why, for people; see `render` for `colour`."""
    screen = _Screen(colour)
    decision = screen.paint(_DECISION_STYLES[verdict.decision], verdict.decision.value)
    lines = [f"{decision} ({verdict.reason}): {screen.paint('bold', one_line(verdict.paper.title))}"]
    headings = verdict.prediction.headings
    if headings:
        [paper] = shown_papers([replace(verdict, path=verdict.path or headings[0].path)])
        lines += [f"    {line}" for line in _facts(paper)]
    else:
        lines += [f"    {_about(verdict.paper)}"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Screen:
    """What the text is shown on."""

    colour: bool
    width: int = 0

    def paint(self, style: str, text: str) -> str:
        """Put a rich style, such as `bold green`, on a text."""
        if not (self.colour and style):
            return text
        from rich.style import Style  # plain text needs no rich

        return Style.parse(style).render(text)


def folded(lines: Iterable[str], width: int) -> Iterator[str]:
    """Break lines that are longer than `width` columns; what is broken off stands below its own column.

    A width of 0 is any width.
    """
    for line in lines:
        hanging = _HANGING.match(line)
        indent = " " * (hanging.end() if hanging else 0)
        if width <= len(indent) or width_of(line) <= width:
            yield line
            continue
        first, *words = line[len(indent) :].split(" ")
        shown = line[: len(indent)] + first
        for word in words:
            if width_of(f"{shown} {word}") > width:
                yield shown.rstrip()
                shown = indent + word
            else:
                shown += f" {word}"
        yield shown


def _outcome(watch: WatchRun) -> str:
    pull = f"{pull_request_words(watch.pull_request)}: {watch.pull_request.url}" if watch.pull_request else ""
    return one_line("; ".join(filter(None, [outcome_words(watch), pull])))


def _watch(watch: WatchRun, screen: _Screen) -> Iterator[str]:
    yield from folded(_papers(watch, screen), screen.width)
    endings = [*_endings(watch)]
    if endings:
        yield ""
        yield from folded(_indent(endings), screen.width)
    if watch.coverage:
        yield ""
        yield from _indent(_coverage(watch.coverage, screen))
    if watch.diff:
        yield ""
        yield from (_diff_line(line, screen) for line in watch.diff.removesuffix("\n").split("\n"))


def _papers(watch: WatchRun, screen: _Screen) -> Iterator[str]:
    yield f"{screen.paint('bold', one_line(watch.name))} ({one_line(watch.list)})"
    sure = len(watch.proposals)
    shown = shown_papers([*watch.proposals, *watch.unsure])
    for papers, wanted in ((shown[:sure], "to add"), (shown[sure:], "to decide by hand")):
        if papers:
            yield ""
            yield f"  {plural(len(papers), 'paper')} {wanted}"
        for number, paper in enumerate(papers, start=1):
            yield ""
            yield f"  {number:>2}. {screen.paint('bold', one_line(paper.verdict.paper.title))}"
            yield from (f"      {line}" for line in _facts(paper))
            if paper.verdict.line is not None:
                yield f"      at       {paper.verdict.file}:{paper.verdict.line}"


def _facts(shown: ShownPaper) -> Iterator[str]:
    prediction = shown.verdict.prediction
    chosen, *others = [f"{one_line(name)} {share}" for name, share in shown.headings]
    yield _about(shown.verdict.paper)
    yield f"under    {chosen}" + (f" (or {', '.join(others)})" if others else "")
    yield (
        f"relevant {percent(prediction.relevance)}"
        + _said("for", prediction.evidence.terms)
        + _said("against", prediction.evidence.against)
    )
    for neighbour, heading in shown.neighbours:
        yield f"near     {neighbour.similarity:.2f} {one_line(neighbour.title)} ({one_line(heading)})"


def _about(paper: Paper) -> str:
    return ", ".join(filter(None, (one_line(paper.primary_category or ""), paper.id.abs_url)))


def _said(direction: str, terms: Sequence[str]) -> str:
    return f"; {direction}: {', '.join(map(one_line, terms))}" if terms else ""


def _endings(watch: WatchRun) -> Iterator[str]:
    skipped = count_words(watch.counts)
    if skipped:
        yield f"not proposed: {skipped}"
    if watch.operating_point:
        yield point_words(watch.operating_point)
    yield from (one_line(note) for note in watch.notes)


def _coverage(coverage: Sequence[Coverage], screen: _Screen) -> Iterator[str]:
    lines = without_repetition(coverage)
    table = tables.coverage(lines)
    header, *body = table.lines()
    if 0 < screen.width < max(map(width_of, (header, *body))) + 2:  # the two that it is indented by
        header, *body = table.without("identifiers").lines()  # the widest, and least needed
    yield screen.paint("dim", header)
    for line, text in zip(lines, body, strict=True):
        state = line.state.value
        yield text.replace(f"  {state}", "  " + screen.paint(_STATE_STYLES[line.state], state), 1)


def _diff_line(line: str, screen: _Screen) -> str:
    """Show a line of the diff without anything in it that could speak to the terminal."""
    text = "".join(
        character if character.isprintable() or character == "\t" else "\N{REPLACEMENT CHARACTER}"
        for character in line.removesuffix("\r")
    )
    style = next((style for start, style in _DIFF_STYLES.items() if line.startswith(start)), "")
    return screen.paint(style, text)


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
