"""The doctor on workflow files: schedule, permissions, concurrency, pins, and who may run them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from arxiv_watch.errors import ConfigError

Node = Mapping[Any, Any]
Advised = Iterator[tuple[str, str]]
"""A fault, and the one thing to do about it."""

_FIELDS = 5
# matches "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
_OURS = re.compile(r"arxiv[-_]watch")  # matches "arxiv-watch" in the name of an action and in a command
_NEEDED = {
    "contents": "push its branch",
    "pull-requests": "open the pull request",
    "issues": "create its labels",
}
_COPY = "copy the job's `if` from the README"


def examine_workflow(text: str) -> list[tuple[str, str]] | None:
    """Return the faults of a workflow that runs arxiv-watch on a schedule, each with the one thing to do.

    Any other workflow is None; what is not YAML is a `ConfigError`.
    """
    try:
        workflow = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"not YAML: {error}", "fix the syntax") from error
    workflow = _node(workflow)
    triggers = _node(workflow.get("on", workflow.get(True)))  # YAML 1.1 reads the key `on` as true
    jobs = [job for job in map(_node, _node(workflow.get("jobs")).values()) if _runs_us(job)]
    if "schedule" not in triggers or not jobs:
        return None
    found = [*_triggers(triggers), *_concurrency(workflow, jobs), *_permissions(workflow, jobs)]
    for job in jobs:
        found += [*_job(job), *_answers(triggers, job)]
    return found


def _triggers(triggers: Node) -> Advised:
    entries = triggers["schedule"]
    for entry in entries if isinstance(entries, list) else [entries]:
        fields = str(_node(entry).get("cron", "")).split()
        if len(fields) != _FIELDS:
            yield f"cron {' '.join(fields)!r} needs five fields", "write minute hour day month weekday"
        elif any(not minute.isdecimal() or int(minute) % 5 == 0 for minute in fields[0].split(",")):
            yield (
                f"cron runs at minute {fields[0]}, a busy time when GitHub drops runs",
                "choose a minute that is not a multiple of 5, such as 17",
            )
    if "workflow_dispatch" not in triggers:
        yield "cannot be started by hand", "add workflow_dispatch"


def _answers(triggers: Node, job: Node) -> Advised:
    """Look at what runs on events of pull requests: with write access, so never with a stranger's code."""
    if "pull_request_target" in triggers:
        yield "runs for strangers' pull requests with write access", "use pull_request instead"
        return
    if "pull_request" not in triggers:
        yield (
            "answers on the pull request wait for the next poll",
            "add pull_request: {types: [edited, closed, reopened]}, with the job's `if` of the README",
        )
        return
    condition = str(job.get("if", ""))
    if "head.repo.full_name == github.repository" not in condition:
        yield "also runs for pull requests of forks", _COPY
    if "sender.type != 'Bot'" not in condition:
        yield "may answer to its own edits", _COPY
    for step in _steps(job):
        is_checkout = str(step.get("uses", "")).startswith("actions/checkout@")
        if is_checkout and not _node(step.get("with")).get("ref"):
            advice = "add ref: ${{ github.event.repository.default_branch }} to it"
            yield "the checkout takes a pull request's code", advice


def _concurrency(workflow: Node, jobs: Sequence[Node]) -> Advised:
    groups = [one["concurrency"] for one in (workflow, *jobs) if "concurrency" in one]
    advice = "add concurrency: {group: arxiv-watch, cancel-in-progress: false}"
    if not groups:
        yield "two runs may overlap", advice
    for group in groups:
        name = group.get("group", "") if isinstance(group, dict) else group
        if "${{" in str(name):
            yield f"two runs may overlap, because group {name!r} varies by run", "name a constant group"
        if isinstance(group, dict) and group.get("cancel-in-progress"):
            yield "a run may be killed while it writes", "set cancel-in-progress: false"


def _permissions(workflow: Node, jobs: Sequence[Node]) -> Advised:
    if workflow.get("permissions") != {}:
        yield "jobs have more permissions than they ask for", "add `permissions: {}` at the top level"
    for job in jobs:
        granted = job.get("permissions", workflow.get("permissions"))
        if granted == "write-all":
            continue
        scopes = _node(granted)
        for scope, purpose in _NEEDED.items():
            if scopes.get(scope) != "write":
                yield f"lacks the permission to {purpose}", f"grant the job {scope}: write"


def _job(job: Node) -> Advised:
    # matches "!github.event.repository.fork" and "github.repository_owner == 'octocat'"
    if not re.search(r"repository\.fork|github\.repository(_owner)? *==", str(job.get("if", ""))):
        yield "also runs in every fork", "add `if: ${{ !github.event.repository.fork }}` to the job"
    for used in (str(step.get("uses", "")) for step in _steps(job)):
        if used.startswith("OWNER/") or used.endswith("@COMMIT"):
            yield f"{used} is a placeholder", "put the action's owner and the commit you trust there"
        elif used and not used.startswith("./") and not _PINNED.fullmatch(used):
            yield f"{used} is not pinned and can change", "pin it to a commit, with the version in a comment"


def _runs_us(job: Node) -> bool:
    return any(
        _OURS.search(f"{step.get('uses', '')} {step.get('run', '')}") or step.get("uses") == "./"
        for step in _steps(job)
    )


def _steps(job: Node) -> list[Node]:
    steps = job.get("steps")
    return [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []


def _node(value: object) -> Node:
    return value if isinstance(value, dict) else {}
