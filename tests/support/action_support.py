"""Steps of action files, run as the runner runs them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli_support import bare_environment

ROOT = Path(__file__).resolve().parents[2]
_OUTPUT = re.compile(r"^(?P<name>[\w-]+)<<(?P<end>\w+)\n(?P<value>.*?)\n(?P=end)$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class StepResult:
    """How a step ended.

    Attributes:
        code: Its exit code.
        outputs: Its outputs, by name.
        summary: Its part of the step summary.
        log: What it printed.
    """

    code: int
    outputs: dict[str, str]
    summary: str
    log: str


def load(path: Path) -> Any:
    """Read a workflow or action as YAML 1.2 has it: `on` is a word."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader


class _Loader(yaml.SafeLoader):
    """Leaves words like `on` alone."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":bool") or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def run_step(
    step: Mapping[str, Any], workspace: Path, *, inputs: Mapping[str, str], environ: Mapping[str, str]
) -> StepResult:
    """Run a composite action's `run` step as `shell: bash` does, in an environment of Actions."""
    temp = workspace.parent / "runner"
    temp.mkdir(exist_ok=True)
    if not (temp / "arxiv-watch").exists():
        (temp / "arxiv-watch").symlink_to(sys.prefix)  # what the step before installs
    output, summary = temp / "output.txt", temp / "summary.md"
    output.write_text("")
    summary.write_text("")
    contexts = {
        "runner.temp": str(temp),
        "github.action_path": str(ROOT),
        **{f"inputs.{name}": value for name, value in inputs.items()},
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=workspace,
        env={
            **bare_environment(),
            **environ,
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(temp),
            **{name: fill(value, contexts) for name, value in step.get("env", {}).items()},
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    found = {match["name"]: match["value"] for match in _OUTPUT.finditer(output.read_text())}
    return StepResult(done.returncode, found, summary.read_text(), done.stdout + done.stderr)


def fill(text: str, contexts: Mapping[str, str]) -> str:
    """Put in what expressions like `${{ inputs.watch }}` stand for.

    Raises:
        KeyError: An expression names something else.
    """
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: contexts[match[1]], text)
