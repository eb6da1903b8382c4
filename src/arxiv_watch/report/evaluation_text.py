"""An evaluation as text for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from arxiv_watch.conversation import clip, one_line
from arxiv_watch.model.evaluation import HeadingEvaluation, ReplayEvaluation
from arxiv_watch.report import tables
from arxiv_watch.report.tables import Table
from arxiv_watch.report.values import Evaluation
from arxiv_watch.report.words import decimal, heading_figures, in_columns, percent, point_words

_CONFUSIONS = 10
_MISSED = 10
_TITLE = 80  # characters
DAYS_A_WEEK = 5  # on which arXiv announces
_NUMBERS = dict(enumerate(("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=2))


def render_evaluation_text(evaluation: Evaluation) -> str:
    """Write an evaluation for people."""
    lines = [*_verdict(evaluation.replay, evaluation.now)] if evaluation.replay else []
    lines += [f"{one_line(evaluation.name)} ({one_line(evaluation.list)}), {evaluation.now:%Y-%m-%d}"]
    lines += ["", "Headings, cross-validated on the list as it is", *_indent(_headings(evaluation.headings))]
    if evaluation.replay:
        lines += ["", "Replay of the list's own history", *_indent(_replay(evaluation.replay))]
    return "\n".join(lines) + "\n"


def _verdict(found: ReplayEvaluation, now: datetime) -> Iterator[str]:
    """Say first whether the bot is of use for this list."""
    if not (found.days and found.months):
        yield "No month of this list's history can be replayed, so how good it would have been is not known."
        yield ""
        return
    right = sum(month.found for month in found.months)
    others = sum(month.shown for month in found.months) - right
    shown = f"it would have shown you {right} of the {found.added} papers announced then that you added"
    weekly = others / (found.days / DAYS_A_WEEK)
    yield f"{_period([month.month for month in found.months], now)} {shown}, with {weekly:.1f} others a week."
    yield ""


def _period(months: Sequence[date], now: datetime) -> str:
    """Say which months were replayed: `In the last six months`, or which, if time has passed since."""
    first, end, count = months[0], months[-1], len(months)
    ages = [12 * (now.year - month.year) + now.month - month.month for month in (first, end)]
    if ages[1] > 1 or ages[0] - ages[1] + 1 != count:
        return f"From {first:%Y-%m} to {end:%Y-%m}"
    return f"In the last {'month' if count == 1 else f'{_NUMBERS.get(count, count)} months'}"


def _headings(found: HeadingEvaluation) -> Iterator[str]:
    yield from in_columns(heading_figures(found), right=(1,))
    if found.note:
        yield one_line(found.note)
    yield from _table(tables.scores(found.scores, ("first", "in three")))
    yield from _table(tables.confusion(found.confusion, _CONFUSIONS))


def _replay(found: ReplayEvaluation) -> Iterator[str]:
    yield from in_columns(
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
        yield one_line(found.note)
    if found.review:
        budgets = ("papers read a day", *(f"{point.per_day:g}" for point in found.review))
        recalls = ("recall", *(percent(point.recall) for point in found.review))
        yield ""
        yield from in_columns([budgets, recalls], right=range(1, len(budgets)))
    yield from _table(tables.months(found.months).without("days", "calibrated", "average precision"))
    if found.headings:
        yield ""
        yield "headings of what people added"
        yield from _indent(_headings(found.headings))
    yield from _table(
        tables.missed(
            found.missed[:_MISSED], "missed paper", lambda paper: clip(one_line(paper.title), _TITLE)
        )
    )


def _table(table: Table) -> Iterator[str]:
    """Write a table below an empty line, and nothing of an empty one."""
    if table.rows:
        yield ""
        yield from table.lines()


def _indent(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in lines)
