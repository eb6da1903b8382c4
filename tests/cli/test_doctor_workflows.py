"""The doctor on workflow files: each fault has one finding with one thing to do."""

from __future__ import annotations

import pytest

from action_support import ROOT
from arxiv_watch.cli.workflows import examine_workflow
from arxiv_watch.config.starter import ACTION, write_workflow
from arxiv_watch.errors import ConfigError

PIN = "octocat/arxiv-watch@0123456789abcdef0123456789abcdef01234567 # v1.0.0"
GOOD = write_workflow("17 5 * * 1-5").replace(ACTION, PIN)


def messages(text: str) -> list[str]:
    return [message for message, _ in examine_workflow(text) or ()]


@pytest.mark.parametrize(
    "text",
    [GOOD, (ROOT / ".github/workflows/watch.yml").read_text(encoding="utf-8")],
    ids=["written by init", "our own"],
)
def test_a_good_workflow_has_no_findings(text: str) -> None:
    assert examine_workflow(text) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("17 5 * * 1-5", "0 5 * * 1-5", "minute 0"),
        ("17 5 * * 1-5", "*/30 * * * *", "minute */30"),
        ("17 5 * * 1-5", "7,20 5 * * 1-5", "minute 7,20"),
        ("17 5 * * 1-5", "daily", "five fields"),
        ("permissions: {}", "permissions: write-all", "more permissions than they ask for"),
        ("contents: write", "contents: read", "push its branch"),
        ("pull-requests: write", "pull-requests: none", "open the pull request"),
        ("issues: write", "checks: read", "create its labels"),
        ("cancel-in-progress: false", "cancel-in-progress: true", "killed while it writes"),
        ("group: arxiv-watch", "group: w-${{ github.ref }}", "varies by run"),
        ("!github.event.repository.fork && ", "", "every fork"),
        ("head.repo.full_name == github.repository", "head.repo.id", "pull requests of forks"),
        (" && github.event.sender.type != 'Bot'", "", "its own edits"),
        ("          ref: ${{ github.event.repository.default_branch }}", "          x: y", "request's code"),
        ("  pull_request:", "  pull_request_target:", "strangers"),
        ("  pull_request:", "  label:", "wait for the next poll"),
        (PIN, "octocat/arxiv-watch@v1", "is not pinned"),
        (PIN, ACTION, "placeholder"),
        ("  workflow_dispatch:\n", "  push:\n", "by hand"),
    ],
)
def test_each_fault_is_found_alone(old: str, new: str, message: str) -> None:
    assert old in GOOD

    [found] = messages(GOOD.replace(old, new))

    assert message in found


def test_several_minutes_that_are_not_busy_are_well() -> None:
    assert messages(GOOD.replace("17 5 * * 1-5", "17,47 5 * * 1-5")) == []


def test_a_workflow_without_concurrency_may_overlap() -> None:
    text = GOOD.replace("concurrency:", "env:").replace("group:", "GROUP:").replace("cancel-in", "CANCEL-in")

    assert messages(text) == ["two runs may overlap"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "on: push\njobs: {test: {steps: [{run: make}]}}",
        "on: {schedule: [{cron: '0 0 * * *'}]}\njobs: {test: {steps: [{run: make}]}}",
        "on: {schedule: null}\njobs: null",
        "on: {schedule: [17]}\njobs: {a: 3, b: {steps: 4}, c: {steps: [5]}}",
    ],
)
def test_other_workflows_are_none_of_our_business(text: str) -> None:
    assert examine_workflow(text) is None


def test_what_is_not_yaml_is_reported() -> None:
    with pytest.raises(ConfigError, match="not YAML"):
        examine_workflow("on: [")


def test_the_readme_shows_what_init_writes() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("   ```yaml\n   name: arxiv-watch\n")[2].partition("   ```\n")[0]
    lines = ["name: arxiv-watch", *(line.removeprefix("   ") for line in shown.splitlines())]

    assert "\n".join(lines) + "\n" == write_workflow("17 5 * * 1-5")
