"""What GitHub Actions reads from a step: outputs, a summary, annotations; pure text, written elsewhere.

The formats are those of https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from arxiv_watch.papers import Coverage
from arxiv_watch.proposals import Operation, PullRequest

SUMMARY_LIMIT = 1024 * 1024  # bytes; GitHub drops the summary of a step that writes more
Level = Literal["notice", "warning", "error"]

_CUT = "\n\n*The rest is left out: a summary holds 1 MiB.*\n"
_RANK = (Operation.NONE, Operation.UNCHANGED, Operation.UPDATED, Operation.CREATED)


def step_outputs(pulls: Sequence[PullRequest], proposed: int, coverage: Sequence[Coverage]) -> dict[str, str]:
    """Return the action's outputs by their names, of a run with one pull request a watch.

    Of several, `operation` names the one that did most; the numbers and addresses stand one per line.
    """
    operation = max((pull.operation for pull in pulls), key=_RANK.index, default=Operation.NONE)
    return {
        "operation": operation.value,
        "pull-request-number": "\n".join(str(pull.number) for pull in pulls),
        "pull-request-url": "\n".join(pull.url for pull in pulls),
        "proposed": str(proposed),
        "coverage": json.dumps([line.brief for line in coverage], separators=(",", ":")),
    }


def output_text(outputs: Mapping[str, str], delimiter: str) -> str:
    """Write outputs the way GITHUB_OUTPUT takes values of any number of lines.

    Take a random `delimiter`, a line that no value holds, so that no value can be made to end it.

    Raises:
        ValueError: A value holds the delimiter, or a name is not one.
    """
    for name, value in outputs.items():
        if delimiter in value or not delimiter:
            raise ValueError(f"output {name} holds the delimiter")
        if not name.replace("-", "").replace("_", "").isalnum():
            raise ValueError(f"{name!r} is not a valid output name")
    return "".join(f"{name}<<{delimiter}\n{value}\n{delimiter}\n" for name, value in outputs.items())


def summary_text(markdown: str) -> str:
    """Cut a step summary to what GitHub takes, at the end of a line."""
    data = markdown.encode()
    if len(data) <= SUMMARY_LIMIT:
        return markdown
    kept = data[: SUMMARY_LIMIT - len(_CUT.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + _CUT


def annotation(level: Level, message: str, *, title: str = "") -> str:
    """Write a workflow command that shows `message` beside the run; one line, whatever the message holds."""
    properties = f" title={_data(title).replace(':', '%3A').replace(',', '%2C')}" if title else ""
    return f"::{level}{properties}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
