"""A run as an HTML page: the papers with what spoke for them, and what was read of arXiv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from arxiv_watch.conversation import plain
from arxiv_watch.headings import HeadingPath
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.passages import find_terms
from arxiv_watch.proposals import Neighbour, Proposal
from arxiv_watch.report.evaluation_tables import table
from arxiv_watch.report.markup import Markup, element, join
from arxiv_watch.report.outcome import outcome_words
from arxiv_watch.report.page import figures, paper_link, render_page
from arxiv_watch.report.plots import acceptance
from arxiv_watch.report.reasons import reasons_for
from arxiv_watch.report.run import Run, WatchRun
from arxiv_watch.report.words import (
    EMPTY,
    common_prefix,
    count_words,
    percent,
    point_words,
    probability_of,
    pull_request_words,
    runners_up,
    short_path,
)

_AUTHORS = 6  # named before "and others"
_DIFF_LIMIT = 500_000  # characters; a browser is slow beyond

# One letter a state, so that nobody needs the colours.
_LETTERS = {
    CoverageState.FRESH: "F",
    CoverageState.REPAIRED: "R",
    CoverageState.QUIET: "Q",
    CoverageState.WAITING: "W",
    CoverageState.STALE: "S",
    CoverageState.STARVED: "T",
    CoverageState.FAILED: "X",
}
_MEANINGS = {
    CoverageState.FRESH: "read whole",
    CoverageState.REPAIRED: "read whole from another source or later",
    CoverageState.QUIET: "proven that nothing was announced",
    CoverageState.WAITING: "not announced yet",
    CoverageState.STALE: "an old batch in place of the day’s",
    CoverageState.STARVED: "fewer papers than there must be",
    CoverageState.FAILED: "could not be read",
}


def render_run_html(run: Run) -> str:
    """Write a run as one self-contained page."""
    return render_page("What arxiv-watch found", *_page(run))


def _page(run: Run) -> Iterator[Markup]:
    requests = ", ".join(f"{count} to {service}" for service, count in run.requests.items())
    made = f"{run.now:%A, %Y-%m-%d %H:%M %Z}".rstrip() + (f"; requests: {requests}" if requests else "")
    yield element("p", f"{made}.", class_="soft")
    first = [_outcome(watch) for watch in run.watches]
    first += [element("li", "missing: ", plain(str(reason))) for reason in reasons_for(run.coverage)]
    if first:
        yield element("ul", *first)
    for watch in run.watches:
        yield element("h2", f"{plain(watch.name)}: {plain(watch.list)}")
        yield from _watch(watch)


def _watch(watch: WatchRun) -> Iterator[Markup]:
    yield figures(
        ("to add", f"{len(watch.proposals)}"),
        ("worth a look", f"{len(watch.unsure)}"),
        ("announced papers left out", f"{sum(watch.counts.values()):,}"),
    )
    if watch.notes:
        yield element("ul", *(element("li", plain(note)) for note in watch.notes))
    papers = [*watch.proposals, *watch.unsure]
    prefix = common_prefix(
        path for one in papers for path in (one.path, *(h.path for h in one.prediction.headings)) if path
    )
    for proposal in papers:
        yield _paper(proposal, prefix)
    skipped = count_words(watch.counts)
    if skipped:
        yield element("p", f"Left out: {skipped}.", class_="soft")
    if watch.operating_point:
        yield element("p", f"Thresholds: {point_words(watch.operating_point)}.", class_="soft")
    if watch.reviewed:
        yield element("h3", "What became of earlier pull requests")
        yield element(
            "figure", element("div", acceptance(watch.reviewed), class_="wide"), _acceptance_caption()
        )
    if watch.coverage:
        yield element("h3", "What was read of arXiv")
        yield _calendar(watch.coverage)
    if watch.diff:
        yield _diff(watch.diff)


def _outcome(watch: WatchRun) -> Markup:
    words = [element("strong", plain(watch.name)), f": {plain(outcome_words(watch))}"]
    pull_request = watch.pull_request
    if pull_request:
        said = pull_request_words(pull_request)
        safe = pull_request.url.startswith(("https://", "http://"))
        link = element("a", said, href=pull_request.url, rel="noreferrer") if safe else said
        words += ["; ", link]
    return element("li", *words, ".")


def _paper(proposal: Proposal, prefix: HeadingPath) -> Markup:
    paper, prediction = proposal.paper, proposal.prediction
    terms = prediction.evidence.terms
    by = ", ".join(plain(name) for name in paper.authors[:_AUTHORS])
    by += f" and {len(paper.authors) - _AUTHORS} others" if len(paper.authors) > _AUTHORS else ""
    facts = [by, paper.id.base, ", ".join(paper.categories), plain(paper.comment)]
    parts = [
        element("h3", paper_link(paper.title, paper.id)),
        element("p", " · ".join(fact for fact in facts if fact), class_="soft"),
        _verdict(proposal, prefix),
    ]
    if paper.abstract:
        parts.append(element("p", *_marked(plain(paper.abstract), terms), class_="abstract"))
    if terms or prediction.evidence.against:
        parts.append(
            element("p", *_terms("For it", terms), *_terms("Against it", prediction.evidence.against))
        )
    if prediction.evidence.neighbours:
        parts.append(_neighbours(prediction.evidence.neighbours, prefix))
    return element("article", *parts, class_="paper" if proposal.sure else "paper unsure")


def _verdict(proposal: Proposal, prefix: HeadingPath) -> Markup:
    """Say what is proposed, how sure it is, and which headings came next."""
    prediction = proposal.prediction
    headings = [(proposal.path, probability_of(proposal.path, prediction))]
    headings += [(other.path, other.probability) for other in runners_up(proposal.path, prediction)]
    shown = [
        element("li", f"{plain(short_path(path, prefix))} ", element("span", percent(share), class_="share"))
        for path, share in headings
        if path
    ]
    action = "add under" if proposal.sure else "worth a look, under"
    relevance = element("strong", percent(prediction.relevance))
    return join(
        [element("p", "relevance ", relevance, f"; {action}"), element("ol", *shown, class_="headings")]
    )


def _terms(name: str, terms: Sequence[str]) -> list[str]:
    if not terms:
        return []
    return [f" {name}: ", *_between(", ", [element("q", plain(term)) for term in terms]), "."]


def _between(separator: str, parts: Sequence[Markup]) -> Iterator[str]:
    for index, part in enumerate(parts):
        yield from (separator, part) if index else (part,)


def _marked(text: str, terms: Sequence[str]) -> Iterator[str]:
    """Yield a text with its terms marked."""
    done = 0
    for start, end in find_terms(text, terms):
        yield text[done:start]
        yield element("mark", text[start:end])
        done = end
    yield text[done:]


def _neighbours(neighbours: Sequence[Neighbour], prefix: HeadingPath) -> Markup:
    rows = [
        (f"{each.similarity:.2f}", paper_link(each.title, each.id), plain(short_path(each.path, prefix)))
        for each in neighbours
    ]
    inner = element(
        "div", table(("similarity", "listed paper", "heading"), rows, numbers=(0,)), class_="wide"
    )
    return element("details", element("summary", "The nearest listed papers"), inner)


def _calendar(coverage: Sequence[Coverage]) -> Markup:
    """Draw categories against days, each cell with its state's letter and colour."""
    days = sorted({line.day for line in coverage})
    cells = {(line.category, line.day): line for line in coverage}
    head = element(
        "tr", element("td"), *(element("th", f"{day:%a} {day:%m-%d}", scope="col") for day in days)
    )
    rows = [
        element(
            "tr",
            element("th", plain(name), scope="row"),
            *(_cell(cells.get((name, day)), day) for day in days),
        )
        for name in dict.fromkeys(line.category for line in coverage)
    ]
    drawn = element("table", element("thead", head), element("tbody", *rows), class_="calendar")
    present = Counter(line.state for line in coverage)
    legend = [
        element("span", element("span", letter, class_=f"state {state}"), f"{_MEANINGS[state]}", class_="key")
        for state, letter in _LETTERS.items()
        if present[state]
    ]
    return join([element("div", drawn, class_="wide"), element("p", *legend, class_="soft")])


def _cell(line: Coverage | None, day: date) -> Markup:
    if line is None:
        return element("td", EMPTY, class_="state")
    counts = f"{line.new} new, {line.cross} cross-listed, {line.replace} replaced"
    source = f", from {line.source}" if line.source else ""
    tip = f"{plain(line.category)} {day}: {line.state}{source}; {counts}"
    return element("td", _LETTERS[line.state], class_=f"state {line.state}", title=tip, aria_label=tip)


def _acceptance_caption() -> Markup:
    keys = (("right", "accepted"), ("wrong", "turned down"))
    swatches = (
        element("span", element("span", class_=f"swatch {kind}"), name, class_="key") for kind, name in keys
    )
    return element("figcaption", "Papers of each pull request that people merged or closed.", *swatches)


def _diff(diff: str) -> Markup:
    lines = [
        element("span", f"{line}\n", class_={"+": "added", "-": "removed"}.get(line[:1]))
        for line in diff[:_DIFF_LIMIT].split("\n")
    ]
    return element("details", element("summary", "The change"), element("pre", *lines))
