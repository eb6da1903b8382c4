"""The first line on a watch: what could not be looked at is never told as nothing there."""

from __future__ import annotations

from pkgutil import iter_modules

import pytest

from arxiv_watch import report
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.report.values import WatchRun
from arxiv_watch.report.words import outcome_words
from report_support import DAY, STILL_MONDAYS, run, watch_run


def quiet(*states: CoverageState) -> WatchRun:
    lines = tuple(Coverage("cs.DC", DAY, state, troubles=(STILL_MONDAYS,)) for state in states)
    return WatchRun("w", "README.md", coverage=lines)


@pytest.mark.parametrize(
    ("watch", "words"),
    [
        (quiet(), "nothing to add"),
        (quiet(CoverageState.FRESH, CoverageState.QUIET), "nothing to add"),
        (quiet(CoverageState.FRESH, CoverageState.WAITING), "nothing to add"),
        (quiet(CoverageState.FRESH, CoverageState.STARVED), "nothing to add in what was read"),
        (quiet(CoverageState.FRESH, CoverageState.FAILED), "nothing to add in what was read"),
        (quiet(CoverageState.FAILED, CoverageState.FAILED), "nothing could be read"),
        (WatchRun("w", "README.md", failure="GitHub refused"), "not done: GitHub refused"),
        (watch_run(), "1 paper to add, 1 to decide by hand"),
    ],
)
def test_the_outcome_tells_nothing_there_from_not_looked_at(watch: WatchRun, words: str) -> None:
    assert outcome_words(watch) == words


@pytest.mark.parametrize("form", [form for form in report.RUN_FORMATS if form != "json"])
def test_every_report_begins_with_the_outcome_and_what_is_missing(form: str) -> None:
    text = report.render_run(run(), form)

    places = [text.index(words) for words in ("1 paper to add", "missing: ", "Fault Tolerance")]
    assert places == sorted(places)
    failed = report.render_run(run(WatchRun("w", "README.md", failure="refused")), form)
    assert failed.count("not done: refused") == 1


def test_every_module_of_a_format_is_offered() -> None:
    modules = {module.name for module in iter_modules(report.__path__) if module.name.startswith("run_")}

    assert modules == {f"run_{form}" for form in report.RUN_FORMATS}
