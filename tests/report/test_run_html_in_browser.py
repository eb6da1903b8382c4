"""The run's page in a real browser: at the widths of a phone and of a desk, in light and in dark."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import Evidence
from arxiv_watch.report.run_html import render
from browser_support import CONTRASTS, Browser
from report_support import DAY, PREDICTION, proposal, run, watch_run

WIDTHS = (1200, 400)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with every state of a day, a marked abstract and a heading that is a single long word."""
    paper = replace(proposal().paper, title="Long" * 40, abstract="Parallel work for tensors. " * 20)
    shown = replace(proposal(), paper=paper, prediction=replace(PREDICTION, evidence=Evidence(("tensors",))))
    days = [DAY + timedelta(days=number) for number in range(21)]
    states = list(CoverageState)
    lines = [Coverage("cs.LG", day, states[number % len(states)]) for number, day in enumerate(days)]
    path = tmp_path_factory.mktemp("page") / "run.html"
    watch = replace(watch_run(), proposals=(shown, proposal()), coverage=tuple(lines))
    path.write_text(render(run(watch)), encoding="utf-8")
    return path


def test_the_page_needs_nothing_but_itself_and_complains_of_nothing(browser: Browser, page: Path) -> None:
    browser.open(page)

    requested = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert requested == [page.as_uri()]
    assert [event for event in browser.events if event["method"] == "Log.entryAdded"] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, prefers_color_scheme=scheme)
    browser.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert browser.evaluate(CONTRASTS) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_scrolls_in_one_direction_only(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)

    assert browser.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
