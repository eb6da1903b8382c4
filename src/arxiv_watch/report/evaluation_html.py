"""An evaluation as an HTML page with plots."""

from __future__ import annotations

from collections.abc import Iterator

from arxiv_watch.conversation import plain
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.model.evaluation import HeadingEvaluation, MissedPaper, ReplayEvaluation
from arxiv_watch.report import evaluation_tables as tables
from arxiv_watch.report.evaluation import Evaluation
from arxiv_watch.report.heading_plots import confusion, growth
from arxiv_watch.report.markup import Markup, element, join
from arxiv_watch.report.page import figures, paper_link, render_page
from arxiv_watch.report.plots import months, precision_recall, reliability, review_budget
from arxiv_watch.report.words import common_prefix, decimal, percent, point_words, short_path

_BUDGET = 5  # papers a day, the default of `review`


def render_evaluation_html(evaluation: Evaluation) -> str:
    """Write an evaluation as a page with plots; it opens offline, in light and dark, and prints."""
    return render_page(f"How well arxiv-watch knows {plain(evaluation.name)}", *_page(evaluation))


def _page(evaluation: Evaluation) -> Iterator[Markup]:
    made = f"Learned from {plain(evaluation.list)} alone; evaluated on {evaluation.now:%Y-%m-%d}."
    yield element("p", made, class_="soft")
    if evaluation.replay:
        yield from _replay(evaluation.replay)
    yield element("h2", "Headings, cross-validated on the list as it is")
    yield from _headings(evaluation.headings, "on the list")


def _replay(replay: ReplayEvaluation) -> Iterator[Markup]:
    yield element("h2", "Replay of the list’s own history")
    yield element(
        "p", plain(replay.note) or "Each month: learn from the list as it was, score what arXiv announced."
    )
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
        yield element("p", f"Promised: {point_words(replay.operating_point)}.")
    yield from _ranking(replay)
    if replay.months:
        yield _figure("Month by month", months(replay.months), _month_caption(), tables.months(replay.months))
    if len({point.month for point in replay.growth}) > 1:
        caption = (
            "Entries under each heading at the start of the month; the seven largest headings by themselves."
        )
        yield _figure("Growth by heading", growth(replay.growth), caption, tables.growth(replay.growth))
    if replay.headings:
        yield element("h2", "Headings of what people added")
        yield from _headings(replay.headings, "in the replay")
    if replay.missed:
        yield element("h2", "Papers that were missed")
        yield element("p", "What people added and the replay would not have proposed, nearest misses first.")
        yield element("div", _missed(replay.missed), class_="wide")


def _ranking(replay: ReplayEvaluation) -> Iterator[Markup]:
    if replay.curve:
        caption = (
            "Every point is a possible threshold: further to the right, more of the wanted papers are found, "
            "but more proposals are wrong. The ring is what was promised from the list alone, the dot what "
            "was reached."
        )
        yield _figure(
            "Precision against recall", precision_recall(replay), caption, tables.curve(replay.curve)
        )
    if replay.review:
        caption = (
            "The budget is pooled over the days: two papers a day may be ten on Tuesday and none on Friday."
        )
        yield _figure(
            "Recall against papers read a day",
            review_budget(replay.review),
            caption,
            tables.review(replay.review),
        )
    if replay.reliability:
        plot = reliability(replay.reliability, "Reliability of the relevance", "relevance")
        yield _figure(
            "Reliability of the relevance",
            plot,
            _reliability_caption(),
            tables.reliability(replay.reliability),
        )


def _headings(found: HeadingEvaluation, where: str) -> Iterator[Markup]:
    """Show how well headings were found; `where` distinguishes the titles of two such parts."""
    if found.note:
        yield element("p", plain(found.note))
    yield figures(
        ("papers judged", f"{found.papers:,}"),
        ("headings to choose from", f"{found.headings:,}"),
        ("first choice right", percent(found.top1)),
        ("right one among the first three", percent(found.top3)),
        ("expected calibration error", decimal(found.calibration_error)),
    )
    if found.reliability:
        title = f"Reliability of the heading, {where}"
        plot = reliability(found.reliability, title, "probability of the first choice")
        yield _figure(title, plot, _reliability_caption(), tables.reliability(found.reliability))
    if found.confusion:
        title = f"Which headings are taken for which, {where}"
        caption = (
            "Rows are where a paper stands, columns where it was put first; blue is right, orange is not, "
            "and the stronger the colour the larger the share of the row."
        )
        plot = confusion(found.confusion, title)
        yield _figure(title, plot, caption, tables.confusion(found.confusion))
    if found.scores:
        yield element("h3", "Heading by heading")
        yield element("div", tables.scores(found.scores), class_="wide")


def _figure(title: str, plot: Markup, caption: str, table: Markup) -> Markup:
    """Make a plot with its heading, how to read it, and the numbers behind it."""
    numbers = element(
        "details",
        element("summary", "The numbers", aria_label=f"The numbers: {title}"),
        element("div", table, class_="wide"),
    )
    figure = element("figure", element("div", plot, class_="wide"), element("figcaption", caption))
    return join([element("h3", title), figure, numbers])


def _missed(missed: tuple[MissedPaper, ...]) -> Markup:
    prefix = common_prefix(paper.path for paper in missed)
    rows = [
        (
            percent(paper.relevance),
            paper_link(paper.title, ArxivId.find(paper.id)),
            plain(short_path(paper.path, prefix)),
        )
        for paper in missed
    ]
    return tables.table(("relevance", "paper", "heading"), rows, numbers=(0,))


def _month_caption() -> str:
    return join(
        [
            "Above the line, papers that people added; below it, proposals that nobody added.",
            *(
                element("span", element("span", class_=f"swatch {kind}"), name, class_="key")
                for kind, name in (
                    ("right", "rightly proposed"),
                    ("missed", "missed"),
                    ("wrong", "wrongly proposed"),
                )
            ),
        ]
    )


def _reliability_caption() -> str:
    return (
        "Dots on the dashed line are calibrated; above it the classifier was underconfident, below it "
        "overconfident. Larger dots stand for more predictions."
    )
