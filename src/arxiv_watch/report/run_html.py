"""A run as an HTML page: the papers with what spoke for them, and what was read of arXiv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from arxiv_watch.conversation import one_line
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.report.page import Markup, figures, html, html_table, key, paper_link, render_page
from arxiv_watch.report.plots import acceptance
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
)
from arxiv_watch.terms import find_terms

_AUTHORS = 6  # named before "and others"
_DIFF_LIMIT = 500_000  # characters; a browser is slow beyond

# One letter a state, so that colours are not needed, and what it means.
_STATES = {
    CoverageState.FRESH: ("F", "read whole"),
    CoverageState.REPAIRED: ("R", "read whole from another source or later"),
    CoverageState.QUIET: ("Q", "proven that nothing was announced"),
    CoverageState.WAITING: ("W", "not announced yet"),
    CoverageState.STALE: ("S", "an old batch in place of the day’s"),
    CoverageState.STARVED: ("T", "fewer papers than there must be"),
    CoverageState.FAILED: ("X", "could not be read"),
}
_ACCEPTANCE = html(
    "Papers of each pull request that people merged or closed.{}{}",
    key("swatch right", "accepted"),
    key("swatch wrong", "turned down"),
)


def render(run: Run) -> str:
    """Write a run as one self-contained page."""
    return render_page("What arxiv-watch found", _page(run))


def _page(run: Run) -> Iterator[Markup]:
    requests = request_words(run.requests)
    made = f"{run.now:%A, %Y-%m-%d %H:%M %Z}".rstrip() + (f"; requests: {requests}" if requests else "")
    yield html('<p class="soft">{}.</p>', made)
    first = [_outcome(watch) for watch in run.watches]
    first += [html("<li>missing: {}</li>", one_line(str(reason))) for reason in reasons_for(run.coverage)]
    if first:
        yield html("<ul>{}</ul>", first)
    for watch in run.watches:
        yield html("<h2>{}: {}</h2>", one_line(watch.name), one_line(watch.list))
        yield from _watch(watch)


def _watch(watch: WatchRun) -> Iterator[Markup]:
    yield figures(
        ("to add", f"{len(watch.proposals)}"),
        ("worth a look", f"{len(watch.unsure)}"),
        ("announced papers left out", f"{sum(watch.counts.values()):,}"),
    )
    if watch.notes:
        yield html("<ul>{}</ul>", (html("<li>{}</li>", one_line(note)) for note in watch.notes))
    yield from map(_paper, shown_papers([*watch.proposals, *watch.unsure]))
    skipped = count_words(watch.counts)
    if skipped:
        yield html('<p class="soft">Left out: {}.</p>', skipped)
    if watch.operating_point:
        yield html('<p class="soft">Thresholds: {}.</p>', point_words(watch.operating_point))
    if watch.reviewed:
        yield html(
            '<h3>What became of earlier pull requests</h3><figure><div class="wide">{}</div>'
            "<figcaption>{}</figcaption></figure>",
            acceptance(watch.reviewed).drawn,
            _ACCEPTANCE,
        )
    if watch.coverage:
        yield html("<h3>What was read of arXiv</h3>{}", _calendar(watch.coverage))
    if watch.diff:
        yield _details("The change", html("<pre>{}</pre>", _diff_lines(watch.diff[:_DIFF_LIMIT])))


def _outcome(watch: WatchRun) -> Markup:
    link: str = ""
    if watch.pull_request:
        said, url = pull_request_words(watch.pull_request), safe_url(watch.pull_request)
        link = html('; <a href="{}" rel="noreferrer">{}</a>', url, said) if url else f"; {said}"
    name, words = one_line(watch.name), one_line(outcome_words(watch))
    return html("<li><strong>{}</strong>: {}{}.</li>", name, words, link)


def _paper(shown: ShownPaper) -> Markup:
    paper, evidence = shown.verdict.paper, shown.verdict.prediction.evidence
    by = ", ".join(one_line(name) for name in paper.authors[:_AUTHORS])
    by += f" and {len(paper.authors) - _AUTHORS} others" if len(paper.authors) > _AUTHORS else ""
    facts = [by, paper.id.base, ", ".join(paper.categories), one_line(paper.comment)]
    parts = [
        html("<h3>{}</h3>", paper_link(paper.title, paper.id)),
        html('<p class="soft">{}</p>', " · ".join(fact for fact in facts if fact)),
        _verdict(shown),
    ]
    if paper.abstract:
        parts.append(html('<p class="abstract">{}</p>', _marked(one_line(paper.abstract), evidence.terms)))
    if evidence.terms or evidence.against:
        for_it, against_it = _terms("For it", evidence.terms), _terms("Against it", evidence.against)
        parts.append(html("<p>{}{}</p>", for_it, against_it))
    if shown.neighbours:
        rows = [
            (f"{each.similarity:.2f}", paper_link(each.title, each.id), one_line(heading))
            for each, heading in shown.neighbours
        ]
        table = html_table(Table(("similarity", "listed paper", "heading"), rows, numbers=(0,)))
        parts.append(_details("The nearest listed papers", table))
    return html('<article class="{}">{}</article>', "paper" if shown.verdict.sure else "paper unsure", parts)


def _verdict(shown: ShownPaper) -> Markup:
    """Say what is proposed, how sure it is, and which headings came next."""
    return html(
        '<p>relevance <strong>{}</strong>; {}</p><ol class="headings">{}</ol>',
        percent(shown.verdict.prediction.relevance),
        "add under" if shown.verdict.sure else "worth a look, under",
        (
            html('<li>{} <span class="share">{}</span></li>', one_line(name), share)
            for name, share in shown.headings
        ),
    )


def _terms(name: str, terms: Sequence[str]) -> str:
    if not terms:
        return ""
    quoted = ", ".join(html("<q>{}</q>", one_line(term)) for term in terms)
    return html(" {}: {}.", name, Markup(quoted))


def _marked(text: str, terms: Sequence[str]) -> Iterator[str]:
    """Yield a text with its terms marked."""
    done = 0
    for start, end in find_terms(text, terms):
        yield text[done:start]
        yield html("<mark>{}</mark>", text[start:end])
        done = end
    yield text[done:]


def _calendar(coverage: Sequence[Coverage]) -> Markup:
    """Draw categories against days, each cell with its state's letter and colour."""
    days = sorted({line.day for line in coverage})
    cells = {(line.category, line.day): line for line in coverage}
    present = {line.state for line in coverage}
    head = (html('<th scope="col">{}</th>', f"{day:%a} {day:%m-%d}") for day in days)
    rows = (
        html(
            '<tr><th scope="row">{}</th>{}</tr>',
            one_line(name),
            (_cell(cells.get((name, day)), day) for day in days),
        )
        for name in dict.fromkeys(line.category for line in coverage)
    )
    legend = (
        key(f"state {state}", meaning, letter)
        for state, (letter, meaning) in _STATES.items()
        if state in present
    )
    return html(
        '<div class="wide"><table class="calendar"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody>'
        '</table></div><p class="soft">{}</p>',
        head,
        rows,
        legend,
    )


def _cell(line: Coverage | None, day: date) -> Markup:
    if line is None:
        return html('<td class="state">{}</td>', EMPTY)
    counts = f"{line.new} new, {line.cross} cross-listed, {line.replace} replaced"
    source = f", from {line.source}" if line.source else ""
    tip = f"{one_line(line.category)} {day}: {line.state}{source}; {counts}"
    letter, _ = _STATES[line.state]
    return html('<td class="state {}" title="{}" aria-label="{}">{}</td>', line.state, tip, tip, letter)


def _diff_lines(diff: str) -> Iterator[Markup]:
    kinds = {"+": ' class="added"', "-": ' class="removed"'}
    for line in diff.split("\n"):
        yield html("<span{}>{}\n</span>", Markup(kinds.get(line[:1], "")), line)


def _details(summary: str, inner: Markup) -> Markup:
    return html("<details><summary>{}</summary>{}</details>", summary, inner)
