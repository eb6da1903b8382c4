"""What GitHub Actions reads from a step."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_watch.forge.github.actions import (
    SUMMARY_LIMIT,
    annotation,
    output_text,
    step_outputs,
    summary_text,
)
from arxiv_watch.papers import Coverage, CoverageState
from arxiv_watch.proposals import Operation, PullRequest

DELIMITER = "ghadelimiter_5f0e"
COMMAND = re.compile(r"^::(?P<level>\w+)(?: (?P<properties>[^:]*))?::(?P<data>[^\r\n]*)$")


def read_outputs(text: str) -> dict[str, str]:
    """Read GITHUB_OUTPUT as the runner does."""
    outputs, lines = {}, iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, delimiter = line.partition("<<")
            value = []
            while (row := next(lines)) != delimiter:
                value.append(row)
            outputs[name] = "\n".join(value)
    return outputs


def unescape(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@given(st.text(alphabet=st.characters(exclude_characters="\r")))
def test_runner_reads_back_any_value(value: str) -> None:
    text = output_text({"operation": value, "proposed": "3"}, DELIMITER)

    assert read_outputs(text) == {"operation": value, "proposed": "3"}


@pytest.mark.parametrize(("name", "value"), [("operation", f"a\n{DELIMITER}\nb"), ("a<<b", "x"), ("", "x")])
def test_value_that_would_end_itself_and_name_that_is_none_are_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"delimiter|name"):
        output_text({name: value}, DELIMITER)


@given(st.text(), st.text(min_size=1))
def test_annotation_is_one_command_on_one_line_and_reads_back(message: str, title: str) -> None:
    line = annotation("error", message, title=title)

    match = COMMAND.match(line)
    assert match is not None
    assert unescape(match["data"]) == message
    assert unescape(match["properties"]) == f"title={title}"


def test_annotation_needs_no_title() -> None:
    assert annotation("notice", "quiet day") == "::notice::quiet day"


def test_summary_is_cut_at_a_line_within_the_limit() -> None:
    long = summary_text("- é paper\n" * 200_000)

    assert len(long.encode()) <= SUMMARY_LIMIT
    assert "left out" in long.splitlines()[-1]
    assert summary_text("short\n") == "short\n"


def test_outputs_tell_the_operation_that_did_most() -> None:
    pulls = [
        PullRequest(3, "https://github.com/o/r/pull/3", Operation.UNCHANGED),
        PullRequest(4, "https://github.com/o/r/pull/4", Operation.CREATED),
    ]
    coverage = [Coverage("cs.DC", date(2026, 11, 20), CoverageState.FRESH)]

    outputs = step_outputs(pulls, 2, coverage)

    assert outputs["operation"] == "created"
    assert outputs["pull-request-number"] == "3\n4"
    assert outputs["proposed"] == "2"
    assert json.loads(outputs["coverage"]) == [{"category": "cs.DC", "day": "2026-11-20", "state": "fresh"}]


def test_outputs_of_a_run_without_pull_request() -> None:
    assert step_outputs([], 0, []) == {
        "operation": "none",
        "pull-request-number": "",
        "pull-request-url": "",
        "proposed": "0",
        "coverage": "[]",
    }
