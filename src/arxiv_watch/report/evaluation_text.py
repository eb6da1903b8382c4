"""An evaluation as text for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from arxiv_watch.conversation import clip, plain
from arxiv_watch.model.evaluation import (
    Confusion,
    HeadingEvaluation,
    HeadingScore,
    MissedPaper,
    ReplayEvaluation,
    ReplayMonth,
    ReviewPoint,
)
from arxiv_watch.report.evaluation import Evaluation
from arxiv_watch.report.words import align, common_prefix, decimal, percent, point_words, short_path

_CONFUSIONS = 10
_MISSED = 10
_TITLE = 80  # characters
DAYS_A_WEEK = 5  # on which arXiv announces
_NUMBERS = dict(enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2))


def render_evaluation_text(evaluation: Evaluation) -> str:
    """Write an evaluation for people."""
    lines = [*_verdict(evaluation.replay)] if evaluation.replay else []
    lines += [f"{plain(evaluation.name)} ({plain(evaluation.list)}), {evaluation.now:%Y-%m-%d}"]
    lines += ["", "Headings, cross-validated on the list as it is", *_indent(_headings(evaluation.headings))]
    if evaluation.replay:
        lines += ["", "Replay of the list's own history", *_indent(_replay(evaluation.replay))]
    return "\n".join(lines) + "\n"


def _verdict(found: ReplayEvaluation) -> Iterator[str]:
    """Say first whether the bot is of use for this list."""
    if not found.days:
        yield "No month of this list's history can be replayed, so how good it would have been is not known."
        yield ""
        return
    right = sum(month.right for month in found.months)
    others = sum(month.proposed for month in found.months) - right
    count = len(found.months)
    period = "month" if count == 1 else f"{_NUMBERS.get(count, count)} months"
    shown = f"it would have shown you {right} of the {found.added} papers you added"
    weekly = others / (found.days / DAYS_A_WEEK)
    yield f"In the last {period} {shown}, with {weekly:.1f} others a week."
    yield ""


def _headings(found: HeadingEvaluation) -> Iterator[str]:
    yield from align(
        [
            ("papers judged", str(found.papers)),
            ("headings to choose from", str(found.headings)),
            ("first choice right", percent(found.top1)),
            ("right one among the first three", percent(found.top3)),
            ("expected calibration error", decimal(found.calibration_error)),
        ],
        right=(1,),
    )
    if found.note:
        yield plain(found.note)
    if found.scores:
        yield ""
        yield from _scores(found.scores)
    wrong = [one for one in found.confusion if one.actual != one.predicted]
    if wrong:
        yield ""
        yield from _confusions(wrong[:_CONFUSIONS])


def _scores(scores: Iterable[HeadingScore]) -> list[str]:
    scores = list(scores)
    prefix = common_prefix(score.path for score in scores)
    rows = [
        (
            plain(short_path(score.path, prefix)),
            str(score.papers),
            percent(score.top1),
            percent(score.top3),
        )
        for score in scores
    ]
    return align([("heading", "papers", "first", "in three"), *rows], right=(1, 2, 3))


def _confusions(confusions: Iterable[Confusion]) -> list[str]:
    confusions = list(confusions)
    prefix = common_prefix(path for one in confusions for path in (one.actual, one.predicted))
    rows = [
        (
            str(one.papers),
            plain(short_path(one.actual, prefix)),
            plain(short_path(one.predicted, prefix)),
        )
        for one in confusions
    ]
    return align([("papers", "stand under", "were put under"), *rows], right=(0,))


def _replay(found: ReplayEvaluation) -> Iterator[str]:
    yield from align(
        [
            ("papers announced", str(found.candidates)),
            ("announcement days", str(found.days)),
            ("papers people added", str(found.added)),
            ("average precision", decimal(found.average_precision, 3)),
            ("area under the ROC curve", decimal(found.roc_auc, 3)),
            ("work saved at 95 % recall", percent(found.wss95)),
            ("right among the proposals", percent(found.precision)),
            ("proposed among the added", percent(found.recall)),
        ],
        right=(1,),
    )
    if found.operating_point:
        yield f"promised: {point_words(found.operating_point)}"
    if found.note:
        yield plain(found.note)
    if found.review:
        yield ""
        yield from _review(found.review)
    if found.months:
        yield ""
        yield from _months(found.months)
    if found.headings:
        yield ""
        yield "headings of what people added"
        yield from _indent(_headings(found.headings))
    if found.missed:
        yield ""
        yield from _missed(found.missed[:_MISSED])


def _review(points: Iterable[ReviewPoint]) -> list[str]:
    points = list(points)
    return align(
        [
            ("papers read a day", *(f"{point.per_day:g}" for point in points)),
            ("recall", *(percent(point.recall) for point in points)),
        ],
        right=range(1, len(points) + 1),
    )


def _months(months: Iterable[ReplayMonth]) -> list[str]:
    head = ("month", "listed", "candidates", "added", "proposed", "right", "promised", "reached")
    rows = [
        (
            f"{month.month:%Y-%m}",
            str(month.listed),
            str(month.candidates),
            str(month.added),
            str(month.proposed),
            str(month.right),
            percent(month.expected_precision),
            percent(month.right / month.proposed if month.proposed else None),
        )
        for month in months
    ]
    return align([head, *rows], right=range(1, len(head)))


def _missed(missed: Iterable[MissedPaper]) -> list[str]:
    missed = list(missed)
    prefix = common_prefix(paper.path for paper in missed)
    rows = [
        (
            percent(paper.relevance),
            clip(plain(paper.title), _TITLE),
            plain(short_path(paper.path, prefix)),
        )
        for paper in missed
    ]
    return align([("relevance", "missed paper", "heading"), *rows], right=(0,))


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in lines)
