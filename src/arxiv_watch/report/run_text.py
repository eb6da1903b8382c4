"""A run as text for a terminal or a pipe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from arxiv_watch.conversation import one_line
from arxiv_watch.headings import HeadingPath
from arxiv_watch.odds import plural
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import Decision, Verdict
from arxiv_watch.report.reasons import outcome_words, reasons_for
from arxiv_watch.report.values import Run, WatchRun
from arxiv_watch.report.words import (
    COVERAGE_HEAD,
    COVERAGE_NUMBERS,
    count_words,
    coverage_cells,
    in_columns,
    percent,
    point_words,
    prefix_of,
    pull_request_words,
    ranked,
    request_words,
    short_path,
    without_repetition,
)
from arxiv_watch.widths import width_of

Paint = Callable[[str, str], str]
"""Puts a rich style, such as `bold green`, on a text."""

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


def render_text(run: Run, *, colour: bool = False, width: int = 0) -> str:
    """Write a run for people.

    Args:
        run: The run.
        colour: Whether to write ANSI styles; say yes for a terminal where `NO_COLOR` is not set.
        width: How many columns there are; longer lines are folded, but for those of the diff. 0 for any.
    """
    paint = _painter(colour=colour)
    lines = [f"arXiv as of {run.now:%Y-%m-%d %H:%M %Z}".rstrip()]
    lines += [f"{paint('bold', one_line(watch.name))}: {_outcome(watch)}" for watch in run.watches]
    lines += [f"missing: {one_line(str(reason))}" for reason in reasons_for(run.coverage)]
    lines = [*folded(lines, width)]
    for watch in run.watches:
        lines += ["", *_watch(watch, paint, width)]
    if run.requests:
        lines += ["", paint("dim", f"requests: {request_words(run.requests)}")]
    return "\n".join(lines) + "\n"


def render_verdict(verdict: Verdict, *, colour: bool = False) -> str:
    """Write what was decided on one paper and why, for people; see `render_text` for `colour`."""
    paint = _painter(colour=colour)
    decision = paint(_DECISION_STYLES[verdict.decision], verdict.decision.value)
    lines = [f"{decision} ({verdict.reason}): {paint('bold', one_line(verdict.paper.title))}"]
    headings = verdict.prediction.headings
    if not headings:
        return "\n".join([*lines, f"    {_about(verdict.paper)}"]) + "\n"
    shown = replace(verdict, path=verdict.path or headings[0].path)
    lines += [f"    {line}" for line in _facts(shown, prefix_of([shown]))]
    return "\n".join(lines) + "\n"


def _outcome(watch: WatchRun) -> str:
    pull = f"{pull_request_words(watch.pull_request)}: {watch.pull_request.url}" if watch.pull_request else ""
    return one_line("; ".join(filter(None, [outcome_words(watch), pull])))


def _watch(watch: WatchRun, paint: Paint, width: int) -> Iterator[str]:
    yield from folded(_papers(watch, paint), width)
    endings = [*_endings(watch)]
    if endings:
        yield ""
        yield from folded(_indent(endings), width)
    if watch.coverage:
        yield ""
        yield from _indent(_coverage(watch.coverage, paint, width))
    if watch.diff:
        yield ""
        yield from (_diff_line(line, paint) for line in watch.diff.removesuffix("\n").split("\n"))


def folded(lines: Iterable[str], width: int) -> Iterator[str]:
    """Break lines that are longer than the terminal is wide; what is broken off stands below its column.

    Args:
        lines: The lines.
        width: How many columns there are; 0 for any.
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


def _papers(watch: WatchRun, paint: Paint) -> Iterator[str]:
    yield f"{paint('bold', one_line(watch.name))} ({one_line(watch.list)})"
    shown = (*watch.proposals, *watch.unsure)
    prefix = prefix_of(shown)
    for proposals, wanted in ((watch.proposals, "to add"), (watch.unsure, "to decide by hand")):
        if proposals:
            yield ""
            yield f"  {plural(len(proposals), 'paper')} {wanted}"
            yield from _proposals(proposals, prefix, paint)


def _coverage(coverage: Sequence[Coverage], paint: Paint, width: int) -> Iterator[str]:
    lines = without_repetition(coverage)
    rows = [COVERAGE_HEAD, *map(coverage_cells, lines)]
    header, *body = in_columns(rows, right=COVERAGE_NUMBERS)
    if 0 < width < max(map(width_of, (header, *body))) + 2:  # the identifiers are for who looks closer
        left_out = COVERAGE_HEAD.index("identifiers")
        header, *body = in_columns(
            [row[:left_out] + row[left_out + 1 :] for row in rows], right=COVERAGE_NUMBERS
        )
    yield paint("dim", header)
    for line, text in zip(lines, body, strict=True):
        state = line.state.value
        yield text.replace(f"  {state}", "  " + paint(_STATE_STYLES[line.state], state), 1)


def _proposals(proposals: Iterable[Verdict], prefix: HeadingPath, paint: Paint) -> Iterator[str]:
    for number, proposal in enumerate(proposals, start=1):
        yield ""
        yield f"  {number:>2}. {paint('bold', one_line(proposal.paper.title))}"
        for line in _facts(proposal, prefix):
            yield f"      {line}"
        if proposal.line is not None:
            yield f"      at       {proposal.file}:{proposal.line}"


def _facts(verdict: Verdict, prefix: HeadingPath) -> Iterator[str]:
    prediction = verdict.prediction
    chosen, *others = [f"{one_line(name)} {share}" for name, share in ranked(verdict, prefix)]
    yield _about(verdict.paper)
    yield f"under    {chosen}" + (f" (or {', '.join(others)})" if others else "")
    yield (
        f"relevant {percent(prediction.relevance)}"
        + _said("for", prediction.evidence.terms)
        + _said("against", prediction.evidence.against)
    )
    for neighbour in prediction.evidence.neighbours:
        title, heading = one_line(neighbour.title), one_line(short_path(neighbour.path, prefix))
        yield f"near     {neighbour.similarity:.2f} {title} ({heading})"


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


def _diff_line(line: str, paint: Paint) -> str:
    """Show a line of the diff without anything in it that could speak to the terminal."""
    text = "".join(
        character if character.isprintable() or character == "\t" else "\N{REPLACEMENT CHARACTER}"
        for character in line.removesuffix("\r")
    )
    style = next((style for start, style in _DIFF_STYLES.items() if line.startswith(start)), "")
    return paint(style, text) if style else text


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _painter(*, colour: bool) -> Paint:
    if not colour:
        return lambda _, text: text
    from rich.style import Style  # plain text needs no rich

    return lambda style, text: Style.parse(style).render(text)
