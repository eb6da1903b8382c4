"""How sure a relevance score is, and where that puts the decision lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from arxiv_watch.model import FEWEST_UNLISTED
from arxiv_watch.model.calibration import Flags, Floats, Sigmoid, fit_correction, fit_sigmoid, log_odds_of
from arxiv_watch.model.relevance import Examples, TrainingSet, fit_relevance
from arxiv_watch.papers import Paper
from arxiv_watch.proposals import OperatingPoint, ReviewedPaper

_FEWEST_LISTED = 20
_CUTS = 3  # all are pooled
_HELD_OUT_LISTED = 0.05  # by each cut
_FEWEST_HELD_OUT = 4
# Of the best precision in reach, where the wanted one is out of it: the very best rests on too few papers.
_NEARLY = 0.8
# From so many judged papers on, the wanted precision is expected, or next to nothing is ticked.
_ENOUGH_REVIEWED = 30
_LEAST_SHARE = 1 / 4  # of the wanted precision, that each proposal must come to by itself
# A paper less likely than that is shown to nobody: reading fifty such papers finds one (docs/classifier.md).
FLOOR = 0.02
# For lists too short to calibrate on: a score so high that hardly any background paper reaches it.
_CAUTIOUS = Sigmoid(slope=0.5, intercept=-6.0)
_TYPICAL = 3.0  # log-odds of a paper with the median score of the list
_STEEP = 30.0  # so much less are those of a paper with the median score of the background
_CAUTIOUS_LINE = 0.9
_CAUTIOUS_UNSURE = 0.3
_SECONDS_A_PAPER = 30  # to read a title, skim an abstract and decide
_DIGITS = 6
ANNOUNCEMENTS_A_MONTH = 21.0  # arXiv announces on five days a week
_MONTHS = 6
# What lists took up later, of what they had taken up before: the median of 15 lists (docs/classifier.md).
# Papers are listed late, some were never announced in the polled categories, and lists slow down.
_COMES_AGAIN = 0.6
_NEARLY_ALL = 0.99
_HIGHEST_RATE = 0.5  # of the candidates
_SLIP = 12  # months after all that was announced: a later identifier, such as 9912.12345, is a typing error


@dataclass(frozen=True, slots=True)
class Pace:
    """How many papers an announcement day is expected to bring, and how many of them people will want.

    Attributes:
        candidates: None where it is unknown.
        since: The first of the months that were counted; `until` is the last of them.
    """

    wanted: float
    candidates: float | None
    since: date
    until: date

    @property
    def rate(self) -> float:
        """The share of wanted papers among the candidates."""
        return min(self.wanted / self.candidates, _HIGHEST_RATE) if self.candidates else _HIGHEST_RATE

    def __str__(self) -> str:
        """Say what was assumed, for the report."""
        a_month = self.wanted * ANNOUNCEMENTS_A_MONTH
        span = f"{self.since:%Y-%m} to {self.until:%Y-%m}"
        return f"assuming {a_month:.1f} wanted papers a month: {_COMES_AGAIN} of what the list has of {span}"


@dataclass(frozen=True, slots=True)
class Certainty:
    """Probabilities of relevance, and those of the papers that were held out to find them.

    Attributes:
        base: Score → probability, without the outcomes of earlier proposals.
        positives: Probabilities of listed papers that were held out.
        negatives: Probabilities of background papers that were held out.
        correction: From log-odds to probability, where outcomes of earlier proposals are known.
        reviewed: How many outcomes these are.
        calibrated: False where there was too little to calibrate on.
    """

    base: Sigmoid
    positives: Floats
    negatives: Floats
    pace: Pace
    correction: Sigmoid | None = None
    reviewed: int = 0
    calibrated: bool = True

    def correct(self, base: Floats) -> Floats:
        """Return probabilities as the outcomes of earlier proposals set them right."""
        return base if self.correction is None else self.correction(log_odds_of(base))

    def learn_from(self, reviewed: Sequence[ReviewedPaper]) -> Certainty:
        """Return what is known once the outcomes of earlier proposals are."""
        if not (reviewed and self.calibrated):
            return self
        correction = fit_correction(
            np.array([one.base_relevance for one in reviewed]),
            np.array([one.accepted for one in reviewed], bool),
        )
        corrected = replace(self, correction=correction, reviewed=len(reviewed))
        return replace(
            corrected,
            positives=corrected.correct(self.positives),
            negatives=corrected.correct(self.negatives),
        )

    def operating_point(self, precision: float, per_day: float | None) -> OperatingPoint:
        """Choose the line of ticked papers: the lowest that keeps the expected precision and the budget.

        Below it, down to the floor, papers are shown without a tick as far as the day's budget goes.
        """
        if not self.calibrated:
            return OperatingPoint(
                propose=max(precision, _CAUTIOUS_LINE),
                unsure=_CAUTIOUS_UNSURE,
                calibrated=False,
                note="too few papers to calibrate on, so only the surest are proposed",
            )
        lines, shown, right = self._outlook()
        best = float(right[0] / shown[0])
        learned = self.reviewed >= _ENOUGH_REVIEWED
        a_day = self.pace.candidates
        note = ""
        if learned and best < precision:
            # Only papers that reach the precision each by itself: no more would keep the word.
            propose, stated, recall = precision, precision, 0.0
            note = f"; they put a precision of {precision:g} out of reach, so next to nothing is ticked"
        else:
            kept = precision if learned else min(precision, _NEARLY * best)
            fits = (right / shown >= kept) & (lines >= max(_LEAST_SHARE * kept, FLOOR))
            if per_day is not None and a_day is not None:
                fits &= shown * a_day <= per_day
            last = int(np.flatnonzero(fits)[-1]) if fits.any() else 0
            propose = round(max(float(lines[last]), FLOOR), _DIGITS)
            stated, recall = float(right[last] / shown[last]), float(right[last] / right[-1])
            if stated < precision:
                note = f"; a precision of {precision:g} is out of reach, so only the surest are proposed"
        minutes = None
        if a_day is not None:
            read = float(shown[lines >= FLOOR].max(initial=0.0)) * a_day
            minutes = round(min(read, read if per_day is None else per_day) * _SECONDS_A_PAPER / 60, 1)
        by = f"calibrated on the {len(self.positives)} newest listed papers, held out of training"
        by += f", and on {self.reviewed} reviewed ones" * bool(self.reviewed)
        return OperatingPoint(
            propose=propose,
            unsure=FLOOR,
            precision=round(stated, _DIGITS),
            recall=round(recall, _DIGITS),
            minutes_per_day=minutes,
            note=f"{by}, {self.pace}{note}",
        )

    def _outlook(self) -> tuple[Floats, Floats, Floats]:
        """Return falling lines, and the expected shares of candidates and of right proposals above each."""
        lines, rate = np.concatenate([self.positives, self.negatives]), self.pace.rate
        sizes = [len(self.positives), len(self.negatives)]
        shares = np.repeat([rate / sizes[0], (1 - rate) / sizes[1]], sizes)
        order = np.argsort(-lines, kind="stable")
        return lines[order], np.cumsum(shares[order]), np.cumsum((shares * lines)[order])


def fit_certainty(examples: TrainingSet, pace: Pace, reviewed: Sequence[ReviewedPaper] = ()) -> Certainty:
    """Calibrate on the newest papers of the list, and on the background, scored by models that know neither.

    What counts is when a paper was submitted, not when it was listed: candidates are new papers, and a
    list's backlog is too easy to distinguish from the background.
    """
    listed, unlisted = examples.listed, examples.unlisted
    if len(listed) < _FEWEST_LISTED or len(unlisted) < FEWEST_UNLISTED:
        return Certainty(_cautious(examples), np.empty(0), np.empty(0), pace, calibrated=False)
    held_out = [_held_out(examples, before) for before in range(_CUTS)]
    positives, negatives = (np.concatenate(side) for side in zip(*held_out, strict=True))
    base = fit_sigmoid(positives, negatives, pace.rate)
    return Certainty(base, base(positives), base(negatives), pace).learn_from(reviewed)


def _cautious(examples: TrainingSet) -> Sigmoid:
    """Return probabilities for too few papers to calibrate on.

    The unit of scores is their spread over the background. Over a few papers, all of them trained on, that
    is next to nothing; then the unit is the distance from the background to the listed papers themselves.
    """
    if not 0 < len(examples.unlisted) < FEWEST_UNLISTED:
        return _CAUTIOUS
    score = fit_relevance(examples)
    middle, floor = (
        float(np.median(score(kind.vectors)).round(_DIGITS)) for kind in (examples.listed, examples.unlisted)
    )
    slope = _STEEP / max(middle - floor, 1.0)
    return Sigmoid(slope, _TYPICAL - slope * middle)


def _held_out(examples: TrainingSet, before: int) -> tuple[Floats, Floats]:
    """Score a newest part of the list, and a third of the background, by a model of what is left."""
    older, new, negatives = split(examples, before)
    score = fit_relevance(older)
    seen = np.zeros(examples.listed.vectors.shape[1], bool)
    for kind in (older.listed, older.unlisted, older.rejected):
        seen[kind.vectors.indices] = True
    kinds = [new, *(kind for kind in negatives if len(kind))]  # scikit-learn rejects a matrix without rows
    positives, *rest = (score(_forget(kind.vectors, seen)) for kind in kinds)
    return positives, np.concatenate(rest)


def split(examples: TrainingSet, before: int) -> tuple[TrainingSet, Examples, tuple[Examples, Examples]]:
    """Split off, from what is learned from, held-out listed papers, and held-out background papers.

    The newest papers of the list are held out by the first cut: `before` is 0 then.

    Listed papers are held out by time, background papers by every third place, so that each is scored once:
    the probabilities rest on the few of them that come near the list. Those few are what people are shown,
    so the ones they turned down are held out in the same way; without these the probabilities are too high
    (codefuse-ai).
    """
    listed, unlisted, rejected = examples.listed, examples.unlisted, examples.rejected
    by_age = np.argsort(listed.months, kind="stable")
    size = max(round(len(listed) * _HELD_OUT_LISTED), _FEWEST_HELD_OUT)
    old, new, _ = np.split(by_age, [len(listed) - (before + 1) * size, len(listed) - before * size])
    held_out = np.arange(len(unlisted)) % _CUTS == before
    kept = np.flatnonzero(~held_out)
    kept_titles = np.flatnonzero(~held_out[len(unlisted) - examples.titles.shape[0] :])
    in_background = np.flatnonzero(examples.in_background)
    turned_down = in_background[np.arange(len(in_background)) % _CUTS == before]
    still_rejected = np.setdiff1d(np.arange(len(rejected)), turned_down)
    older = replace(
        examples,
        listed=listed[old],
        unlisted=unlisted[kept],
        rejected=rejected[still_rejected],
        in_background=examples.in_background[still_rejected],
        titles=examples.titles[kept_titles],
    )
    return older, listed[new], (unlisted[np.flatnonzero(held_out)], rejected[turned_down])


def _forget(vectors: csr_matrix, seen: Flags) -> csr_matrix:
    """Leave out the terms that no older paper has: they must be as unknown here as tomorrow's are."""
    known = vectors.copy()
    known.data *= seen[known.indices]
    return normalize(known, copy=False)


def estimate_pace(
    listed: Sequence[Paper], background: Sequence[Paper], candidates_per_day: float | None = None
) -> Pace:
    """Count the listed papers of half a year.

    The half-year ends a month before the newest listed paper, not before today: a list that has slept is
    expected to go on where it stopped, because its people adopt a bot in order to go on. The background
    shows only how many candidates a day brings, and which identifiers are still to come.

    Args:
        listed: At least one.
        background: Announced papers that are not listed.
        candidates_per_day: How many papers a day are to be judged, if more than the background shows.
    """
    newest = max((paper.id.month_index for paper in background), default=None)
    every = [paper.id.month_index for paper in listed]
    months = Counter(month for month in every if newest is None or month <= newest + _SLIP) or Counter(every)
    last = max(months) - (len(months) > 1)  # before its only month a young list has nothing
    a_month = sum(months[last - age] for age in range(_MONTHS)) + 0.5  # none in half a year is not none ever
    a_day = announced_a_day(background)
    if candidates_per_day is not None:
        a_day = max(a_day or 0.0, candidates_per_day)
    return Pace(
        _COMES_AGAIN * a_month / _MONTHS / ANNOUNCEMENTS_A_MONTH,
        a_day,
        _first_day(last - _MONTHS + 1),
        _first_day(last),
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


def _first_day(month_index: int) -> date:
    return date(month_index // 12, month_index % 12 + 1, 1)
