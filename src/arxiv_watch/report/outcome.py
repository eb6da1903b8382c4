"""What came of a watch, in one line: every report of a run begins with it."""

from __future__ import annotations

from arxiv_watch.papers import CoverageState
from arxiv_watch.report.run import WatchRun
from arxiv_watch.report.words import plural

_UNREAD = {CoverageState.STALE, CoverageState.STARVED, CoverageState.FAILED}


def outcome_words(watch: WatchRun) -> str:
    """Say what is proposed; where nothing is, whether everything was looked at."""
    if watch.failure:
        return f"not done: {watch.failure}"
    unsure = f", {len(watch.unsure)} to decide by hand" if watch.unsure else ""
    if watch.proposals:
        return f"{plural(len(watch.proposals), 'paper')} to add{unsure}"
    return f"{_nothing(watch)}{unsure}"


def _nothing(watch: WatchRun) -> str:
    states = {line.state for line in watch.coverage}
    if states & _UNREAD:
        is_blind = states == {CoverageState.FAILED} and not any(watch.counts.values())
        return "nothing could be read" if is_blind else "nothing to add in what was read"
    return "nothing to add"
