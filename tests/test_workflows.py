"""What every workflow of this repository owes: pins, permissions, limits, and no expression in a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from action_support import ROOT, load

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
FILES = [*WORKFLOWS, ACTION]
PINNED = re.compile(r"\s*(- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = load(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    parsed = load(path)
    for holder in [*parsed.get("jobs", {}).values(), parsed.get("runs", {})]:
        yield from holder.get("steps", [])


def name_of(path: Path) -> str:
    return path.name


def test_there_is_one_workflow_for_each_purpose() -> None:
    assert {path.stem for path in WORKFLOWS} == {"ci", "lists", "release", "security", "selftest", "watch"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_action_is_pinned_by_commit_and_says_which_version_that_is(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]

    assert lines
    others = [line for line in lines if not PINNED.fullmatch(line)]
    ours = ("uses: ./ ", "uses: $/")  # this repository, at the commit that runs
    assert [line for line in others if not any(own in line for own in ours)] == []


def test_an_action_has_the_same_pin_everywhere() -> None:
    pins = {step["uses"] for path in FILES for step in steps(path) if "@" in step.get("uses", "")}

    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_nothing_is_permitted_but_what_a_job_asks_for_with_a_reason(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert load(path)["permissions"] == {}
    for job in jobs(path).values():
        for scope, access in job["permissions"].items():
            assert re.search(rf"^ +{scope}: {access} # \w", text, re.MULTILINE), scope


def groups(path: Path) -> list[dict]:
    """Return the concurrency group of the workflow, or that of each of its jobs."""
    workflow = load(path)
    return (
        [workflow["concurrency"]]
        if "concurrency" in workflow
        else [job["concurrency"] for job in jobs(path).values()]
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_every_job_ends_and_no_run_is_in_anothers_way(path: Path) -> None:
    longest = 180 if path.stem == "lists" else 30  # minutes; fifty lists take a part of an hour
    assert all(0 < job["timeout-minutes"] <= longest for job in jobs(path).values())
    assert all(isinstance(one["cancel-in-progress"], bool) for one in groups(path))


@pytest.mark.parametrize("name", ["watch", "lists", "release"])
def test_what_writes_is_never_cancelled(name: str) -> None:
    for group in groups(ROOT / f".github/workflows/{name}.yml"):
        assert group["cancel-in-progress"] is False
        assert "${{" not in group["group"]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_expression_stands_in_a_script(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_checkout_leaves_its_token_behind(path: Path) -> None:
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]

    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_no_secret_lives_longer_than_a_run() -> None:
    for path in FILES:
        told = path.read_text(encoding="utf-8")
        # Other repositories are out of reach of the token of a run.
        assert path.stem == "lists" or "secrets." not in told, path


@pytest.mark.parametrize("path", WORKFLOWS, ids=name_of)
def test_schedules_are_off_the_hour_and_can_be_started_by_hand(path: Path) -> None:
    triggers = load(path)["on"]

    for entry in triggers.get("schedule", []):
        assert int(entry["cron"].split()[0]) % 5 != 0
        assert "workflow_dispatch" in triggers


def test_the_matrix_is_what_the_package_says_it_runs_on() -> None:
    told = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert jobs(ROOT / ".github/workflows/ci.yml")["test"]["strategy"]["matrix"]["python-version"] == told


def test_updates_of_actions_packages_and_images_wait_seven_days() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))["updates"]

    assert {one["package-ecosystem"] for one in updates} == {"github-actions", "pip", "docker"}
    assert all(one["cooldown"]["default-days"] >= 7 for one in updates)
