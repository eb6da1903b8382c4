"""How sure a relevance score is, and where that puts the decision lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from arxiv_watch.model import FEWEST_UNLISTED
from arxiv_watch.model.calibration import Flags, Floats, Sigmoid, fit_correction, fit_sigmoid, log_odds_of
from arxiv_watch.model.pace import Pace
from arxiv_watch.model.relevance import Examples, TrainingSet, fit_relevance
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
_TYPICAL = 3.0  # log-odds of a paper as much like the list as half of the list is
_STEEP = 30.0  # how much less it is for one that is as little like the list as the background
_CAUTIOUS_LINE = 0.9
_CAUTIOUS_UNSURE = 0.3
_SECONDS_A_PAPER = 30  # to read a title, skim an abstract and decide
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Certainty:
    """Probabilities of relevance, and what is known of held-out papers.

    Attributes:
        prior: Score → probability, whatever became of earlier proposals.
        wanted: Probabilities of listed papers that were held out.
        noise: Probabilities of background papers that were held out.
        pace: What is expected of a day.
        correction: From log-odds to probability, where outcomes of earlier proposals are known.
        reviewed: How many outcomes these are.
        calibrated: False where there was too little to calibrate on.
    """

    prior: Sigmoid
    wanted: Floats
    noise: Floats
    pace: Pace
    correction: Sigmoid | None = None
    reviewed: int = 0
    calibrated: bool = True

    def correct(self, prior: Floats) -> Floats:
        """Return probabilities as the outcomes of earlier proposals set them right."""
        return prior if self.correction is None else self.correction(log_odds_of(prior))

    def learn_from(self, reviewed: Sequence[ReviewedPaper]) -> Certainty:
        """Return what is known once the outcomes of earlier proposals are."""
        if not (reviewed and self.calibrated):
            return self
        correction = fit_correction(
            np.array([one.prior for one in reviewed]), np.array([one.accepted for one in reviewed], bool)
        )
        corrected = replace(self, correction=correction, reviewed=len(reviewed))
        return replace(corrected, wanted=corrected.correct(self.wanted), noise=corrected.correct(self.noise))

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
        by = f"calibrated on the {len(self.wanted)} newest listed papers, held out of training"
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
        lines, rate = np.concatenate([self.wanted, self.noise]), self.pace.rate
        sizes = [len(self.wanted), len(self.noise)]
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
    wanted, noise = (np.concatenate(side) for side in zip(*held_out, strict=True))
    prior = fit_sigmoid(wanted, noise, pace.rate)
    return Certainty(prior, prior(wanted), prior(noise), pace).learn_from(reviewed)


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
    older, new, noise = split(examples, before)
    score = fit_relevance(older)
    seen = np.zeros(examples.listed.vectors.shape[1], bool)
    for kind in (older.listed, older.unlisted, older.rejected):
        seen[kind.vectors.indices] = True
    kinds = [new, *(kind for kind in noise if len(kind))]  # scikit-learn rejects a matrix without rows
    wanted, *unwanted = (score(_forget(kind.vectors, seen)) for kind in kinds)
    return wanted, np.concatenate(unwanted)


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
    polled = np.flatnonzero(examples.polled)
    turned_down = polled[np.arange(len(polled)) % _CUTS == before]
    still_rejected = np.setdiff1d(np.arange(len(rejected)), turned_down)
    older = replace(
        examples,
        listed=listed[old],
        unlisted=unlisted[kept],
        rejected=rejected[still_rejected],
        polled=examples.polled[still_rejected],
        titles=examples.titles[kept_titles],
    )
    return older, listed[new], (unlisted[np.flatnonzero(held_out)], rejected[turned_down])


def _forget(vectors: csr_matrix, seen: Flags) -> csr_matrix:
    """Leave out the terms that no older paper has: they must be as unknown here as tomorrow's are."""
    known = vectors.copy()
    known.data *= seen[known.indices]
    return normalize(known, copy=False)
