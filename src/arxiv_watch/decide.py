"""The decision: which papers are considered, which are proposed, and why the others are not.

Everything here is pure: what is known and what was predicted go in, verdicts come out, and
every branch says its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import pydantic

from arxiv_watch.headings import HeadingPath
from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Paper, normalise_title
from arxiv_watch.proposals import Decision, OperatingPoint, Prediction, SkipReason, Verdict
from arxiv_watch.publication import is_withdrawn
from arxiv_watch.terms import first_held, first_named


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of papers before anything is predicted.

    Attributes:
        titles: Normalised titles the list holds, for entries that link elsewhere.
        rejected: Papers that a person turned down.
        proposed: Papers in the open pull request.
        ignored: Papers that the config never wants.
    """

    listed: Collection[ArxivId] = frozenset()
    titles: Collection[str] = frozenset()
    rejected: Collection[ArxivId] = frozenset()
    proposed: Collection[ArxivId] = frozenset()
    ignored: Collection[ArxivId] = frozenset()

    def reason_to_skip(self, paper: Paper) -> SkipReason | None:
        """Return why the paper need not be looked at, or None."""
        if paper.id in self.listed:
            return SkipReason.LISTED
        if normalise_title(paper.title) in self.titles:
            return SkipReason.LISTED_TITLE
        if paper.id in self.rejected:
            return SkipReason.REJECTED
        if paper.id in self.ignored:
            return SkipReason.IGNORED
        if paper.id in self.proposed:
            return SkipReason.PROPOSED
        return None


Term = Annotated[str, pydantic.Field(min_length=1)]


@pydantic.dataclasses.dataclass(
    frozen=True, slots=True, config=pydantic.ConfigDict(extra="forbid", use_attribute_docstrings=True)
)
class Rules:
    """Terms that override the classifier."""

    include: tuple[Term, ...] = ()
    """A paper whose title or abstract contains one of these terms is always shown for review."""
    exclude: tuple[Term, ...] = ()
    """A paper whose title or abstract contains one of these terms is never proposed."""
    authors: tuple[Term, ...] = ()
    """A paper by one of these authors is always shown for review."""

    def excludes(self, paper: Paper) -> bool:
        """Return whether a term of `exclude` occurs in the title or the abstract."""
        return first_held(self.exclude, paper.title, paper.abstract) is not None

    def reason_to_look(self, paper: Paper) -> str | None:
        """Return which rule wants a person to look at the paper, or None."""
        author = first_named(self.authors, paper.authors)
        if author is not None:
            return f"author {author}"
        term = first_held(self.include, paper.title, paper.abstract)
        return f"term {term!r}" if term is not None else None


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides, beside the prediction itself.

    Attributes:
        per_day: Papers of one announcement day that a person gets to see, at most.
        headings: The headings papers may be put under.
    """

    point: OperatingPoint
    per_day: int
    rules: Rules = field(default_factory=Rules)
    headings: Collection[HeadingPath] = frozenset()


def skip_reason(paper: Paper, known: Known, rules: Rules) -> SkipReason | None:
    """Return why a paper is not even looked at, or None."""
    if reason := known.reason_to_skip(paper):
        return reason
    if is_withdrawn(paper):
        return SkipReason.WITHDRAWN
    return SkipReason.EXCLUDED if rules.excludes(paper) else None


def screen(papers: Iterable[Paper], known: Known, rules: Rules) -> tuple[list[Paper], list[Verdict]]:
    """Divide the papers into candidates, and skips with their reasons."""
    candidates: list[Paper] = []
    skips: list[Verdict] = []
    for paper in papers:
        reason = skip_reason(paper, known, rules)
        if reason is None:
            candidates.append(paper)
        else:
            skips.append(Verdict(paper, Prediction(paper.id), Decision.SKIP, reason))
    return candidates, skips


def decide(
    candidates: Sequence[Paper],
    predictions: Sequence[Prediction],
    policy: Policy,
    spent: Mapping[date | None, int],
) -> list[Verdict]:
    """Decide on each candidate, best first.

    The best papers of an announcement day get its budget, the sure before the unsure; what a rule asks
    for costs nothing. The budget is spent by rank, so that the same papers come out however often and
    however late the day is looked at. `spent` is how much of each day's budget earlier proposals have used.
    """
    used: Counter[date | None] = Counter(spent)
    verdicts: list[Verdict] = []
    for paper, prediction in sorted(zip(candidates, predictions, strict=True), key=_best_first):
        verdict = judge(paper, prediction, policy)
        if verdict.is_proposal and policy.rules.reason_to_look(paper) is None:
            used[paper.announced] += 1
            if used[paper.announced] > policy.per_day:
                verdict = Verdict(paper, prediction, Decision.SKIP, SkipReason.OVER_BUDGET)
        verdicts.append(verdict)
    return verdicts


def judge(paper: Paper, prediction: Prediction, policy: Policy) -> Verdict:
    """Decide on one paper by its prediction alone, whatever the day's budget.

    A paper whose best heading is left out belongs there, and under no other; what a rule asks for is
    shown under the best heading that is left.
    """
    heading = next((heading for heading in prediction.headings if heading.path in policy.headings), None)
    wanted = policy.rules.reason_to_look(paper)
    is_best = heading is not None and heading.probability == prediction.headings[0].probability
    if heading is None or not (is_best or wanted):
        return Verdict(paper, prediction, Decision.SKIP, SkipReason.NO_HEADING)
    path = heading.path
    if is_best and prediction.relevance >= policy.point.propose:
        if not heading.probability:  # such as a preprint, where every heading is a venue
            return Verdict(paper, prediction, Decision.UNSURE, "relevant, but no heading fits", path)
        return Verdict(paper, prediction, Decision.PROPOSE, "relevant", path)
    if wanted:
        return Verdict(paper, prediction, Decision.UNSURE, f"asked for by {wanted}", path)
    if prediction.relevance >= policy.point.unsure:
        return Verdict(paper, prediction, Decision.UNSURE, "worth a look", path)
    return Verdict(paper, prediction, Decision.SKIP, SkipReason.IRRELEVANT)


def _best_first(pair: tuple[Paper, Prediction]) -> tuple[float, ArxivId]:
    paper, prediction = pair
    return -prediction.score, paper.id


def count_reasons(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """Count the skips, one key for each reason there is."""
    counts = Counter(verdict.reason for verdict in verdicts if not verdict.is_proposal)
    return {reason.value: counts[reason] for reason in SkipReason}
