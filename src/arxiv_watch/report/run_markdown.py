"""A run as Markdown: `poll --format markdown` and the step summary of GitHub Actions.

Nothing of a title, a note or a list is live in it: no mention, link, image or HTML but our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from arxiv_watch.conversation import code, escape_for_github
from arxiv_watch.papers import Coverage
from arxiv_watch.report import tables
from arxiv_watch.report.tables import Table
from arxiv_watch.report.values import Run, WatchRun
from arxiv_watch.report.words import (
    EMPTY,
    ShownPaper,
    count_words,
    outcome_words,
    percent,
    point_words,
    pull_request_words,
    reasons_for,
    request_words,
    safe_url,
    shown_papers,
    without_repetition,
)

_PAPER_HEAD = ("", "paper", "heading", "or", "relevance", "because of", "nearest listed paper")
_DIFF_LIMIT = 100_000  # characters; a step summary holds 1 MiB in all


def render(run: Run) -> str:
    """Write a run as GitHub-flavoured Markdown."""
    blocks = [f"# arxiv-watch, {run.now:%Y-%m-%d %H:%M %Z}".rstrip()]
    first = [f"- **{escape_for_github(watch.name)}**: {_outcome(watch)}" for watch in run.watches]
    first += [f"- missing: {escape_for_github(str(reason), 500)}" for reason in reasons_for(run.coverage)]
    if first:
        blocks.append("\n".join(first))
    for watch in run.watches:
        blocks += _watch(watch)
    if run.requests:
        blocks.append(f"Requests: {request_words(run.requests)}.")
    return "\n\n".join(blocks) + "\n"


def _watch(watch: WatchRun) -> Iterator[str]:
    yield f"## {escape_for_github(watch.name)}: {code(watch.list)}"
    papers = shown_papers([*watch.proposals, *watch.unsure])
    if papers:
        yield _table(Table(_PAPER_HEAD, [_paper(paper) for paper in papers], numbers=(4,)))
    skipped = count_words(watch.counts)
    if skipped:
        yield f"Not proposed: {skipped}."
    if watch.operating_point:
        yield f"Thresholds: {point_words(watch.operating_point)}."
    if watch.notes:
        yield "\n".join(f"- {escape_for_github(note)}" for note in watch.notes)
    if watch.coverage:
        yield _table(tables.coverage(without_repetition(watch.coverage), _state))
    if watch.diff:
        yield _diff(watch.diff)


def _outcome(watch: WatchRun) -> str:
    parts = [escape_for_github(outcome_words(watch), 500)]
    if watch.pull_request:
        words, url = pull_request_words(watch.pull_request), safe_url(watch.pull_request)
        parts.append(f"[{words}]({url})" if url else words)
    return "; ".join(parts) + "."


def _state(coverage: Coverage) -> str:
    return coverage.state.value if coverage.state.is_whole else f"**{coverage.state.value}**"


def _paper(shown: ShownPaper) -> list[str]:
    verdict, prediction = shown.verdict, shown.verdict.prediction
    chosen, *others = [f"{escape_for_github(name)} {share}" for name, share in shown.headings]
    neighbours = prediction.evidence.neighbours
    return [
        "add" if verdict.sure else "unsure",
        f"[{escape_for_github(verdict.paper.title)}]({verdict.paper.id.abs_url})",
        chosen,
        ", ".join(others) or EMPTY,
        percent(prediction.relevance),
        ", ".join(escape_for_github(term) for term in prediction.evidence.terms) or EMPTY,
        escape_for_github(neighbours[0].title) if neighbours else EMPTY,
    ]


def _table(table: Table) -> str:
    rule = ["--:" if column in table.numbers else "---" for column in range(len(table.head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (table.head, rule, *table.rows))


def _diff(diff: str) -> str:
    """Fence the diff with more backticks than it holds anywhere; clipped at a line's end."""
    clipped = diff if len(diff) <= _DIFF_LIMIT else diff[: diff.rindex("\n", 0, _DIFF_LIMIT)] + "\n…"
    longest = max((len(run) for run in re.findall("`+", clipped)), default=0)
    fence = "`" * max(3, longest + 1)
    body = "".join(character for character in clipped if character.isprintable() or character in "\t\n")
    return f"<details><summary>The change</summary>\n\n{fence}diff\n{body.rstrip()}\n{fence}\n\n</details>"
