"""Runs to report, for the tests of the report room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from arxiv_watch.identifiers import ArxivId
from arxiv_watch.papers import Coverage, CoverageState, Paper
from arxiv_watch.proposals import (
    Decision,
    Evidence,
    HeadingProbability,
    Neighbour,
    OperatingPoint,
    Operation,
    Prediction,
    PullRequest,
    ReviewedPullRequest,
    Verdict,
)
from arxiv_watch.report.values import Run, WatchRun
from arxiv_watch.troubles import Trouble, TroubleKind

SERVING = ("List", "Work", "Serving")
FAULTS = ("List", "Work", "Fault Tolerance")
CACHE = ("List", "Work", "Memory > Cache")
DAY = date(2025, 11, 18)

DIFF = """--- a/README.md
+++ b/README.md
@@ -5,3 +5,4 @@
 ### Fault Tolerance

 - [ ] [An Old Paper](https://arxiv.org/abs/2408.04307)
+- [ ] [AnchorTP: Resilient LLM Inference](https://arxiv.org/abs/2511.11617)
"""

PREDICTION = Prediction(
    id=ArxivId("2511.11617"),
    relevance=0.934,
    score=2.5,
    headings=(
        HeadingProbability(FAULTS, 0.62),
        HeadingProbability(SERVING, 0.213),
        HeadingProbability(CACHE, 0.05),
    ),
    evidence=Evidence(
        terms=("tensor parallelism", "resilient"),
        against=("federated",),
        neighbours=(Neighbour(ArxivId("2311.15566"), "SpotServe", SERVING, 0.41),),
    ),
)

COVERAGE = Coverage(
    category="cs.DC",
    day=DAY,
    state=CoverageState.FRESH,
    new=24,
    cross=3,
    replace=12,
    min_id=ArxivId("2511.11605"),
    max_id=ArxivId("2511.13804"),
    source="rss",
    lateness=timedelta(hours=5, minutes=17, seconds=20),
)

STILL_MONDAYS = Trouble(TroubleKind.STALE, "rss", "the feed is still Monday's")


def proposal(title: str = "AnchorTP: Resilient LLM Inference", *, sure: bool = True) -> Verdict:
    paper = Paper(ArxivId("2511.11617", 1), title, categories=("cs.DC", "cs.LG"), announced=DAY)
    decision = Decision.PROPOSE if sure else Decision.UNSURE
    return Verdict(paper, PREDICTION, decision, "likely", FAULTS, line=8 if sure else None, file="README.md")


def watch_run(title: str = "AnchorTP: Resilient LLM Inference") -> WatchRun:
    return WatchRun(
        name="llm-inference",
        list="README.md",
        coverage=(
            COVERAGE,
            Coverage("cs.LG", DAY, CoverageState.STALE, troubles=(STILL_MONDAYS,)),
        ),
        counts={"listed": 3, "irrelevant": 40, "over-budget": 0},
        proposals=(proposal(title),),
        unsure=(proposal("An Unsure Paper", sure=False),),
        diff=DIFF,
        pull_request=PullRequest(7, "https://github.example/o/r/pull/7", Operation.CREATED),
        operating_point=OperatingPoint(0.8, 0.4, precision=0.6, recall=0.7, minutes_per_day=2.5),
        reviewed=(
            ReviewedPullRequest(5, DAY - timedelta(days=14), 4, 3),
            ReviewedPullRequest(6, DAY, 5, 5, 1),
        ),
        notes=("The list has two entries without a link.",),
    )


def run(*watches: WatchRun) -> Run:
    return Run(datetime(2025, 11, 18, 6, tzinfo=UTC), watches or (watch_run(),), {"arxiv": 4, "github": 11})
