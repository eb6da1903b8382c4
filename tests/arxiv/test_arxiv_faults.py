"""Each known fault of arXiv strikes on a Monday; nothing is lost, doubled or hidden, and manners are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_scenarios import SCENARIOS, Scenario, run


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_fault_is_found_said_and_repaired(scenario: Scenario, tmp_path: Path) -> None:
    outcome = run(scenario, tmp_path)

    assert outcome.monday.state in scenario.states.split()
    assert scenario.said in outcome.monday.detail
    assert outcome.on_monday == 1 or not scenario.recorded
    assert outcome.on_tuesday == 1
    assert outcome.doubled == 0
    assert outcome.rude == []
