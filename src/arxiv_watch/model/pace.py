"""How many papers a list takes up, and how many of the candidates that makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arxiv_watch.papers import Paper

ANNOUNCEMENTS_A_MONTH = 21.0  # arXiv announces on five days a week
_MONTHS = 6
# What lists took up later, of what they had taken up before: the median of 15 lists (docs/classifier.md).
# Papers are listed late, some were never announced in the polled categories, and lists slow down.
_COMES_AGAIN = 0.6
_NEARLY_ALL = 0.99
_MOST = 0.5  # of the candidates
_SLIP = 12  # months after all that was announced: an identifier of those, such as 9912.12345, is a slip


@dataclass(frozen=True, slots=True)
class Pace:
    """What is expected of a day.

    Attributes:
        wanted: Papers of an announcement day that the list's people will want.
        candidates: Papers of an announcement day, or None where nobody knows.
        since: The first of the months that were counted.
        until: The last of them.
    """

    wanted: float
    candidates: float | None
    since: date
    until: date

    @property
    def rate(self) -> float:
        """The share of wanted papers among the candidates."""
        return min(self.wanted / self.candidates, _MOST) if self.candidates else _MOST

    def __str__(self) -> str:
        """Say what was assumed, for the report."""
        a_month = self.wanted * ANNOUNCEMENTS_A_MONTH
        span = f"{self.since:%Y-%m} to {self.until:%Y-%m}"
        return f"assuming {a_month:.1f} wanted papers a month: {_COMES_AGAIN} of what the list has of {span}"


def estimate_pace(
    listed: Sequence[Paper], background: Sequence[Paper], candidates_per_day: float | None = None
) -> Pace:
    """Count the listed papers of half a year.

    The half-year ends a month before the newest listed paper, not before today: a list that has slept is
    expected to go on where it stopped, because its people adopt a bot in order to go on. The background tells
    only how many candidates a day brings, and which identifiers are still to come; how many of its days
    are known changes nothing.

    Args:
        listed: The listed papers, at least one.
        background: What was announced, without the listed papers.
        candidates_per_day: How many papers a day are to be judged, if more than the background tells.
    """
    newest = max((paper.id.month_index for paper in background), default=None)
    told = [paper.id.month_index for paper in listed]
    months = Counter(month for month in told if newest is None or month <= newest + _SLIP) or Counter(told)
    last = max(months) - (len(months) > 1)  # before its only month a young list has nothing
    a_month = sum(months[last - age] for age in range(_MONTHS)) + 0.5  # none in half a year is not none ever
    a_day = announced_a_day(background)
    if candidates_per_day is not None:
        a_day = max(a_day or 0.0, candidates_per_day)
    return Pace(
        _COMES_AGAIN * a_month / _MONTHS / ANNOUNCEMENTS_A_MONTH,
        a_day,
        _first_of(last - _MONTHS + 1),
        _first_of(last),
    )


def announced_a_day(papers: Sequence[Paper]) -> float | None:
    """Return how many papers an announcement day of the latest month brought.

    A few papers after all others do not count as days of the feed. Without announcement days the fullest
    month of the identifiers counts.
    """
    days = sorted(paper.announced for paper in papers if paper.announced)
    if not days:
        fullest = max(Counter(paper.id.month_index for paper in papers).values(), default=0)
        return fullest / ANNOUNCEMENTS_A_MONTH or None
    last = days[int(_NEARLY_ALL * (len(days) - 1))]
    late = [day for day in days if last - timedelta(days=30) < day <= last]
    return len(late) / len(set(late))


def _first_of(month_index: int) -> date:
    return date(month_index // 12, month_index % 12 + 1, 1)
