"""An evaluation as an HTML page with plots."""

from __future__ import annotations

from collections.abc import Iterator

from arxiv_watch.conversation import one_line
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.evaluation import HeadingEvaluation, MissedPaper, ReplayEvaluation
from arxiv_watch.report import plots, tables
from arxiv_watch.report.page import Markup, Plot, figures, html, html_table, key, paper_link, render_page
from arxiv_watch.report.tables import Table
from arxiv_watch.report.values import Evaluation
from arxiv_watch.report.words import decimal, heading_figures, percent, point_words

_BUDGET = 5  # papers a day, the default of `review`
_RELIABILITY = (
    "Dots on the dashed line are calibrated; above it the classifier was underconfident, below it "
    "overconfident. Larger dots stand for more predictions."
)
_CURVE = (
    "Every point is a possible threshold: further to the right, more of the wanted papers are found, "
    "but more proposals are wrong. The ring is what was promised from the list alone, the dot what "
    "was reached."
)
_REVIEW = (
    "The share of the wanted papers that somebody finds who reads so many papers of each day, the best first."
)
_MONTHS = html(
    "Above the line, papers that people added; below it, proposals that nobody added.{}{}{}",
    key("swatch right", "rightly proposed"),
    key("swatch missed", "missed"),
    key("swatch wrong", "wrongly proposed"),
)
_GROWTH = "Entries under each heading at the start of the month; the seven largest headings by themselves."
_CONFUSION = (
    "Rows are where a paper stands, columns where it was put first; blue is right, orange is not, "
    "and the stronger the colour the larger the share of the row."
)


def render_evaluation_html(evaluation: Evaluation) -> str:
    """Write an evaluation as a page with plots; it opens offline, in light and dark, and prints."""
    return render_page(f"How well arxiv-watch knows {one_line(evaluation.name)}", _page(evaluation))


def _page(evaluation: Evaluation) -> Iterator[Markup]:
    made = f"Learned from {one_line(evaluation.list)} alone; evaluated on {evaluation.now:%Y-%m-%d}."
    yield html('<p class="soft">{}</p>', made)
    if evaluation.replay:
        yield from _replay(evaluation.replay)
    yield html("<h2>Headings, cross-validated on the list as it is</h2>")
    yield from _headings(evaluation.headings, "on the list")


def _replay(replay: ReplayEvaluation) -> Iterator[Markup]:
    note = one_line(replay.note) or "Each month: learn from the list as it was, score what arXiv announced."
    yield html("<h2>Replay of the list’s own history</h2><p>{}</p>", note)
    at_five = next((point.recall for point in replay.review if point.per_day == _BUDGET), None)
    yield figures(
        ("papers announced", f"{replay.candidates:,}"),
        ("of them added by people", f"{replay.added:,}"),
        ("average precision", decimal(replay.average_precision, 3)),
        ("recall, reading five a day", percent(at_five)),
        ("right among the proposals", percent(replay.precision)),
        ("proposed among the added", percent(replay.recall)),
    )
    if replay.operating_point:
        yield html("<p>Promised: {}.</p>", point_words(replay.operating_point))
    if replay.curve:
        yield _figure(plots.precision_recall(replay), _CURVE, tables.curve(replay.curve))
    if replay.review:
        yield _figure(plots.review_budget(replay.review), _REVIEW, tables.review(replay.review))
    if replay.reliability:
        plot = plots.reliability(replay.reliability, "Reliability of the relevance", "relevance")
        yield _figure(plot, _RELIABILITY, tables.reliability(replay.reliability))
    if replay.months:
        yield _figure(plots.months(replay.months), _MONTHS, tables.months(replay.months))
    if len({point.month for point in replay.growth}) > 1:
        yield _figure(plots.growth(replay.growth), _GROWTH, tables.growth(replay.growth))
    if replay.headings:
        yield html("<h2>Headings of what people added</h2>")
        yield from _headings(replay.headings, "in the replay")
    if replay.missed:
        yield html(
            "<h2>Papers that were missed</h2>"
            "<p>What people added and the replay would not have proposed, nearest misses first.</p>{}",
            html_table(tables.missed(replay.missed, "paper", _linked)),
        )


def _headings(found: HeadingEvaluation, where: str) -> Iterator[Markup]:
    """Show how well headings were found; `where` distinguishes the titles of two such parts."""
    if found.note:
        yield html("<p>{}</p>", one_line(found.note))
    yield figures(*heading_figures(found))
    if found.reliability:
        title, axis = f"Reliability of the heading, {where}", "probability of the first choice"
        plot = plots.reliability(found.reliability, title, axis)
        yield _figure(plot, _RELIABILITY, tables.reliability(found.reliability))
    if found.confusion:
        plot = plots.confusion(found.confusion, f"Which headings are taken for which, {where}")
        yield _figure(plot, _CONFUSION, tables.confusion(found.confusion))
    if found.scores:
        yield html("<h3>Heading by heading</h3>{}", html_table(tables.scores(found.scores, cell=_bar)))


def _figure(plot: Plot, caption: str, table: Table) -> Markup:
    """Make a plot with its heading, how to read it, and the numbers behind it."""
    return html(
        '<h3>{}</h3><figure><div class="wide">{}</div><figcaption>{}</figcaption></figure>'
        '<details><summary aria-label="{}">The numbers</summary>{}</details>',
        plot.title,
        plot.drawn,
        caption,
        f"The numbers: {plot.title}",
        html_table(table),
    )


def _linked(paper: MissedPaper) -> str:
    return paper_link(paper.title, ArxivId.find(paper.id))


def _bar(share: float) -> Markup:
    return html(
        '{}<span class="bar" aria-hidden="true"><span style="width:{}"></span></span>',
        percent(share),
        f"{100 * share:.0f}%",
    )
