"""The watched repository is data: nothing in it is ever run, whatever its files are called."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from action_support import ROOT, load, run_step
from arxiv_watch.cli.context import Context
from arxiv_watch.clock import SystemClock
from arxiv_watch.markdown.history.record import ListHistory, read_history
from cli_support import (
    CONFIG,
    NOW,
    Checkout,
    arxiv_environment,
    arxiv_server,
    bare_environment,
    make_checkout,
    make_repository,
)
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from watch_support import BELONGS, LIST

pytestmark = pytest.mark.slow

ACTION = load(ROOT / "action.yml")
STEPS = {step.get("id"): step for step in ACTION["runs"]["steps"]}
# What we import, what Python imports for us, and what would be ours to run.
NAMES = (
    *("github", "yaml", "feedparser", "requests", "pydantic", "sklearn", "numpy", "lxml", "markdown_it"),
    *("argparse", "json", "logging", "re", "sqlite3", "ssl", "typing", "urllib", "encodings", "site"),
    *("sitecustomize", "usercustomize", "pip", "venv", "apscheduler", "filelock", "rich"),
)
FOLDERS = ("arxiv", "arxiv_watch", "yaml", "github", "venv")
MARK = "from pathlib import Path; Path({mark!r}).touch(); raise SystemExit(7)\n"


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "foreign-code-ran"


@pytest.fixture
def hostile(tmp_path: Path, mark: Path) -> Checkout:
    """A list's repository in which every file that Python might look for leaves a mark when it is run."""
    root = tmp_path / "hostile"
    root.mkdir()
    checkout = make_checkout(root)
    code = MARK.format(mark=str(mark))
    for name in NAMES:
        checkout.write(f"{name}.py", code)
    for folder in FOLDERS:
        checkout.write(f"{folder}/__init__.py", code)
        checkout.write(f"{folder}/__main__.py", code)
    return checkout


@pytest.fixture
def world(hostile: Checkout, tmp_path: Path) -> Iterator[FaultyGitHub]:
    repository = make_repository(
        tmp_path / "github.git", {"README.md": LIST, "config/arxiv-watch.yml": CONFIG}
    )
    with arxiv_server() as arxiv, FaultyGitHub(repository.path, clock=FakeClock(NOW)) as github:
        hostile.environ |= arxiv_environment(arxiv) | github.environment
        yield github


def test_the_action_runs_nothing_of_the_checkout_it_runs_in(
    hostile: Checkout, world: FaultyGitHub, mark: Path
) -> None:
    inputs = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    inputs |= {"github-token": world.environment["GITHUB_TOKEN"]}
    environ = hostile.environ | {"ARXIV_WATCH_NOW": NOW.isoformat()}

    done = run_step(STEPS["poll"], hostile.root, inputs=inputs, environ=environ)

    assert done.code == 0, done.log
    assert BELONGS.title in done.summary
    assert not mark.exists()


def scripts() -> dict[str, str]:
    """Every script that runs in a folder of others: the action's steps and the container's instructions."""
    container = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "")
    lines = (line for line in container.splitlines() if re.match(r"(RUN|ENTRYPOINT| *CMD)\b", line))
    found = {f"container {number}": re.sub(r'[\[\],"]', " ", line) for number, line in enumerate(lines)}
    return found | {f"action {name}": step["run"] for name, step in STEPS.items() if "run" in step}


@pytest.mark.parametrize("script", scripts().values(), ids=scripts().keys())
def test_python_is_always_started_in_isolation(script: str) -> None:
    words = shlex.split(script, comments=True)
    after = [following for word, following in pairwise(words) if word.endswith("python")]

    assert set(after) <= {"-I"}


def test_neither_the_action_nor_the_container_asks_python_to_look_elsewhere() -> None:
    assert "PYTHON" not in (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert not any(name.startswith("PYTHON") for step in STEPS.values() for name in step.get("env", {}))


def test_the_installed_package_is_found_in_isolation(hostile: Checkout, tmp_path: Path, mark: Path) -> None:
    venv = tmp_path / "runner/arxiv-watch"
    lines = STEPS["install"]["run"].splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip().endswith("-I -c \\"))
    environ = {"RUNNER_TEMP": str(tmp_path / "runner"), "GITHUB_ACTION_PATH": str(ROOT)}
    commands = (
        [sys.executable, "-I", "-m", "venv", "--without-pip", venv],
        ["bash", "-e", "-c", "\n".join(lines[start:])],
        [venv / "bin/python", "-I", "-c", "import arxiv_watch"],
    )

    for command in commands:
        subprocess.run(command, cwd=hostile.root, env=bare_environment() | environ, check=True)

    assert not mark.exists()


@pytest.mark.parametrize("command", ["poll", "check", "serve"])
def test_a_person_may_run_the_module_in_the_checkout_as_well(
    hostile: Checkout, world: FaultyGitHub, mark: Path, command: str
) -> None:
    for name in ("encodings", "site", "sitecustomize", "usercustomize"):
        (hostile.root / f"{name}.py").unlink()  # Python itself looks for these before we are asked
    (hostile.root / "arxiv_watch/__init__.py").unlink()
    (hostile.root / "arxiv_watch/__main__.py").unlink()
    (hostile.root / "arxiv_watch").rmdir()
    arguments = {"poll": ["poll"], "check": ["check", "--online"], "serve": ["serve", "--health", "-1"]}

    done = hostile.run(*arguments[command])

    assert done.code in {0, 2}, done.err
    assert not mark.exists()
    assert world.writes == []


def test_a_bare_repository_among_the_files_is_not_asked(tmp_path: Path) -> None:
    files = make_repository(tmp_path / "downloaded", {"README.md": LIST})

    assert read_history(files.path, {"README.md": b""}) == ListHistory()
    context = Context(files.path, {}, None, SystemClock(), sys.stdout)
    assert context.ask_git("rev-parse", "HEAD") == ""
